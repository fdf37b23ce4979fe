"""A supply and a ledger in memory, for a crawl that no catalogue stands behind."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from archive.host import HostState, RobotsCopy
from archive.seed import Found, Outcome, Seed
from archive.url import host_key
from crawler.holds import Alone


class MemoryLedger(Alone):
    """What is remembered of hosts, for as long as the process lives."""

    def __init__(self) -> None:
        self.hosts: dict[str, HostState] = {}
        self.robots: dict[str, RobotsCopy] = {}

    async def borrow(self, hosts: Collection[str]) -> Sequence[HostState]:
        """What is known of these hosts."""
        return [self.hosts.get(host, HostState(host)) for host in hosts]

    async def save(self, states: Sequence[HostState]) -> None:
        """Remember these."""
        self.hosts.update((state.host, state) for state in states)

    async def load_robots(self, origin: str) -> RobotsCopy | None:
        """The last copy of this origin's robots.txt, or None."""
        return self.robots.get(origin)

    async def save_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Remember this copy."""
        self.robots[origin] = copy


class MemorySupply:
    """Seeds from a list, each URL once; what outcomes lead to is added when `follows` says so.

    told: hears of each outcome as it is settled.
    """

    def __init__(
        self,
        seeds: Iterable[Seed],
        *,
        follows: Callable[[Found], bool] = lambda found: True,
        told: Callable[[Outcome], None] = lambda outcome: None,
    ) -> None:
        self._due: deque[Seed] = deque()
        self._seen: set[str] = set()
        self._follows, self._told = follows, told
        self.outcomes: list[Outcome] = []
        for seed in seeds:
            self.add(seed)

    def add(self, seed: Seed) -> None:
        """One more seed, unless its URL was there before."""
        if seed.url not in self._seen:
            self._seen.add(seed.url)
            self._due.append(seed)

    async def claim(self, limit: int) -> Sequence[Seed]:
        """The next seeds, in order."""
        return [self._due.popleft() for _ in range(min(limit, len(self._due)))]

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Keep the outcomes, add the seeds that they lead to."""
        for outcome in outcomes:
            self.outcomes.append(outcome)
            self._told(outcome)
            for found in filter(self._follows, outcome.found):
                self.add(follow(outcome.seed, found))


def follow(seed: Seed, found: Found) -> Seed:
    """The seed that `found` on the answer of `seed` becomes; hops and redirects are counted on."""
    return replace(
        seed,
        url=found.url,
        why=found.why,
        host=host_key(found.url),
        via=seed.url,
        hops=seed.hops + found.hop,
        redirects=seed.redirects + 1 if found.hop == "R" else 0,
        previous=None,
        kept=None,
    )
