"""Work in a process of its own that is killed at a chosen step on the disk, or at any moment."""

import itertools
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Children are forked from a process that has no threads and has imported all that is heavy.
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["desk.rebuilding", "desk.verifying", "tests.archive.exchanges"])
_ON_THE_DISK = frozenset({"open", "os.rename", "os.remove", "os.truncate", "os.mkdir"})


def dies_at(step: int, folder: Path, work: Callable[..., Any], *given: Any) -> bool:
    """Calls `work` and kills it before its `step`-th call (from 1) on files of `folder`; False when it was done first.

    What counts is opening, syncing, renaming and deleting.
    """
    return _dies(signal.SIGKILL, _arm, (step, str(folder)), work, given)


def dies_after(seconds: float, work: Callable[..., Any], *given: Any) -> bool:
    """Calls `work` and kills it after so many seconds, wherever it is then; False when it was done first."""
    return _dies(signal.SIGALRM, _set_alarm, (seconds,), work, given)


def _dies(sign: int, arm: Callable[..., None], told: tuple[Any, ...], work: Callable[..., Any], given: Any) -> bool:
    child = _FORKING.Process(target=_armed, args=(arm, told, work, given))
    child.start()
    child.join(60)
    assert child.exitcode in (0, -sign), f"{work.__name__} ended with {child.exitcode}"
    died = child.exitcode != 0
    child.close()
    return died


def _armed(arm: Callable[..., None], told: tuple[Any, ...], work: Callable[..., Any], given: Any) -> None:
    arm(*told)
    work(*given)
    os._exit(0)  # what is left to do at the end of a process is not part of the work


def _set_alarm(seconds: float) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends a process at once, as SIGKILL does
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _arm(step: int, folder: str) -> None:
    count = itertools.count(1)

    def meet(path: object) -> None:
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")  # noqa: PTH115
        if str(path).startswith(folder) and next(count) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(name: str) -> Callable[[int], None]:
        real = getattr(os, name)

        def call(fd: int) -> None:
            meet(fd)
            real(fd)

        return call

    for name in ("fsync", "fdatasync"):  # these raise no audit event
        setattr(os, name, watched(name))
    sys.addaudithook(lambda event, told: meet(told[0]) if event in _ON_THE_DISK else None)
