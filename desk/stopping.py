"""Stopping: the first Ctrl-C or SIGTERM ends a call in good order; the second, or too long an ending, at once."""

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from archive.errors import Interrupted

STOPS = (signal.SIGINT, signal.SIGTERM)
# Five seconds are promised; what is left of them is for the system to clear the process away.
MOST_S = 4.5
_LINE = f"sourcekeep: stopped at once; what was captured is kept. {Interrupted.advice}\n"
_SHOW_CURSOR = "\x1b[?25h"  # a progress bar hides it


def listen() -> None:
    """From here on Ctrl-C and SIGTERM raise KeyboardInterrupt in the main thread; a crawl hears them itself.

    Whatever the call is at (a disk that does not answer, a long statement, its own end), the process is gone after
    MOST_S, or at the second signal. That is safe at any moment, as a kill must be too. Call it once, in the main
    thread. A signal that whoever started the program had ignored stays ignored.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    # Written to by the interpreter when the signal comes, also while the main thread is away in a long call.
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    for number in STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    threading.Thread(target=_watch, args=(heard,), name="stopping", daemon=True).start()


@contextmanager
def deferred() -> Iterator[None]:
    """Within this a stop waits, and is heard at its end: for a short step that must not be left half done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = {number: was for number in STOPS if callable(was := signal.getsignal(number))}
    for number in before:
        signal.signal(number, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)
    if heard:
        raise KeyboardInterrupt


def _watch(heard: int) -> None:
    while os.read(heard, 1)[0] not in STOPS:
        continue
    select.select([heard], [], [], MOST_S)
    with suppress(OSError):  # nobody listens any more
        os.write(2, f"{_SHOW_CURSOR if os.isatty(2) else ''}{_LINE}".encode())
    os._exit(Interrupted.exit_code)


def leave() -> NoReturn:
    """Ends the process of a call that was stopped and has said so, whatever its threads are still at."""
    with suppress(OSError):  # as above
        sys.stdout.flush()
    os._exit(Interrupted.exit_code)
