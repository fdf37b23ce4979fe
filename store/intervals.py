"""When a URL is asked for again, by how it ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.seed import Outcome, OutcomeKind, Why

RECAPTURE_AFTER = timedelta(days=30)
# Listings are looked at for works that are new; sources for words that changed.
LISTING_AFTER = timedelta(days=7)
SKIPPED_FOR = timedelta(hours=1)
GOOD = frozenset({OutcomeKind.CAPTURED, OutcomeKind.UNCHANGED})
# No host was bothered: who names such a URL again (when the network is back) need not wait.
UNREACHED = frozenset({OutcomeKind.TIMEOUT, OutcomeKind.DNS_ERROR, OutcomeKind.CONNECT_ERROR})


@dataclass(frozen=True, slots=True)
class Interval:
    """The first wait, doubled with each failure in a row, up to the longest."""

    first: timedelta
    longest: timedelta

    def after(self, failures: int) -> timedelta:
        """The wait after so many failures in a row (1: the first)."""
        return min(self.first * (1 << min(max(failures - 1, 0), 16)), self.longest)


_PASSING = Interval(timedelta(hours=6), timedelta(days=7))  # a host that is down today may be up tomorrow
_WALLED = Interval(timedelta(days=1), timedelta(days=14))  # asking a wall often makes it higher
_LASTING = Interval(timedelta(days=7), timedelta(days=30))
_FINAL = Interval(timedelta(days=30), timedelta(days=30))
_INTERVALS = {
    OutcomeKind.TIMEOUT: _PASSING,
    OutcomeKind.DNS_ERROR: _PASSING,
    OutcomeKind.CONNECT_ERROR: _PASSING,
    OutcomeKind.HTTP_ERROR: _PASSING,
    OutcomeKind.TRUNCATED: _PASSING,
    OutcomeKind.BLOCKED: _WALLED,
    OutcomeKind.ROBOTS_DENIED: _WALLED,
    OutcomeKind.TLS_ERROR: _WALLED,
    OutcomeKind.NOT_FOUND: _LASTING,
    OutcomeKind.TOO_LARGE: _LASTING,
    OutcomeKind.NOT_HTTP: _LASTING,
    OutcomeKind.GONE: _FINAL,
    OutcomeKind.REFUSED_ADDRESS: _FINAL,
    OutcomeKind.UNRESOLVED: _FINAL,
}


def next_due(outcome: Outcome, failures: int, now: datetime, recapture_after: timedelta | None = None) -> datetime:
    """When the URL is due again: what the host asked for, else by its kind; `failures` counts this outcome too.

    `recapture_after` is for what was captured; None: 30 days, 7 for listings.
    """
    if outcome.retry_after_s is not None:
        return now + timedelta(seconds=outcome.retry_after_s)
    if outcome.kind in GOOD:
        usual = LISTING_AFTER if outcome.seed.why is Why.LISTING else RECAPTURE_AFTER
        return now + (recapture_after or usual)
    if outcome.kind is OutcomeKind.SKIPPED:
        return now + SKIPPED_FOR
    return now + _INTERVALS[outcome.kind].after(failures)
