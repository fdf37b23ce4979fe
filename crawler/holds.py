"""Holds: which hosts this process may ask, where the processes of a run share them through the ledger."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence, Set
from contextlib import contextmanager
from typing import Protocol

from archive.host import HostState, RobotsCopy

# How soon a host that another process has is asked for again: that one hands it on within a second or so.
ASK_EVERY_S = 0.2
_NEVER = float("-inf")


class Ledger(Protocol):
    """What is remembered of hosts between runs, and who may ask them; the desk implements it over the catalogue.

    hold_s: for so long a host is ours once it was lent or renewed; infinity where no other process crawls.
    """

    hold_s: float

    async def borrow(self, hosts: Collection[str]) -> Sequence[HostState]:
        """Those of these hosts (keys: `archive.url.host_key`) that are ours to ask, with what is known of them.

        The others are in the hands of another process, which is told that we want them.
        """

    async def renew(self, using: Collection[str]) -> tuple[Collection[str], Collection[str]]:
        """Go on holding hosts: all that are ours then, and those of them that other processes want.

        Given back is what is neither among `using` nor has seeds of ours.
        """

    async def give_back(self, states: Sequence[HostState]) -> None:
        """Remember these hosts and let go of them, in one transaction."""

    async def save(self, states: Sequence[HostState]) -> None:
        """Remember these, in one transaction."""

    async def load_robots(self, origin: str) -> RobotsCopy | None:
        """The last copy of an origin's robots.txt (`https://example.org`), or None."""

    async def save_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Remember this copy."""


class Alone:
    """The part of a ledger that lends hosts, where no other process crawls: all are ours, for ever."""

    hold_s = float("inf")

    async def renew(self, using: Collection[str]) -> tuple[Collection[str], Collection[str]]:
        """What is used is ours, and nobody else wants it."""
        return using, ()

    async def give_back(self, states: Sequence[HostState]) -> None:
        """Nobody wants them."""


class Holds:
    """The hosts that are ours, until when (by the monotonic clock), and who in this process uses them.

    `state` tells what a host is at when it is given back.
    """

    def __init__(self, ledger: Ledger, now: Callable[[], float], state: Callable[[str], HostState]) -> None:
        self._ledger, self._now, self._state = ledger, now, state
        self._until: dict[str, float] = {}
        self._using: Counter[str] = Counter()
        self._asking: set[str] = set()
        self._wanted: set[str] = set()  # by others
        # Not while a loan is under way: what we give back must not be lent to us, unnoticed, in the same moment.
        self._turn = asyncio.Lock()

    def has(self, host: str) -> bool:
        """True while the host is ours to ask."""
        return self._until.get(host, _NEVER) > self._now()

    @property
    def are_shared(self) -> bool:
        """Whether other processes crawl too."""
        return self._ledger.hold_s < float("inf")

    @contextmanager
    def use(self, host: str) -> Iterator[None]:
        """Within this the host has work for us, and is not given back unless another wants it."""
        self._using[host] += 1
        try:
            yield
        finally:
            self._using[host] -= 1
            if not self._using[host]:
                del self._using[host]

    @contextmanager
    def asking(self, host: str) -> Iterator[None]:
        """Within this a request is under way, and the host is given to nobody."""
        self._asking.add(host)
        try:
            yield
        finally:
            self._asking.discard(host)

    async def borrow(self, hosts: Collection[str]) -> Sequence[HostState]:
        """What is known of those of these that were not ours and now are."""
        if all(self.has(host) for host in hosts):
            return ()
        async with self._turn:
            began = self._now()
            lent = await self._ledger.borrow([host for host in hosts if not self.has(host)])
            self._until.update((state.host, began + self._ledger.hold_s) for state in lent)
            return lent

    async def hand_on(self, host: str) -> None:
        """Gives the host to the process that wants it, if any does. Whoever calls has no request under way."""
        if host in self._wanted:
            async with self._turn:
                await self._give([host])

    async def renew(self, unsaved: Set[str]) -> None:
        """Keeps what is in use, gives back what is not and what others want; to be called each second.

        What the ledger was not yet told of these hosts counts as a use: nobody may have them without knowing it.
        """
        if not self.are_shared:
            return
        async with self._turn:
            began, ours, using = self._now(), set(self._until), self._using.keys() | unsaved
            for host in ours - using:
                del self._until[host]  # it may be gone the next moment
            held, wanted = await self._ledger.renew(using)
            # Of a host that came to us by another way than `borrow`, nobody here knows yet when it may be asked.
            self._until = dict.fromkeys(ours.intersection(held), began + self._ledger.hold_s)
            self._wanted = ours.intersection(wanted)
            await self._give([host for host in self._wanted if host not in self._asking])

    async def _give(self, hosts: Sequence[str]) -> None:
        for host in hosts:
            self._wanted.discard(host)
            self._until.pop(host, None)
        if hosts:
            await self._ledger.give_back([self._state(host) for host in hosts])
