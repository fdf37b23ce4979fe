"""HostState: what is remembered of a host between runs, so that politeness outlives a process."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RobotsCopy:
    """A host's robots.txt as last had. `status` is None when it could not be had at all (RFC 9309 §2.3.1.4).

    `body` is then that of the last copy which was had (empty: none ever was), and `fetched` since when it could not.
    """

    status: int | None
    body: bytes
    fetched: datetime
    expires: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HostState:
    """One row of the politeness ledger. Times are aware UTC, delays are seconds.

    `next_allowed` is the earliest time of the next request; `failures` counts failures in a row.
    """

    host: str
    next_allowed: datetime | None = None
    delay_s: float | None = None
    failures: int = 0
    last_status: int | None = None
    reason: str = ""
