"""WarcFile: one file being written; appended to, synced, cut back after a fault, closed under its final name."""

import hashlib
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from archive.clock import Seams
from archive.fields import new_hash
from archive.files import OPEN, file_digest, sync_folder
from archive.members import member_of, zipped
from archive.records import Opening, Record
from archive.room import raise_if_short

BUFFERED = 8 << 20  # bytes of compressed records that are gathered before they are written


@dataclass(frozen=True, slots=True)
class Mark:
    """A state of the file to which it can be cut back."""

    size: int
    records: int


@dataclass(frozen=True, slots=True)
class Finished:
    """What a finished file is: `sha256` digests all its bytes."""

    name: str
    bytes: int
    sha256: str
    records: int


class WarcFile:
    """Appends records and knows how much of the file is safe. Every method may raise OSError; then `abandon` it.

    `opening` makes the warcinfo that the file begins with. No write leaves less than `least_free` bytes free on the
    disk; see `archive.room`.
    """

    def __init__(self, folder: Path, *, serial: int, opening: Opening, seams: Seams, least_free: int) -> None:
        made = seams.now()
        self.name = file_name(made.strftime("%Y%m%d%H%M%S"), serial, seams.new_id())
        self._final = folder / self.name
        self._path = self._final.with_name(self.name + OPEN)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self._least_free = least_free
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._written = 0
        self._digest: hashlib._Hash | None = new_hash("sha256")  # of what is written; None once some was cut back
        self._records = 0
        self.durable = 0
        try:
            sync_folder(folder)
        except OSError:
            self.abandon()
            raise
        info_id = seams.new_id()
        self.warcinfo_id = f"<urn:uuid:{info_id}>"
        self.append(opening(filename=self.name, made=made, new_id=info_id))

    @property
    def size(self) -> int:
        """Bytes of the file once all that was appended is written."""
        return self._written + self._buffered

    def append(self, record: Record) -> tuple[int, int]:
        """(offset, length) of the record's gzip member. Large ones reach the file early, none is durable yet."""
        return self._add(member_of(record))

    def copy(self, pieces: Iterable[bytes | memoryview]) -> tuple[int, int]:
        """The same for a record of others, whole and in pieces, of which nothing is changed."""
        return self._add(zipped(pieces))

    def _add(self, member: Iterable[bytes]) -> tuple[int, int]:
        offset = self.size
        self._records += 1
        for piece in member:
            self._buffer.append(piece)
            self._buffered += len(piece)
            if self._buffered >= BUFFERED:
                self._write()
        return offset, self.size - offset

    def sync(self) -> None:
        """Write and fdatasync all that was appended; afterwards `durable` covers it."""
        self._write()
        if self.durable < self._written:
            os.fdatasync(self._fd)
            self.durable = self._written

    def mark(self) -> Mark:
        """The state now, for `cut_back`."""
        return Mark(self.size, self._records)

    def cut_back(self, to: Mark) -> None:
        """Take back what was appended after the mark: a record that could not be finished leaves no trace."""
        self._records = to.records
        if to.size < self._written:
            os.ftruncate(self._fd, to.size)
            os.lseek(self._fd, to.size, os.SEEK_SET)
            self._buffer, self._buffered, self._written = [], 0, to.size
            self._digest = None
            return
        kept = b"".join(self._buffer)[: to.size - self._written]
        self._buffer, self._buffered = [kept], len(kept)

    def abandon(self) -> None:
        """After a fault: cut back to what is durable and let go. The name keeps `.open`, so the next start checks it.

        A file of which nothing is durable goes: nobody was told of anything in it. Raises OSError when even the cut
        fails; the file is closed in any case, and never written to again.
        """
        if self._fd < 0:
            return
        try:
            os.ftruncate(self._fd, self.durable)
            if not self.durable:
                self._path.unlink()
        finally:
            self._close()

    def finish(self) -> Finished:
        """Sync, close, and give the file its final name, durably; what it is then."""
        self.sync()
        self._close()
        digest = f"sha256:{self._digest.hexdigest()}" if self._digest is not None else file_digest(self._path)
        self._path.rename(self._final)
        sync_folder(self._final.parent)
        return Finished(self.name, self._written, digest, self._records)

    def _close(self) -> None:
        """The number is forgotten before the close: it may be another file's the moment after."""
        fd, self._fd = self._fd, -1
        os.close(fd)

    def _write(self) -> None:
        raise_if_short(self._fd, self._buffered, self._least_free)
        whole = self._buffer[0] if len(self._buffer) == 1 else b"".join(self._buffer)
        self._buffer, self._buffered = [], 0
        rest = memoryview(whole)
        while rest:
            count = os.write(self._fd, rest)
            self._written += count
            if self._digest is not None:
                self._digest.update(rest[:count])
            rest = rest[count:]


def process_of(name: str) -> int | None:
    """The number of the process that wrote a file of this name; None for a name that is not ours."""
    parts = name.split("-")
    return int(parts[3]) if len(parts) == 5 and parts[3].isdecimal() else None


def file_name(timestamp14: str, serial: int, unique: uuid.UUID) -> str:
    """`sourcekeep-timestamp14-serial-process-uuid.warc.gz` (WARC/1.1 Annex C, with a part that no other run has)."""
    return f"sourcekeep-{timestamp14}-{serial:05d}-{os.getpid()}-{unique.hex[:8]}.warc.gz"
