"""Captures of others, and our own packages, come into a data folder and serve as if they had been made there."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Conversion
from archive.reader import captures_in, items_in
from archive.scanner import scan_warc
from archive.signature import signing_key
from archive.wacz import write_wacz
from desk.sample import PAGE_URL, SampleWeb
from tests.archive.exchanges import NOW, answer, exchange, keep_all, only_file
from tests.archive.hostile_packages import hostile, keep
from tests.archive.others import kept, response, zipped
from tests.journeys.program import Program
from tests.journeys.test_rebuild import without_numbers

KEY = "met-police-live-facial-recognition"


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as web:
        yield web


@pytest.fixture(scope="module")
def package(web: SampleWeb, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample incident, archived and exported elsewhere."""
    folder = tmp_path_factory.mktemp("elsewhere")
    program = Program(folder / "data", web.origin, delay_s=0)
    program("archive", PAGE_URL, code=1)
    program("export", KEY, "-o", folder / "met.wacz")
    return folder / "met.wacz"


@pytest.fixture
def program(web: SampleWeb, tmp_path: Path) -> Program:
    return Program(tmp_path / "data", web.origin, delay_s=0)


def assert_sound(program: Program, *words: str) -> None:
    """Files, catalogue and custody log agree."""
    verified = program("verify", *words, "--json").json
    found = [verified[fault] for fault in ("damaged", "missing", "unlisted")]
    assert [*found, verified["custody"]["faults"]] == [[], [], [], []]


def refused(program: Program, *words: str | Path) -> str:
    """The one line on standard error; nothing is written."""
    said = program("import", *words, code=2)
    assert said.out == ""
    (line,) = said.err.strip().splitlines()
    assert not program.data.exists()
    return line


def shown(program: Program) -> list[list[tuple[str, str, str]]]:
    """By citation, what is kept of it: URL, payload digest and state of what was read."""
    return [
        [(one["url"], one["payload_digest"], (one["document"] or {}).get("state", "")) for one in citation["captures"]]
        for citation in program("show", KEY, "--json").json["citations"]
    ]


@pytest.mark.parametrize("first", ["the package", "the record"])
def test_our_own_package_in_an_empty_folder_serves_its_incident_and_is_not_fetched_again(
    program: Program, web: SampleWeb, package: Path, first: str
) -> None:
    elsewhere = Program(package.parent / "data", web.origin, delay_s=0)
    record = package.parent / "met.json"
    elsewhere("export", KEY, "-o", record)
    if first == "the package":
        said = program("import", package, "--json").json
        assert program("search", '"eight of 42"', "--json").json["total"] == 1, "it is read before anything cites it"
        assert program("import", record, "--json").json["incidents_added"] == 1
    else:
        said = program("import", record, package, "--json").json
        assert said["incidents_added"] == 1
    assert said["captures_added"] >= 12
    assert (said["captures_known"], said["records_damaged"], said["warnings"]) == (0, 0, [])
    assert said["archives"][0]["signed_by"].startswith("key sha256:")
    before = len(web.requests)
    run = program("archive", KEY, "--json", code=None).json
    again = {request.host + request.path for request in web.requests[before:] if request.path != "/robots.txt"}
    good = {url for citation in shown(program) for url, _, state in citation if state == "read"}
    assert not {url.split("://", 1)[1] for url in good} & again, "what is there and not due is not asked for"
    assert {row["outcome"] for row in run["outcomes"]} <= {"not_found", "blocked", "captured"}
    ours, theirs = shown(program), shown(elsewhere)
    assert [set(one) for one in ours] == [set(one) for one in theirs]
    hit = program("search", '"eight of 42"', "--json").json["hits"][0]
    assert (hit["page"], hit["incidents"]) == (3, [KEY])
    assert hit["source_url"] == "https://repository.essex.ac.uk/24946/"
    assert_sound(program)
    assert program("archive", KEY, "--json", code=None).json["requested"] == 0


def test_a_rebuild_brings_back_what_was_imported(program: Program, package: Path) -> None:
    record = package.parent / "met.json"
    Program(package.parent / "data")("export", KEY, "-o", record)
    program("import", package, record)
    assert_sound(program)
    copied, read = texts(program)
    assert copied, "the texts of the package came with it"
    assert read, "what was brought in was read here"
    assert {digest for _, digest in copied} <= {digest for _, digest in read}, "and reads as it did there"
    before = program("show", KEY, "--json").json, program("search", "police", "--incident", KEY, "--json").json
    assert_sound(program, "--rebuild")
    assert texts(program) == (copied, read), "a rebuild adds nothing to the archive"
    after = program("show", KEY, "--json").json, program("search", "police", "--incident", KEY, "--json").json
    assert without_numbers(after) == without_numbers(before)


def test_the_same_package_twice_adds_nothing_and_says_so(program: Program, package: Path) -> None:
    first = program("import", package, "--json").json
    files = sorted((program.data / "warc").iterdir())
    said = program("import", package, package)
    assert f"met.wacz: 0 captures added, {first['captures_added']} known, 0 records damaged" in said.out
    assert sorted((program.data / "warc").iterdir()) == files


def test_a_package_made_to_do_harm_is_refused_in_one_line_and_nothing_is_written(
    program: Program, tmp_path: Path
) -> None:
    keep_all(tmp_path / "theirs", [exchange()])
    for name, (content, said) in hostile(only_file(tmp_path / "theirs").read_bytes()).items():
        if name in ("climbs", "too long"):
            line = refused(program, keep(tmp_path, content))
            assert said in line, name
            assert "x.wacz: " in line, name
    assert "empty.warc.gz is empty" in refused(program, kept(tmp_path, "empty.warc.gz", b""))


def test_an_import_killed_again_and_again_is_completed_by_the_same_command(program: Program, tmp_path: Path) -> None:
    dice = random.Random(60)
    bodies = [dice.randbytes(30_000) for _ in range(700)]
    made = [
        exchange(answer(body=body, Content_Type="image/png"), f"https://a.example/{n}") for n, body in enumerate(bodies)
    ]
    keep_all(tmp_path / "theirs", made)
    theirs = only_file(tmp_path / "theirs")
    places = [(theirs, one.offset, one.length) for one in _captures(theirs)]
    out = tmp_path / "theirs.wacz"
    write_wacz(
        out, title="", description="", records=places, pages=[], created=NOW, software="sourcekeep/test",
        key=signing_key(tmp_path / "theirs"),
    )  # fmt: skip
    killed = 0
    for _ in range(8):
        process = program.start("import", out)
        while process.poll() is None and not list((program.data / "warc").glob("*.open")):
            time.sleep(0.01)
        try:
            process.wait(dice.uniform(0, 0.6))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.communicate(timeout=30)
    said = program("import", out, "--json").json
    assert killed, "it was killed at least once"
    assert said["captures_added"] + said["captures_known"] == 700
    assert not list((program.data / "warc").glob("*.open"))
    assert_sound(program)
    every = [one for path in (program.data / "warc").glob("*.gz") for one in _captures(path)]
    found = [one for one in every if one.origin.imported]
    assert sorted(one.url for one in found) == sorted(one.url for one in made)
    assert all(one.origin.why == "cited" for one in found), "the metadata of each came with it"


def texts(program: Program) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Record id and digest of the conversions that were brought in, and of those that were made here."""
    every, own = set(), set()
    for path in (program.data / "warc").glob("*.warc.gz"):
        for stretch in scan_warc(path.read_bytes()):
            if stretch.kind == "conversion" and stretch.fields is not None:
                name, digest = (stretch.fields.first[field] for field in ("warc-record-id", "warc-payload-digest"))
                every.add((name.strip("<>"), digest))
        own |= {(one.record_id, one.text_digest) for one in items_in(path) if isinstance(one, Conversion)}
    return every - own, own


def _captures(path: Path) -> list[Any]:
    return list(captures_in(path))


def test_captures_are_looked_up(program: Program, tmp_path: Path) -> None:
    url = "https://theirs.example/page"
    program("import", kept(tmp_path, "theirs.warc.gz", zipped(response("a", url=url))))
    (found,) = program("captures", url, "--json").json["captures"]
    assert program("captures", found["payload_digest"], "--at", "2024-12-31", "--json").json["captures"] == [found]
    (line,) = program("captures", url).out.splitlines()
    assert line.split("\t")[:2] == ["2020-01-02T03:04:05.000000Z", "200"]
    assert 'rel="first last memento"' in program("captures", url, "--timemap").out
    assert program("captures", f"{url}/other", code=1).out == f"Nothing is archived of {url}/other\n"
    assert program("captures", f"{url}/other", "--json", code=1).json == {"captures": []}
    (line,) = program("captures", url, "--at", "yesterday", code=2).err.strip().splitlines()
    assert line.startswith("sourcekeep: 'yesterday' is no date. ")
