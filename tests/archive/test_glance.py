"""Glance: what it calls sound the general reading calls sound too, and both read the same from it."""

import random
from pathlib import Path

import pytest

from archive import scanner
from archive.feed import Feed
from archive.glance import glance
from archive.members import small_member
from archive.reader import captures_in
from archive.scanner import read_record, scan_warc
from archive.writer import ArchiveWriter
from tests.archive.exchanges import AGENT, CITED, answer, exchange, keep_all, only_file
from tests.crash.test_seeded_faults import seeded_answer


def contents(folder: Path, seed: int) -> list[bytes]:
    """The records of a file of answers of many forms, a repeated one among them, each as written before compression."""
    dice = random.Random(seed)
    first = exchange(answer(body=b"the same " * 90), "https://r.example/")
    made = [exchange(seeded_answer(dice), f"https://h.example/{n}?q=é", tls=None) for n in range(8)]
    (kept,) = keep_all(folder / "first", [first])
    with ArchiveWriter(folder / "all", run="run-1", agent=AGENT) as writer:
        for one in (first, *made):
            writer.keep(one, CITED, previous=kept if one is first else None)
    data = memoryview(only_file(folder / "all").read_bytes())
    found = [small_member(data, stretch.offset) for stretch in scan_warc(bytes(data))]
    return [member[0] for member in found if member is not None]


@pytest.mark.parametrize("seed", range(4))
def test_nearly_every_record_of_ours_is_seen_in_a_glance(tmp_path: Path, seed: int) -> None:
    records = contents(tmp_path, seed)
    assert len(records) == 28
    seen = [glance(record) for record in records]
    assert sum(one is not None for one in seen) >= 19, "all but chunked, overlong and unreadable answers"


@pytest.mark.parametrize("seed", range(4))
def test_a_glance_never_passes_what_the_general_reading_finds_at_fault(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    records = contents(tmp_path, seed)
    passed = 0
    for _ in range(4_000):
        content = bytearray(dice.choice(records))
        header = content.index(b"\r\n\r\n")
        at = dice.randrange(header + 4 if dice.random() < 0.8 else len(content))
        match dice.randrange(4):
            case 0:
                content[at] ^= 1 << dice.randrange(8)
            case 1:
                content[at : at + dice.randint(1, 40)] = b""
            case 2:
                content[at:at] = dice.choice((b"0", b"\r\n", b"\n", b" ", b"a", b"WARC-Type: request\r\n", b"\0"))
            case _:
                start = content.rfind(b"\n", 0, at) + 1
                line = content[start : content.index(b"\n", start) + 1 or None]
                content[start:start] = line  # a field twice
        if glance(bytes(content)) is not None:
            passed += 1
            fields, measure, faults = read_record(Feed(iter((bytes(content),))))
            assert (fields is not None, measure is not None, faults) == (True, True, [])
    assert passed > 20, "an altered id or date is nothing that a record can tell"


def test_captures_are_the_same_whichever_way_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(6):
        contents(tmp_path / str(seed), seed)
        path = only_file(tmp_path / str(seed) / "all")
        quick = list(captures_in(path))
        with monkeypatch.context() as patch:
            patch.setattr(scanner, "glance", lambda content: None)
            assert list(captures_in(path)) == quick
            slow = [(s.offset, s.length, s.kind, s.url, s.dated, s.faults) for s in scan_warc(path.read_bytes())]
        assert [(s.offset, s.length, s.kind, s.url, s.dated, s.faults) for s in scan_warc(path.read_bytes())] == slow
