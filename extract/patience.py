"""Patience: a bound on the time that a reader written in Python may take, inside a worker."""

import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfPatience(BaseException):
    """The time is up. Not an Exception, for parsers swallow those."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise OutOfPatience within the block after `seconds`, and again each half second until it is heeded.

    Works in the main thread only (signal(3)), which is where a worker reads; C code is not interrupted.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise OutOfPatience

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3) if math.isfinite(seconds) else 3600.0, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
