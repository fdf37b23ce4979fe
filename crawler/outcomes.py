"""How an exchange ended, as the closed list of the contract says it, with a sentence for a person."""

from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import NamedTuple

from archive.capture import Exchange, Fault, Truncation
from archive.errors import RefusedUrl
from archive.seed import Found, OutcomeKind, Seed, Substitute, Why
from archive.url import normalise
from archive.validators import is_same_etag
from crawler.body import glance_at, is_shorter
from extract.addresses import is_error_page, is_lost, is_search_for
from extract.glance import Glance
from extract.substitutes import Seen, mislabelled, substitute

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


_INSTEAD = {
    Substitute.WALL: "a wall answered",
    Substitute.LOGIN: "kept back",
    Substitute.PAYWALL: "kept back",
    Substitute.SOFT_404: "a soft 404",
    Substitute.ERROR_PAGE: "an error told with success",
    Substitute.BLANK: "empty",
    Substitute.OTHER_KIND: "not the document",
}
# Who asks for documents; listings, records and robots.txt may be had from wherever a redirect leads.
_FOR_DOCUMENTS = frozenset({Why.CITED, Why.DOCUMENT})


class Judged(NamedTuple):
    """How an exchange ended, why as a sentence, and what answered in the document's place, if that did."""

    kind: OutcomeKind
    reason: str
    substitute: Substitute | None = None


def classify(exchange: Exchange, seed: Seed) -> Judged:
    """How this exchange ended; a redirect is `captured`, see `leads_to` for its target."""
    judged = _judge(exchange, seed)
    return judged._replace(reason="; ".join(filter(None, (judged.reason, *_asides(exchange)))))


def judge_shown(dom: bytes, seed: Seed) -> Judged | None:
    """What a page is in the document's place by what it became in a browser; None for a document."""
    html = ((b"Content-Type", b"text/html; charset=utf-8"),)
    seen = substitute(Glance(200, seed.url, html, len(dom), lambda most: dom[:most], seed.redirects > 0))
    return _of_substitute(seen) if seen is not None else None


def _asides(exchange: Exchange) -> Iterator[str]:
    """What else was odd about an answer, whatever its outcome."""
    if exchange.fault is None:
        yield exchange.fault_detail
    if exchange.excess:
        yield f"the server sent {exchange.excess} bytes after the end of its answer"
    if exchange.tls and exchange.tls.verdict != "ok":
        yield f"certificate not verified: {exchange.tls.verdict}"


def _judge(exchange: Exchange, seed: Seed) -> Judged:
    if exchange.fault is not None:
        return _of_fault(exchange)
    if exchange.status is None:
        return Judged(K.NOT_HTTP, "the answer has no status line" if len(exchange.received) else "an empty answer")
    glance = glance_at(exchange, seed.redirects > 0)
    seen = substitute(glance)
    if seen is not None and seen.kind is Substitute.WALL:
        return _of_substitute(seen)
    if exchange.truncated is not None:
        return Judged(K.TRUNCATED, _CUTS[exchange.truncated])
    return _of_substitute(seen) if seen is not None else _of_status(exchange, glance, seed)


def _of_substitute(seen: Seen) -> Judged:
    return Judged(seen.kind.outcome, f"{_INSTEAD[seen.kind]}: {seen.evidence}", seen.kind)


def _of_fault(exchange: Exchange) -> Judged:
    assert exchange.fault is not None
    kind, sentence = _FAULTS[exchange.fault]
    if exchange.fault in (Fault.RESET, Fault.CLOSED) and exchange.status is not None:
        kind, sentence = K.TRUNCATED, _CUTS[Truncation.DISCONNECT]
    return Judged(kind, f"{sentence} ({exchange.fault_detail})" if exchange.fault_detail else sentence)


def _of_status(exchange: Exchange, glance: Glance, seed: Seed) -> Judged:
    status = glance.status
    if status == 304:
        return _not_modified(exchange, seed)
    if status in _REDIRECTS:
        return _redirect(exchange, seed)
    if 200 <= status < 300:
        return _success(exchange, glance)
    kinds = {404: K.NOT_FOUND, 410: K.GONE}
    return Judged(kinds.get(status, K.HTTP_ERROR), _named(exchange))


def _not_modified(exchange: Exchange, seed: Seed) -> Judged:
    if has_validator(seed):
        return Judged(K.UNCHANGED, f"not modified since the last capture{renamed(seed, exchange.header('ETag'))}")
    return Judged(K.HTTP_ERROR, "304 Not Modified, though no earlier copy was named in the request")


def renamed(seed: Seed, etag: str | None) -> str:
    """What is told of a server that knows what it sent before by another ETag now; "" for all others."""
    before = seed.previous.etag if seed.previous is not None else None
    return f", though under another ETag ({etag[:80]})" if before and etag and not is_same_etag(before, etag) else ""


def _redirect(exchange: Exchange, seed: Seed) -> Judged:
    location = exchange.header("Location")
    if not location:
        return Judged(K.HTTP_ERROR, f"{_named(exchange)} without a target")
    if seed.redirects >= MOST_REDIRECTS:
        return Judged(K.HTTP_ERROR, f"more than {MOST_REDIRECTS} redirects in a row")
    try:
        target = _target(exchange, location)
    except RefusedUrl as error:
        return Judged(K.CAPTURED, f"redirects to {location[:200]!r}, which is not followed: {error}")
    lost = _lost(seed, target)
    if lost:
        return Judged(K.NOT_FOUND, f"a soft 404: it redirects to {lost} ({target})", Substitute.SOFT_404)
    return Judged(K.CAPTURED, f"redirects to {target}")


def _lost(seed: Seed, target: str) -> str:
    """Where a redirect leads that has lost the document on the way; "" for all others.

    A link check follows it all the same: it compares the end with what was kept.
    """
    if seed.why not in _FOR_DOCUMENTS:
        return ""
    if is_lost(seed.url, target):
        return "the front page"
    if is_error_page(target) and not is_error_page(seed.url):
        return "the site's page for what it does not find"
    return "a search for the words of its address" if is_search_for(seed.url, target) else ""


def _success(exchange: Exchange, glance: Glance) -> Judged:
    if glance.status in (204, 205) or is_shorter(exchange, 1):
        return Judged(K.HTTP_ERROR, f"{_named(exchange)} with an empty body")
    if glance.status == 206:
        return Judged(K.TRUNCATED, "206 Partial Content, though the whole was asked for")
    called = mislabelled(glance)
    if called:
        return Judged(K.CAPTURED, f"declared as application/pdf, but the bytes are {called}")
    return Judged(K.CAPTURED, "" if glance.status == 200 else _named(exchange))


def leads_to(exchange: Exchange, seed: Seed) -> tuple[Found, ...]:
    """Where a redirect leads: one Found with the seed's own reason, or none.

    None without a target, to what is refused, after too many hops, and where the document was lost on the way.
    """
    location = exchange.header("Location")
    if exchange.fault or exchange.status not in _REDIRECTS or not location or seed.redirects >= MOST_REDIRECTS:
        return ()
    try:
        target = _target(exchange, location)
    except RefusedUrl:
        return ()  # `classify` says so in the reason
    return () if _lost(seed, target) else (Found(target, seed.why, "R"),)


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
