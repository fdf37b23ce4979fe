"""One polite request: through the gate, over the wire, into the archive."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Protocol

from archive.capture import Capture, Exchange, Fault, Origin, Truncation
from archive.url import host_key
from crawler.body import ends_early, is_coded
from crawler.gate import Gate
from crawler.limits import Limits
from crawler.wire import Engine, WireRequest

Headers = tuple[tuple[bytes, bytes], ...]
# With so many bytes, or so many answers, waiting for the disk no new request starts. What a kill takes away, and is
# asked for again, is no more than these and what is under way; a group of the writer's costs no speed (without, up to
# 720 answers waited at once, for as many pages a second).
MOST_BACKLOG, MOST_ANSWERS = 8 * 1024 * 1024, 64


class Keep(Protocol):
    """What takes exchanges into the archive: `ArchiveWriter.keep`. Cheap, never blocks, any thread."""

    def __call__(
        self, exchange: Exchange, origin: Origin, *, previous: Capture | None, ticket: object
    ) -> Future[Capture]:
        """The future gives the Capture once its record is durable, or raises WriteFailed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An exchange and what became of it.

    capture: resolves once the record is durable; None when nothing at all was received. later_s: seconds for which
    the host asked to be left alone (429, 503). told: True if it named the time itself (Retry-After).
    """

    exchange: Exchange
    capture: asyncio.Future[Capture] | None
    later_s: float | None
    told: bool


class Durable:
    """Brings the archive's futures home to the event loop: one wake-up for all that a sync made durable."""

    def __init__(self, lost: Callable[[BaseException], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._lost = lost
        self._done: deque[tuple[Future[Capture], asyncio.Future[Capture]]] = deque()
        self._waking = False
        self._waiting, self._fewer = 0, asyncio.Event()

    async def room(self) -> None:
        """Returns once fewer than MOST_ANSWERS wait for the disk."""
        while self._waiting >= MOST_ANSWERS:
            self._fewer.clear()
            await self._fewer.wait()

    def follow(self, kept: Future[Capture]) -> asyncio.Future[Capture]:
        """An asyncio future that ends as `kept` does; a failure also goes to `lost`, whoever waits."""
        mine: asyncio.Future[Capture] = self._loop.create_future()
        self._waiting += 1

        def note(done: Future[Capture]) -> None:  # in the writer's thread
            self._done.append((done, mine))
            if not self._waking:
                self._waking = True
                self._loop.call_soon_threadsafe(self._bring)

        kept.add_done_callback(note)
        return mine

    def _bring(self) -> None:
        self._waking = False  # first: whoever is appended from here on wakes us again
        while self._done:
            kept, mine = self._done.popleft()
            self._waiting -= 1
            self._fewer.set()
            error = kept.exception()
            if error is not None:
                self._lost(error)
            if mine.cancelled():
                continue
            if error is None:
                mine.set_result(kept.result())
            else:
                mine.set_exception(error)
                mine.exception()  # seen: it went to `lost`, whether or not anybody waits here


class Asker:
    """Asks one URL once, politely, and hands what came to the archive before anybody looks at it."""

    def __init__(
        self,
        engine: Engine,
        gate: Gate,
        keep: Keep,
        *,
        user_agent: str,
        lost: Callable[[BaseException], None],
        backlog: Callable[[], int] | None = None,
    ) -> None:
        self.gate = gate
        self.durable = Durable(lost)
        self._engine, self._keep, self._backlog = engine, keep, backlog
        self._identity = (b"User-Agent", user_agent.encode("ascii", "replace"))

    async def ask(
        self,
        url: str,
        origin: Origin,
        *,
        headers: Sequence[tuple[bytes, bytes]] = (),
        delay_s: float = 0.0,
        limits: Limits | None = None,
        previous: Capture | None = None,
        ticket: object = None,
    ) -> Reply:
        """The reply of `url`. Raises TooLong when its host is not to be asked now; never for what befalls the URL."""
        await self._room()
        host = host_key(url)
        request = WireRequest(url, headers=(self._identity, *headers))
        async with self.gate.turn(host, delay_s):
            exchange = await self._engine.fetch(request, limits)
            later_s = self._note(host, exchange)
            if later_s is not None:
                await self.gate.remember()  # before anything else: a kill now must not let the next run ask too soon
        exchange = await _told_if_cut(exchange)
        told = self.gate.retry_after_s(exchange.header("Retry-After")) is not None
        capture = None
        if len(exchange.received):
            capture = self.durable.follow(self._keep(exchange, origin, previous=previous, ticket=ticket))
        return Reply(exchange, capture, later_s, told)

    def _note(self, host: str, exchange: Exchange) -> float | None:
        if exchange.fault is Fault.REFUSED_ADDRESS:
            return None  # nobody was asked, so nobody failed
        if exchange.status is None:
            self.gate.failed(host, exchange.fault_detail or (exchange.fault or "no answer"))
            return None
        return self.gate.answered(host, exchange.status, exchange.header("Retry-After"))

    async def _room(self) -> None:
        while self._backlog is not None and self._backlog() > MOST_BACKLOG:  # noqa: ASYNC110  (a thread's count)
            await asyncio.sleep(0.02)
        await self.durable.room()


async def _told_if_cut(exchange: Exchange) -> Exchange:
    """The exchange, marked as truncated when its compressed data is: the record must say so, and the outcome."""
    whole = exchange.fault is None and exchange.truncated is None
    if whole and is_coded(exchange) and await asyncio.to_thread(ends_early, exchange):
        return replace(exchange, truncated=Truncation.UNSPECIFIED, fault_detail="the compressed data ends early")
    return exchange
