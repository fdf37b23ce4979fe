"""LinkStatus, and judge(): one check's facts held against the last good capture."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from archive.capture import Fault
from archive.seed import OutcomeKind, Substitute
from extract.addresses import is_above, is_lost


class Standing(StrEnum):
    """What a status counts as."""

    ALIVE = "alive"
    DEAD = "dead"
    SUSPECT = "suspect"
    NOTHING = "nothing"


class LinkStatus(StrEnum):
    """The verdict of one check on one URL: the closed list of the contract."""

    OK = "ok"
    REDIRECTED = "redirected"
    MOVED = "moved"
    DRIFTED = "drifted"
    TYPE_CHANGED = "type_changed"
    SOFT_404 = "soft_404"
    REDIRECT_ROOT = "redirect_root"
    NOT_FOUND = "not_found"
    GONE = "gone"
    SERVER_ERROR = "server_error"
    DNS_DEAD = "dns_dead"
    PARKED = "parked"
    TLS_ERROR = "tls_error"
    TIMEOUT = "timeout"
    BLOCKED = "blocked"
    PAYWALL_OR_LOGIN = "paywall_or_login"
    ROBOTS_DENIED = "robots_denied"
    REFUSED_ADDRESS = "refused_address"
    UNKNOWN = "unknown"

    @property
    def standing(self) -> Standing:
        """What the status counts as in totals."""
        return _STANDINGS.get(self, Standing.NOTHING)

    @property
    def is_alive(self) -> bool:
        """True when the source answers with something like itself, wherever it is now."""
        return self.standing is Standing.ALIVE

    @property
    def is_dead(self) -> bool:
        """True when the source is gone, once spaced checks confirm it."""
        return self.standing is Standing.DEAD

    @property
    def says_nothing(self) -> bool:
        """True when the check found out neither that the source is there nor that it is not."""
        return self.standing is Standing.NOTHING


_ALIVE = (LinkStatus.OK, LinkStatus.REDIRECTED, LinkStatus.MOVED, LinkStatus.DRIFTED)
_GONE = (LinkStatus.NOT_FOUND, LinkStatus.GONE, LinkStatus.SOFT_404, LinkStatus.REDIRECT_ROOT)
_STANDINGS = {
    **dict.fromkeys(_ALIVE, Standing.ALIVE),
    **dict.fromkeys((*_GONE, LinkStatus.DNS_DEAD, LinkStatus.PARKED), Standing.DEAD),
    **dict.fromkeys((LinkStatus.TYPE_CHANGED, LinkStatus.SERVER_ERROR, LinkStatus.TLS_ERROR), Standing.SUSPECT),
}


class Drift(StrEnum):
    """How far the content is from the last good capture."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect: the status that sent us on, and where to."""

    status: int
    to: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What one check saw, and what it is compared with.

    `outcome`, `http_status`, `fault`, `substitute` and `detail` are those of the last request of the chain; `hops` are
    the redirects before it. The mime types are sniffed, not declared. `same_payload` is None when there is no good
    capture to compare with; `same_text` is None while nobody compared the texts. `payload_length` is in bytes.
    """

    outcome: OutcomeKind
    cited_url: str
    final_url: str
    http_status: int | None = None
    hops: tuple[Hop, ...] = ()
    fault: Fault | None = None
    substitute: Substitute | None = None
    detail: str = ""
    mime_now: str | None = None
    mime_before: str | None = None
    same_payload: bool | None = None
    same_text: bool | None = None
    payload_length: int | None = None
    network_suspect: bool = False

    @property
    def answered(self) -> bool:
        """True when content came with a status of success, or the server said that it is unchanged (304)."""
        done = (OutcomeKind.CAPTURED, OutcomeKind.UNCHANGED, OutcomeKind.TOO_LARGE)
        return self.outcome in done and (self.http_status == 304 or _between(self.http_status, 200, 299))

    @property
    def is_same(self) -> bool:
        """True when it is known to be the document of the last good capture."""
        return self.http_status == 304 or bool(self.same_payload) or bool(self.same_text)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status with its reason as a sentence, the source of the rule that gave it, and the drift where known."""

    status: LinkStatus
    reason: str
    source: str
    drift: Drift | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """If `holds`, the status is `status` because of `reason`; `source` is where the rule comes from."""

    status: LinkStatus
    holds: Callable[[Facts], bool]
    reason: Callable[[Facts], str]
    source: str


def judge(facts: Facts) -> Verdict:
    """The verdict on one check: that of the first rule of RULES that holds. Pure; never raises.

    It is a verdict on this check alone: whether a dead link is confirmed is for spaced checks to say.
    """
    rule = next(rule for rule in RULES if rule.holds(facts))
    return Verdict(rule.status, rule.reason(facts), rule.source, drift_of(facts) if rule.status.is_alive else None)


def drift_of(facts: Facts) -> Drift | None:
    """`none` for the same bytes, `minor` for other bytes with the same text, None when nobody knows yet."""
    if facts.http_status == 304 or facts.same_payload:
        return Drift.NONE
    return Drift.MINOR if facts.same_payload is False and facts.same_text else None


def _between(status: int | None, low: int, high: int) -> bool:
    return status is not None and low <= status <= high


def _ended(*kinds: OutcomeKind) -> Callable[[Facts], bool]:
    return lambda facts: facts.outcome in kinds


def _status(*statuses: int) -> Callable[[Facts], bool]:
    return lambda facts: facts.http_status in statuses


def _told(words: str) -> Callable[[Facts], str]:
    """A sentence with the details behind it, where there are any."""
    return lambda facts: f"{words}: {facts.detail.rstrip('.')}." if facts.detail else f"{words}."


def _as_told(facts: Facts) -> str:
    """The details themselves as a sentence."""
    return f"{facts.detail[0].upper()}{facts.detail[1:].rstrip('.')}." if facts.detail else _answers(facts)


def _answers(facts: Facts) -> str:
    return f"The server answers {facts.http_status}{' after redirects' if facts.hops else ''}."


def family(mime: str | None) -> str | None:
    """`pdf` or `html` for the two kinds that sources have, else None: only a change between them is a verdict."""
    kind = (mime or "").split(";")[0].strip().lower()
    if kind in ("application/pdf", "application/x-pdf", "pdf"):
        return "pdf"
    return "html" if kind in ("text/html", "application/xhtml+xml", "html") else None


def _type_changed(facts: Facts) -> bool:
    now, before = family(facts.mime_now), family(facts.mime_before)
    return facts.answered and None not in (now, before) and now != before


def _went_on(facts: Facts) -> bool:
    return facts.answered and bool(facts.hops)


def _led(astray: Callable[[str, str], bool]) -> Callable[[Facts], bool]:
    """Redirects led to something else, from the cited address to the final one as `astray` says."""
    return lambda facts: _went_on(facts) and not facts.is_same and astray(facts.cited_url, facts.final_url)


def _to_root(facts: Facts) -> str:
    return f"Its path only leads to {facts.final_url} now."


def _instead(*substitutes: Substitute) -> Callable[[Facts], bool]:
    return lambda facts: facts.substitute in substitutes


def _is_empty(facts: Facts) -> bool:
    empty = facts.answered and facts.http_status != 304 and facts.payload_length == 0
    return empty or facts.substitute is Substitute.BLANK


def _all_permanent(facts: Facts) -> bool:
    return bool(facts.hops) and all(hop.status in (301, 308) for hop in facts.hops)


_K, _S, _I = OutcomeKind, LinkStatus, Substitute
# Rules without a specification behind them: what link checkers got wrong, and what an observation can prove.
_OURS = "house rule: a verdict needs an answer of the source itself"
_CHANGE = "house rule: a verdict compares with the last good capture"
_TABLE = "extract/substitutes.py: the sign that was seen names its source"
_NETWORK = "house rule: a run whose hosts mostly fail judges nobody"
_WALLS = "house rule: a wall is neither alive nor dead (lycheeverse/lychee#1157, apify/apify-docs#2261)"
RULES: tuple[Rule, ...] = (
    # What was never asked, or answered by somebody else, says nothing of the source.
    Rule(_S.REFUSED_ADDRESS, _ended(_K.REFUSED_ADDRESS), _told("The address is never dialled"), _OURS),
    Rule(_S.ROBOTS_DENIED, _ended(_K.ROBOTS_DENIED), _told("robots.txt keeps us out"), "RFC 9309 §2.2"),
    Rule(_S.UNKNOWN, lambda facts: facts.network_suspect, _told("The network itself is suspect"), _NETWORK),
    Rule(_S.PAYWALL_OR_LOGIN, _instead(_I.LOGIN, _I.PAYWALL), _as_told, _TABLE),
    Rule(_S.BLOCKED, _ended(_K.BLOCKED), _as_told, _WALLS),
    Rule(_S.BLOCKED, _instead(_I.WALL), _as_told, _WALLS),  # one that said when to come again was skipped
    Rule(_S.BLOCKED, _status(429), _told("The server says: too many requests (429)"), "RFC 6585 §4"),
    # No answer at all.
    Rule(
        _S.UNKNOWN,
        lambda facts: facts.outcome is _K.DNS_ERROR and facts.fault is Fault.DNS_TEMPORARY,
        _told("The name service gave no answer for now"),
        _OURS,
    ),
    Rule(_S.DNS_DEAD, _ended(_K.DNS_ERROR), _told("The host's name does not exist"), _OURS),
    Rule(_S.TLS_ERROR, _ended(_K.TLS_ERROR), _told("The host's certificate is not to be trusted"), _OURS),
    Rule(_S.TIMEOUT, _ended(_K.TIMEOUT), _told("No answer in time"), _OURS),
    Rule(_S.TIMEOUT, _status(408), _told("The server says: request timeout (408)"), "RFC 9110 §15.5.9"),
    # An answer of success with something else in it.
    Rule(_S.SOFT_404, _instead(_I.SOFT_404), _as_told, _TABLE),
    Rule(_S.SERVER_ERROR, _instead(_I.ERROR_PAGE), _as_told, _TABLE),
    Rule(_S.TYPE_CHANGED, _instead(_I.OTHER_KIND), _as_told, _TABLE),
    # An answer that says no. A redirect that ends here is judged by its end (lycheeverse/lychee#726).
    Rule(_S.NOT_FOUND, _status(404), _answers, "RFC 9110 §15.5.5"),
    Rule(_S.GONE, _status(410), _answers, "RFC 9110 §15.5.11"),
    Rule(_S.NOT_FOUND, _ended(_K.NOT_FOUND), _told("The server does not find it"), _OURS),
    Rule(_S.GONE, _ended(_K.GONE), _told("The server says that it is gone"), _OURS),
    Rule(_S.PAYWALL_OR_LOGIN, _status(401, 402, 407), _answers, "RFC 9110 §15.5.2"),
    Rule(_S.SERVER_ERROR, lambda facts: _between(facts.http_status, 500, 599), _answers, "RFC 9110 §15.6"),
    # An answer with content: a front page is lost whatever its type, the page above a PDF may be about it.
    Rule(_S.REDIRECT_ROOT, _led(is_lost), _to_root, _OURS),
    Rule(_S.UNKNOWN, _is_empty, lambda facts: f"The server answers {facts.http_status} with nothing in it.", _OURS),
    Rule(
        _S.TYPE_CHANGED,
        _type_changed,
        lambda facts: f"It was {family(facts.mime_before)} when last captured and is {family(facts.mime_now)} now.",
        _CHANGE,
    ),
    Rule(_S.REDIRECT_ROOT, _led(is_above), _to_root, _OURS),
    Rule(
        _S.MOVED,
        lambda facts: facts.answered and _all_permanent(facts) and (facts.is_same or facts.same_payload is None),
        lambda facts: f"It has moved for good to {facts.final_url}.",
        "RFC 9110 §15.4.2, §15.4.9",
    ),
    Rule(
        _S.REDIRECTED,
        lambda facts: facts.answered and _all_permanent(facts),
        lambda facts: f"It is sent on for good to {facts.final_url}; whether that is the same document is not known.",
        _CHANGE,
    ),
    Rule(_S.REDIRECTED, _went_on, lambda facts: f"It is sent on to {facts.final_url}.", "RFC 9110 §15.4"),
    Rule(_S.OK, lambda facts: facts.answered, _answers, _OURS),
    Rule(
        _S.UNKNOWN,
        lambda facts: True,
        lambda facts: facts.detail or f"The check ended in {facts.outcome.value} ({facts.http_status or 'no status'}).",
        _OURS,
    ),
)
