"""Resolver: names to numeric addresses, on threads that no exit waits for, remembered for a minute."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from archive.capture import Fault
from archive.clock import SYSTEM, Seams

REMEMBERED_S = 60.0
REMEMBERED = 4096
AT_ONCE = 32
UNKNOWN_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})

Resolve = Callable[[str], Awaitable[Sequence[str]]]


class NotReached(Exception):
    """A host was not reached; inside the crawler only, it becomes the fault of an exchange."""

    def __init__(self, fault: Fault, detail: str, peer: str | None = None) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail
        self.peer = peer


class Resolver:
    """Answers `await resolver(host)` with numeric addresses, best first (RFC 6724, as the system sorts them).

    NotReached tells a name that does not exist (Fault.DNS) from a look-up that failed for now
    (Fault.DNS_TEMPORARY). Look-ups of one name share one question; a slow server holds up nobody else.
    """

    def __init__(self, seams: Seams = SYSTEM, lookup: Callable[[str], Sequence[str]] | None = None) -> None:
        self._seams = seams
        self._lookup = lookup or system_lookup
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._asked: dict[str, asyncio.Future[tuple[str, ...]]] = {}
        self._slots: asyncio.Semaphore | None = None

    async def __call__(self, host: str) -> Sequence[str]:
        """The addresses of `host`, never empty."""
        until, addresses = self._known.get(host, (0.0, ()))
        if addresses and self._seams.monotonic() < until:
            return addresses
        asked = self._asked.get(host)
        if asked is None:
            asked = self._asked[host] = asyncio.ensure_future(self._ask(host))
            asked.add_done_callback(partial(self._answered, host))
        try:
            return await asyncio.shield(asked)
        except OSError as error:
            raise dns_fault(host, error) from error
        except UnicodeError as error:
            raise NotReached(Fault.DNS, f"{host[:80]!r} is no name that can be looked up") from error

    async def _ask(self, host: str) -> tuple[str, ...]:
        self._slots = self._slots or asyncio.Semaphore(AT_ONCE)
        async with self._slots:
            return tuple(dict.fromkeys(await _in_thread(partial(self._lookup, host))))

    def _answered(self, host: str, asked: "asyncio.Future[tuple[str, ...]]") -> None:
        del self._asked[host]
        if asked.cancelled() or asked.exception() is not None:
            return
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[host] = (self._seams.monotonic() + REMEMBERED_S, asked.result())

    async def close(self) -> None:
        """Forgets the questions still open."""
        asked = list(self._asked.values())
        for future in asked:
            future.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


def system_lookup(host: str) -> list[str]:
    """What the system's resolver says, blocking; socket.gaierror when it says nothing."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for _, _, _, _, address in found]


def dns_fault(host: str, error: OSError) -> NotReached:
    """What a failed look-up means: only a clear "no such name" counts as one."""
    if isinstance(error, socket.gaierror) and error.errno in UNKNOWN_NAME:
        return NotReached(Fault.DNS, f"{host} does not exist")
    return NotReached(Fault.DNS_TEMPORARY, f"{host} cannot be looked up now ({error.strerror or error})")


async def _in_thread(call: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Runs a blocking call on a daemon thread: an executor's threads would be waited for when the program ends."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def settle(value: Sequence[str] | None, error: Exception | None) -> None:
        if answer.cancelled():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(value or ())

    def run() -> None:
        try:
            outcome: tuple[Sequence[str] | None, Exception | None] = (call(), None)
        except Exception as error:  # whatever it is, the one who waits for the answer must hear it
            outcome = (None, error)
        try:
            loop.call_soon_threadsafe(settle, *outcome)
        except RuntimeError:
            return  # the loop has ended: nobody waits for this name any more

    threading.Thread(target=run, name="name look-up", daemon=True).start()
    return await answer
