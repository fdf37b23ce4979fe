"""After a crash: every complete capture is adopted, every torn end saved and cut, nothing else touched."""

import gzip
import os
import random
import select
import signal
import subprocess
import sys
import time
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive import members, series
from archive.capture import Capture
from archive.cdxj import lookup
from archive.errors import FolderHeld
from archive.fixity import verify_file
from archive.lock import FolderLock
from archive.reader import captures_in
from archive.recovery import Recovered, Short, recover
from tests.archive.exchanges import answer, exchange, keep_all, only_file


def left_open(folder: Path, content: bytes, name: str) -> Path:
    path = folder / "warc" / (name + ".open")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def nothing_known(_: str) -> None:
    return None


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes, list[Capture]]:
    folder = tmp_path_factory.mktemp("written")
    captures = keep_all(
        folder, [exchange(answer(body=b"page %d " % n * 20), f"https://a.example/{n}", tls=None) for n in range(3)]
    )
    path = only_file(folder)
    return path.name, path.read_bytes(), captures


@pytest.mark.usefixtures("unsynced")
def test_at_every_cut_of_the_last_record_the_whole_captures_stay(
    tmp_path: Path, written: tuple[str, bytes, list[Capture]]
) -> None:
    name, content, captures = written
    whole = captures[1].offset + captures[1].length
    for cut in range(whole, len(content)):
        folder = tmp_path / str(cut)
        left_open(folder, content[:cut], name)
        found = recover(folder, nothing_known)
        assert found.adopted == captures[:2]
        assert [(each.file, each.offset, each.bytes_cut) for each in found.cut] == [(name, whole, cut - whole)][
            : cut - whole
        ]
        assert (folder / "warc" / name).read_bytes() == content[:whole]
        torn = folder / "warc" / (name + ".torn")
        assert (torn.read_bytes() if torn.exists() else b"") == content[whole:cut]
    assert recover(folder, nothing_known) == Recovered()


@pytest.mark.parametrize("tail", [b"\0" * 5_000, b"\x1f\x8b\x08\0", b"garbage" * 50])
def test_a_tail_that_is_no_record_is_cut(
    tmp_path: Path, written: tuple[str, bytes, list[Capture]], tail: bytes
) -> None:
    name, content, captures = written
    left_open(tmp_path, content + tail, name)
    found = recover(tmp_path, {name: captures[1].offset + captures[1].length}.get)
    assert found.adopted == captures[2:]
    assert not verify_file(tmp_path / "warc" / name).damaged
    assert (tmp_path / "warc" / (name + ".torn")).read_bytes() == tail
    assert len((tmp_path / "index.cdxj").read_text().splitlines()) == 3
    assert [entry.offset for entry in lookup(tmp_path, captures[0].url)] == [captures[0].offset]


def test_captures_behind_a_hole_are_found_and_the_hole_is_named(
    tmp_path: Path, written: tuple[str, bytes, list[Capture]]
) -> None:
    name, content, captures = written
    hole = bytearray(content)
    hole[captures[1].offset + 20 : captures[1].offset + 60] = bytes(40)
    left_open(tmp_path, bytes(hole), name)
    assert recover(tmp_path, nothing_known).adopted == [captures[0], captures[2]]
    report = verify_file(tmp_path / "warc" / name)
    assert [(damage.offset, damage.url) for damage in report.damaged] == [(captures[1].offset, captures[1].url)]


def test_a_file_shorter_than_the_catalogue_says_is_told(
    tmp_path: Path, written: tuple[str, bytes, list[Capture]]
) -> None:
    name, content, captures = written
    left_open(tmp_path, content[: captures[1].offset], name)
    found = recover(tmp_path, {name: len(content)}.get)
    assert found.short == [Short(name, captures[0].offset + captures[0].length, len(content))]
    assert not found.adopted


def test_a_file_without_one_whole_record_is_set_aside(tmp_path: Path) -> None:
    left_open(tmp_path, b"\x1f\x8b\x08 not much", "x.warc.gz")
    left_open(tmp_path, b"", "empty.warc.gz")
    found = recover(tmp_path, nothing_known)
    assert [(cut.file, cut.bytes_cut) for cut in found.cut] == [("x.warc.gz", 12)]
    assert [path.name for path in (tmp_path / "warc").iterdir()] == ["x.warc.gz.torn"]


def test_a_warc_file_inside_a_torn_response_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_all(tmp_path / "theirs", [exchange(url="https://forged.example/")])
    inner = only_file(tmp_path / "theirs").read_bytes()
    # Stored without compression, the inner members lie open in the outer file.
    monkeypatch.setattr(members, "_compressor", lambda: zlib.compressobj(0, zlib.DEFLATED, 31))
    monkeypatch.setattr(series, "GZIP_HEADER", members.compressed(b"")[:10])
    torn = exchange(answer(body=inner + os.urandom(9_000)))
    captures = keep_all(tmp_path / "ours", [exchange(), torn])
    content = only_file(tmp_path / "ours").read_bytes()
    assert inner in content
    left_open(tmp_path, content[:-50], captures[0].warc)
    assert recover(tmp_path, nothing_known).adopted == captures[:1]
    torn_file = tmp_path / "damaged.warc.gz"
    torn_file.write_bytes(content[:-50])
    assert list(captures_in(torn_file)) == [replace(captures[0], warc=torn_file.name)]
    (damage,) = verify_file(torn_file).damaged
    assert damage.what.endswith("the gzip member is cut")


WRITER = """
import os, sys
from pathlib import Path
from archive.lock import FolderLock
from archive.writer import ArchiveWriter
from tests.archive.exchanges import AGENT, CITED, answer, exchange

folder = Path(sys.argv[1])
rows = os.open(folder / "rows", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

def commit(kept):
    for each in kept:
        c = each.item
        os.write(rows, f"{c.record_id} {c.warc} {c.offset} {c.length}\\n".encode())
    os.fdatasync(rows)

with FolderLock(folder), ArchiveWriter(folder, run="kill", agent=AGENT, on_durable=commit, roll_at=400_000) as writer:
    print("ready", flush=True)
    for n in range(100_000):
        writer.keep(exchange(answer(body=os.urandom(n * 997 % 30_000)), f"https://a.example/{n}"), CITED)
        while writer.pending_bytes > 2_000_000:
            os.sched_yield()
"""


def kill_and_recover(folder: Path, dice: random.Random) -> int:
    """One run, killed at a random moment; then the start of the next. The number of captures adopted."""
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    ready, _, _ = select.select([child.stdout], [], [], 30)
    assert ready
    time.sleep(dice.uniform(0, 0.25))
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    rows = rows_of(folder)
    ends: dict[str, int] = {}
    for _, warc, offset, length in rows:
        ends[warc] = max(ends.get(warc, 0), int(offset) + int(length))
    with FolderLock(folder):
        found = recover(folder, ends.get)
    assert not found.short
    with (folder / "rows").open("a") as file:
        file.writelines(f"{c.record_id} {c.warc} {c.offset} {c.length}\n" for c in found.adopted)
    return len(found.adopted)


def rows_of(folder: Path) -> list[list[str]]:
    lines = (folder / "rows").read_text().splitlines(keepends=True)
    whole = [line.split() for line in lines if line.endswith("\n")]
    (folder / "rows").write_text("".join(" ".join(row) + "\n" for row in whole))
    return whole


def assert_rows_and_records_agree(folder: Path) -> int:
    """No row without a sound record, no sound record without a row, no damage, and every reader gets to the end."""
    files = sorted((folder / "warc").glob("*.warc.gz"))
    assert not list((folder / "warc").glob("*.open"))
    rows = {(row[0], row[1], int(row[2]), int(row[3])) for row in rows_of(folder)}
    kept = {(c.record_id, c.warc, c.offset, c.length) for path in files for c in captures_in(path)}
    assert rows == kept
    assert len((folder / "index.cdxj").read_bytes().splitlines()) == len(kept)
    for path in files:
        report = verify_file(path)
        assert not report.damaged
        gzip.decompress(path.read_bytes())
        with path.open("rb") as file:
            assert sum(1 for _ in ArchiveIterator(file)) == report.records
        with path.open("rb") as file:
            assert sum(1 for _ in FastIterator(file)) == report.records
    return len(kept)


def test_eight_kills_lose_nothing(tmp_path: Path) -> None:
    dice = random.Random(8)
    for _ in range(8):
        kill_and_recover(tmp_path, dice)
    assert assert_rows_and_records_agree(tmp_path) > 0


@pytest.mark.torture
@pytest.mark.timeout(1_800)
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    dice = random.Random(200)
    for kill in range(200):
        kill_and_recover(tmp_path, dice)
        if kill % 20 == 19:
            assert_rows_and_records_agree(tmp_path)


def test_two_runs_never_share_a_folder(tmp_path: Path, python: str) -> None:
    hold = (
        "import sys; from pathlib import Path; from archive.lock import FolderLock\n"
        "with FolderLock(Path(sys.argv[1]), who='archive page.txt'): print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([python, "-c", hold, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == b"held\n"
    with (
        pytest.raises(FolderHeld, match=rf"archive page.txt \(process {child.pid}\) since 20\d\d-") as held,
        FolderLock(tmp_path),
    ):
        pass
    assert held.value.exit_code == 75
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdin.close()
    child.stdout.close()
    with FolderLock(tmp_path), pytest.raises(FolderHeld), FolderLock(tmp_path):
        pass
