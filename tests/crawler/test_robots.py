"""What a robots.txt allows, and what a robots.txt that cannot be had means."""

import json
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from archive.capture import Fault
from archive.seed import OutcomeKind, Why
from crawler.connect_to import ConnectTo
from crawler.leisure import at_once
from crawler.robots import origin_of, product_token, read, verdict
from crawler.rulebook import Rulebook, matches
from tests.crawler.bench import Trial
from tests.site import Site, answer, redirect


def rules_for(agent: str, body: bytes) -> Rulebook:
    return at_once(read(body, agent))


TEXT = st.text(alphabet="ab/*$%cC3:# \r\n\x00é<Uuser-agentdislow", max_size=200)


def test_all_verdicts_of_the_reference_cases(real_samples: Path) -> None:
    cases = json.loads((real_samples / "robots" / "cases.json").read_text())
    wrong = [
        (case["group"], case["agent"], case["url"])
        for case in cases
        if verdict(case["robots"].encode("utf-8", "surrogateescape"), case["agent"], case["url"])
        is not (case["expected"] == "ALLOWED")
    ]
    assert len(cases) == 400
    assert not wrong


@given(TEXT, TEXT)
def test_no_file_and_no_url_breaks_the_verdict(robots: str, path: str) -> None:
    assert verdict(robots.encode(), "sourcekeep", "http://example.org/" + path) in (True, False)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(body: bytes) -> None:
    assert isinstance(rules_for("sourcekeep", body), Rulebook)


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=12), st.booleans())
def test_patterns_match_as_the_plain_definition_says(pattern: str, path: str, anchored: bool) -> None:
    def plainly(wanted: str, have: str) -> bool:
        if not wanted:
            return not have or not anchored
        if wanted[0] == "*":
            return any(plainly(wanted[1:], have[at:]) for at in range(len(have) + 1))
        return have[:1] == wanted[0] and plainly(wanted[1:], have[1:])

    rule = pattern + ("$" if anchored else "")
    assert matches(rule.encode(), path.encode()) is (bool(rule) and plainly(pattern, path))


def test_a_file_of_stars_takes_no_time() -> None:
    body = b"User-agent: *\n" + b"\n".join(b"Disallow: /" + b"*a" * 8000 + b"b" for _ in range(30))
    began = time.monotonic()
    assert verdict(body, "sourcekeep", "http://example.org/" + "a" * 1900)
    assert time.monotonic() - began < 1


def test_our_token_is_compared_without_version_and_case() -> None:
    body = b"User-agent: SourceKeep/2.0\nDisallow: /\n\nUser-agent: source\nAllow: /\n"
    assert not verdict(body, "sourcekeep", "http://example.org/x")
    assert verdict(body, "source", "http://example.org/x")
    assert product_token("sourcekeep/0.1 (+https://x.example)") == "sourcekeep"


def test_html_is_no_rules_and_an_empty_file_neither() -> None:
    assert verdict(b"\n<!DOCTYPE html>\nUser-agent: *\nDisallow: /", "sourcekeep", "http://example.org/x")
    assert verdict(b"", "sourcekeep", "http://example.org/x")


def test_crawl_delay_is_read_for_whom_it_names() -> None:
    body = b"User-agent: other\nCrawl-delay: 50\nDisallow: /x\n\nUser-agent: *\nCrawl-delay: 2.5\nDisallow:\n"
    assert rules_for("sourcekeep", body).delay_s == 2.5
    assert rules_for("other", body).delay_s == 50
    assert rules_for("sourcekeep", b"User-agent: *\nCrawl-delay: soon").delay_s is None


def test_the_port_belongs_to_the_origin() -> None:
    assert origin_of("https://example.org:8443/a?b") == "https://example.org:8443"


def test_a_forbidden_page_is_never_asked_for_and_robots_is_asked_once_a_day() -> None:
    with Site() as site:
        trial = Trial(site)
        trial.run(["http://robots-forbids.test/page", "http://robots-forbids.test/page?again"])
        ended = trial.run(["http://robots-forbids.test/page?later"])
        assert [one.path for one in site.requests] == ["/robots.txt"]
    outcome = ended["http://robots-forbids.test/page?later"]
    assert (outcome.kind, outcome.reason) == (OutcomeKind.ROBOTS_DENIED, "robots.txt forbids it")


def test_each_hop_to_robots_is_archived_as_a_prerequisite() -> None:
    with Site() as site:
        site.add("a.test", "/robots.txt", redirect("http://b.test/robots.txt", 301))
        site.add("b.test", "/robots.txt", answer(200, b"User-agent: *\nDisallow: /page"))
        trial = Trial(site)
        trial.run(["http://a.test/page"])
    kept = [(exchange.url, origin.hops) for exchange, origin, _ in trial.archive.kept if origin.why == Why.ROBOTS]
    assert kept == [("http://a.test/robots.txt", "P"), ("http://b.test/robots.txt", "PR")]


def test_an_unreachable_robots_says_so_and_is_asked_again_within_the_hour() -> None:
    with Site() as site:
        trial = Trial(site)
        outcome = trial.run(["http://robots-500.test/page"])["http://robots-500.test/page"]
    assert outcome.reason == "robots.txt unreachable (500)"
    copy = trial.ledger.robots["http://robots-500.test"]
    assert copy.status is None
    assert 0 < (copy.expires - copy.fetched).total_seconds() <= 3600


def test_a_dead_host_ends_as_what_it_is_not_as_forbidden() -> None:
    with Site() as site:
        trial = Trial(site)
    ended = trial.run(["http://dead.test/page", "file:///etc/passwd"], spiders=False)
    assert ended["http://dead.test/page"].kind is OutcomeKind.CONNECT_ERROR
    assert ended["http://dead.test/page"].fault is Fault.CONNECT
    assert ended["file:///etc/passwd"].kind is OutcomeKind.REFUSED_ADDRESS
    assert not trial.archive.kept


def test_a_private_address_is_refused_though_robots_comes_first_and_is_no_failure_of_its_host() -> None:
    with Site() as site:
        trial = Trial(site)
        ended = trial.run(["http://127.0.0.1:8080/"], connect_to=ConnectTo())
        assert not site.requests
    assert ended["http://127.0.0.1:8080/"].kind is OutcomeKind.REFUSED_ADDRESS
    assert trial.ledger.hosts["127.0.0.1:8080"].failures == 0
