"""The custody log: each entry durable and chained, a torn end set aside, nothing claimed that the disk refused."""

import errno
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.chain import read_chain
from archive.clock import fixed_seams
from archive.custody import GENESIS, CustodyEvent, CustodyLog, Entry, line_of, lines, note, parse_line
from archive.errors import WriteFailed
from tests.archive.exchanges import NOW


def log_of(folder: Path, entries: int) -> CustodyLog:
    """A log with so many entries, `begun` among them."""
    log = CustodyLog(folder, fixed_seams(NOW))
    log.head()
    for number in range(entries - 1):
        log.append(CustodyEvent.EXPORTED, f"{number}.wacz", {"bytes": number})
    return log


def parsed(folder: Path) -> list[Entry]:
    found = [parse_line(line) for line in lines(folder)]
    assert None not in found
    return [entry for entry in found if entry is not None]


def test_each_line_is_json_and_names_the_sha256_of_the_line_before(tmp_path: Path) -> None:
    log = log_of(tmp_path, 4)
    raw = (tmp_path / "custody.jsonl").read_bytes().splitlines(keepends=True)
    told = [json.loads(line) for line in raw]
    assert [one["number"] for one in told] == [1, 2, 3, 4]
    assert [one["event"] for one in told] == ["begun", "exported", "exported", "exported"]
    assert told[1]["at"] == "2026-03-04T05:06:08.890123Z"
    assert told[0]["previous"] == GENESIS
    for line, following in zip(raw, told[1:], strict=False):
        assert following["previous"] == f"sha256:{hashlib.sha256(line).hexdigest()}"
    assert log.head() == f"sha256:{hashlib.sha256(raw[-1]).hexdigest()}"
    assert log.head() == read_chain(tmp_path).head
    assert read_chain(tmp_path).faults == []


_TEXT = st.text(st.characters(codec=None), max_size=30)


@given(subject=_TEXT, facts=st.dictionaries(_TEXT, _TEXT | st.integers() | st.none(), max_size=4))
def test_an_entry_is_one_line_whatever_it_tells_of(subject: str, facts: dict[str, Any]) -> None:
    entry = Entry(7, NOW, CustodyEvent.IMPORTED, subject, facts, GENESIS)
    line = line_of(entry)
    assert line.count(b"\n") == 1
    assert parse_line(line) == entry


@given(st.binary(max_size=200))
def test_any_other_bytes_are_no_entry(line: bytes) -> None:
    assert parse_line(line) is None


@pytest.mark.parametrize(
    "told",
    ["[]", "1", "{}", '{"number":"1"}', '{"number":1,"at":"x"}', "[" * 100_000,
     '{"number":1,"at":"2026-01-01T00:00:00Z","event":"burnt","subject":"","facts":{},"previous":""}',
     '{"number":true,"at":"2026-01-01T00:00:00Z","event":"begun","subject":"","facts":{},"previous":""}',
     '{"number":1,"at":"2026-01-01T00:00:00Z","event":"begun","subject":"","facts":[],"previous":""}'],
)  # fmt: skip
def test_a_line_with_the_right_digest_is_still_no_entry_when_it_tells_nothing(told: str) -> None:
    content = told[:-1].encode()
    line = b'%s,"digest":"sha256:%s"}\n' % (content, hashlib.sha256(content).hexdigest().encode())
    assert parse_line(line) is None


@pytest.mark.parametrize("torn", [b"{", b'{"number":9', b"\0" * 5_000, b'\0\0\0\0"}\n', b"x" * 300_000])
def test_a_torn_end_is_set_aside_and_told_and_nothing_is_chained_to_it(tmp_path: Path, torn: bytes) -> None:
    log_of(tmp_path, 3)
    with (tmp_path / "custody.jsonl").open("ab") as file:
        file.write(torn)
    log = CustodyLog(tmp_path)
    log.append(CustodyEvent.EXPORTED, "x.wacz", {})
    assert log.set_aside is not None
    assert log.set_aside.bytes == len(torn)
    assert (tmp_path / "custody.jsonl.torn").read_bytes() == torn + b"\n"
    repaired, exported = parsed(tmp_path)[3:]
    assert (repaired.event, repaired.subject) == (CustodyEvent.REPAIRED, "custody.jsonl")
    assert repaired.facts["sha256"] == f"sha256:{hashlib.sha256(torn).hexdigest()}"
    assert exported.number == 5
    assert read_chain(tmp_path).faults == []


def test_every_cut_of_the_last_line_is_set_aside_behind_the_ones_before(tmp_path: Path) -> None:
    log_of(tmp_path, 3)
    path = tmp_path / "custody.jsonl"
    whole = path.read_bytes()
    *before, last = whole.splitlines(keepends=True)
    kept = b""
    for cut in range(1, len(last)):
        path.write_bytes(b"".join(before) + last[:cut])
        assert [fault.what for fault in read_chain(tmp_path).faults] == ["the last line is torn"]
        CustodyLog(tmp_path).head()
        kept += last[:cut] + b"\n"
        assert [entry.event.value for entry in parsed(tmp_path)] == ["begun", "exported", "repaired"]
        assert read_chain(tmp_path).faults == []
    assert path.with_name("custody.jsonl.torn").read_bytes() == kept


def test_a_log_of_which_only_a_torn_line_is_left_begins_anew_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "custody.jsonl").write_bytes(b'{"number":1')
    CustodyLog(tmp_path).head()
    (begun,) = parsed(tmp_path)
    assert begun.event is CustodyEvent.BEGUN
    assert begun.facts["bytes"] == 11
    assert (tmp_path / "custody.jsonl.torn").read_bytes() == b'{"number":1\n'


def test_an_altered_last_line_stays_in_its_place_and_is_named_ever_after(tmp_path: Path) -> None:
    log_of(tmp_path, 3)
    path = tmp_path / "custody.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"1.wacz"', b'"2.wacz"'))
    CustodyLog(tmp_path).append(CustodyEvent.EXPORTED, "x.wacz", {})
    chain = read_chain(tmp_path)
    assert [(fault.entry, fault.what) for fault in chain.faults] == [(3, "the line is no entry as it was written")]
    assert chain.entries == 4


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["write", "half a write", "fsync"])
def test_what_the_disk_refuses_is_not_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    log_of(tmp_path, 3)
    before = (tmp_path / "custody.jsonl").read_bytes()
    real = os.write

    def refuse(fd: int, data: memoryview | None = None) -> int:
        if call == "half a write" and data is not None and len(data) > 100:
            return real(fd, data[:60])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(f"archive.custody.os.{'fsync' if call == 'fsync' else 'write'}", refuse)
    with pytest.raises(WriteFailed, match=rf"custody\.jsonl could not be written: {os.strerror(number)}"):
        note(CustodyLog(tmp_path), CustodyEvent.EXPORTED, "x.wacz", {})
    monkeypatch.undo()
    assert (tmp_path / "custody.jsonl").read_bytes() == before
    note(CustodyLog(tmp_path), CustodyEvent.EXPORTED, "x.wacz", {})
    assert read_chain(tmp_path).faults == []
    assert len(parsed(tmp_path)) == 4


APPENDER = """
import sys
from pathlib import Path
from archive.custody import CustodyEvent, CustodyLog
log = CustodyLog(Path(sys.argv[1]))
for n in range(100_000):
    log.append(CustodyEvent.EXPORTED, f"{sys.argv[2]}-{n}", {"padding": "x" * (n % 5_000)})
    print(n, flush=True)
"""


def appender(folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(folder), name], stdout=subprocess.PIPE, text=True, bufsize=1
    )


def test_processes_killed_while_they_append_lose_no_entry_that_was_told(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    told: list[str] = []
    for kill in range(6):
        names = [f"{kill}{letter}" for letter in "ab"]
        children = [appender(tmp_path, name) for name in names]
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "0\n"
        time.sleep(dice.uniform(0, 0.2))
        for name, child in zip(names, children, strict=True):
            child.send_signal(signal.SIGKILL)
            out, _ = child.communicate()
            told += [f"{name}-{n}" for n in range(1 + sum(line.isdigit() for line in out.splitlines()))]
    CustodyLog(tmp_path).head()
    assert read_chain(tmp_path).faults == []
    kept = [entry.subject for entry in parsed(tmp_path) if entry.event is CustodyEvent.EXPORTED]
    assert set(told) <= set(kept)
    assert len(kept) == len(set(kept))


def test_the_clock_going_backwards_is_no_fault(tmp_path: Path) -> None:
    for days in (3, 1, 2):
        CustodyLog(tmp_path, fixed_seams(NOW + timedelta(days=days))).append(CustodyEvent.EXPORTED, "x", {})
    assert read_chain(tmp_path).faults == []
