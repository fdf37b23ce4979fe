"""The custody log as its keeper sees it: told by every command, held to by `verify`, read again by schedule."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.sample import PAGE_TEXT, SampleWeb
from tests.journeys.program import Program

KEY = "met-police-live-facial-recognition"
FOUND = ("damaged", "missing", "unlisted")


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as web:
        yield web


@pytest.fixture
def program(web: SampleWeb, tmp_path: Path) -> Program:
    program = Program(tmp_path / "data", web.origin, delay_s=0)
    program("archive", PAGE_TEXT)
    return program


def entries(program: Program) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log(program).read_bytes().splitlines()]


def log(program: Program) -> Path:
    return program.data / "custody.jsonl"


def sha256(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def test_each_command_that_changes_or_gives_away_what_is_kept_leaves_its_entry(
    program: Program, tmp_path: Path
) -> None:
    package = tmp_path / "met.wacz"
    program("export", KEY, "-o", package)
    program("check", code=None)
    verified = program("verify", "--json").json
    program("verify", "--rebuild")
    told = entries(program)
    names = ["begun", "captured", "exported", "captured", "verified", "rebuilt", "verified"]
    assert [entry["event"] for entry in told] == names
    for entry in told:
        if entry["event"] == "captured":
            assert entry["facts"]["sha256"] == sha256(program.data / entry["subject"])
    exported = told[2]
    assert exported["subject"] == "met.wacz"
    assert exported["facts"] == {"bytes": package.stat().st_size, "sha256": sha256(package), "incident": KEY}
    assert verified["custody"] == {"entries": 5, "head": told[5]["previous"], "faults": []}
    assert verified["records"] == told[4]["facts"]["records"]
    assert told[5]["subject"] == "catalog.sqlite"
    lines = log(program).read_bytes().splitlines(keepends=True)
    assert [entry["previous"].removeprefix("sha256:") for entry in told[1:]] == [
        hashlib.sha256(line).hexdigest() for line in lines[:-1]
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda whole: whole.replace(b'"captures":', b'"captured":'), "entry 2: the line is no entry as it was"),
        (lambda whole: whole[whole.index(b"\n") + 1 :], "entry 1: the entry does not follow the line before it"),
        (lambda whole: whole[: whole.index(b"\n") + 1], "has no entry; after a crash the next run adds it"),
        (lambda whole: whole[:-20], "entry 2: the last line is torn"),
        (lambda whole: b"", "custody.jsonl is missing or empty"),
    ],
    ids=["altered", "begun later", "cut at a line end", "cut within a line", "emptied"],
)
def test_whatever_is_done_to_the_log_is_told_with_exit_1(program: Program, change: Any, told: str) -> None:
    log(program).write_bytes(change(log(program).read_bytes()))
    said = program("verify", code=1)
    assert told in said.out
    assert "all as they were" not in said.out


def test_a_log_that_is_taken_away_is_told_and_other_faults_there_are_none(program: Program) -> None:
    log(program).unlink()
    found = program("verify", "--json", code=1).json
    assert [found[what] for what in FOUND] == [[], [], []]
    assert [fault["entry"] for fault in found["custody"]["faults"]] == [None]


def test_a_torn_line_is_said_and_kept_by_the_next_command_that_tells_the_log(program: Program, tmp_path: Path) -> None:
    with log(program).open("ab") as file:
        file.write(b'{"number":3,"at"')
    said = program("export", KEY, "-o", tmp_path / "met.json")
    assert "set 16 bytes of an unfinished line of custody.jsonl aside (kept in custody.jsonl.torn)" in said.err
    assert (program.data / "custody.jsonl.torn").read_bytes() == b'{"number":3,"at"\n'
    assert [entry["event"] for entry in entries(program)] == ["begun", "captured", "repaired", "exported"]
    program("verify")


def test_an_archive_from_before_there_was_a_log_is_no_fault(program: Program) -> None:
    """The log and every head in the files taken away: as a version without them left it."""
    (path,) = (program.data / "warc").glob("*.warc.gz")
    _without_head(path)
    log(program).unlink()
    for file in program.data.glob("catalog.sqlite*"):
        file.unlink()
    program("verify", "--rebuild")
    assert program("verify", "--json").json["custody"]["faults"] == []
    said = program("archive", PAGE_TEXT)
    assert "custody" not in said.err, "the rebuild entered it"
    told = entries(program)
    assert told[0]["facts"] == {"warc_files": 1}
    assert told[1]["facts"]["how"] == "found without an entry"
    assert told[1]["facts"]["sha256"] == sha256(path)


def _without_head(path: Path) -> None:
    """The file with a warcinfo that names no head."""
    from archive.fields import sha256_of
    from archive.members import compressed
    from archive.scanner import scan_warc
    from archive.stretch import mapped

    first = next(scan_warc(mapped(path)))
    assert first.fields is not None
    assert first.measure is not None
    block = b"".join(
        line for line in first.measure.content.splitlines(keepends=True) if not line.startswith(b"custodyHead")
    )
    changed = {"WARC-Block-Digest": sha256_of(block), "Content-Length": str(len(block))}
    header = "".join(f"{name}: {changed.get(name, value)}\r\n" for name, value in first.fields.pairs)
    record = f"WARC/1.1\r\n{header}\r\n".encode() + block + b"\r\n\r\n"
    path.write_bytes(compressed(record) + path.read_bytes()[first.end :])


def test_what_is_due_is_read_again_by_schedule_and_by_hand(program: Program) -> None:
    (row,) = program("schedule", "run", "--once", "--json").json
    assert (row["id"], row["kind"], row["exit_code"]) == (None, "verify", 0)
    assert row["result"].startswith("1 file read again, ")
    assert program("schedule", "run", "--once", "--json").json == []
    by_hand = program("verify", "--due", "--json").json
    assert (by_hand["files"], by_hand["records"], by_hand["custody"]["faults"]) == (0, 0, [])
    assert "none is due" in program("verify", "--due").out
    (path,) = (program.data / "warc").glob("*.warc.gz")
    _read_last(program, days_ago=2)
    with path.open("r+b") as file:
        file.seek(-40, 2)
        file.write(bytes(8))
    said = program("schedule", "run", "--once", "--json", code=1)
    (row,) = said.json
    assert f"damaged  {path.name} at " in said.err
    assert row["verify"]["damaged"][0]["warc"] == path.name
    _read_last(program, days_ago=2)
    assert "fixity: verify everything: 1 file read again" in program("schedule", "run", "--once", code=1).out


def _read_last(program: Program, days_ago: int) -> None:
    """As if all had last been read so long ago."""
    import sqlite3

    with sqlite3.connect(program.data / "catalog.sqlite") as catalogue:
        catalogue.execute(f"UPDATE warc_file SET verified_at = verified_at - {days_ago * 86_400_000_000}")
    catalogue.close()


def test_files_and_the_folder_are_not_mixed_up(program: Program) -> None:
    assert "leave FILE away" in program("verify", "--due", log(program), code=2).err
    assert "leave --due away" in program("verify", "--due", "--rebuild", code=2).err
    (path,) = (program.data / "warc").glob("*.warc.gz")
    assert "custody" not in program("verify", path, "--json").json
