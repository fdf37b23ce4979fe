"""Embedding: answers what a page asks for while a browser shows it, by the crawl's own fetch, within a budget."""

import asyncio
import base64
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any, Protocol

from archive.capture import Exchange
from archive.errors import RefusedUrl
from archive.seed import OutcomeKind, Seed, Why
from archive.url import host_key, normalise
from crawler.asking import Headers
from crawler.body import plain
from crawler.fetcher import Fetched
from crawler.limits import MIB

MOST_HOPS = 10  # redirects of one request
MOST_ACCEPT = 500  # bytes of what scripts want to accept
MOST_TOLD = 200  # characters of a URL that is told
# What the words of a page depend on is asked for before what only its looks do.
_RANKS = {"Image": 1, "Font": 2}
_LEFT_OUT = {"Media": "media", "EventSource": "event stream", "WebSocket": "websocket", "CSPViolationReport": "report"}
_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_ERRORS = {
    OutcomeKind.DNS_ERROR: "NameNotResolved",
    OutcomeKind.TIMEOUT: "TimedOut",
    OutcomeKind.CONNECT_ERROR: "ConnectionFailed",
}
# The body is handed over whole and decoded; cookies are off.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"})
_Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Budget:
    """What showing one page may take: requests beside the page's own, seconds in all, bytes of what they answer."""

    requests: int = 200
    seconds: float = 60.0
    bytes: int = 50 * MIB


class Ask(Protocol):
    """How a request of the page is made: by the crawl's fetcher."""

    def __call__(
        self, seed: Seed, headers: Headers, *, seconds: float, most_bytes: int
    ) -> Coroutine[Any, Any, Fetched]:
        """How it ended; never raises for what befalls the URL."""


class Embedding:
    """The requests of one page; `line` is the browser's, whose paused requests are to be handed to `hear`.

    `waiting` counts those that are still to be answered, `changed_at` is when something last happened to any. `spent`
    says which part of the budget is, `failure` is what broke the crawl meanwhile. `is_there` is true once the browser
    has the page; `leads_to` is where that wanted to go by itself before it was loaded, which whoever hears of it says.
    """

    def __init__(self, line: Any, page: Fetched, ask: Ask, budget: Budget, main_frame: str) -> None:
        assert page.exchange is not None, "only what was answered is shown"
        self._line, self._page, self._exchange, self._ask = line, page, page.exchange, ask
        self._main_frame, self._budget = main_frame, budget
        self._now: Callable[[], float] = asyncio.get_running_loop().time
        self._until, self.changed_at = self._now() + budget.seconds, self._now()
        self._bytes_left = budget.bytes
        self._opened = self._ended = False
        self._order, self._asked, self._answered = count(), 0, 0
        self._by_host: dict[str, list[tuple[int, int, _Event, str]]] = {}
        self._hops: dict[str, str] = {}
        self._held: list[_Event] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.waiting = 0
        self.left_out: Counter[str] = Counter()
        self.spent, self._is_cut = "", False
        self.is_there, self.loaded, self.leads_to = False, False, ""
        self.failure: BaseException | None = None

    def hear(self, event: _Event) -> None:
        """A request of the page is paused until it is answered here."""
        self.changed_at = self._now()
        if event["resourceType"] == "Document" and event["frameId"] == self._main_frame:
            self._go(event)
            return
        refusal, url = self._wanted(event)
        if not url or self._ended:
            self.left_out.update([refusal] if refusal and not self._ended else [])
            self._spawn(self._refuse(event))
            return
        self._asked += 1
        self.waiting += 1
        self._hops[event["requestId"]] = self._hops_to(event)
        host, rank = host_key(url), _RANKS.get(event["resourceType"], 0)
        known = host in self._by_host
        heappush(self._by_host.setdefault(host, []), (rank, next(self._order), event, url))
        if not known:
            self._spawn(self._drain(host))

    @property
    def over(self) -> bool:
        """True when the page is to be ended: what it may take is spent, and what it asked for before is answered."""
        return bool(self.spent) and (self._is_cut or not self.waiting)

    def cut(self, spent: str) -> None:
        """What the page may take of this is spent: what it waits for is not asked for any more."""
        self.spent, self._is_cut = self.spent or spent, True

    def _go(self, event: _Event) -> None:
        """The page itself, once, is what was captured; where it wants to go from there is only told.

        That is answered at the end: whatever is said to it, the browser stops reading the page that is there.
        """
        if self._opened:
            self.left_out["other page"] += not self._ended
            self._held.append(event)
            if not self.loaded:
                self.leads_to = self.leads_to or event["request"]["url"][:MOST_TOLD]
            return
        self._opened = True
        self._spawn(self._open(event))

    async def _open(self, event: _Event) -> None:
        self.is_there = await self._give(event, self._exchange)

    def _wanted(self, event: _Event) -> tuple[str, str]:
        """Why a request is not made, or the URL to ask for; neither for what nobody would see."""
        request, kind = event["request"], event["resourceType"]
        sent = {name.lower(): value for name, value in request["headers"].items()}
        if "prefetch" in sent.get("sec-purpose", sent.get("purpose", "")) or request["url"].endswith("/favicon.ico"):
            return "", ""
        if request["method"] != "GET":
            return f"{request['method'] if request['method'] in _METHODS else 'odd'} request", ""
        if kind in _LEFT_OUT:
            return _LEFT_OUT[kind], ""
        if self._asked >= self._budget.requests:
            self.spent = self.spent or f"{self._budget.requests} requests"
            return "further request", ""
        if self._hops_to(event).count("R") > MOST_HOPS:
            return "long chain of redirects", ""
        try:
            return "", normalise(request["url"])
        except RefusedUrl:
            return OutcomeKind.REFUSED_ADDRESS.value, ""

    def _hops_to(self, event: _Event) -> str:
        before = self._hops.get(event.get("redirectedRequestId", ""))
        return f"{self._page.seed.hops}E" if before is None else f"{before}R"

    async def _drain(self, host: str) -> None:
        """One after the other, as the host's gate would have it anyway: so what is needed more can go first."""
        queue = self._by_host[host]
        while queue:
            _, _, event, url = heappop(queue)
            if self._ended or self._is_cut:
                self.left_out["further request"] += not self._ended
                await self._refuse(event)
            else:
                await self._answer(event, url)
            self.waiting -= 1
        del self._by_host[host]

    async def _answer(self, event: _Event, url: str) -> None:
        hops = self._hops[event["requestId"]]
        seed = Seed(url, Why.EMBEDDED, host_key(url), via=self._page.seed.url, hops=hops, redirects=hops.count("R"))
        seconds = max(1.0, self._until - self._now())
        headers = _headers(event["request"]["headers"])
        fetched = await self._ask(seed, headers, seconds=seconds, most_bytes=max(1, self._bytes_left))
        exchange = fetched.exchange
        if exchange is None or exchange.status is None or exchange.fault or exchange.truncated:
            self._pay(exchange.end_at - exchange.body_at if exchange is not None else 0)
            self.left_out[fetched.kind.value] += 1
            await self._refuse(event, _ERRORS.get(fetched.kind, "BlockedByClient"))
        elif await self._give(event, exchange):
            self._answered += 1

    async def _give(self, event: _Event, exchange: Exchange) -> bool:
        """Hand an answer over as it was: its status, its headers, the entity without its coding."""
        body = await asyncio.to_thread(plain, exchange, max(0, self._bytes_left) + 1)
        if body is None or not self._pay(len(body)):
            self.left_out["coded answer" if body is None else "further request"] += 1
            await self._refuse(event)
            return False
        answer = {
            "requestId": event["requestId"],
            "responseCode": exchange.status,
            "responseHeaders": _plain_headers(exchange),
            "body": base64.b64encode(body).decode("ascii"),
        }
        return await self._tell("Fetch.fulfillRequest", answer)

    def _pay(self, size: int) -> bool:
        """Take what came from the budget; False when it was not enough."""
        self._bytes_left -= size
        if self._bytes_left <= 0:
            self.cut(f"{self._budget.bytes / MIB:.3g} MiB")
        return self._bytes_left >= 0

    async def _refuse(self, event: _Event, reason: str = "BlockedByClient") -> None:
        await self._tell("Fetch.failRequest", {"requestId": event["requestId"], "errorReason": reason})

    async def _tell(self, method: str, told: Mapping[str, Any]) -> bool:
        """False when the page does not wait for this any more, or will not have it."""
        from playwright.async_api import Error

        with suppress(Error):
            await self._line.send(method, told)
            return True
        return False

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.ensure_future(self._counted(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _counted(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except Exception as error:  # of the disk or the catalogue: the crawl's, not the page's
            self.failure = self.failure or error
        finally:
            self.changed_at = self._now()

    async def end(self, within_s: float) -> None:
        """No request is made any more; those under way have `within_s` seconds for what they still bring."""
        self._ended = True
        held, self._held = self._held, []
        for event in held:
            self._spawn(self._refuse(event, "Aborted"))  # any other reason would put an error in the page's place
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def told(self) -> str:
        """What became of the requests, for a person."""
        asked = f"{self._answered} of {self._asked} requests answered" if self._asked else "no further request"
        left = ", ".join(f"{number} {what}" for what, number in sorted(self.left_out.items()) if number)
        return f"{asked}; left out: {left}" if left else asked


def _headers(asked: Mapping[str, str]) -> Headers:
    """What the page's own words say of the request: the rest is the crawl's.

    `Origin` goes along, since by it a server decides what pages of others may read.
    """
    named = {name.lower(): value for name, value in asked.items()}
    accept, origin = named.get("accept", ""), named.get("origin", "")
    if not (accept.isascii() and accept.isprintable() and 0 < len(accept) <= MOST_ACCEPT):
        accept = "*/*"
    told = [("Accept", accept), ("Accept-Language", "en,*;q=0.5"), ("Accept-Encoding", "gzip")]
    told += [("Origin", origin)] if origin.isascii() and origin.isprintable() and origin else []
    return tuple((name.encode("ascii"), value.encode("ascii")) for name, value in told)


def _plain_headers(exchange: Exchange) -> list[dict[str, str]]:
    """The headers that a browser takes; one that is none would make it refuse the whole answer."""
    fields = ((name.decode("latin-1"), value.decode("latin-1").strip()) for name, value in exchange.headers)
    return [
        {"name": name, "value": value}
        for name, value in fields
        if name.lower() not in _OF_THE_WIRE and _is_token(name) and not set(value) & set("\r\n\0")
    ]


def _is_token(name: str) -> bool:
    return name.isascii() and name.replace("-", "").replace("_", "").isalnum()
