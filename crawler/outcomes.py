"""How an exchange ended, as the closed list of the contract says it, with a sentence for a person."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus

from archive.capture import Exchange, Fault, Truncation
from archive.errors import RefusedUrl
from archive.seed import Found, OutcomeKind, Seed
from archive.url import normalise
from crawler.body import is_shorter, looks_like_html, opening
from crawler.walls import wall

K = OutcomeKind
MOST_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FAULTS: dict[Fault, tuple[OutcomeKind, str]] = {
    Fault.DNS: (K.DNS_ERROR, "no such host name"),
    Fault.DNS_TEMPORARY: (K.DNS_ERROR, "the host name could not be looked up just now"),
    Fault.CONNECT: (K.CONNECT_ERROR, "no connection to the host"),
    Fault.TLS: (K.TLS_ERROR, "the TLS handshake failed"),
    Fault.TIMEOUT: (K.TIMEOUT, "no whole answer in time"),
    Fault.RESET: (K.CONNECT_ERROR, "the connection was reset before an answer came"),
    Fault.CLOSED: (K.CONNECT_ERROR, "the connection was closed before an answer came"),
    Fault.REFUSED_ADDRESS: (K.REFUSED_ADDRESS, "an address that is never contacted"),
    Fault.TOO_LARGE: (K.TOO_LARGE, "the body is longer than the limit; its beginning is kept"),
    Fault.HEADERS_TOO_LARGE: (K.TOO_LARGE, "the headers are longer than the limit; their beginning is kept"),
    Fault.NOT_HTTP: (K.NOT_HTTP, "the answer is no HTTP"),
}
_CUTS = {
    Truncation.LENGTH: "cut at the size limit",
    Truncation.TIME: "cut at the time limit",
    Truncation.DISCONNECT: "the connection ended before the body did",
    Truncation.UNSPECIFIED: "the body is not whole",
}


def classify(exchange: Exchange, seed: Seed) -> tuple[OutcomeKind, str]:
    """The outcome of this exchange and its reason; a redirect is `captured`, see `leads_to` for its target."""
    kind, reason = _judge(exchange, seed)
    return kind, "; ".join(filter(None, (reason, *_asides(exchange))))


def _asides(exchange: Exchange) -> Iterator[str]:
    """What else was odd about an answer, whatever its outcome."""
    if exchange.fault is None:
        yield exchange.fault_detail
    if exchange.excess:
        yield f"the server sent {exchange.excess} bytes after the end of its answer"
    if exchange.tls and exchange.tls.verdict != "ok":
        yield f"certificate not verified: {exchange.tls.verdict}"


def _judge(exchange: Exchange, seed: Seed) -> tuple[OutcomeKind, str]:
    if exchange.fault is not None:
        return _of_fault(exchange)
    status = exchange.status
    if status is None:
        return K.NOT_HTTP, "the answer has no status line" if len(exchange.received) else "an empty answer"
    evidence = wall(exchange)
    if evidence:
        return K.BLOCKED, f"a wall answered: {evidence}"
    if exchange.truncated is not None:
        return K.TRUNCATED, _CUTS[exchange.truncated]
    return _of_status(status)(exchange, seed)


def _of_fault(exchange: Exchange) -> tuple[OutcomeKind, str]:
    assert exchange.fault is not None
    kind, sentence = _FAULTS[exchange.fault]
    if exchange.fault in (Fault.RESET, Fault.CLOSED) and exchange.status is not None:
        kind, sentence = K.TRUNCATED, _CUTS[Truncation.DISCONNECT]
    return kind, f"{sentence} ({exchange.fault_detail})" if exchange.fault_detail else sentence


def _of_status(status: int) -> Callable[[Exchange, Seed], tuple[OutcomeKind, str]]:
    if status == 304:
        return _not_modified
    if status in _REDIRECTS:
        return _redirect
    if 200 <= status < 300:
        return _success
    return _refusal


def _not_modified(_: Exchange, seed: Seed) -> tuple[OutcomeKind, str]:
    if has_validator(seed):
        return K.UNCHANGED, "not modified since the last capture"
    return K.HTTP_ERROR, "304 Not Modified, though no earlier copy was named in the request"


def _redirect(exchange: Exchange, seed: Seed) -> tuple[OutcomeKind, str]:
    location = exchange.header("Location")
    if not location:
        return K.HTTP_ERROR, f"{_named(exchange)} without a target"
    if seed.redirects >= MOST_REDIRECTS:
        return K.HTTP_ERROR, f"more than {MOST_REDIRECTS} redirects in a row"
    try:
        return K.CAPTURED, f"redirects to {_target(exchange, location)}"
    except RefusedUrl as error:
        return K.CAPTURED, f"redirects to {location[:200]!r}, which is not followed: {error}"


def _success(exchange: Exchange, seed: Seed) -> tuple[OutcomeKind, str]:
    status = exchange.status
    if status in (204, 205) or is_shorter(exchange, 1):
        return K.HTTP_ERROR, f"{_named(exchange)} with an empty body"
    if status == 206:
        return K.TRUNCATED, "206 Partial Content, though the whole was asked for"
    declared = (exchange.header("Content-Type") or "").partition(";")[0].strip().lower()
    if declared == "application/pdf" and looks_like_html(opening(exchange)):
        return K.CAPTURED, "declared as application/pdf, but the bytes are a page"
    return K.CAPTURED, "" if status == 200 else _named(exchange)


def _refusal(exchange: Exchange, _: Seed) -> tuple[OutcomeKind, str]:
    kinds = {404: K.NOT_FOUND, 410: K.GONE}
    assert exchange.status is not None
    return kinds.get(exchange.status, K.HTTP_ERROR), _named(exchange)


def leads_to(exchange: Exchange, seed: Seed) -> tuple[Found, ...]:
    """Where a redirect leads: one Found with the seed's own reason, or none (no target, refused, too many hops)."""
    location = exchange.header("Location")
    if exchange.fault or exchange.status not in _REDIRECTS or not location or seed.redirects >= MOST_REDIRECTS:
        return ()
    try:
        return (Found(_target(exchange, location), seed.why, "R"),)
    except RefusedUrl:
        return ()  # `classify` says so in the reason


def has_validator(seed: Seed) -> bool:
    """True if the request may be conditional: the last capture has an ETag or a Last-Modified."""
    return seed.previous is not None and bool(seed.previous.etag or seed.previous.last_modified)


def _target(exchange: Exchange, location: str) -> str:
    """The redirect's target. Raw UTF-8 in Location is read as UTF-8, which is what browsers do."""
    with suppress(UnicodeError):  # then the Latin-1 reading stands
        location = location.encode("latin-1").decode("utf-8")
    return normalise(location, exchange.url)


def _named(exchange: Exchange) -> str:
    status = exchange.status or 0
    said = exchange.reason.decode("utf-8", "replace").strip()[:80]
    if not said and status in set(HTTPStatus):
        said = HTTPStatus(status).phrase
    return f"{status} {said}".strip()
