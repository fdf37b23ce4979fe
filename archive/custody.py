"""The custody log: what befell the archive's files, one line an entry, each chained to the line before it."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from archive.clock import SYSTEM, Seams
from archive.errors import WriteFailed
from archive.fields import date_text, parse_date, sha256_of
from archive.files import TORN, WARC_FOLDER, sync_folder

LOG = "custody.jsonl"
GENESIS = "sha256:" + "0" * 64  # what the first line follows
_LONGEST = 1 << 20  # bytes of a line; an entry has a few hundred
_DIGEST = b',"digest":"'


class CustodyEvent(StrEnum):
    """What an entry tells of: a closed list."""

    BEGUN = "begun"  # the log itself
    CAPTURED = "captured"  # a WARC file was finished here
    REPAIRED = "repaired"  # a file was put in order after a crash
    IMPORTED = "imported"  # records came from elsewhere: in a file that was finished here, or in a file as it is
    VERIFIED = "verified"
    EXPORTED = "exported"
    REBUILT = "rebuilt"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; `previous` is the digest of the line before with its line end, as `sha256sum` tells it.

    `subject` is what the event befell: the path of a file below the data folder (`warc/NAME` for a WARC file), or the
    bare name of a file elsewhere. `facts` are plain JSON values; `bytes` and `sha256` are of the whole file.
    """

    number: int
    at: datetime
    event: CustodyEvent
    subject: str
    facts: Mapping[str, Any]
    previous: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """The torn end of a log: so many bytes, moved behind whatever lies in `custody.jsonl.torn`."""

    bytes: int
    sha256: str


def line_of(entry: Entry) -> bytes:
    """The entry as its line. Its last member digests all before it, so that the last line of a log is held too."""
    told = {
        "number": entry.number,
        "at": date_text(entry.at),
        "event": entry.event.value,
        "subject": entry.subject,
        "facts": dict(entry.facts),
        "previous": entry.previous,
    }
    content = json.dumps(told, separators=(",", ":"))[:-1].encode()
    return b'%s%s%s"}\n' % (content, _DIGEST, sha256_of(content).encode())


def parse_line(line: bytes) -> Entry | None:
    """The entry of a line; None when it is not as it was written."""
    content, _, digest = line.rpartition(_DIGEST)
    if digest != b'%s"}\n' % sha256_of(content).encode():
        return None
    try:
        told = json.loads(content + b"}")
        at = parse_date(told["at"])
        number, subject, facts, previous = (told[name] for name in ("number", "subject", "facts", "previous"))
        if at is None or not (type(number) is int and type(subject) is type(previous) is str and type(facts) is dict):
            return None
        return Entry(number, at, CustodyEvent(told["event"]), subject, facts, previous)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def lines(folder: Path) -> Iterator[bytes]:
    """The lines of a data folder's log as they lie, with their line ends; none when there is no log."""
    with suppress(FileNotFoundError), (folder / LOG).open("rb") as file:
        while line := file.readline(_LONGEST):
            yield line


class CustodyLog:
    """The log of a data folder, written to by whoever has something to tell, each entry durable when told.

    Entries of several processes queue at a lock of the log's own. A torn end, which a crash left, is set aside before
    anything is chained to it; `set_aside` tells those who ask afterwards. Every method may raise OSError, with nothing
    of the entry left in the log.
    """

    def __init__(self, folder: Path, seams: Seams = SYSTEM) -> None:
        self.path = folder / LOG
        self.set_aside: SetAside | None = None
        self._seams = seams

    def append(self, event: CustodyEvent, subject: str, facts: Mapping[str, Any]) -> None:
        """Add an entry."""
        with self._held() as fd:
            self._put(fd, os.fstat(fd).st_size, event, subject, facts)

    def head(self) -> str:
        """The digest of the last line, which stands for all lines; the log is begun when there is none."""
        with self._held() as fd:
            return sha256_of(_line_ending_at(fd, os.fstat(fd).st_size))

    @contextmanager
    def _held(self) -> Iterator[int]:
        """The log, locked, with at least one line and a sound end."""
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX)
                self._mend(fd)
                yield fd
            finally:
                os.close(fd)
        except OSError as error:
            error.filename = error.filename or str(self.path)
            raise

    def _mend(self, fd: int) -> None:
        """Begins the log if it has no line; puts an entry in the place of a torn end, which is kept elsewhere first."""
        end = _sound_end(fd)
        torn = self._set_aside(fd, end)
        told = {"bytes": torn.bytes, "sha256": torn.sha256, "kept": LOG + TORN} if torn else {}
        if end == 0:
            sync_folder(self.path.parent)
            files = sum(1 for _ in (self.path.parent / WARC_FOLDER).glob("*.warc.gz"))
            self._put(fd, end, CustodyEvent.BEGUN, LOG, {"warc_files": files, **told})
        elif torn:
            self._put(fd, end, CustodyEvent.REPAIRED, LOG, told)
        self.set_aside = torn or self.set_aside

    def _set_aside(self, fd: int, end: int) -> SetAside | None:
        """Copies what stands behind `end` to the end of `custody.jsonl.torn`, durably."""
        torn = os.pread(fd, os.fstat(fd).st_size - end, end)
        if not torn:
            return None
        with self.path.with_name(LOG + TORN).open("ab") as kept:
            kept.write(torn + b"\n")
            kept.flush()
            os.fsync(kept.fileno())
        sync_folder(self.path.parent)
        return SetAside(len(torn), sha256_of(torn))

    def _put(self, fd: int, end: int, event: CustodyEvent, subject: str, facts: Mapping[str, Any]) -> None:
        """Writes an entry at `end`, in the place of what stands there: so no crash can cut that and not tell it."""
        before = _line_ending_at(fd, end)
        last = parse_line(before)
        number = 1 + (last.number if last else os.pread(fd, end, 0).count(b"\n"))
        previous = sha256_of(before) if before else GENESIS
        line = line_of(Entry(number, self._seams.now(), event, subject, facts, previous))
        size = os.fstat(fd).st_size
        try:
            os.lseek(fd, end, os.SEEK_SET)
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(fd, rest) :]
            os.ftruncate(fd, end + len(line))
            os.fsync(fd)
        except OSError:
            with suppress(OSError):  # then the next one finds a torn end
                os.ftruncate(fd, size)
            raise


def note(log: CustodyLog, event: CustodyEvent, subject: str, facts: Mapping[str, Any]) -> None:
    """Add an entry for who knows no OSError; WriteFailed when it could not be made durable."""
    try:
        log.append(event, subject, facts)
    except OSError as error:
        raise WriteFailed(f"{error.filename} could not be written: {error.strerror}") from error


def _sound_end(fd: int) -> int:
    """Where the last whole line ends.

    A crash leaves a line without its end, or with NUL bytes where a block never reached the disk. A whole line that
    was altered is no torn one: it stays for `verify` to name.
    """
    end = os.fstat(fd).st_size
    while (line := _line_ending_at(fd, end)) and (not line.endswith(b"\n") or b"\0" in line):
        end -= len(line)
    return end


def _line_ending_at(fd: int, end: int) -> bytes:
    """The line, or what there is of one, that ends at `end`; empty at the start of the file."""
    reach = 1 << 12
    while True:
        tail = os.pread(fd, min(reach, end), max(0, end - reach))
        start = tail.rfind(b"\n", 0, max(0, len(tail) - 1)) + 1
        if start or reach >= end:
            return tail[start:]
        reach *= 4
