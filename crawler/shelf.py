"""Shelf: what is known of each origin's robots.txt, at hand as far as memory is given to it."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from archive.capture import Fault
from archive.seed import OutcomeKind
from crawler.rulebook import Rulebook

MOST_BYTES = 32 << 20  # all rulebooks of a real run; a 512 KiB robots.txt may make one of 6 MiB
ORIGIN_BYTES = 1000  # what is kept of an origin beside its rules, at most


@dataclass(frozen=True, slots=True)
class Known:
    """What an origin's robots.txt came to.

    `unreachable_since` is None while it can be had; when it cannot, `rules` are the last that were known, or None.
    `fate` is the outcome of every URL of an origin that cannot be reached at all.
    """

    rules: Rulebook | None
    expires: datetime
    reason: str = ""
    unreachable_since: datetime | None = None
    fate: tuple[OutcomeKind, Fault] | None = None


class Shelf:
    """Holds what was used last; what is pushed off is read again from the ledger when it is needed."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held: OrderedDict[str, Known] = OrderedDict()
        self.bytes = 0

    def get(self, origin: str) -> Known | None:
        """What is known of this origin, or None."""
        known = self._held.get(origin)
        if known is not None:
            self._held.move_to_end(origin)
        return known

    def put(self, origin: str, known: Known) -> None:
        """Remembers this, and forgets what was not used for longest when that is too much."""
        earlier = self._held.pop(origin, None)
        self._held[origin] = known
        self.bytes += _size(known) - (_size(earlier) if earlier else 0)
        while self.bytes > self._most_bytes and len(self._held) > 1:
            self.bytes -= _size(self._held.popitem(last=False)[1])


def _size(known: Known) -> int:
    return ORIGIN_BYTES + (known.rules.size if known.rules else 0)
