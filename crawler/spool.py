"""Spool: the received bytes of one answer, in memory while few, else in a file without a name."""

import mmap
import tempfile
from pathlib import Path
from typing import IO

from archive.errors import WriteFailed


class Spool:
    """Grows by `append`; `take` gives all of it as one view without a copy.

    `memory` holds everything until the answer is longer than `limit` bytes; from then on it is empty and all bytes
    lie in a temporary file that is already unlinked, so nothing is left behind however the process ends. The file
    is made in `folder`, or in the system's folder for temporary files.
    """

    __slots__ = ("_file", "_folder", "_limit", "length", "memory")

    def __init__(self, limit: int, folder: Path | None = None) -> None:
        self._limit = limit
        self._folder = folder
        self._file: IO[bytes] | None = None
        self.memory = bytearray()
        self.length = 0

    def append(self, piece: memoryview) -> None:
        """Keeps `piece`. WriteFailed when the disk refuses it."""
        self.length += len(piece)
        if self._file is None:
            self.memory += piece
            if self.length > self._limit:
                self._move_to_disk()
        else:
            self._write(piece)

    def shorten(self, length: int) -> None:
        """Drops what lies past `length`; only while all is in memory."""
        assert self._file is None
        del self.memory[length:]
        self.length = len(self.memory)

    def _move_to_disk(self) -> None:
        try:
            self._file = tempfile.TemporaryFile(buffering=0, dir=self._folder)  # noqa: SIM115  (closed by take or drop)
        except OSError as error:
            raise WriteFailed(f"no temporary file for a long answer: {error}") from error
        self._write(memoryview(self.memory))
        self.memory = bytearray()

    def _write(self, piece: memoryview) -> None:
        assert self._file is not None
        try:
            while piece:
                piece = piece[self._file.write(piece) :]
        except OSError as error:
            raise WriteFailed(f"a long answer cannot be spooled: {error}") from error

    def take(self) -> memoryview:
        """A read-only view of all bytes; it stays valid as long as somebody holds it. The spool is done then."""
        if self._file is None:
            return memoryview(self.memory).toreadonly()
        try:
            with self._file as file:
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except OSError as error:
            raise WriteFailed(f"a spooled answer cannot be mapped: {error}") from error

    def drop(self) -> None:
        """Gives up what was kept."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self.memory = bytearray()
