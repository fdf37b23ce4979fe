"""Ending: how a crawl comes to its end before its work is done, and how long that may take."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from archive.clock import Seams
from crawler.supply import Stopped

T = TypeVar("T")
ENDING_S = 3.0  # with all spiders closed; the desk promises five seconds for the whole call


class Ending:
    """Ends the work of one crawl early; nothing happens until `begin`."""

    def __init__(self, seams: Seams) -> None:
        self._seams = seams
        self._over_by = float("inf")
        self._work: set[asyncio.Future[Any]] = set()

    def begin(self) -> None:
        """Cancels what is under way; from now on no work is begun, and the time runs. Safe to call again."""
        if self.begun:
            return
        self._over_by = self._seams.monotonic() + ENDING_S
        for task in self._work:
            task.cancel()

    @property
    def begun(self) -> bool:
        """True once the crawl is to end before its work is done."""
        return self._over_by < float("inf")

    def within(self, seconds: float) -> float:
        """`seconds`, or what is left of the ending's own time when that is less."""
        return max(0.0, min(seconds, self._over_by - self._seams.monotonic()))

    async def unless_begun(self, work: Awaitable[T]) -> T:
        """The result of `work`; Stopped as soon as the crawl is to end, and the work is cancelled."""
        if self.begun:
            if asyncio.iscoroutine(work):
                work.close()
            raise Stopped
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        try:
            return await task
        except asyncio.CancelledError:
            if self.begun:
                raise Stopped from None
            raise


async def to_its_end(work: Awaitable[None]) -> None:
    """Waits for `work` also when whoever waits is cancelled: it must not go on behind a crawl that has ended."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
