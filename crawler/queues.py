"""Queues: claimed seeds that wait for their turn, a queue a host, and whose turn it is now."""

import heapq
from collections import deque
from collections.abc import Callable
from itertools import count

from archive.seed import Seed


class Queues:
    """A host is in turn when its time has come and none of its seeds is out; who was in turn first goes first.

    `now` are monotonic seconds, as are the answers of `ready_at`: when a host may be asked, which may be set later.
    Constant work a seed, but for the logarithm of how many hosts wait.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.ready_at: Callable[[str], float] = lambda host: 0.0
        self._now = now
        self._seeds: dict[str, deque[Seed]] = {}
        self._busy: set[str] = set()
        self._turns: list[tuple[float, int, str]] = []  # one for each host that has seeds and is not busy
        self._serial = count()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def next_at(self) -> float:
        """When the next host is in turn, as far as is known; infinity when none waits."""
        return self._turns[0][0] if self._turns else float("inf")

    @property
    def has_ready(self) -> bool:
        """True when a host is in turn now."""
        return self.next_at <= self._now()

    def put(self, seed: Seed) -> None:
        """One more seed of its host, behind the others."""
        queue = self._seeds.setdefault(seed.host, deque())
        queue.append(seed)
        self._size += 1
        if len(queue) == 1 and seed.host not in self._busy:
            self._line_up(seed.host)

    def take(self) -> Seed | None:
        """The first seed of the host in turn, which is busy from now on; None when no host is."""
        while self.has_ready:
            _, _, host = heapq.heappop(self._turns)
            if self.ready_at(host) > self._now():  # put off since it lined up
                self._line_up(host)
                continue
            queue = self._seeds[host]
            seed = queue.popleft()
            if not queue:
                del self._seeds[host]
            self._busy.add(host)
            self._size -= 1
            return seed
        return None

    def freed(self, host: str) -> None:
        """The seed that was taken of this host is fetched: its next one may go."""
        if host in self._busy:
            self._busy.remove(host)
            if host in self._seeds:
                self._line_up(host)

    def _line_up(self, host: str) -> None:
        heapq.heappush(self._turns, (max(self.ready_at(host), self._now()), next(self._serial), host))
