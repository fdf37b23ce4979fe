"""Each seed ends in one named outcome, its bytes kept, its host spared."""

import asyncio
import gc
import ssl
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from archive.capture import Capture, Exchange
from archive.errors import WriteFailed
from archive.host import RobotsCopy
from archive.seed import Found, OutcomeKind, Why
from crawler.connect_to import ConnectTo
from crawler.memory import MemoryLedger
from crawler.trust import Trust
from tests.crawler.bench import AGENT, Archive, Trial, seed
from tests.hostile import ETAG, MODIFIED
from tests.site import Answer, Site, answer, page, redirect


def test_a_request_says_who_asks_and_nothing_else() -> None:
    with Site() as site:
        site.add("a.test", "/first", page("one", Set_Cookie="a=b", Link="<http://a.test/x>"))
        Trial(site).run(["http://a.test/first", "http://a.test/second"])
        robots, _, second = site.requests
    assert second.headers == {
        "host": "a.test",
        "user-agent": AGENT,
        "accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8",
        "accept-language": "en,*;q=0.5",
        "accept-encoding": "gzip",
    }
    assert robots.headers["user-agent"] == AGENT


def test_a_capture_is_asked_for_again_with_its_validators_and_304_is_unchanged() -> None:
    with Site() as site:
        trial = Trial(site)
        url = "http://a.test/conditional"
        first = trial.run([url])[url]
        again = trial.run([seed(url, previous=first.capture)])[url]
        assert site.requests[-1].headers["if-none-match"] == ETAG
        assert site.requests[-1].headers["if-modified-since"] == MODIFIED
    assert (first.kind, again.kind) == (OutcomeKind.CAPTURED, OutcomeKind.UNCHANGED)
    assert again.http_status == 304


@pytest.mark.parametrize(("ours", "told"), [(ETAG, ""), (f"W/{ETAG}", ""), (None, ""), ('"old"', f" ({ETAG})")])
def test_a_304_under_another_etag_than_ours_is_named(ours: str | None, told: str) -> None:
    with Site() as site:
        site.add("a.test", "/report", lambda *_: Answer(304, b"", (("ETag", ETAG),)))
        trial = Trial(site)
        url = "http://a.test/report"
        first = trial.run(["http://a.test/page"])["http://a.test/page"].capture
        assert first is not None
        before = replace(first, url=url, etag=ours, last_modified=MODIFIED)
        outcome = trial.run([seed(url, previous=before)])[url]
    assert outcome.kind is OutcomeKind.UNCHANGED
    assert outcome.reason == "not modified since the last capture" + (told and ", though under another ETag" + told)


def test_the_same_bytes_again_are_unchanged_though_the_server_sent_them() -> None:
    with Site() as site:
        trial = Trial(site)
        url = "http://a.test/page"
        first = trial.run([url])[url]
        again = trial.run([seed(url, previous=first.capture)])[url]
    assert (again.kind, again.http_status) == (OutcomeKind.UNCHANGED, 200)


def test_a_validator_that_would_forge_a_header_is_not_sent() -> None:
    with Site() as site:
        trial = Trial(site)
        url = "http://a.test/conditional"
        capture = trial.run([url])[url].capture
        assert capture is not None
        bad = replace(capture, etag='"x\r\nX-Forged: yes"', last_modified=None)
        trial.run([seed(url, previous=bad)])
        assert b"Forged" not in site.requests[-1].raw


def test_the_record_says_why_and_by_which_way() -> None:
    with Site() as site:
        trial = Trial(site)
        one = seed("http://a.test/page", Why.DOCUMENT, via="http://b.test/landing", hops="L")
        trial.run([one])
        _, origin, ticket = trial.archive.kept[-1]
    assert (origin.why, origin.via, origin.hops) == ("document", "http://b.test/landing", "L")
    assert ticket == one


def test_a_redirect_is_captured_and_its_target_is_a_seed_of_its_own() -> None:
    with Site() as site:
        ended = Trial(site).run(["http://a.test/redirect"])
    hop, target = ended["http://a.test/redirect"], ended["http://a.test/page"]
    assert hop.found == (Found("http://a.test/page", Why.CITED, "R"),)
    assert (hop.kind, hop.reason) == (OutcomeKind.CAPTURED, "redirects to http://a.test/page")
    assert (target.seed.via, target.seed.hops, target.seed.redirects) == ("http://a.test/redirect", "R", 1)


def test_redirects_to_ever_new_addresses_end_after_ten() -> None:
    with Site() as site:
        site.add("a.test", "/trap", lambda request, _: redirect(f"/trap?{len(site.requests)}"))
        ended = Trial(site).run(["http://a.test/trap"])
    assert len(ended) == 11
    assert [outcome.kind for outcome in ended.values()][-1] is OutcomeKind.HTTP_ERROR


def test_a_host_that_says_when_is_asked_then() -> None:
    with Site() as site:
        replies = iter([answer(429, b"later", Retry_After="1"), page("<title>Here</title>")])
        site.add("a.test", "/busy", lambda *_: next(replies))
        trial = Trial(site)
        outcome = trial.run(["http://a.test/busy"])["http://a.test/busy"]
        first, second = site.asked("a.test", "/busy")
    assert second.at - first.at >= 1
    assert outcome.kind is OutcomeKind.CAPTURED
    assert trial.archive.urls(Why.CITED) == ["http://a.test/busy"] * 2  # the refusal is kept as well


def test_a_host_that_always_says_later_is_asked_three_times_at_most() -> None:
    with Site() as site:
        site.add("a.test", "/busy", answer(503, b"later", Retry_After="0"))
        outcome = Trial(site).run(["http://a.test/busy"])["http://a.test/busy"]
        assert len(site.asked("a.test", "/busy")) == 3
    assert outcome.kind is OutcomeKind.SKIPPED
    assert outcome.retry_after_s == 1
    assert outcome.capture is not None


def test_a_host_that_wants_an_hour_is_left_alone_with_all_its_pages() -> None:
    with Site() as site:
        trial = Trial(site)
        ended = trial.run(["http://a.test/later-hour", "http://a.test/page", "http://b.test/page"])
        assert [one.path for one in site.asked("a.test")] == ["/robots.txt", "/later-hour"]
    assert ended["http://b.test/page"].kind is OutcomeKind.CAPTURED
    for path in ("/later-hour", "/page"):
        outcome = ended[f"http://a.test{path}"]
        assert outcome.kind is OutcomeKind.SKIPPED
        assert 3000 < (outcome.retry_after_s or 0) <= 3600
        assert "429" in outcome.reason
    assert ended["http://a.test/later-hour"].capture is not None


def test_when_to_come_again_is_remembered_before_anybody_sees_the_answer() -> None:
    """A run that is killed the moment after must not make the next one ask too soon."""
    known: list[float] = []

    class Watched(Archive):
        def keep(self, exchange: Exchange, *args: Any, **more: Any) -> Future[Capture]:
            if exchange.status == 429:
                next_allowed = trial.ledger.hosts["a.test"].next_allowed
                assert next_allowed is not None
                known.append((next_allowed - datetime.now(UTC)).total_seconds())
            return super().keep(exchange, *args, **more)

    with Site() as site:
        trial = Trial(site, Watched())
        trial.run(["http://a.test/later-hour"])
    assert len(known) == 1
    assert 3000 < known[0] <= 3600


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The publisher of unclaimed hosts asks for no delay of its own."""
    monkeypatch.setattr("crawler.spiders.any_page.AnyPage.delay_s", 0)


@pytest.mark.usefixtures("hurried")
def test_crawl_delay_is_kept_and_too_long_a_one_is_told() -> None:
    with Site() as site:
        ended = Trial(site).run(
            ["http://robots-delay.test/page", "http://robots-delay.test/page?2", "http://robots-patience.test/page"],
            delay_s=0.01,
            max_wait_s=20,
        )
        first, second = site.asked("robots-delay.test")[1:]
    assert second.at - first.at >= 1
    assert "Crawl-delay of 3600 s" in ended["http://robots-patience.test/page"].reason


def test_without_delays_a_stand_in_is_not_spared() -> None:
    with Site() as site:
        Trial(site).run(["http://robots-delay.test/page", "http://robots-delay.test/page?2"], delay_s=0)
        assert site.requests[-1].at - site.requests[0].at < 1


@pytest.mark.usefixtures("hurried")
def test_requests_to_one_host_keep_the_delay_and_other_hosts_go_meanwhile() -> None:
    with Site() as site:
        urls = [f"http://{host}.test/page?{number}" for host in "ab" for number in range(3)]
        Trial(site).run(urls, delay_s=0.3, max_wait_s=30)
        for host in ("a.test", "b.test"):
            times = [one.at for one in site.asked(host)]
            assert len(times) == 4
            assert all(later - earlier >= 0.3 for earlier, later in pairwise(times))
        span = site.requests[-1].at - site.requests[0].at
    assert span < 6 * 0.3  # side by side


def test_a_certificate_of_nobody_we_know_is_told_and_the_page_kept(server_tls: ssl.SSLContext, trust: Trust) -> None:
    with Site(context=server_tls) as site:
        site.add("www.site.example", "/", page("hello"))
        site.add("wrong.test", "/", page("hello"))
        rule = ConnectTo.of([site.connect_to])
        known = Trial(site).run(["https://www.site.example/"], connect_to=rule, trust=trust)
        other = Trial(site).run(["https://wrong.test/"], connect_to=rule, trust=trust)
    assert known["https://www.site.example/"].reason == ""
    outcome = other["https://wrong.test/"]
    assert outcome.kind is OutcomeKind.CAPTURED
    assert "certificate not verified" in outcome.reason


def test_a_server_that_speaks_no_tls_is_a_tls_error() -> None:
    with Site() as site:
        rule = ConnectTo.of([site.connect_to.replace("http:", "https:")])
        outcome = Trial(site).run(["https://a.test/"], connect_to=rule)["https://a.test/"]
    assert outcome.kind is OutcomeKind.TLS_ERROR


def test_an_answer_without_content_length_and_status_204_is_no_document() -> None:
    with Site() as site:
        site.add("a.test", "/none", Answer(204))
        assert Trial(site).run(["http://a.test/none"])["http://a.test/none"].kind is OutcomeKind.HTTP_ERROR


class FullLedger(MemoryLedger):
    """A ledger on a disk that is full."""

    async def save_robots(self, origin: str, copy: RobotsCopy) -> None:
        await asyncio.sleep(0.01 * int(origin[8]))
        raise WriteFailed("the disk is full")


@pytest.mark.parametrize("spiders", [True, False])
def test_a_ledger_that_fails_ends_the_crawl_with_one_error(spiders: bool, caplog: pytest.LogCaptureFixture) -> None:
    with Site() as site, pytest.raises(WriteFailed):
        Trial(site, ledger=FullLedger()).run([f"http://h{n}.test/" for n in range(6)], spiders=spiders)
    gc.collect()
    assert "never retrieved" not in caplog.text
