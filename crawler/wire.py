"""The wire engine: one request, one answer, every byte of both directions kept before it is understood."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.capture import Exchange, Fault, Framing
from archive.clock import SYSTEM, Seams
from archive.errors import RefusedUrl
from crawler.connect_to import ConnectTo
from crawler.connection import Connection, Scratch
from crawler.dial import Dialler
from crawler.framing import Framer
from crawler.guard import Guard
from crawler.idle import IdleConnections
from crawler.limits import Limits
from crawler.reception import Ending, Reception
from crawler.resolver import NotReached, Resolve, Resolver
from crawler.target import Target, parse_target
from crawler.trust import Trust

__all__ = ["Engine", "Limits", "WireRequest"]

REPEATABLE = frozenset({"GET", "HEAD"})
CLOSED = "the engine was closed"
FORGING = frozenset(b"\r\n\0")


@dataclass(frozen=True, slots=True)
class WireRequest:
    """What to ask for. `headers` go out as given, in order, after Host, which the engine adds.

    ValueError for a method or header that would forge another line or request.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def __post_init__(self) -> None:
        if not (self.method.isascii() and self.method.isalpha()):
            raise ValueError(f"{self.method!r} is no method")
        for name, value in self.headers:
            if not FORGING.isdisjoint(name + value) or not name or b":" in name:
                raise ValueError(f"{name!r}: {value!r} cannot be sent as a header")

    def message(self, target: Target) -> bytes:
        """The bytes of the request."""
        lines = [b"%b %b HTTP/1.1\r\nHost: %b\r\n" % (self.method.encode("ascii"), target.path, target.authority)]
        lines.extend(b"%b: %b\r\n" % field for field in self.headers)
        lines.append(b"\r\n")
        return b"".join(lines)


@dataclass(slots=True)
class _Attempt:
    """What is known of an exchange from its start; a moment of monotonic time beside the wall clock's."""

    request: WireRequest
    limits: Limits
    started: datetime
    began: float


class Engine:
    """Fetches URLs over connections of its own, kept open and used again; belongs to one running loop.

    `fetch` never raises for what befalls a URL. `guard` decides what may be dialled, `connect_to` names stand-ins
    that it does not hold for; `resolve` and `trust` may be replaced in tests. Proxies are not used, whatever the
    environment says. Answers past `Limits.spool_at` lie in `spool_folder` (or the system's temporary folder).
    """

    def __init__(
        self,
        *,
        guard: Guard,
        limits: Limits = Limits(),  # noqa: B008  (a frozen value)
        connect_to: ConnectTo = ConnectTo(),  # noqa: B008  (a frozen value)
        seams: Seams = SYSTEM,
        resolve: Resolve | None = None,
        trust: Trust | None = None,
        spool_folder: Path | None = None,
    ) -> None:
        self._limits = limits
        self._seams = seams
        self._spool_folder = spool_folder
        self._resolver = Resolver(seams)
        trust = trust or Trust(now=seams.now)
        self._dialler = Dialler(guard=guard, connect_to=connect_to, resolve=resolve or self._resolver, trust=trust)
        self._scratch = Scratch()
        self._idle = IdleConnections(seams)
        self._open: set[Connection] = set()
        self._dialling: set[asyncio.Timeout] = set()
        self._closing = False
        self._in_flight = 0
        self._quiet = asyncio.Event()

    async def fetch(self, request: WireRequest, limits: Limits | None = None) -> Exchange:
        """The exchange for `request`, whole or not; its fault fields tell what went wrong.

        WriteFailed when the disk refuses a long answer: that befalls the program, not the URL.
        """
        self._in_flight += 1
        try:
            return await self._fetch(request, limits or self._limits)
        finally:
            self._in_flight -= 1
            self._note_quiet()

    async def _fetch(self, request: WireRequest, limits: Limits) -> Exchange:
        attempt = self._attempt(request, limits)
        try:
            target = parse_target(request.url)
            self._dialler.check(target)
        except RefusedUrl as refused:
            return self._failed(attempt, NotReached(Fault.REFUSED_ADDRESS, str(refused)))
        kept = self._idle.take(target.key)
        if kept is not None:
            exchange = await self._exchange(attempt, target, kept, reused=True)
            if len(exchange.received) or exchange.fault not in (Fault.CLOSED, Fault.RESET):
                return exchange
            if request.method not in REPEATABLE:
                return exchange
            attempt = self._attempt(request, limits)  # the kept connection had died: once more, as a new exchange
        try:
            connection = await self._dial(target, limits)
        except NotReached as not_reached:
            return self._failed(attempt, not_reached)
        return await self._exchange(attempt, target, connection, reused=False)

    def _attempt(self, request: WireRequest, limits: Limits) -> _Attempt:
        return _Attempt(request, limits, self._seams.now(), self._seams.monotonic())

    async def _dial(self, target: Target, limits: Limits) -> Connection:
        if self._closing:
            raise NotReached(Fault.CLOSED, CLOSED)
        longest = min(limits.connect_s, limits.total_s)
        try:
            async with asyncio.timeout(longest) as patience:
                self._dialling.add(patience)
                try:
                    connection = await self._dialler.dial(target, self._make_connection)
                finally:
                    self._dialling.discard(patience)
        except TimeoutError:
            if self._closing:
                raise NotReached(Fault.CLOSED, CLOSED) from None
            raise NotReached(Fault.TIMEOUT, f"no connection within {longest:g} s") from None
        if self._closing:
            connection.abort()
            raise NotReached(Fault.CLOSED, CLOSED)
        return connection

    def _make_connection(self) -> Connection:
        connection = Connection(self._scratch, self._forget)
        self._open.add(connection)
        return connection

    def _forget(self, connection: Connection) -> None:
        self._open.discard(connection)
        self._idle.discard(connection)
        self._note_quiet()

    def _note_quiet(self) -> None:
        if self._closing and not self._in_flight and not self._open:
            self._quiet.set()

    async def _exchange(self, attempt: _Attempt, target: Target, connection: Connection, *, reused: bool) -> Exchange:
        message = attempt.request.message(target)
        limits = attempt.limits
        spent = self._seams.monotonic() - attempt.began
        deadline = asyncio.get_running_loop().time() + limits.total_s - spent
        reception = Reception(attempt.request.method, limits, deadline=deadline, folder=self._spool_folder)
        connection.request(message, reception)
        try:
            ending = await reception.over
            exchange = self._finished(attempt, connection, message, reception, ending, reused)
        except BaseException:
            reception.give_up()
            connection.abort()
            raise
        self._keep_or_end(target, connection, reception, exchange)
        return exchange

    def _keep_or_end(self, target: Target, connection: Connection, reception: Reception, exchange: Exchange) -> None:
        """A connection is used again only when the answer on it was whole and nothing came after it."""
        framer = reception.framer
        clean = framer.keeps and exchange.fault is None and framer.end_at == len(exchange.received)
        if clean and framer.framing is not Framing.CLOSE and connection.open and not self._closing:
            self._idle.keep(target.key, connection)
        elif exchange.truncated is not None:
            connection.abort()
        else:
            connection.close()

    def _finished(
        self, attempt: _Attempt, connection: Connection, sent: bytes, reception: Reception, ending: Ending, reused: bool
    ) -> Exchange:
        framer = reception.framer
        received = reception.spool.take()
        return Exchange(
            url=attempt.request.url,
            method=attempt.request.method,
            sent=sent,
            received=received,
            head_at=framer.head_at,
            body_at=framer.body_at,
            end_at=_end_of(framer, len(received)),
            status=framer.status,
            reason=framer.reason,
            headers=framer.headers,
            framing=framer.framing,
            started=attempt.started,
            seconds=self._seams.monotonic() - attempt.began,
            peer=connection.peer,
            port=connection.port,
            tls=connection.tls,
            truncated=ending.truncated,
            fault=ending.fault,
            fault_detail=ending.detail,
            reused=reused,
        )

    def _failed(self, attempt: _Attempt, why: NotReached) -> Exchange:
        """The exchange of a URL that was never asked for."""
        return Exchange(
            url=attempt.request.url,
            method=attempt.request.method,
            sent=b"",
            received=memoryview(b""),
            head_at=0,
            body_at=0,
            end_at=0,
            status=None,
            reason=b"",
            headers=(),
            framing=Framing.NONE,
            started=attempt.started,
            seconds=self._seams.monotonic() - attempt.began,
            peer=why.peer,
            fault=why.fault,
            fault_detail=why.detail,
        )

    async def close(self) -> None:
        """Ends all connections; fetches in flight come back as far as they came. No socket or task is left."""
        self._closing = True
        now = asyncio.get_running_loop().time()
        for patience in self._dialling:
            if not patience.expired():
                patience.reschedule(now)
        self._idle.close()
        for connection in list(self._open):
            connection.end(CLOSED)
        self._note_quiet()
        await self._quiet.wait()
        await self._resolver.close()


def _end_of(framer: Framer, received: int) -> int:
    """Where the answer ends: where its framing says, else where the bytes end."""
    return received if framer.end_at is None else framer.end_at
