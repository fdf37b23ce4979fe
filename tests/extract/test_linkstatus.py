"""The verdict on one link check."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.capture import Fault
from archive.seed import OutcomeKind, Substitute
from extract.linkstatus import RULES, Drift, Facts, Hop, LinkStatus, Standing, drift_of, judge

CITED = "https://www.example.org/reports/2019/study.pdf"
GOOD = Facts(OutcomeKind.CAPTURED, CITED, CITED, http_status=200, mime_now="application/pdf", payload_length=900)
PDF, HTML = "application/pdf", "text/html"
NEW = "https://www.example.org/archive/study.pdf"


def hops(*statuses: int, to: str = NEW) -> tuple[Hop, ...]:
    return tuple(Hop(status, to) for status in statuses)


CASES = [
    ("a good answer", GOOD, LinkStatus.OK),
    (
        "an unchanged answer",
        replace(GOOD, outcome=OutcomeKind.UNCHANGED, http_status=304, payload_length=0),
        LinkStatus.OK,
    ),
    ("larger than is kept", replace(GOOD, outcome=OutcomeKind.TOO_LARGE), LinkStatus.OK),
    ("a temporary hop", replace(GOOD, hops=hops(302), final_url=NEW), LinkStatus.REDIRECTED),
    ("a mixed chain", replace(GOOD, hops=hops(301, 302), final_url=NEW), LinkStatus.REDIRECTED),
    ("permanent hops", replace(GOOD, hops=hops(301, 308), final_url=NEW), LinkStatus.MOVED),
    ("permanent, same", replace(GOOD, hops=hops(301), final_url=NEW, same_payload=True), LinkStatus.MOVED),
    ("permanent, other", replace(GOOD, hops=hops(301), final_url=NEW, same_payload=False), LinkStatus.REDIRECTED),
    ("to the root", replace(GOOD, hops=hops(301), final_url="https://example.org/"), LinkStatus.REDIRECT_ROOT),
    ("to a parent", replace(GOOD, hops=hops(302), final_url="https://example.org/reports/"), LinkStatus.REDIRECT_ROOT),
    (
        "a pdf that is a page now",
        replace(GOOD, mime_now=HTML, mime_before=PDF),
        LinkStatus.TYPE_CHANGED,
    ),
    ("a page that is a pdf now", replace(GOOD, mime_before="text/html; charset=utf-8"), LinkStatus.TYPE_CHANGED),
    ("nothing in it", replace(GOOD, payload_length=0), LinkStatus.UNKNOWN),
    ("not found", replace(GOOD, outcome=OutcomeKind.NOT_FOUND, http_status=404), LinkStatus.NOT_FOUND),
    (
        "moved into not found",
        replace(GOOD, outcome=OutcomeKind.NOT_FOUND, http_status=404, hops=hops(301)),
        LinkStatus.NOT_FOUND,
    ),
    ("gone", replace(GOOD, outcome=OutcomeKind.GONE, http_status=410), LinkStatus.GONE),
    ("server error", replace(GOOD, outcome=OutcomeKind.HTTP_ERROR, http_status=503), LinkStatus.SERVER_ERROR),
    ("login", replace(GOOD, outcome=OutcomeKind.HTTP_ERROR, http_status=401), LinkStatus.PAYWALL_OR_LOGIN),
    ("wall", replace(GOOD, outcome=OutcomeKind.BLOCKED, http_status=403), LinkStatus.BLOCKED),
    ("wall with 200", replace(GOOD, outcome=OutcomeKind.BLOCKED), LinkStatus.BLOCKED),
    ("wall with 503", replace(GOOD, outcome=OutcomeKind.BLOCKED, http_status=503), LinkStatus.BLOCKED),
    ("too many requests", replace(GOOD, outcome=OutcomeKind.HTTP_ERROR, http_status=429), LinkStatus.BLOCKED),
    ("robots", replace(GOOD, outcome=OutcomeKind.ROBOTS_DENIED, http_status=None), LinkStatus.ROBOTS_DENIED),
    ("refused", replace(GOOD, outcome=OutcomeKind.REFUSED_ADDRESS, http_status=None), LinkStatus.REFUSED_ADDRESS),
    ("timeout", replace(GOOD, outcome=OutcomeKind.TIMEOUT, http_status=None), LinkStatus.TIMEOUT),
    ("no name", replace(GOOD, outcome=OutcomeKind.DNS_ERROR, http_status=None, fault=Fault.DNS), LinkStatus.DNS_DEAD),
    (
        "no name for now",
        replace(GOOD, outcome=OutcomeKind.DNS_ERROR, http_status=None, fault=Fault.DNS_TEMPORARY),
        LinkStatus.UNKNOWN,
    ),
    ("certificate", replace(GOOD, outcome=OutcomeKind.TLS_ERROR, http_status=None), LinkStatus.TLS_ERROR),
    ("no connection", replace(GOOD, outcome=OutcomeKind.CONNECT_ERROR, http_status=None), LinkStatus.UNKNOWN),
    ("teapot", replace(GOOD, outcome=OutcomeKind.HTTP_ERROR, http_status=418), LinkStatus.UNKNOWN),
    (
        "a soft 404",
        replace(GOOD, outcome=OutcomeKind.NOT_FOUND, substitute=Substitute.SOFT_404, detail="a soft 404: it says so"),
        LinkStatus.SOFT_404,
    ),
    (
        "a login form",
        replace(GOOD, outcome=OutcomeKind.BLOCKED, substitute=Substitute.LOGIN),
        LinkStatus.PAYWALL_OR_LOGIN,
    ),
    (
        "a paywall",
        replace(GOOD, outcome=OutcomeKind.BLOCKED, substitute=Substitute.PAYWALL),
        LinkStatus.PAYWALL_OR_LOGIN,
    ),
    ("a challenge", replace(GOOD, outcome=OutcomeKind.BLOCKED, substitute=Substitute.WALL), LinkStatus.BLOCKED),
    (
        "a wall that said when to come again",
        replace(GOOD, outcome=OutcomeKind.SKIPPED, http_status=503, substitute=Substitute.WALL),
        LinkStatus.BLOCKED,
    ),
    (
        "an error told with success",
        replace(GOOD, outcome=OutcomeKind.HTTP_ERROR, substitute=Substitute.ERROR_PAGE),
        LinkStatus.SERVER_ERROR,
    ),
    (
        "JSON for a pdf",
        replace(GOOD, outcome=OutcomeKind.HTTP_ERROR, substitute=Substitute.OTHER_KIND),
        LinkStatus.TYPE_CHANGED,
    ),
    ("blanks", replace(GOOD, outcome=OutcomeKind.HTTP_ERROR, substitute=Substitute.BLANK), LinkStatus.UNKNOWN),
    (
        "a pdf that leads to the front page",
        replace(GOOD, hops=hops(302), final_url="https://example.org/", mime_now=HTML, mime_before=PDF),
        LinkStatus.REDIRECT_ROOT,
    ),
    (
        "a pdf that leads to the page above it",
        replace(GOOD, hops=hops(302), final_url="https://example.org/reports/2019/", mime_now=HTML, mime_before=PDF),
        LinkStatus.TYPE_CHANGED,
    ),
    (
        "suspect network",
        replace(GOOD, outcome=OutcomeKind.DNS_ERROR, http_status=None, network_suspect=True),
        LinkStatus.UNKNOWN,
    ),
]


@pytest.mark.parametrize(("facts", "status"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_check_ends_in_one_verdict_with_a_reason(facts: Facts, status: LinkStatus) -> None:
    verdict = judge(facts)
    assert verdict.status is status
    assert verdict.reason.endswith(".")
    assert verdict.source


def test_a_short_link_to_a_home_page_is_no_lost_path() -> None:
    facts = replace(GOOD, cited_url="https://sho.rt/abc", final_url="https://example.org/", hops=hops(301))
    assert judge(facts).status is LinkStatus.MOVED


def test_drift_is_told_only_when_it_is_known() -> None:
    assert drift_of(GOOD) is None
    assert drift_of(replace(GOOD, same_payload=False)) is None
    assert drift_of(replace(GOOD, same_payload=True)) is Drift.NONE
    assert drift_of(replace(GOOD, same_payload=False, same_text=True)) is Drift.MINOR
    assert judge(CASES[13][1]).drift is None


def test_every_status_counts_as_one_thing() -> None:
    for status in LinkStatus:
        assert status.is_alive + status.is_dead + status.says_nothing + (status.standing is Standing.SUSPECT) == 1
    assert {status.value for status in LinkStatus if status.says_nothing} == {
        "timeout", "blocked", "paywall_or_login", "robots_denied", "refused_address", "unknown",
    }  # fmt: skip


def test_the_last_rule_holds_always() -> None:
    assert RULES[-1].holds(GOOD)
    assert RULES[-1].status is LinkStatus.UNKNOWN


@given(
    st.builds(
        Facts,
        outcome=st.sampled_from(OutcomeKind),
        cited_url=st.text(max_size=40),
        final_url=st.text(max_size=40) | st.sampled_from(["http://[::1", "https://a.example/"]),
        http_status=st.none() | st.integers(0, 999),
        hops=st.lists(st.builds(Hop, st.integers(0, 999), st.text(max_size=20)), max_size=3).map(tuple),
        fault=st.none() | st.sampled_from(Fault),
        substitute=st.none() | st.sampled_from(Substitute),
        mime_now=st.none() | st.text(max_size=20),
        mime_before=st.none() | st.sampled_from(["application/pdf", "text/html"]),
        same_payload=st.none() | st.booleans(),
        payload_length=st.none() | st.integers(0, 9),
    )
)
def test_no_facts_leave_it_without_a_verdict(facts: Facts) -> None:
    verdict = judge(facts)
    assert verdict.reason
    if facts.outcome in (OutcomeKind.BLOCKED, OutcomeKind.ROBOTS_DENIED, OutcomeKind.REFUSED_ADDRESS):
        assert verdict.status.says_nothing
