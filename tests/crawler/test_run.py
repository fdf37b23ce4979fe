"""A whole crawl: every claimed seed ends once, durable, or stays due."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from archive.errors import Interrupted, StoreError, WriteFailed
from archive.host import HostState
from archive.seed import Found, Outcome, OutcomeKind, Seed, Why
from crawler.limits import Limits
from crawler.memory import MemoryLedger, MemorySupply
from crawler.progress import CrawlProgress
from extract.pool import Answer
from tests.crawler.bench import Archive, Reader, Trial, seed
from tests.site import Site, page

LANDING = "https://ico.org.uk/landing"
PATIENT = Limits(total_s=60, idle_s=60)
LISTING = "https://ico.org.uk/listing"


def links(*urls: str) -> list[dict[str, object]]:
    return [{"url": url, "text": f"title of {url}", "year": 2019} for url in urls]


def ico(url: str, why: Why = Why.CITED) -> Seed:
    return seed(url, why, publisher="ico")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def test_what_is_found_is_fetched_in_the_same_crawl_and_the_crawl_ends_by_itself(site: Site) -> None:
    for number in range(20):
        site.add(f"h{number}.test", "/", f"<a href='http://h{number + 1}.test/'>next</a>")
    chain = {f"http://h{number}.test/": f"http://h{number + 1}.test/" for number in range(20)}

    class Chain(MemorySupply):
        async def settle(self, outcomes: Sequence[Outcome]) -> None:
            await super().settle(outcomes)
            for outcome in outcomes:
                if outcome.seed.url in chain:
                    self.add(seed(chain[outcome.seed.url]))

    ended = Trial(site).run([], supply=Chain([seed("http://h0.test/")]))
    assert len(ended) == 21


def test_many_hosts_and_publishers_at_once_and_twice_in_one_process(site: Site) -> None:
    site.add("*", "/x", page("<title>x</title>"))
    urls = [f"http://h{number % 30}.test/x?{number}" for number in range(300)]
    for _ in range(2):
        seeds = [seed(url) for url in urls] + [ico(f"https://ico.org.uk/x?{number}") for number in range(5)]
        ended = Trial(site).run(seeds)
        assert len(ended) == 305
        assert {outcome.kind for outcome in ended.values()} == {OutcomeKind.CAPTURED}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("bound", ["crawler.dispatch.MOST_OUT", "crawler.unread.MOST_BYTES"])
def test_seeds_beyond_what_may_be_out_at_once_go_when_others_are_concluded(
    site: Site, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    class Slow(Reader):
        def submit(self, *words: Any, **args: Any) -> Future[Answer]:
            future: Future[Answer] = Future()
            threading.Timer(0.1, future.set_result, [Answer([], None, "", 0.0)]).start()
            return future

    monkeypatch.setattr(bound, 2)
    site.add("*", "/x", page("<title>x</title>"))
    seeds = [seed(f"http://h{number}.test/x") for number in range(12)]
    assert len(Trial(site, reader=Slow()).run(seeds)) == 12


def test_a_landing_page_leads_to_documents_and_a_listing_to_works(site: Site) -> None:
    site.add("ico.org.uk", "/landing", page("<title>Report</title>"))
    site.add("ico.org.uk", "/listing", page("<title>All reports</title>"))
    reader = Reader(
        read_landing=links("/media/report.pdf", "/media/report.pdf", "javascript:void(0)", LANDING),
        read_listing=links("https://ico.org.uk/one", "https://ico.org.uk/two"),
    )
    supply = MemorySupply([ico(LANDING), ico(LISTING, Why.LISTING)], follows=lambda found: False)
    ended = Trial(site, reader=reader).run([], supply=supply)
    document = Found("https://ico.org.uk/media/report.pdf", Why.DOCUMENT, "L", "title of /media/report.pdf", 2019)
    assert ended[LANDING].found == (document,)
    assert [(found.url, found.why) for found in ended[LISTING].found] == [
        ("https://ico.org.uk/one", Why.CITED),
        ("https://ico.org.uk/two", Why.CITED),
    ]
    name, content, args = reader.orders[0]
    assert (name, args["publisher"], args["url"], args["charset"]) == (
        "crawler.publisher:read_landing", "ico", LANDING, "utf-8",
    )  # fmt: skip
    assert content == b"<title>Report</title>"


def test_documents_incident_pages_and_checks_are_not_read_on(site: Site) -> None:
    site.add("ico.org.uk", "/landing", page("<title>Report</title>"))
    site.add("ico.org.uk", "/report.pdf", page("%PDF-1.7"))
    reader = Reader()
    for why in (Why.DOCUMENT, Why.INCIDENT, Why.CHECK):
        Trial(site, reader=reader).run([ico(LANDING, why)])
    assert reader.orders == []


@pytest.mark.parametrize(
    "answer", [Answer(None, "time_limit", "killed after 25 s", 25.0), RuntimeError("no worker"), [{"no": "url"}]]
)
def test_a_page_that_cannot_be_read_keeps_the_outcome_of_its_fetch(site: Site, answer: object) -> None:
    site.add("ico.org.uk", "/landing", page("<title>Report</title>"))
    outcome = Trial(site, reader=Reader(read_landing=answer)).run([ico(LANDING)])[LANDING]
    assert (outcome.kind, outcome.http_status) == (OutcomeKind.CAPTURED, 200)
    assert "could not be read" in outcome.reason
    assert outcome.capture is not None


def test_nothing_is_settled_before_its_record_is_durable(site: Site) -> None:
    site.add("*", "/x", page("<title>x</title>"))
    archive = Archive(delay_s=0.2)
    durable: list[str] = []
    keep = archive.keep

    def watched(*args: object, **more: object) -> object:
        future = keep(*args, **more)  # type: ignore[arg-type]
        future.add_done_callback(lambda done: durable.append(done.result().url))
        return future

    archive.keep = watched  # type: ignore[assignment, method-assign]

    class Watching(MemorySupply):
        async def settle(self, outcomes: Sequence[Outcome]) -> None:
            assert all(outcome.seed.url in durable for outcome in outcomes)
            await super().settle(outcomes)

    ended = Trial(site, archive).run([], supply=Watching([seed(f"http://h{number}.test/x") for number in range(9)]))
    assert len(ended) == 9


def test_a_full_disk_ends_the_crawl_and_claims_nothing(site: Site) -> None:
    site.add("*", "/x", page("<title>x</title>"))
    supply = MemorySupply([seed(f"http://h{number}.test/x") for number in range(50)])
    with pytest.raises(WriteFailed, match="disk is full"):
        Trial(site, Archive(room=10)).run([], supply=supply)
    assert len(supply.outcomes) <= 10


def test_a_lost_ledger_ends_the_crawl(site: Site) -> None:
    class Lost(MemoryLedger):
        async def borrow(self, hosts: Collection[str]) -> Sequence[HostState]:
            raise StoreError("no catalogue")

    with pytest.raises(StoreError, match="no catalogue"):
        Trial(site, ledger=Lost()).run(["http://a.test/page", "http://b.test/page"])


def test_a_broken_progress_bar_ends_the_crawl(site: Site) -> None:
    def broken(_: CrawlProgress) -> None:
        raise ValueError("no terminal")

    with pytest.raises(ValueError, match="no terminal"):
        Trial(site).run(["http://a.test/silent"], progress=broken)


def test_a_stop_while_robots_waits_for_its_turn_leaves_nothing_behind(site: Site) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    seeds = ["http://a.test/page", "https://a.test/page"]  # one host, two origins: the second robots.txt waits
    ended = Trial(site).run(seeds, stop=stop, delay_s=30, max_wait_s=60)
    assert ended == {}
    assert len(Trial(site).run(seeds)) == 2


def test_without_a_stop_of_the_callers_ctrl_c_is_interrupted(site: Site) -> None:
    threading.Timer(0.4, os.kill, [os.getpid(), signal.SIGINT]).start()
    with pytest.raises(Interrupted):
        Trial(site).run(["http://slow.test/silent"], limits=PATIENT)


@pytest.mark.parametrize("method", ["claim", "settle"])
def test_a_lost_catalogue_ends_the_crawl(site: Site, method: str) -> None:
    class Lost(MemorySupply):
        async def claim(self, limit: int) -> Sequence[Seed]:
            if method == "claim":
                raise StoreError("no catalogue")
            return await super().claim(limit)

        async def settle(self, outcomes: Sequence[Outcome]) -> None:
            raise StoreError("no catalogue")

    with pytest.raises(StoreError, match="no catalogue"):
        Trial(site).run([], supply=Lost([seed("http://a.test/page")]))


@pytest.mark.parametrize("spiders", [True, False])
def test_a_stop_ends_it_within_seconds_and_leaves_the_rest_due(site: Site, spiders: bool) -> None:
    seeds = [seed("http://slow.test/silent")] + [seed(f"http://h{number}.test/page") for number in range(5)]
    supply = MemorySupply([*seeds, *(seed(f"http://slow.test/page?{number}") for number in range(5))])
    stop = threading.Event()
    threading.Timer(0.6, stop.set).start()
    began = time.monotonic()
    ended = Trial(site).run([], supply=supply, spiders=spiders, stop=stop, limits=PATIENT)
    assert time.monotonic() - began < 5
    assert set(ended) == {one.url for one in seeds[1:]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_is_a_stop_and_the_handlers_are_given_back(site: Site, number: int) -> None:
    before = signal.getsignal(number)
    stop = threading.Event()
    threading.Timer(0.4, os.kill, [os.getpid(), number]).start()
    ended = Trial(site).run(["http://slow.test/silent"], stop=stop, limits=PATIENT)
    assert (ended, stop.is_set(), signal.getsignal(number)) == ({}, True, before)


def test_a_stop_during_the_reading_of_a_page_leaves_its_seed_due(site: Site) -> None:
    site.add("ico.org.uk", "/landing", page("<title>Report</title>"))
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    began = time.monotonic()

    class Endless(Reader):
        def submit(self, *_: object, **__: object) -> Future[Answer]:  # type: ignore[override]
            return Future()

    ended = Trial(site, reader=Endless()).run([ico(LANDING)], stop=stop)
    assert time.monotonic() - began < 5
    assert ended == {}


def test_a_spider_that_dies_leaves_no_seed_without_outcome(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def start(self: object) -> object:
        raise RuntimeError("broken spider")
        yield

    monkeypatch.setattr("crawler.spider.PublisherSpider.start", start)
    ended = Trial(site).run(["http://a.test/page", "http://a.test/page?2", "http://b.test/page"])
    assert {outcome.kind for outcome in ended.values()} == {OutcomeKind.SKIPPED}
    assert all("ended early" in outcome.reason for outcome in ended.values())


def test_a_host_that_hangs_does_not_hold_the_others(site: Site) -> None:
    seeds = [seed(f"http://hang.test/silent?{number}") for number in range(3)]
    began = time.monotonic()
    done: dict[str, float] = {}
    supply = MemorySupply(
        [*seeds, *(seed(f"http://h{number}.test/page") for number in range(30))],
        told=lambda outcome: done.update({outcome.seed.host: time.monotonic() - began}),
    )
    Trial(site).run([], supply=supply)
    assert max(seconds for host, seconds in done.items() if host != "hang.test") < 1


def test_progress_counts_per_host_and_in_total_and_is_told_five_times_a_second_at_most(site: Site) -> None:
    told: list[CrawlProgress] = []
    seeds = [seed("http://a.test/page"), seed("http://a.test/missing"), seed("http://slow.test/silent")]
    Trial(site).run(seeds, progress=told.append)
    last = told[-1]
    assert (last.done, last.failed, last.waiting, last.under_way) == (3, 2, 0, 0)
    assert (last.hosts["a.test"].done, last.hosts["a.test"].failed) == (2, 1)
    assert last.bytes == sum(host.bytes for host in last.hosts.values()) > 100
    assert len(told) <= 2 + last.seconds * 5


def test_requests_wait_while_the_disk_is_behind(site: Site) -> None:
    waiting = iter([10**9, 10**9, 10**9])
    ended = Trial(site).run(["http://a.test/page"], backlog=lambda: next(waiting, 0))
    assert next(waiting, None) is None
    assert ended["http://a.test/page"].kind is OutcomeKind.CAPTURED


def test_no_more_answers_wait_for_the_disk_than_a_kill_may_take_away(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    most, hosts = 8, 10
    monkeypatch.setattr("crawler.asking.MOST_ANSWERS", most)
    archive = Archive(delay_s=0.3)
    keep, waited = archive.keep, [0]
    durable: list[object] = []

    def counted(*args: Any, **more: Any) -> Future[Any]:
        future = keep(*args, **more)
        future.add_done_callback(durable.append)
        waited.append(len(waited) - len(durable))
        return future

    archive.keep = counted  # type: ignore[method-assign]
    urls = [f"http://h{number % hosts}.test/page?{number}" for number in range(2 * hosts)]
    ended = Trial(site, archive).run(urls, limits=PATIENT)
    assert {outcome.kind for outcome in ended.values()} == {OutcomeKind.CAPTURED}
    assert most <= max(waited) < most + hosts


def test_the_ledger_hears_of_every_host(site: Site) -> None:
    trial = Trial(site)
    trial.run(["http://a.test/page", "http://b.test/broken"])
    assert {host: state.last_status for host, state in trial.ledger.hosts.items()} == {"a.test": 200, "b.test": 500}


def test_no_thread_of_the_reactor_is_left(site: Site) -> None:
    before = {thread.name for thread in threading.enumerate()}
    Trial(site).run(["http://a.test/page"])
    left = {thread.name for thread in threading.enumerate() if "PoolThread" in thread.name} - before
    assert not left


def test_a_publisher_nobody_knows_is_fetched_as_any_page(site: Site) -> None:
    outcome = Trial(site).run([seed("http://a.test/page", publisher="gone_publisher")])["http://a.test/page"]
    assert outcome.kind is OutcomeKind.CAPTURED


def test_whatever_breaks_after_a_fetch_its_seed_keeps_the_outcome(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.add("h.test", "/", page("<title>x</title>"))

    def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("crawler.spider._is_page", broken)
    (outcome,) = Trial(site).run([seed("http://h.test/")]).values()
    assert outcome.kind is OutcomeKind.CAPTURED
    assert outcome.reason == "the page could not be read: RuntimeError: a fault of ours"


@pytest.mark.parametrize("spiders", [False, True])
def test_whatever_breaks_in_a_fetch_its_seed_ends_as_skipped(
    site: Site, spiders: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("h.test", "/", page("<title>x</title>"))

    def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("crawler.fetcher.classify", broken)
    (outcome,) = Trial(site).run([seed("http://h.test/")], spiders=spiders).values()
    assert (outcome.kind, outcome.reason) == (OutcomeKind.SKIPPED, "could not be fetched: a fault of ours")


def test_a_link_check_loads_neither_scrapy_nor_the_dialect_of_another_database() -> None:
    spared = {"scrapy", "twisted", "sqlalchemy.dialects.postgresql"}
    loaded = f"import sys, desk.checking; print(*{spared} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr
