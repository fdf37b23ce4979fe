"""Progress: how far a crawl is, per host and in total."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.seed import Outcome, OutcomeKind

GOOD = frozenset({OutcomeKind.CAPTURED, OutcomeKind.UNCHANGED})


@dataclass(frozen=True, slots=True)
class HostProgress:
    """What was done at one host: outcomes, how many of them are no capture, bytes received."""

    done: int = 0
    failed: int = 0
    bytes: int = 0

    def plus(self, outcome: Outcome, received: int) -> "HostProgress":
        """This and one more outcome whose answer had `received` bytes."""
        failed = self.failed + (outcome.kind not in GOOD)
        return HostProgress(self.done + 1, failed, self.bytes + received)


@dataclass(frozen=True, slots=True)
class CrawlProgress:
    """A moment of a crawl. `waiting` seeds are claimed and not yet asked for, `under_way` are being fetched or kept.

    seconds: since the crawl began, by the monotonic clock.
    """

    done: int = 0
    failed: int = 0
    bytes: int = 0
    waiting: int = 0
    under_way: int = 0
    seconds: float = 0.0
    hosts: Mapping[str, HostProgress] = field(default_factory=dict)
