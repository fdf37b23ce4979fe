"""CDXJ: the sorted index of captures, its lines made while writing and merged at the end of a run."""

import fcntl
import heapq
import json
import mmap
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive.capture import Capture, RecordType
from archive.files import WARC_FOLDER, sync_folder, write_whole
from archive.url import surt

INDEX = "index.cdxj"
REVISIT = "warc/revisit"  # what stands for the media type of a revisit
LINES = ".cdxj"  # ending of the lines of one file, which wait beside it to be merged


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the index. `timestamp` is aware UTC to the second, `status` None where there was none."""

    key: str
    timestamp: datetime
    url: str
    status: int | None
    mime: str
    digest: str | None
    warc: str
    offset: int
    length: int


def line_of(capture: Capture, warc: str | None = None) -> bytes:
    """The index line of a capture, as pywb's and cdxj-indexer's own would be, with its line end.

    `warc` names the file when it differs from the capture's (a copy inside a package).
    """
    told: dict[str, str] = {"url": capture.url}
    mime = REVISIT if capture.record_type is RecordType.REVISIT else capture.mime
    if mime:
        told["mime"] = mime
    if capture.http_status is not None:
        told["status"] = str(capture.http_status)
    if capture.payload_digest:
        told["digest"] = capture.payload_digest
    told |= {"length": str(capture.length), "offset": str(capture.offset), "filename": warc or capture.warc}
    stamp = capture.timestamp.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return f"{surt(capture.url)} {stamp} {json.dumps(told)}\n".encode()


def leave_lines(folder: Path, warc: str, lines: Iterable[bytes]) -> None:
    """Put the lines of one WARC file beside it, durably, for `merge_index`."""
    write_whole(folder / WARC_FOLDER / (warc + LINES), b"".join(sorted(lines)))


def waiting_lines(folder: Path) -> list[Path]:
    """The files of lines that are not yet merged."""
    return sorted((folder / WARC_FOLDER).glob("*.warc.gz" + LINES))


def merge_index(folder: Path) -> int:
    """Merge all waiting lines into `index.cdxj`, byte-sorted, each line once; the number of files merged.

    Reads no WARC file and holds no index in memory. The new index replaces the old one at once or not at all, and
    the waiting lines go only afterwards, so a crash at any point costs nothing. Processes merge one after the other.
    """
    if not waiting_lines(folder):
        return 0
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        return _merge(folder, waiting_lines(folder))
    finally:
        os.close(fd)


def _merge(folder: Path, waiting: list[Path]) -> int:
    if not waiting:
        return 0
    index = folder / INDEX
    fresh = index.with_name(INDEX + ".new")
    with ExitStack() as stack:
        sources = [stack.enter_context(path.open("rb")) for path in [index, *waiting] if path.exists()]
        out = stack.enter_context(fresh.open("wb"))
        last = b""
        for line in heapq.merge(*sources):
            if line != last:
                out.write(line)
                last = line
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(index)
    sync_folder(folder)
    for path in waiting:
        path.unlink()
    sync_folder(folder / WARC_FOLDER)
    return len(waiting)


def rebuild_index(folder: Path, captures: Iterable[Capture]) -> int:
    """Write `index.cdxj` anew from `captures`, for when it is lost or doubted; the number of lines."""
    lines = sorted({line_of(capture) for capture in captures})
    write_whole(folder / INDEX, b"".join(lines))
    return len(lines)


def lookup(folder: Path, url: str, when: datetime | None = None) -> list[Entry]:
    """Every capture of `url` in the index, oldest first; with `when` (aware), the nearest in time first.

    URLs that the SURT key folds together (http and https, `www.`) are captures of one URL here. Finds its place by
    halving, so the size of the index hardly matters.
    """
    prefix = surt(url).encode() + b" "
    found: set[bytes] = set()
    # The index last: what another process merges meanwhile is in it then.
    for path in (*waiting_lines(folder), folder / INDEX):
        found.update(_matching(path, prefix))
    entries = [entry for entry in map(parse_line, sorted(found)) if entry is not None]
    if when is not None:
        entries.sort(key=lambda entry: abs(entry.timestamp - when))
    return entries


def parse_line(line: bytes) -> Entry | None:
    """The entry a line holds, or None when it is no CDXJ line."""
    try:
        key, stamp, told = line.decode().rstrip("\n").split(" ", 2)
        facts = json.loads(told)
        status = facts.get("status", "")
        return Entry(
            key=key,
            timestamp=datetime.strptime(stamp[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC),
            url=facts["url"],
            status=int(status) if status.isdigit() else None,
            mime=facts.get("mime", ""),
            digest=facts.get("digest"),
            warc=facts["filename"],
            offset=int(facts["offset"]),
            length=int(facts["length"]),
        )
    except (ValueError, KeyError, AttributeError):
        return None


def _matching(path: Path, prefix: bytes) -> Iterator[bytes]:
    """The lines of a sorted file that start with `prefix`."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        yield from _matching_in(file, prefix)


def _matching_in(file: BinaryIO, prefix: bytes) -> Iterator[bytes]:
    if not os.fstat(file.fileno()).st_size:
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
        at = _first_not_below(lines, prefix)
        while lines[at : at + len(prefix)] == prefix:
            end = lines.find(b"\n", at)
            end = len(lines) if end < 0 else end + 1
            yield lines[at:end]
            at = end


def _first_not_below(lines: mmap.mmap, wanted: bytes) -> int:
    """The start of the first line that is not less than `wanted`."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        start = lines.rfind(b"\n", low, middle) + 1 or low
        end = lines.find(b"\n", middle)
        end = len(lines) if end < 0 else end + 1
        if lines[start : min(end, start + len(wanted))] < wanted:
            low = end
        else:
            high = start
    return low
