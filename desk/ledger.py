"""The politeness ledger as the crawler asks for it, over the catalogue, never on the loop's thread."""

import asyncio
from collections.abc import Collection, Sequence

from archive.host import HostState, RobotsCopy
from crawler.holds import Alone
from desk.place import Place
from store import holding
from store import hosts as ledger


class CatalogueLedger(Alone):
    """`crawler.gate.Ledger` over `store.hosts`, for a run of one process."""

    def __init__(self, place: Place) -> None:
        self._database = place.database
        self._copies: dict[str, RobotsCopy] = {}
        self._saving = asyncio.Lock()

    async def borrow(self, hosts: Collection[str]) -> Sequence[HostState]:
        """What earlier runs learnt of these hosts."""
        known = {one.host: one for one in await asyncio.to_thread(ledger.load, self._database, hosts)}
        return [known.get(host, HostState(host)) for host in hosts]

    async def save(self, states: Sequence[HostState]) -> None:
        """Remembers these hosts."""
        await asyncio.to_thread(ledger.save, self._database, states)

    async def load_robots(self, origin: str) -> RobotsCopy | None:
        """An origin's robots.txt as last had."""
        return await asyncio.to_thread(ledger.load_robots, self._database, origin)

    async def save_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Remembers an origin's robots.txt; those that come while one is saved share the next transaction."""
        self._copies[origin] = copy
        async with self._saving:
            copies, self._copies = self._copies, {}
            if not copies:
                return  # it was saved with another
            try:
                await asyncio.to_thread(ledger.save_robots, self._database, copies)
            except BaseException:
                self._copies = copies | self._copies  # who waits for one of them tries again, and hears of it too
                raise


class SharedLedger(CatalogueLedger):
    """The same for one of a run's processes, which is called `holder`: hosts are borrowed, and given back."""

    hold_s = holding.HOLD_S

    def __init__(self, place: Place, holder: str) -> None:
        super().__init__(place)
        self._holder, self._now = holder, place.seams.now

    async def borrow(self, hosts: Collection[str]) -> Sequence[HostState]:
        """Those of these hosts that no other process has."""
        return await asyncio.to_thread(holding.borrow, self._database, self._holder, hosts, self._now())

    async def renew(self, using: Collection[str]) -> tuple[Collection[str], Collection[str]]:
        """The hosts that are ours, and those of them that others want."""
        held = await asyncio.to_thread(holding.renew, self._database, self._holder, using, self._now())
        return held.hosts, held.asked

    async def give_back(self, states: Sequence[HostState]) -> None:
        """Remembers these hosts and lets go of them."""
        await asyncio.to_thread(holding.give_back, self._database, self._holder, states, self._now())

    async def save(self, states: Sequence[HostState]) -> None:
        """Remembers these hosts, as far as they are ours."""
        await asyncio.to_thread(holding.save, self._database, self._holder, states)
