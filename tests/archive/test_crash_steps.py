"""A crash before each single step that touches the disk: the next start leaves files and custody log in agreement."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from archive.chain import hold_chain
from archive.custody import CustodyEvent, CustodyLog, lines, parse_line
from archive.files import file_digest
from archive.fixity import verify_file
from archive.lock import FolderLock
from archive.recovery import recover
from tests.archive.exchanges import answer, exchange, keep_all, only_file

STEPS = ("write", "fsync", "fdatasync", "rename", "replace", "ftruncate", "unlink", "mkdir")
TORN_LINE = b'{"number":99'
TORN_RECORD = b"\x1f\x8b\x08\0 not much of a record"
AFTER_A_CRASH = ("has no entry; after a crash the next run adds it", "the last line is torn")


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """What crashes left: a file with a torn end, one with nothing whole in it, a log with a torn line."""
    folder = tmp_path / "left"
    keep_all(folder, [exchange(url="https://a.example/first")])
    finished = only_file(folder)
    keep_all(folder, [exchange(url="https://a.example/second")])
    kept = list(lines(folder))
    (folder / "custody.jsonl").write_bytes(b"".join(kept[:-1]) + TORN_LINE)
    (second,) = (path for path in (folder / "warc").iterdir() if path != finished)
    with second.open("ab") as file:
        file.write(TORN_RECORD)
    second.rename(second.with_name(second.name + ".open"))
    (folder / "warc" / "nothing.warc.gz.open").write_bytes(TORN_RECORD)
    return folder


def a_start_and_a_run(folder: Path) -> None:
    """What a run does on disk: repair, write files, tell the log."""
    with FolderLock(folder):
        recover(folder, lambda _: None)
        body = os.urandom(5_000)
        keep_all(folder, [exchange(answer(body=body), f"https://b.example/{n}") for n in range(2)], roll_at=4_000)
    CustodyLog(folder).append(CustodyEvent.EXPORTED, "x.wacz", {})


def crashed(folder: Path, before: int) -> bool:
    """True when the run, in a process of its own, ended before its step of that number; False when it had fewer."""
    child = os.fork()
    if child == 0:
        try:
            _end_before(before)
            a_start_and_a_run(folder)
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9), f"the run failed at step {before}"
    return status == 9


def _end_before(number: int) -> None:
    numbers = iter(range(1, 10_000))

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            if next(numbers) == number:
                _end()
            return real(*given, **named)

        return step

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))


def _end() -> NoReturn:
    os._exit(9)


def files_of(folder: Path) -> list[Path]:
    return sorted([*(folder / "warc").glob("*.warc.gz"), *(folder / "warc").glob("*.open")])


def crashes(left: Path, tmp_path: Path) -> Iterator[Path]:
    """The folder after a crash before the first step, the second, and so on to the last."""
    for before in range(1, 1_000):
        folder = tmp_path / f"crash-{before}"
        shutil.copytree(left, folder)
        if not crashed(folder, before):
            assert before > 50, "all steps of the run were counted"
            return
        yield folder
        shutil.rmtree(folder)


def test_a_crash_before_any_step_is_put_in_order_by_the_next_start(left: Path, tmp_path: Path) -> None:
    for folder in crashes(left, tmp_path):
        found = [fault.what for fault in hold_chain(folder, files_of(folder)).faults]
        assert all(what.endswith(AFTER_A_CRASH) for what in found), (folder.name, found)
        with FolderLock(folder):
            recover(folder, lambda _: None)
        assert_in_order(folder)
        a_start_and_a_run(folder)
        assert_in_order(folder)


def assert_in_order(folder: Path) -> None:
    """No fault, each file as its entry says, and of what was cut nothing lost nor untold."""
    chain = hold_chain(folder, files_of(folder))
    assert chain.faults == [], folder.name
    assert not list((folder / "warc").glob("*.open"))
    for path in files_of(folder):
        claim = chain.claims[path.name]
        assert (claim.bytes, claim.sha256) == (path.stat().st_size, file_digest(path))
        assert not verify_file(path).damaged
    entries = [entry for entry in map(parse_line, lines(folder)) if entry is not None]
    torn_line = {"bytes": len(TORN_LINE), "kept": "custody.jsonl.torn"}
    assert any(entry.subject == "custody.jsonl" and torn_line.items() <= entry.facts.items() for entry in entries)
    repaired = {entry.subject for entry in entries if entry.event is CustodyEvent.REPAIRED}
    for torn in (folder / "warc").glob("*.torn"):
        assert torn.read_bytes() == TORN_RECORD
        assert f"warc/{torn.name.removesuffix('.torn')}" in repaired
    assert len(list((folder / "warc").glob("*.torn"))) == 2
    assert TORN_LINE in (folder / "custody.jsonl.torn").read_bytes().splitlines()
