"""The archive of a whole run in the hands of other tools: they read it without complaint and see what we see."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator
from warcio.utils import Digester

from desk.sample import PAGE_URL, SampleWeb
from tests.conftest import GUARD, ROOT
from tests.journeys.kept import assert_replays, conversions_in, facts_of, index_of, kept_in, warcs
from tests.journeys.oracles import asked, wayback
from tests.journeys.program import Program

KEY = "met-police-live-facial-recognition"


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The sample incident archived, then its links checked, which adds revisits in a second WARC file."""
    home = tmp_path_factory.mktemp("oracles")
    with SampleWeb() as web, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(GUARD), str(ROOT)]))
        patch.setenv("HOME", str(home))
        program = Program(home / "data", web.origin, delay_s=0)
        program("archive", PAGE_URL, code=1)
        program("check", code=1)
    assert len(warcs(program.data)) == 2
    return program


def our_urls(program: Program) -> list[str]:
    urls = sorted(facts_of(line)["url"] for line in index_of(program.data))
    assert len(urls) > 20, "every answer: robots.txt, redirects and errors too"
    return urls


def beside_python(name: str) -> str:
    """The command `name` of the environment that runs the tests."""
    return str(Path(sys.executable).with_name(name))


def test_warcio_finds_every_digest_right_and_the_captures_of_our_index(archived: Program) -> None:
    checked = subprocess.run(
        [beside_python("warcio"), "check", "--verbose", *map(str, warcs(archived.data))], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "fail" not in checked.stdout
    urls = []
    for path in warcs(archived.data):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.content_stream().read()
                if record.rec_type in ("response", "revisit", "resource"):
                    urls.append(record.rec_headers.get_header("WARC-Target-URI"))
    assert sorted(urls) == our_urls(archived)


def test_the_sha1_beside_our_digest_is_what_the_wayback_machine_would_call_the_payload(archived: Program) -> None:
    found = 0
    for path in warcs(archived.data):
        stated: dict[str, str] = {}
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "metadata":
                    told = re.search(r"^payloadDigest: (\S+)", record.content_stream().read().decode(), re.MULTILINE)
                    stated[record.rec_headers.get_header("WARC-Concurrent-To")] = told[1] if told else ""
                elif record.rec_type == "response" and "chunked" not in str(record.http_headers):
                    theirs = Digester("sha1")  # by which warcio and pywb name a payload
                    theirs.update(record.raw_stream.read())
                    assert stated[record.rec_headers.get_header("WARC-Record-ID")] == str(theirs)
                    found += 1
    assert found > 15


def test_fastwarc_finds_every_digest_right_and_the_captures_of_our_index(archived: Program) -> None:
    urls = []
    for path in warcs(archived.data):
        with path.open("rb") as stream:
            for record in FastIterator(stream, parse_http=False):
                assert record.verify_block_digest(consume=False), record.headers.asdict()
                if record.record_type in (WarcRecordType.response, WarcRecordType.revisit, WarcRecordType.resource):
                    urls.append(record.headers["WARC-Target-URI"])
                if record.record_type == WarcRecordType.response:
                    record.parse_http()
                    # A chunked body fails here by fastwarc's fault: it digests the framing too.
                    chunked = "chunked" in record.http_headers.get("Transfer-Encoding", "")
                    assert chunked or record.verify_payload_digest(), record.headers.asdict()
    assert sorted(urls) == our_urls(archived)


def test_the_indexer_of_the_pywb_project_makes_the_index_that_we_made(archived: Program) -> None:
    said = subprocess.run(
        [beside_python("cdxj-indexer"), *map(str, warcs(archived.data))], capture_output=True, text=True, check=True
    )
    assert said.stderr == ""
    theirs = said.stdout.splitlines()
    assert sorted(facts_of(line)["url"] for line in theirs) == our_urls(archived)
    assert sorted(theirs) == sorted(index_of(archived.data))


def test_pywb_itself_makes_the_index_that_we_made_and_takes_texts_for_captures_too(archived: Program) -> None:
    said = asked("cdx-indexer", "--cdxj", *warcs(archived.data))
    assert (said.returncode, said.stderr) == (0, "")
    ours = [facts_of(line) for line in index_of(archived.data)]
    for facts in ours:
        facts.setdefault("mime", "unk")  # pywb has a word for an answer without Content-Type
        if facts["mime"] == "warc/revisit":
            del facts["status"]  # and leaves out what a revisit answered
    texts = {(one.warc, str(one.offset)) for one in conversions_in(archived.data)}
    theirs = [facts_of(line) for line in said.stdout.splitlines()]
    captures = [facts for facts in theirs if (facts["filename"], facts["offset"]) not in texts]
    assert len(theirs) - len(captures) == len(texts) > 8
    assert in_order(captures) == in_order(ours)


def test_pywb_replays_what_was_read_and_not_its_text_by_an_index_of_its_own(archived: Program, tmp_path: Path) -> None:
    index = tmp_path / "pywb.cdxj"
    index.write_text(asked("cdx-indexer", "--cdxj", "--sort", *warcs(archived.data)).stdout)
    sources = {one.source for one in conversions_in(archived.data)}
    read = [one for one in kept_in(archived.data) if one.capture.record_id in sources]
    assert len(read) > 8
    with wayback(archived.data, tmp_path / "pywb", index) as server:
        assert_replays(server, read)


def in_order(entries: Iterable[dict[str, str]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(facts.items()) for facts in entries)


def test_pywb_replays_every_capture_as_our_reader_reads_it(archived: Program, tmp_path: Path) -> None:
    kept = kept_in(archived.data)
    documents = [one for one in kept if one.capture.mime == "application/pdf"]
    assert len(documents) >= 7
    assert all(one.payload.startswith(b"%PDF-") for one in documents)
    with wayback(archived.data, tmp_path / "pywb") as server:
        assert_replays(server, kept)


def test_wacz_validate_accepts_the_package_of_a_whole_run(archived: Program, tmp_path: Path) -> None:
    out = tmp_path / "met.wacz"
    archived("export", KEY, "-o", out)
    judged = asked("wacz", "validate", "-f", out)
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_every_page_of_the_package_is_listed_once_under_the_title_of_its_work(archived: Program) -> None:
    out = archived.data.parent / "titles.wacz"
    archived("export", KEY, "-o", out)
    with ZipFile(out) as package:
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()[1:]]
        told = json.loads(package.read("datapackage.json"))
    assert len({page["id"] for page in pages}) == len(pages)
    titles = {page["url"]: page["title"] for page in pages}
    assert titles["https://repository.essex.ac.uk/24946/"].startswith("Independent Report on the London Metropolitan")
    assert not [title for title in titles.values() if title.startswith("A ") and "report (pdf)" in title], titles
    assert told["mainPageUrl"] == pages[0]["url"], "the first source of the incident"
