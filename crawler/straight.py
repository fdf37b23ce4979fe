"""Straight: each seed in a task of its own, from the fetcher to whoever reads its answer, with nothing in between."""

import asyncio
from collections.abc import Awaitable, Callable

from archive.seed import OutcomeKind, Seed
from crawler.dispatch import Dispatch
from crawler.fetcher import Fetched, Fetcher
from crawler.supply import Stopped


class Straight:
    """Fetches the seeds it is sent, many at once, and hands each answer to `then`, which concludes it.

    A seed of which something of ours breaks ends as skipped, with the reason; when the crawl ends meanwhile it stays
    due.
    """

    def __init__(self, dispatch: Dispatch, fetcher: Fetcher, then: Callable[[Fetched], Awaitable[None]]) -> None:
        self._dispatch, self._fetcher, self._then = dispatch, fetcher, then
        self._under_way: set[asyncio.Task[None]] = set()

    def send(self, seed: Seed) -> None:
        """Have this seed fetched; returns at once."""
        task = asyncio.ensure_future(self._fetch(seed))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def ended(self) -> None:
        """Returns when all that was sent has ended."""
        await asyncio.gather(*self._under_way)

    async def _fetch(self, seed: Seed) -> None:
        try:
            await self._then(await self._dispatch.fetch(self._fetcher, seed))
        except Stopped:
            return
        except Exception as error:
            self._dispatch.conclude(Fetched(seed, OutcomeKind.SKIPPED, f"could not be fetched: {error}"))
