"""The politeness ledger as the crawler asks for it, over the catalogue, never on the loop's thread."""

import asyncio
from collections.abc import Collection, Sequence

from archive.host import HostState, RobotsCopy
from desk.place import Place
from store import hosts as ledger


class CatalogueLedger:
    """`crawler.gate.Ledger` over `store.hosts`."""

    def __init__(self, place: Place) -> None:
        self._database = place.database

    async def load(self, hosts: Collection[str]) -> Sequence[HostState]:
        """What earlier runs learnt of these hosts."""
        return await asyncio.to_thread(ledger.load, self._database, hosts)

    async def save(self, states: Sequence[HostState]) -> None:
        """Remembers these hosts."""
        await asyncio.to_thread(ledger.save, self._database, states)

    async def load_robots(self, origin: str) -> RobotsCopy | None:
        """An origin's robots.txt as last had."""
        return await asyncio.to_thread(ledger.load_robots, self._database, origin)

    async def save_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Remembers an origin's robots.txt."""
        await asyncio.to_thread(ledger.save_robots, self._database, origin, copy)
