"""How an exchange ended: walls, apologies and errors told apart, from status, headers and first bytes."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.capture import Exchange, Fault, Framing, Tls, Truncation
from archive.seed import OutcomeKind, Seed, Substitute, Why
from crawler.body import glance_at
from crawler.outcomes import Judged, classify, leads_to
from extract.substitutes import substitute
from tests.labelled import Answer
from tests.labelled.apart import APART
from tests.labelled.apologies import APOLOGIES
from tests.labelled.honest import HONEST
from tests.labelled.walls import WALLS

SEED = Seed("http://example.org/a/b", Why.CITED, "example.org")
LONG = b"<html><title>Members</title>" + b"<p>A reasoned page for people." * 100


def exchange(status: int | None = 200, body: bytes = LONG, fault: Fault | None = None, **headers: str) -> Exchange:
    fields = tuple((name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items())
    return Exchange(
        SEED.url, "GET", b"", memoryview(body), 0, 0, len(body), status, b"", fields, Framing.CLOSE,
        datetime(2026, 1, 1, tzinfo=UTC), 0.1, fault=fault,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (exchange(403, cf_mitigated="challenge"), "Cloudflare"),
        (exchange(503, b"<title>Just a moment...</title>"), "Just a moment"),
        (exchange(403, b"<title>x</title><script src=/cdn-cgi/x/h/b/orchestrate/x>" + LONG), "Cloudflare"),
        (exchange(202, b"", x_amzn_waf_action="challenge"), "AWS WAF challenge"),
        (exchange(405, LONG, x_amzn_waf_action="captcha"), "AWS WAF captcha"),
        (exchange(403, b"<h1>403</h1>", server="awselb/2.0"), "load balancer"),
        (exchange(403, LONG, server="AkamaiGHost"), "Akamai"),
        (exchange(403, LONG, x_cache="Error from cloudfront"), "CloudFront"),
        (exchange(200, LONG, rimon="rwc_block"), "filter"),
        (exchange(429, LONG), "429"),
        (exchange(999, LONG), "999"),
        (exchange(403, b"no"), "no reasoned page"),
        (exchange(406, b""), "no reasoned page"),
        (exchange(200, b"<TITLE>\n Access  Denied </TITLE>"), "Access Denied"),
        (exchange(200, gzip.compress(b"<title>Robot Check</title>"), content_encoding="gzip"), "Robot Check"),
    ],
)
def test_a_wall_is_known_by_its_marks(answer: Exchange, said: str) -> None:
    kind, reason, _ = classify(answer, SEED)
    assert kind is OutcomeKind.BLOCKED
    assert said in reason


@pytest.mark.parametrize(
    "answer",
    [
        exchange(200),
        exchange(200, LONG + b"cdn-cgi/challenge-platform"),  # whole sites carry that script on every page
        exchange(200, b"<title>Just one captcha: a history</title>" + LONG),
        exchange(200, b"<TITLE>\n Access  Denied </TITLE>" + LONG),
        exchange(403, LONG),
        exchange(404, b"no"),
        exchange(500, b"no", server="cloudflare"),
        exchange(404, b"", x_cache="Error from cloudfront"),
    ],
)
def test_a_site_of_its_own_words_is_no_wall(answer: Exchange) -> None:
    assert substitute(glance_at(answer)) is None


def sent(answer: Answer) -> Exchange:
    """The answer as it crossed the wire."""
    asked = exchange(answer.status, answer.body)
    return replace(asked, url=answer.url, headers=answer.fields)


def seed_of(answer: Answer) -> Seed:
    return replace(SEED, url=answer.url, redirects=int(answer.redirected))


# What each substitute is to who asked for a document; the outcomes are those of the contract.
ENDS = {
    Substitute.WALL: (OutcomeKind.BLOCKED, "a wall answered: "),
    Substitute.LOGIN: (OutcomeKind.BLOCKED, "kept back: "),
    Substitute.PAYWALL: (OutcomeKind.BLOCKED, "kept back: "),
    Substitute.SOFT_404: (OutcomeKind.NOT_FOUND, "a soft 404: "),
    Substitute.ERROR_PAGE: (OutcomeKind.HTTP_ERROR, "an error told with success: "),
    Substitute.BLANK: (OutcomeKind.HTTP_ERROR, "empty: "),
    Substitute.OTHER_KIND: (OutcomeKind.HTTP_ERROR, "not the document: "),
}


@pytest.mark.parametrize("answer", [*WALLS, *APOLOGIES], ids=lambda answer: answer.name)
def test_what_answers_in_the_documents_place_ends_as_such_with_its_evidence(answer: Answer) -> None:
    assert answer.label is not None
    judged = classify(sent(answer), seed_of(answer))
    kind, words = ENDS[answer.label]
    assert (judged.kind, judged.substitute) == (kind, answer.label)
    assert judged.reason.startswith(words)


@pytest.mark.parametrize("answer", [*HONEST, *APART], ids=lambda answer: answer.name)
def test_a_document_is_captured_and_an_error_is_an_error(answer: Answer) -> None:
    judged = classify(sent(answer), seed_of(answer))
    assert judged.substitute is None
    errors = {404: OutcomeKind.NOT_FOUND, 200: OutcomeKind.CAPTURED}
    assert judged.kind is errors.get(answer.status, OutcomeKind.HTTP_ERROR)


@pytest.mark.parametrize("body", [b"%PDF-1.4 x", b"<p>" + b"words " * 400, b"PK\x03\x04 word/document.xml"])
def test_a_label_that_lies_is_told_and_the_text_kept(body: bytes) -> None:
    judged = classify(exchange(200, body, content_type="application/pdf"), SEED)
    assert judged.kind is OutcomeKind.CAPTURED
    assert ("declared as application/pdf" in judged.reason) is not body.startswith(b"%PDF")


def test_a_cut_answer_is_cut_whatever_else_it_is_and_a_cut_wall_is_a_wall() -> None:
    missing, walled = exchange(200, b"<title>Page not found</title>"), exchange(200, b"<title>Access denied</title>")
    assert classify(replace(missing, truncated=Truncation.TIME), SEED).kind is OutcomeKind.TRUNCATED
    assert classify(replace(walled, truncated=Truncation.TIME), SEED).kind is OutcomeKind.BLOCKED


def test_an_empty_body_is_empty_however_it_is_framed() -> None:
    chunked = replace(exchange(200, b"0\r\n\r\n"), framing=Framing.CHUNKED)
    for answer in (chunked, exchange(200, b""), replace(exchange(200, b""), framing=Framing.NONE)):
        judged = classify(answer, SEED)
        assert judged.kind is OutcomeKind.HTTP_ERROR
        assert "empty body" in judged.reason


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/", "front page"),
        ("https://www.example.org/en/", "front page"),
        ("/404.html", "does not find"),
        ("/search?q=police-cameras-study", "search"),
    ],
)
def test_a_redirect_that_lost_the_document_is_a_soft_404_and_not_followed(location: str, said: str) -> None:
    seed = replace(SEED, url="http://example.org/reports/police-cameras-study")
    answer = replace(exchange(302, b"", Location=location), url=seed.url)
    for why in (Why.CITED, Why.DOCUMENT):
        judged = classify(answer, replace(seed, why=why))
        assert (judged.kind, judged.substitute) == (OutcomeKind.NOT_FOUND, Substitute.SOFT_404)
        assert said in judged.reason
        assert leads_to(answer, replace(seed, why=why)) == ()
    for why in (Why.CHECK, Why.LISTING, Why.INCIDENT, Why.ROBOTS):
        assert classify(answer, replace(seed, why=why)).kind is OutcomeKind.CAPTURED
        assert leads_to(answer, replace(seed, why=why)), "who does not ask for a document follows"


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (Fault.DNS, None, OutcomeKind.DNS_ERROR),
        (Fault.DNS_TEMPORARY, None, OutcomeKind.DNS_ERROR),
        (Fault.CONNECT, None, OutcomeKind.CONNECT_ERROR),
        (Fault.TLS, None, OutcomeKind.TLS_ERROR),
        (Fault.TIMEOUT, 200, OutcomeKind.TIMEOUT),
        (Fault.RESET, None, OutcomeKind.CONNECT_ERROR),
        (Fault.RESET, 200, OutcomeKind.TRUNCATED),
        (Fault.CLOSED, 200, OutcomeKind.TRUNCATED),
        (Fault.REFUSED_ADDRESS, None, OutcomeKind.REFUSED_ADDRESS),
        (Fault.TOO_LARGE, 200, OutcomeKind.TOO_LARGE),
        (Fault.HEADERS_TOO_LARGE, None, OutcomeKind.TOO_LARGE),
        (Fault.NOT_HTTP, None, OutcomeKind.NOT_HTTP),
    ],
)
def test_each_fault_has_its_outcome(fault: Fault, status: int | None, kind: OutcomeKind) -> None:
    assert classify(exchange(status, fault=fault), SEED)[0] is kind


def test_every_fault_is_known() -> None:
    assert all(classify(exchange(None, fault=fault), SEED)[1] for fault in Fault)


@given(st.integers(-1, 1200), st.binary(max_size=60), st.sampled_from([None, *Truncation]), st.text(max_size=30))
def test_any_answer_has_one_outcome_and_a_reason_unless_all_is_well(
    status: int, body: bytes, cut: Truncation | None, location: str
) -> None:
    answer = replace(exchange(status, body), truncated=cut, headers=((b"Location", location.encode("utf-8")),))
    kind, reason, _ = classify(answer, SEED)
    assert reason or (kind is OutcomeKind.CAPTURED and status == 200)
    for found in leads_to(answer, SEED):
        assert found.url.startswith(("http://", "https://"))


def test_an_unverified_certificate_is_told_and_the_page_kept() -> None:
    answer = replace(exchange(), tls=Tls("TLSv1.3", "x", (), "expired on 2024-01-01"))
    assert classify(answer, SEED) == Judged(OutcomeKind.CAPTURED, "certificate not verified: expired on 2024-01-01")


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/c", "http://example.org/c"),
        ("c?d#e", "http://example.org/a/c?d"),
        ("//other.example/x", "http://other.example/x"),
        ("HTTPS://Other.Example:443/x", "https://other.example/x"),
        ("/caf\u00c3\u00a9", "http://example.org/caf%C3%A9"),  # UTF-8 bytes, as a Latin-1 header view shows them
        ("/caf\u00e9", "http://example.org/caf%C3%A9"),  # Latin-1 bytes
    ],
)
def test_a_redirect_leads_where_a_browser_would_go(location: str, target: str) -> None:
    answer = exchange(301, b"", Location=location)
    assert [found.url for found in leads_to(answer, SEED)] == [target]
    assert classify(answer, SEED) == Judged(OutcomeKind.CAPTURED, f"redirects to {target}")


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "javascript:alert(1)", "http://[::1/", "http://u:p@x.example/", "http://x:99999/"],
)
def test_a_redirect_to_what_is_never_fetched_is_told(location: str) -> None:
    answer = exchange(302, b"", Location=location)
    assert leads_to(answer, SEED) == ()
    kind, reason, _ = classify(answer, SEED)
    assert kind is OutcomeKind.CAPTURED
    assert "not followed" in reason


def test_the_eleventh_redirect_in_a_row_is_not_followed() -> None:
    answer = exchange(302, b"", Location="/again")
    assert leads_to(answer, replace(SEED, redirects=9))
    assert not leads_to(answer, replace(SEED, redirects=10))
    assert classify(answer, replace(SEED, redirects=10))[0] is OutcomeKind.HTTP_ERROR
