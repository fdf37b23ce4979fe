"""A crawl that is stopped ends at once with all it started, and leaves nothing going on behind it."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from archive.seed import Outcome, Seed
from crawler.memory import MemorySupply
from tests.crawler.bench import Archive, Trial, seed
from tests.site import Answer, Site, answer


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def test_a_stop_does_not_wait_for_a_claim(site: Site) -> None:
    stop, stopped = threading.Event(), []

    class Slow(MemorySupply):
        async def claim(self, limit: int) -> Sequence[Seed]:
            return await super().claim(limit) or await asyncio.sleep(60, [])

    def told(_: Outcome) -> None:
        stopped.append(time.monotonic())
        stop.set()

    ended = Trial(site).run([], supply=Slow([seed("http://a.test/page")], told=told), stop=stop)
    assert len(ended) == 1
    assert time.monotonic() - stopped[0] < 5


def test_a_settlement_is_not_left_behind(site: Site) -> None:
    """What goes on in the catalogue after the crawl has ended would be told by nobody."""
    stop = threading.Event()
    settling: list[str] = []

    class Slow(MemorySupply):
        async def settle(self, outcomes: Sequence[Outcome]) -> None:
            settling.append("begun")
            stop.set()
            await asyncio.sleep(2.5)
            settling.append("ended")

    Trial(site).run([], supply=Slow([seed("http://a.test/page")]), stop=stop)
    assert settling == ["begun", "ended"]


def test_after_a_stop_nobody_is_asked_for_robots_any_more(site: Site) -> None:
    """Also while what was fetched is still on its way to the disk."""
    stop, asked = threading.Event(), []

    def slow(*_: object) -> Answer:
        time.sleep(0.05)
        return answer(404)

    def stopping(*_: object) -> Answer:
        stop.set()
        asked.append(len(site.requests))
        return answer(200, b"the last page")

    site.add("*", "/robots.txt", slow)
    site.add("a.test", "/page", stopping)
    seeds = ["http://a.test/page", *(f"http://h{number}.test/page" for number in range(200))]
    Trial(site, Archive(delay_s=5)).run(seeds, stop=stop, connections=4)
    after = [request for request in site.requests[asked[0] :] if request.path == "/robots.txt"]
    assert len(after) < 40, "80 a second had gone on for two seconds"
