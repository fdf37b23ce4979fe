"""Seed (what to fetch and why), Found (what a page leads to) and Outcome (how a requested URL ended)."""

from dataclasses import dataclass
from enum import StrEnum

from archive.capture import Capture, Fault


class Why(StrEnum):
    """Why a URL is fetched; it decides what is done with the answer.

    EMBEDDED: a page asked for it while it was shown in a browser. Two are never fetched: RUN is what a run decided,
    SHOWN what a page became in a browser (`archive.showing`).
    """

    INCIDENT = "incident"
    LISTING = "listing"
    CITED = "cited"
    DOCUMENT = "document"
    CHECK = "check"
    ROBOTS = "robots"
    RUN = "run"
    EMBEDDED = "embedded"
    SHOWN = "shown"


class OutcomeKind(StrEnum):
    """The one way in which a requested URL ended: the closed list of the contract."""

    CAPTURED = "captured"
    UNCHANGED = "unchanged"
    BLOCKED = "blocked"
    ROBOTS_DENIED = "robots_denied"
    NOT_FOUND = "not_found"
    GONE = "gone"
    HTTP_ERROR = "http_error"
    TIMEOUT = "timeout"
    DNS_ERROR = "dns_error"
    CONNECT_ERROR = "connect_error"
    TLS_ERROR = "tls_error"
    REFUSED_ADDRESS = "refused_address"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    NOT_HTTP = "not_http"
    UNRESOLVED = "unresolved"
    SKIPPED = "skipped"


class Substitute(StrEnum):
    """What answered in the document's place, mostly with a status of success."""

    WALL = "wall"
    LOGIN = "login"
    PAYWALL = "paywall"
    SOFT_404 = "soft_404"
    ERROR_PAGE = "error_page"
    BLANK = "blank"
    OTHER_KIND = "other_kind"

    @property
    def outcome(self) -> OutcomeKind:
        """How a request ends that it answers: kept back, not there, or an error (decision 0017)."""
        return _ENDS.get(self, OutcomeKind.HTTP_ERROR)


_ENDS = {
    **dict.fromkeys((Substitute.WALL, Substitute.LOGIN, Substitute.PAYWALL), OutcomeKind.BLOCKED),
    Substitute.SOFT_404: OutcomeKind.NOT_FOUND,
}


@dataclass(frozen=True, slots=True)
class Seed:
    """A URL to fetch with its reason.

    `url` is as `archive.url.normalise` gives it; `host` is the politeness key (`archive.url.host_key`);
    `publisher` is the name of the spider that owns the host. `previous` is the last good capture of this URL,
    for a conditional request and a revisit. `redirects` counts the hops that led here. `kept` is an answer that is in
    the archive already and of which no run has said yet how it ended; of a revisit, `previous` is what it repeats.
    """

    url: str
    why: Why
    host: str
    publisher: str = "any_page"
    via: str | None = None
    hops: str = ""
    redirects: int = 0
    previous: Capture | None = None
    kept: Capture | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A URL that an answer leads to: a redirect's target, a document on a landing page, a work on a listing.

    `hop` is the Heritrix letter of the step (R redirect, L link). `title` and `year` are what the page says.
    """

    url: str
    why: Why
    hop: str
    title: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one seed ended: exactly one per requested URL and run. `reason` is a sentence a person understands.

    `retry_after_s` is set when the URL should be asked again soon (a host that said "later"). `fault` is that of the
    exchange, so that kinds of failure which look alike stay apart; `substitute` says what answered in its place.
    """

    seed: Seed
    kind: OutcomeKind
    reason: str = ""
    http_status: int | None = None
    capture: Capture | None = None
    found: tuple[Found, ...] = ()
    retry_after_s: float | None = None
    fault: Fault | None = None
    substitute: Substitute | None = None
