"""The room's one face: a crawl from the first claim to the last settlement, with or without spiders."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from archive.errors import Interrupted
from crawler import reactor
from crawler.asking import Keep
from crawler.dispatch import Dispatch
from crawler.fetcher import Fetched
from crawler.holds import Ledger
from crawler.options import CrawlOptions, Means, make_means
from crawler.progress import CrawlProgress
from crawler.straight import Straight
from crawler.supply import Stop, Supply
from extract.pool import Pool

__all__ = ["CrawlOptions", "CrawlProgress", "Keep", "Ledger", "Stop", "Supply", "check", "crawl"]

REMEMBER_S = 1.0


def crawl(
    supply: Supply,
    *,
    keep: Keep,
    pool: Pool,
    ledger: Ledger,
    options: CrawlOptions,
    progress: Callable[[CrawlProgress], None] = lambda progress: None,
    stop: Stop | None = None,
    backlog: Callable[[], int] | None = None,
) -> None:
    """Fetch all that `supply` claims, every publisher's spider at once, until nothing is due, under way or unsettled.

    Ctrl-C, SIGTERM and `stop` end it within five seconds; `stop` is set then (without one, Interrupted is raised),
    and seeds without an outcome stay due. May be called again in the same process. `backlog`: bytes that wait for
    the disk (the writer's `pending_bytes`). Raises WriteFailed when a record could not be kept, and what `supply`
    and `ledger` raise.
    """
    from crawler.opening import Spiders  # here: a link check does without Scrapy, which takes a third of a second

    async def work(dispatch: Dispatch, means: Means) -> None:
        spiders = Spiders(dispatch, means, pool)
        dispatch.opens = spiders.open
        try:
            await dispatch.run()
        finally:
            await spiders.close()

    reactor.install()
    _run(supply, work, keep, ledger, options, progress, stop, backlog)


def check(
    supply: Supply,
    *,
    keep: Keep,
    ledger: Ledger,
    options: CrawlOptions,
    progress: Callable[[CrawlProgress], None] = lambda progress: None,
    stop: Stop | None = None,
    backlog: Callable[[], int] | None = None,
) -> None:
    """As `crawl`, but no page is read and no spider is started: what a link check needs, several times faster."""

    async def work(dispatch: Dispatch, means: Means) -> None:
        async def conclude(fetched: Fetched) -> None:
            dispatch.conclude(fetched)

        straight = Straight(dispatch, means.fetcher, conclude)
        dispatch.sends = straight.send
        await dispatch.run()
        await straight.ended()

    _run(supply, work, keep, ledger, options, progress, stop, backlog)


def _run(
    supply: Supply,
    work: Callable[[Dispatch, Means], Awaitable[None]],
    keep: Keep,
    ledger: Ledger,
    options: CrawlOptions,
    progress: Callable[[CrawlProgress], None],
    stop: Stop | None,
    backlog: Callable[[], int] | None,
) -> None:
    ended = stop or threading.Event()

    async def whole() -> None:
        dispatch = Dispatch(supply, stop=ended, progress=progress, seams=options.seams)
        means = make_means(options, keep=keep, ledger=ledger, lost=dispatch.lost, backlog=backlog)
        dispatch.heed(means.gate)
        dispatch.ends = means.permission.give_up  # what several seeds wait for is cancelled with none of them
        remembering = asyncio.ensure_future(_remember(means, dispatch))
        try:
            await work(dispatch, means)
        finally:
            remembering.cancel()
            await means.close()

    with signals_set(ended):
        reactor.run(whole())
    if stop is None and ended.is_set():
        raise Interrupted("the crawl was stopped; what it had kept stays")


async def _remember(means: Means, dispatch: Dispatch) -> None:
    """The ledger hears each second what changed: a killed run must not make the next one impolite."""
    while True:
        await asyncio.sleep(REMEMBER_S)
        try:
            await means.gate.renew()
        except Exception as error:
            return dispatch.lost(error)


@contextmanager
def signals_set(stop: Stop) -> Iterator[None]:
    """Within this, the first Ctrl-C or SIGTERM sets `stop`; a second one does what it did before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wanted = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in wanted}

    def ask(number: int, _: Any) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in wanted:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)
