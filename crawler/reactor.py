"""The loop: one asyncio loop a process, on which crawls run one after another, and Twisted's reactor on it."""

import asyncio
import atexit
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from archive.errors import CrawlError

T = TypeVar("T")
_loop: asyncio.AbstractEventLoop | None = None
_installed = False
_one_at_a_time = threading.Lock()


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, run on the process's loop; may be called again, from any thread, one after another."""
    with _one_at_a_time:
        return _the_loop().run_until_complete(work)


def install() -> None:
    """Makes Twisted's reactor run on the loop, as Scrapy needs; safe to call again. CrawlError when another runs.

    It cannot be started twice, so it is started once and never stopped: between crawls its loop simply does not turn.
    No thread of its own is ever started, so nothing keeps the process alive at its end.
    """
    global _installed
    with _one_at_a_time:
        if _installed:
            return
        from twisted.internet import asyncioreactor, error

        try:
            asyncioreactor.install(_the_loop())  # type: ignore[no-untyped-call]
        except error.ReactorAlreadyInstalledError as already:
            raise CrawlError("another Twisted reactor already runs in this process") from already
        from twisted.internet import reactor

        reactor.startRunning(installSignalHandlers=False)
        _installed = True


def _the_loop() -> asyncio.AbstractEventLoop:
    global _loop
    if _loop is None:
        _loop = asyncio.new_event_loop()
        atexit.register(_loop.close)
    return _loop
