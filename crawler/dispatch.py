"""Dispatch: claims seeds, sends them out host by host, gathers how they ended and settles that."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from archive.clock import SYSTEM, Seams
from archive.errors import SourcekeepError
from archive.seed import Found, Outcome, OutcomeKind, Seed
from crawler.ending import Ending, to_its_end
from crawler.fetcher import Fetched, Fetcher
from crawler.gate import Gate
from crawler.progress import CrawlProgress, HostProgress
from crawler.queues import Queues
from crawler.supply import Stop, Stopped, Supply
from crawler.unread import Unread, received_bytes

T = TypeVar("T")
# With fewer seeds than one claim gives, more are claimed as soon as no host is in turn; with more, at most as often as
# POLL_S says: thousands that wait out a delay must not make each fetch cost a claim.
CLAIM = 500
MOST_HELD = 5000
MOST_OUT = 1000
POLL_S = 0.5
REPORT_S = 0.2
# At the end of a stopped crawl, so long for records on their way to the disk.
GRACE_S = 2.0
_NOTHING = HostProgress()


class Dispatch:
    """One crawl's seeds, from claim to settlement; each claimed seed ends in exactly one outcome, or stays due.

    `opens` is called with a publisher's name before its first seed is sent, `feed` gives it its seeds; or `sends`
    is replaced and takes each seed. Whoever gets a seed has it fetched by `fetch` and says `conclude` when the page
    is read. `ends` is called when the crawl is to end before its work is done.
    """

    def __init__(
        self,
        supply: Supply,
        *,
        stop: Stop,
        progress: Callable[[CrawlProgress], None] = lambda progress: None,
        seams: Seams = SYSTEM,
    ) -> None:
        self._supply, self._stop, self._progress = supply, stop, progress
        self.opens: Callable[[str], None] = lambda publisher: None
        self.sends: Callable[[Seed], None] = self._to_feed
        self.ends: Callable[[], None] = lambda: None
        self._seams, self._began = seams, seams.monotonic()
        self._queues = Queues(seams.monotonic)
        self._gate: Gate | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._claimed_at = float("-inf")
        self._out: dict[int, Seed] = {}
        self._unread = Unread()
        self._feeds: dict[str, asyncio.Queue[Seed | None]] = {}
        self._orphans: dict[str, str] = {}
        self._concluding: set[asyncio.Task[None]] = set()
        self._outcomes: list[Outcome] = []
        self._unsettled = self._settlements = 0
        self._changed, self._to_settle, self._ending = asyncio.Event(), asyncio.Event(), Ending(seams)
        self._hosts: dict[str, HostProgress] = {}
        self._total = HostProgress()
        self.failure: BaseException | None = None
        self.over = False

    async def run(self) -> None:
        """Until nothing is due, under way or unsettled, or until the end is asked for. Raises what broke the crawl."""
        watches = (self._settle, self._watch_stop, self._report)
        watchers = [asyncio.ensure_future(self._watched(watch)) for watch in watches]
        try:
            await self._claim_until_done()
            if self.ending:
                await self._wind_up()
        finally:
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
            self.over = True
            self._set_alarm()
            for feed in self._feeds.values():
                feed.put_nowait(None)
        self._progress(self._moment())
        if self.failure is not None:
            raise self.failure

    def heed(self, gate: Gate) -> None:
        """From now on no seed is sent before its host may be asked: one that waits there holds up nobody here."""
        self._gate, self._queues.ready_at = gate, gate.ready_at

    def feed(self, publisher: str) -> AsyncIterator[Seed]:
        """The seeds of a publisher as they come; ends with the crawl."""
        return self._drain(self._feeds.setdefault(publisher, asyncio.Queue()))

    async def fetch(self, fetcher: Fetcher, seed: Seed) -> Fetched:
        """Have the seed fetched, then let its host's next one go. Stopped when the crawl ends meanwhile.

        An error of ours (the disk, the catalogue) is no seed's: it ends the crawl.
        """
        try:
            fetched = await self.unless_ending(fetcher.fetch(seed))
            if id(seed) in self._out:
                self._unread.came(fetched)
            return fetched
        except SourcekeepError as error:
            self.lost(error)
            raise Stopped from error
        finally:
            self._freed(seed)

    def _freed(self, seed: Seed) -> None:
        self._queues.freed(seed.host)
        self._send_ready()

    def conclude(self, fetched: Fetched, found: tuple[Found, ...] = (), note: str = "") -> None:
        """All is known of this seed but whether its record is durable; from then on it is an outcome. Once a seed."""
        if self._out.pop(id(fetched.seed), None) is not None:
            self._unread.concluded(fetched)
            self._spawn(self._conclude(fetched, found, note))
            self._send_ready()  # one fewer is out: a seed may go that waited for that

    def orphaned(self, publisher: str, reason: str) -> None:
        """Nobody fetches for this publisher any more: its seeds, later ones too, end as `skipped`, with the reason."""
        self._orphans[publisher] = reason
        for seed in [seed for seed in self._out.values() if seed.publisher == publisher]:
            self.conclude(Fetched(seed, OutcomeKind.SKIPPED, reason))
            self._freed(seed)

    def lost(self, error: BaseException) -> None:
        """Something broke that no seed can be blamed for (a full disk, a lost catalogue): the crawl ends with it."""
        self.failure = self.failure or error
        self.end()

    def end(self) -> None:
        """Stop: nothing new is sent, what is under way is given up."""
        self._ending.begin()
        self.ends()
        self._changed.set()

    @property
    def ending(self) -> bool:
        """True once the crawl is to end before its work is done."""
        return self._ending.begun

    def within(self, seconds: float) -> float:
        """`seconds`, or what is left of an ending crawl's time when that is less."""
        return self._ending.within(seconds)

    async def unless_ending(self, work: Awaitable[T]) -> T:
        """The result of `work`; Stopped as soon as the crawl is to end, and the work is cancelled."""
        return await self._ending.unless_begun(work)

    async def _claim_until_done(self) -> None:
        dry_since = -1
        while not self.ending:
            before = self._settlements
            self._changed.clear()
            if self._wants_more and dry_since != before:
                try:
                    seeds = await self.unless_ending(self._claim())
                except Stopped:
                    return None
                except Exception as error:
                    return self.lost(error)
                self._take(seeds)
                dry_since = -1 if seeds else before
                idle = not (seeds or len(self._queues) or self._out or self._unsettled)
                if idle and before == self._settlements:
                    return None
                if seeds:
                    continue
            if not await self._change():
                dry_since = -1  # others may have made something due: look again

    @property
    def _wants_more(self) -> bool:
        held = len(self._queues)
        often = held < CLAIM or self._seams.monotonic() >= self._claimed_at + POLL_S
        return held < MOST_HELD and often and self._has_room and not self._queues.has_ready

    async def _claim(self) -> Sequence[Seed]:
        seeds = await self._supply.claim(min(CLAIM, MOST_HELD - len(self._queues)))
        self._claimed_at = self._seams.monotonic()
        if self._gate is not None:
            await self._gate.recall({seed.host for seed in seeds})
        return seeds

    async def _change(self) -> bool:
        try:
            await asyncio.wait_for(self._changed.wait(), POLL_S)
        except TimeoutError:
            return False
        return True

    def _take(self, seeds: Sequence[Seed]) -> None:
        for seed in seeds:
            self._queues.put(seed)
        self._send_ready()

    def _send_ready(self) -> None:
        while self._has_room and not self.ending and (seed := self._queues.take()) is not None:
            self._out[id(seed)] = seed
            self.sends(seed)
        if not self._queues.has_ready:
            self._changed.set()
            self._set_alarm()

    def _set_alarm(self) -> None:
        """For when the next host is in turn."""
        if self._alarm is not None:
            self._alarm.cancel()
        wait_s = self._queues.next_at - self._seams.monotonic()
        waits = wait_s < float("inf") and not self.over
        self._alarm = asyncio.get_running_loop().call_later(wait_s, self._send_ready) if waits else None

    @property
    def _has_room(self) -> bool:
        return len(self._out) < MOST_OUT and not self._unread.is_full

    def _to_feed(self, seed: Seed) -> None:
        if seed.publisher in self._orphans:
            self.conclude(Fetched(seed, OutcomeKind.SKIPPED, self._orphans[seed.publisher]))
            asyncio.get_running_loop().call_soon(self._freed, seed)
            return
        new = seed.publisher not in self._feeds
        self._feeds.setdefault(seed.publisher, asyncio.Queue()).put_nowait(seed)
        if new:
            self.opens(seed.publisher)

    async def _drain(self, feed: "asyncio.Queue[Seed | None]") -> AsyncIterator[Seed]:
        while (seed := await feed.get()) is not None:
            yield seed

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._unsettled += 1
        task = asyncio.ensure_future(work)
        self._concluding.add(task)
        task.add_done_callback(self._concluding.discard)

    async def _conclude(self, fetched: Fetched, found: tuple[Found, ...], note: str) -> None:
        try:
            outcome = await fetched.outcome(found, note)
        except Exception as error:
            return self.lost(error)
        host, received = fetched.seed.host, received_bytes(fetched)
        self._hosts[host] = self._hosts.get(host, _NOTHING).plus(outcome, received)
        self._total = self._total.plus(outcome, received)
        self._outcomes.append(outcome)
        self._to_settle.set()

    async def _settle(self) -> None:
        while True:
            await self._to_settle.wait()
            self._to_settle.clear()
            batch, self._outcomes = self._outcomes, []
            if not batch:
                continue
            await to_its_end(self._supply.settle(batch))
            self._unsettled -= len(batch)
            self._settlements += 1
            self._changed.set()

    async def _watched(self, watch: Callable[[], Awaitable[None]]) -> None:
        try:
            await watch()
        except Exception as error:  # a watch without which the crawl cannot go on
            self.lost(error)

    async def _wind_up(self) -> None:
        """What already reached the archive still becomes an outcome, for a moment."""
        until = self._seams.monotonic() + self.within(GRACE_S)
        while self.failure is None and self._unsettled and self._seams.monotonic() < until:
            self._changed.clear()
            await self._change()
        for conclusion in self._concluding:
            conclusion.cancel()

    async def _watch_stop(self) -> None:
        while not self._stop.is_set():  # noqa: ASYNC110  (a threading.Event cannot be awaited)
            await asyncio.sleep(0.1)
        self.end()

    async def _report(self) -> None:
        told = CrawlProgress()
        while True:
            moment = self._moment()
            if (moment.done, moment.waiting, moment.under_way) != (told.done, told.waiting, told.under_way):
                self._progress(moment)
                told = moment
            await asyncio.sleep(REPORT_S)

    def _moment(self) -> CrawlProgress:
        seconds = self._seams.monotonic() - self._began
        under_way = len(self._out) + self._unsettled
        total = self._total
        waiting = len(self._queues)
        return CrawlProgress(total.done, total.failed, total.bytes, waiting, under_way, seconds, dict(self._hosts))
