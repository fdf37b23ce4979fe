"""Work in a process of its own that is killed at a chosen step on the disk, or at any moment."""

import importlib
import itertools
import os
import signal
import sys
from pathlib import Path

from tests.forking import forked

LONGEST_S = 60.0
_ON_THE_DISK = frozenset({"open", "os.rename", "os.remove", "os.truncate", "os.mkdir"})


def dies_at(step: int, work: str, folder: Path) -> bool:
    """Has `module:function` work on a data folder and kills it before its `step`-th call there (from 1).

    What counts is opening, syncing, renaming and deleting. False when the work was done first.
    """
    return _dies(signal.SIGKILL, "killed_at", step, work, folder)


def dies_after(seconds: float, work: str, folder: Path) -> bool:
    """The same, but killed after so many seconds, wherever the work is then."""
    return _dies(signal.SIGALRM, "killed_after", seconds, work, folder)


def _dies(sign: int, how: str, when: float, work: str, folder: Path) -> bool:
    ended = forked(
        f"{__name__}:{how}", when, work, str(folder), environment=dict(os.environ), folder=folder, timeout_s=LONGEST_S
    )
    assert ended.code in (0, -sign), ended.err
    return ended.code != 0


def killed_after(seconds: float, work: str, folder: str) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends a process at once, as SIGKILL does
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _do(work, folder)


def killed_at(step: int, work: str, folder: str) -> None:
    count = itertools.count(1)

    def meet(path: object) -> None:
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")  # noqa: PTH115
        if str(path).startswith(folder) and next(count) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    # These raise no audit event. They need not be done: a killed process loses nothing that it has written.
    os.fsync = os.fdatasync = meet
    sys.addaudithook(lambda event, told: meet(told[0]) if event in _ON_THE_DISK else None)
    _do(work, folder)


def _do(work: str, folder: str) -> None:
    module, _, function = work.partition(":")
    getattr(importlib.import_module(module), function)(Path(folder))
