"""Lets calls on files below one folder fail as a bad disk does, in every Python process that a test starts.

`FAULT_FOLDER` names the folder, `FAULT_AT` the number of the call (from 1) among os.write, os.fdatasync and os.fsync
that fails with EIO, `FAULT_ON` what the call's name or path must hold to count, `FAULT_STAYS` that all later ones fail
too. Each call that counts is noted in `FAULT_LOG`, so that a test knows whether the fault was met. With `FAULT_ALONE`
every capture is written and synced alone, so that the calls are many and their order is the same each time.
The network stays closed: the guard of all tests is run first.
"""

import errno
import os
import runpy
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

runpy.run_path(str(Path(__file__).resolve().parents[2] / "loopback_only" / "sitecustomize.py"))


class _Disk:
    """Counts the calls on files of the folder and fails those it was told to fail."""

    def __init__(self, folder: str, log: str) -> None:
        self.folder = os.path.realpath(folder) + os.sep
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self.at = int(os.environ.get("FAULT_AT", "0"))
        self.on = os.environ.get("FAULT_ON", "")
        self.stays = bool(os.environ.get("FAULT_STAYS"))
        self.count = 0
        self.turn = threading.Lock()
        self.write = os.write

    def faulty(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(fd: int, *rest: Any) -> Any:
            path = os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115 (a Path a call would be slow)
            if (path + os.sep).startswith(self.folder) and self.on in f"{name} {path}":
                with self.turn:
                    self.count += 1
                    fails = self.count == self.at or (self.stays and 0 < self.at < self.count)
                    self.write(self.log, f"{'EIO' if fails else 'ok'} {name} {path}\n".encode())
                if fails:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
            return real(fd, *rest)

        return call


if "FAULT_FOLDER" in os.environ:
    _disk = _Disk(os.environ["FAULT_FOLDER"], os.environ["FAULT_LOG"])
    for _name in ("write", "fdatasync", "fsync"):
        setattr(os, _name, _disk.faulty(_name))
    if "FAULT_ALONE" in os.environ:
        from archive import writer

        writer.GROUP_CAPTURES = 1
