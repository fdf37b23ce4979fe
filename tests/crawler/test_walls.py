"""Walls and errors told apart, from status, headers and first bytes."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.capture import Exchange, Fault, Framing, Tls, Truncation
from archive.seed import OutcomeKind, Seed, Why
from crawler.outcomes import classify, leads_to
from crawler.walls import wall

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
        (exchange(403, b"<title>x</title><script src=/cdn-cgi/challenge-platform/x.js>" + LONG), "Cloudflare"),
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
        (exchange(200, b"<TITLE>\n Access  Denied </TITLE>" + LONG), "Access Denied"),
        (exchange(200, gzip.compress(b"<title>Robot Check</title>" + LONG), content_encoding="gzip"), "Robot Check"),
    ],
)
def test_a_wall_is_known_by_its_marks(answer: Exchange, said: str) -> None:
    kind, reason = classify(answer, SEED)
    assert kind is OutcomeKind.BLOCKED
    assert said in reason


@pytest.mark.parametrize(
    "answer",
    [
        exchange(200),
        exchange(200, LONG + b"cdn-cgi/challenge-platform"),  # whole sites carry that script on every page
        exchange(200, b"<title>Just one captcha: a history</title>" + LONG),
        exchange(403, LONG),
        exchange(404, b"no"),
        exchange(500, b"no", server="cloudflare"),
        exchange(404, b"", x_cache="Error from cloudfront"),
        exchange(None, b""),
    ],
)
def test_a_site_of_its_own_words_is_no_wall(answer: Exchange) -> None:
    assert wall(answer) is None


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
    kind, reason = classify(answer, SEED)
    assert reason or (kind is OutcomeKind.CAPTURED and status == 200)
    for found in leads_to(answer, SEED):
        assert found.url.startswith(("http://", "https://"))


def test_an_unverified_certificate_is_told_and_the_page_kept() -> None:
    answer = replace(exchange(), tls=Tls("TLSv1.3", "x", (), "expired on 2024-01-01"))
    assert classify(answer, SEED) == (OutcomeKind.CAPTURED, "certificate not verified: expired on 2024-01-01")


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
    assert classify(answer, SEED) == (OutcomeKind.CAPTURED, f"redirects to {target}")


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "javascript:alert(1)", "http://[::1/", "http://u:p@x.example/", "http://x:99999/"],
)
def test_a_redirect_to_what_is_never_fetched_is_told(location: str) -> None:
    answer = exchange(302, b"", Location=location)
    assert leads_to(answer, SEED) == ()
    kind, reason = classify(answer, SEED)
    assert kind is OutcomeKind.CAPTURED
    assert "not followed" in reason


def test_the_eleventh_redirect_in_a_row_is_not_followed() -> None:
    answer = exchange(302, b"", Location="/again")
    assert leads_to(answer, replace(SEED, redirects=9))
    assert not leads_to(answer, replace(SEED, redirects=10))
    assert classify(answer, replace(SEED, redirects=10))[0] is OutcomeKind.HTTP_ERROR
