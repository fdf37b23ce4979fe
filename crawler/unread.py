"""Unread: the answers that came and whose page nobody has read yet, by the memory they hold."""

from crawler.fetcher import Fetched

# Pages come four times as fast as two readers look at them; a thousand of them waiting was a fifth of the process
# (40 of 193 MiB). So many bytes keep the readers busy for a second.
MOST_BYTES = 8 << 20
# What is longer lies on disk (`crawler.spool`), so a few long pages that take their time do not stop the others.
MOST_EACH = 1 << 20


class Unread:
    """Counts answers from their coming until their seed is concluded; each by its bytes in memory."""

    def __init__(self) -> None:
        self._sizes: dict[int, int] = {}
        self._total = 0

    def came(self, fetched: Fetched) -> None:
        """This answer is here, and its page may have to be read."""
        size = min(received_bytes(fetched), MOST_EACH)
        self._sizes[id(fetched.seed)] = size
        self._total += size

    def concluded(self, fetched: Fetched) -> None:
        """Its seed is concluded: nobody reads its page any more."""
        self._total -= self._sizes.pop(id(fetched.seed), 0)

    @property
    def is_full(self) -> bool:
        """True while no more should be asked for."""
        return self._total >= MOST_BYTES


def received_bytes(fetched: Fetched) -> int:
    """The bytes that came, head and all."""
    return len(fetched.exchange.received) if fetched.exchange else 0
