"""The reactor: one asyncio loop a process, on which crawls run one after another."""

import asyncio
import atexit
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from archive.errors import CrawlError

T = TypeVar("T")
_loop: asyncio.AbstractEventLoop | None = None
_one_at_a_time = threading.Lock()


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, run on the process's reactor; may be called again, from any thread, one after another.

    Twisted's reactor cannot be started twice, so it is started once and never stopped: between crawls its loop
    simply does not turn. No thread of its own is ever started, so nothing keeps the process alive at its end.
    """
    with _one_at_a_time:
        try:
            loop = _ready()
        except BaseException:
            work.close()
            raise
        return loop.run_until_complete(work)


def _ready() -> asyncio.AbstractEventLoop:
    global _loop
    if _loop is None:
        from twisted.internet import asyncioreactor, error

        loop = asyncio.new_event_loop()
        try:
            asyncioreactor.install(loop)  # type: ignore[no-untyped-call]
        except error.ReactorAlreadyInstalledError as installed:
            loop.close()
            raise CrawlError("another Twisted reactor already runs in this process") from installed
        from twisted.internet import reactor

        reactor.startRunning(installSignalHandlers=False)
        atexit.register(loop.close)
        _loop = loop
    return _loop
