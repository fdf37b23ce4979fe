"""Seeds to the crawl and outcomes back, over the catalogue, never on the loop's thread."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from archive.seed import Outcome, OutcomeKind, Seed, Why
from crawler.publisher import for_host
from desk.place import Place
from store import frontier
from store.holding import Share

Ended = tuple[str, OutcomeKind]  # a URL, and how it ended

# With so many seeds out the crawl is busy for a while, and claims no more often than this: each costs a transaction,
# however little it brings. At every settlement, as it was, claims took more time than settling.
MANY_OUT, PAUSE_S = 100, 0.25


def publisher_of(host: str) -> str:
    """The name of the publisher that owns a host."""
    return for_host(host).name


def is_found(seed: Seed) -> bool:
    """True for what a page led to, which nobody named; where a redirect leads was named as much as what redirects."""
    return bool(seed.hops.strip("R"))


class CatalogueSupply:
    """`crawler.run.Supply` for one run.

    `settled` hears how URLs ended once that is filed; `further` is asked when nothing is due: it does what may lead to
    more (records to read, citations to resolve) and answers whether it did. `share`: only this part of the hosts. Of
    what pages lead to, a host is asked for so much as the settings grant; the rest ends as skipped and stays due.
    """

    def __init__(
        self,
        place: Place,
        run: int,
        *,
        settled: Callable[[Sequence[Ended]], None] = lambda ended: None,
        further: Callable[[], bool] = lambda: False,
        share: Share | None = None,
    ) -> None:
        self._place, self._run, self._share = place, run, share
        self._settled, self._further = settled, further
        crawl = place.config.crawl
        self._threads = ThreadPoolExecutor(2, "catalogue")  # a claim may take long, and outcomes do not wait for it
        self._again = {Why.LISTING: timedelta(days=crawl.listing_days)}
        self._usually = timedelta(days=crawl.recapture_days)
        self._found: Counter[str] = Counter()  # by host, what was asked for because a page led to it
        self._out, self._claimed_at = 0, float("-inf")

    async def claim(self, limit: int) -> Sequence[Seed]:
        """Due seeds of this run; none only when nothing that could lead to more is left to do here."""
        if self._out > MANY_OUT:
            await asyncio.sleep(max(0.0, self._claimed_at + PAUSE_S - self._place.seams.monotonic()))
        seeds = await asyncio.get_running_loop().run_in_executor(self._threads, self._claim, limit)
        self._out, self._claimed_at = self._out + len(seeds), self._place.seams.monotonic()
        return seeds

    def _claim(self, limit: int) -> Sequence[Seed]:
        place = self._place
        while True:
            claimed = frontier.claim(place.database, self._run, limit, place.seams.now(), share=self._share)
            seeds = self._within_budget(claimed)
            if seeds or not (claimed or self._further()):
                return seeds

    def _within_budget(self, seeds: Sequence[Seed]) -> Sequence[Seed]:
        """Those that go out; what their hosts are not asked for in this run any more is settled."""
        budget = self._place.config.crawl.host_budget
        going: list[Seed] = []
        over: list[Seed] = []
        for seed in seeds:
            self._found[seed.host] += is_found(seed)
            (over if is_found(seed) and self._found[seed.host] > budget else going).append(seed)
        reason = f"{budget} addresses that pages led to were asked of this host in this run (crawl.host_budget)"
        self._file([Outcome(seed, OutcomeKind.SKIPPED, reason) for seed in over])
        return going

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Files how these ended and what they led to, then says so."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._settle, outcomes)
        self._out -= len(outcomes)

    def look_further(self) -> "Future[bool]":
        """Has `further` asked, for whoever sees to it that others claim."""
        return self._threads.submit(self._further)

    def close(self) -> None:
        """Returns when no claim is under way any more, also one that an ended crawl did not wait for."""
        self._threads.shutdown()

    def _settle(self, outcomes: Sequence[Outcome]) -> None:
        self._file(outcomes)
        self._settled([(outcome.seed.url, outcome.kind) for outcome in outcomes])

    def _file(self, outcomes: Sequence[Outcome]) -> None:
        for why in dict.fromkeys(outcome.seed.why for outcome in outcomes):
            frontier.settle(
                self._place.database,
                self._run,
                [outcome for outcome in outcomes if outcome.seed.why is why],
                self._place.seams.now(),
                publisher_of=publisher_of,
                recapture_after=self._again.get(why, self._usually),
            )
