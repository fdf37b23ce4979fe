"""FolderLock: one run at a time in a data folder."""

import fcntl
import os
from pathlib import Path
from typing import Self

from archive.clock import SYSTEM, Seams
from archive.errors import FolderHeld, WriteFailed
from archive.fields import date_text, field_text

LOCK = "lock"


class FolderLock:
    """Holds `<folder>/lock` by flock while the context lasts; FolderHeld names who holds it and since when.

    The kernel lets go of the lock when its process ends in whatever way, so a stale file or a reused process number
    never locks anybody out. The file stays: removing it would let two runs hold two files of one name.
    """

    def __init__(self, folder: Path, *, who: str = "sourcekeep", seams: Seams = SYSTEM) -> None:
        self._path = folder / LOCK
        self._who = field_text(who)
        self._seams = seams
        self._fd = -1

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise WriteFailed(f"{self._path} cannot be opened: {error.strerror}") from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(fd, 1024, 0).decode("utf-8", "replace").strip() or "another run"
            os.close(fd)
            raise FolderHeld(f"{self._path.parent} is held by {field_text(holder)}") from None
        except OSError as error:
            os.close(fd)
            raise WriteFailed(f"{self._path} cannot be locked: {error.strerror}") from error
        self._fd = fd
        self._tell_holder()
        return self

    def fileno(self) -> int:
        """The lock's file, for a process to inherit: the folder stays held until the last of them has ended."""
        return self._fd

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)
        self._fd = -1

    def _tell_holder(self) -> None:
        """The note is for people only; a full disk must not keep anybody from repairing the folder."""
        line = f"{self._who} (process {os.getpid()}) since {date_text(self._seams.now())}\n"
        try:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, line.encode(), 0)
        except OSError:
            return
