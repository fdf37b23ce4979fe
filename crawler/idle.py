"""IdleConnections: open connections that wait for the next request to their host."""

import asyncio
from collections import OrderedDict

from archive.clock import Seams
from crawler.connection import Connection

KEPT_S = 15.0  # many servers close after 5 to 75 s; a stale one costs a retry
KEPT_AT_MOST = 256

Key = tuple[bool, str, int]


class IdleConnections:
    """Keeps connections by (TLS, host, port), for a while and not too many."""

    def __init__(self, seams: Seams) -> None:
        self._seams = seams
        self._by_key: dict[Key, list[Connection]] = {}
        self._order: OrderedDict[Connection, tuple[Key, float]] = OrderedDict()  # oldest first
        self._sweeper: asyncio.TimerHandle | None = None

    def take(self, key: Key) -> Connection | None:
        """The connection that became idle last and is still open, or None."""
        while waiting := self._by_key.get(key):
            connection = waiting[-1]
            self.discard(connection)
            if connection.open:
                return connection
        return None

    def keep(self, key: Key, connection: Connection) -> None:
        """Lets `connection` wait; the oldest is closed when there are too many."""
        if len(self._order) >= KEPT_AT_MOST:
            self._end(next(iter(self._order)))
        self._by_key.setdefault(key, []).append(connection)
        self._order[connection] = (key, self._seams.monotonic() + KEPT_S)
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(KEPT_S, self._sweep)

    def discard(self, connection: Connection) -> None:
        """Forgets `connection`: it is in use again, or it has gone."""
        known = self._order.pop(connection, None)
        if known is None:
            return
        waiting = self._by_key[known[0]]
        waiting.remove(connection)
        if not waiting:
            del self._by_key[known[0]]

    def close(self) -> None:
        """Closes all of them."""
        for connection in list(self._order):
            self._end(connection)
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None

    def _sweep(self) -> None:
        now = self._seams.monotonic()
        self._sweeper = None
        while self._order:
            connection, (_, until) = next(iter(self._order.items()))
            if until > now:
                wait = until - now
                self._sweeper = asyncio.get_running_loop().call_later(wait, self._sweep)
                return
            self._end(connection)

    def _end(self, connection: Connection) -> None:
        self.discard(connection)
        connection.close()
