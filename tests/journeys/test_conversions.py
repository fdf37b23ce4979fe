"""The texts that a run read are in its WARC files for every tool, each once, however often the run was killed."""

import json
import random
import signal
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from desk.sample import PAGE_TEXT, PAGE_URL, SampleWeb
from tests.journeys.program import Program


def converted(program: Program) -> dict[str, list[str]]:
    """The pages of each conversion by the URL it was read from, as warcio reads them."""
    found: dict[str, list[str]] = {}
    for path in sorted((program.data / "warc").glob("*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                if record.rec_type == "conversion":
                    url = record.rec_headers.get_header("WARC-Target-URI")
                    assert url not in found, "each text once"
                    found[url] = record.content_stream().read().decode().split("\f")[:-1]
    return found


def documents(program: Program) -> dict[str, list[str]]:
    """The pages of each document that has text, by the URL of its first capture, as the catalogue has them."""
    catalogue = sqlite3.connect(program.data / "catalog.sqlite")
    rows = catalogue.execute(
        "SELECT (SELECT url.url FROM capture JOIN url ON url.id = capture.url_id WHERE capture.payload_digest ="
        " document.payload_digest ORDER BY capture.id LIMIT 1), page.text FROM document JOIN page ON"
        " page.document_id = document.id ORDER BY document.id, page.number"
    ).fetchall()
    catalogue.close()
    found: dict[str, list[str]] = {}
    for url, text in rows:
        found.setdefault(url, []).append(text)
    return {url: pages for url, pages in found.items() if any(map(str.strip, pages))}


def sound(program: Program) -> bool:
    verified = program("verify", "--json").json
    return [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]


def test_every_document_with_text_has_it_in_the_archive_page_by_page_and_once(tmp_path: Path) -> None:
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        program("archive", PAGE_URL, code=None)
        first = converted(program)
        assert first == documents(program)
        assert len(first) > 8
        assert max(map(len, first.values())) > 3, "a PDF of several pages"
        program("archive", PAGE_URL, "--force", code=None)
        assert converted(program) == first == documents(program)
        assert sound(program)
        program("verify", "--rebuild", "--json", code=None)
        assert converted(program) == first
        out = tmp_path / "package.wacz"
        program("export", "met-police-live-facial-recognition", "-o", out)
        assert program("verify", out, "--json").json["damaged"] == []


def test_runs_that_are_killed_leave_neither_a_document_without_its_text_nor_a_text_twice(tmp_path: Path) -> None:
    dice = random.Random(20261125)
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=0.05)
        for _ in range(5):
            run = program.start("archive", PAGE_TEXT)
            try:
                run.wait(dice.uniform(1.0, 4.0))
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
            run.communicate(timeout=30)
        program("archive", PAGE_TEXT)
        assert converted(program) == documents(program)
        assert sound(program)


@pytest.mark.parametrize("on", [True, False])
def test_the_setting_decides_whether_texts_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on: bool) -> None:
    monkeypatch.setenv("SOURCEKEEP_READING__KEEP_TEXT", json.dumps(on))
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        program("archive", PAGE_TEXT)
        assert bool(converted(program)) is on
        assert documents(program)
    kinds: Counter[str] = Counter()
    for path in (program.data / "warc").glob("*.warc.gz"):
        with path.open("rb") as stream:
            kinds.update(record.rec_type for record in ArchiveIterator(stream))
    assert kinds["metadata"] == sum(kinds[kind] for kind in ("response", "revisit", "resource", "conversion"))
