"""Dialler: from a target to an open connection, over guarded numeric addresses only."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from itertools import chain, zip_longest

from archive.capture import Fault, Tls
from crawler.connect_to import ConnectTo
from crawler.connection import Connection
from crawler.guard import Guard
from crawler.reception import describe
from crawler.resolver import NotReached, Resolve
from crawler.target import Target
from crawler.tls import open_context
from crawler.trust import Trust

STAGGER_S = 0.25  # RFC 8305 §5, recommended delay between attempts
ADDRESSES_TRIED = 8


class Dialler:
    """Opens connections. Every address is held against the guard, except those a `connect_to` rule names."""

    def __init__(self, *, guard: Guard, connect_to: ConnectTo, resolve: Resolve, trust: Trust) -> None:
        self._guard = guard
        self._connect_to = connect_to
        self._resolve = resolve
        self._trust = trust
        self._context: ssl.SSLContext | None = None

    def check(self, target: Target) -> None:
        """RefusedUrl when this target is not dialled, whatever its name means."""
        if self._connect_to.find(target.host) is None:
            self._guard.check_target(target)

    async def dial(self, target: Target, make: Callable[[], Connection]) -> Connection:
        """An open connection, its handshake done and judged. NotReached says why there is none."""
        rule = self._connect_to.find(target.host)
        place = rule.origin if rule else target
        addresses = [place.address] if place.address else await self._resolve(place.host)
        if rule is None:
            self._hold_against_guard(target.host, addresses)
        connection = await connect_first(addresses, place.port, make)
        if place.tls:
            await self._secure(connection, target.host)
        return connection

    def _hold_against_guard(self, host: str, addresses: Sequence[str]) -> None:
        """One refused address refuses the name: a public address beside a private one is how names rebind."""
        for address in addresses:
            reason = self._guard.check_address(address)
            if reason is not None:
                shown = reason if host == address else f"{host}: {reason}"
                raise NotReached(Fault.REFUSED_ADDRESS, shown)

    async def _secure(self, connection: Connection, host: str) -> None:
        self._context = self._context or open_context()
        try:
            session = await connection.secure(self._context, host)
        except asyncio.CancelledError:
            connection.abort()
            raise
        except (ssl.SSLError, OSError, ValueError) as error:
            connection.abort()
            raise NotReached(Fault.TLS, f"no TLS handshake: {describe(error)}", connection.peer) from error
        shown = session.shown()
        verdict = self._trust.judge(shown.chain, host, shown.version)
        connection.tls = Tls(shown.version, shown.cipher, shown.chain, verdict)


def alternate(addresses: Sequence[str]) -> list[str]:
    """The addresses with both families in turn, the system's first choice first (RFC 8305 §4)."""
    first = ":" in addresses[0]
    preferred = [address for address in addresses if (":" in address) is first]
    others = [address for address in addresses if (":" in address) is not first]
    return [address for address in chain.from_iterable(zip_longest(preferred, others)) if address]


async def connect_first(addresses: Sequence[str], port: int, make: Callable[[], Connection]) -> Connection:
    """The first of the addresses that answers, each asked a moment after the one before. NotReached when none does."""
    if not addresses:
        raise NotReached(Fault.DNS, "the name has no address")
    if len(addresses) == 1:
        try:
            return await _connect(addresses[0], port, make)
        except OSError as error:
            raise NotReached(Fault.CONNECT, _failure(addresses[0], error)) from error
    return await _race(alternate(addresses)[:ADDRESSES_TRIED], port, make)


async def _race(addresses: Sequence[str], port: int, make: Callable[[], Connection]) -> Connection:
    waiting = list(reversed(addresses))
    running: dict[asyncio.Task[Connection], str] = {}
    failures: list[str] = []
    try:
        while waiting or running:
            if waiting:
                address = waiting.pop()
                running[asyncio.ensure_future(_connect(address, port, make))] = address
            patience = STAGGER_S if waiting else None
            done, _ = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                address = running.pop(task)
                error = task.exception()
                if error is None:
                    return task.result()
                if not isinstance(error, OSError):
                    raise error
                failures.append(_failure(address, error))
    finally:
        await _drop(list(running))
    raise NotReached(Fault.CONNECT, "; ".join(failures))


async def _drop(tasks: list[asyncio.Task[Connection]]) -> None:
    """Ends the attempts that lost the race, also those that connected at the last moment."""
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Connection):
            outcome.abort()


async def _connect(address: str, port: int, make: Callable[[], Connection]) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(make, address, port)
    return connection


def _failure(address: str, error: OSError) -> str:
    return f"{address}: {describe(error)}"
