"""What a killed run had kept ends as the same answer would have ended, without asking anybody again."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Capture, Exchange, Origin, RecordType
from archive.records import Agent
from archive.seed import Found, Outcome, OutcomeKind, Seed, Why
from archive.writer import ArchiveWriter
from crawler.fetcher import Fetched
from crawler.limits import Limits
from crawler.memory import MemorySupply
from crawler.recall import Recall
from crawler.wire import WireRequest
from tests.crawler.bench import AGENT, Archive, Reader, Trial, seed
from tests.crawler.conftest import MakeEngine
from tests.crawler.forms import OWN, real_forms
from tests.crawler.peer import serving
from tests.crawler.test_wire_forms import answers
from tests.hostile import PATHS, host_of
from tests.site import Site, answer, page

LIMITS = Limits(total_s=2, idle_s=0.6, connect_s=2, body_bytes=1 << 20)


class Folder(Archive):
    """An archive on disk."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.writer = ArchiveWriter(path, run="r", agent=Agent("sourcekeep", AGENT))

    def keep(self, exchange: Exchange, *rest: Any, **more: Any) -> Future[Capture]:
        return self.writer.keep(exchange, *rest, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    folder = Folder(tmp_path)
    yield folder
    folder.writer.close()


def once(site: Site, folder: Folder, seeds: list[Seed], **more: object) -> dict[str, Outcome]:
    """One crawl that follows nothing."""
    return Trial(site, folder).run([], supply=MemorySupply(seeds, follows=lambda found: False), **more)


def told(outcome: Outcome) -> tuple[object, ...]:
    return outcome.kind, outcome.reason, outcome.http_status, outcome.capture, outcome.found, outcome.fault


def test_each_misbehaviour_is_recalled_as_it_ended(folder: Folder, tmp_path: Path) -> None:
    with Site() as site:
        seeds = [seed(f"http://{host_of(path)}{path}") for path in PATHS]
        ended = once(site, folder, seeds)
        asked = len(site.requests)
        kept = [one for one in ended.values() if one.capture is not None and one.http_status not in (429, 503)]
        assert len(kept) > len(PATHS) / 2
        again = once(site, folder, [replace(one.seed, kept=one.capture) for one in kept], data=tmp_path)
        assert len(site.requests) == asked, "nobody was asked again, not for robots.txt either"
    for one in kept:
        assert told(again[one.seed.url]) == told(one), one.seed.url


@pytest.mark.parametrize("kind", ["own", "real"])
async def test_every_odd_form_is_framed_as_it_was(
    kind: str, folder: Folder, tmp_path: Path, make_engine: MakeEngine
) -> None:
    forms = OWN if kind == "own" else real_forms()
    if not forms:
        pytest.skip("the real forms (../shared/data) are not beside this checkout")
    recall = Recall(tmp_path, LIMITS)
    async with serving(answers(forms)) as peer:
        engine = make_engine(peer.origin, LIMITS)
        for name in forms:
            exchange = await engine.fetch(WireRequest(f"http://www.site.example/{name}"))
            if not exchange.received:
                continue
            wanted = seed(exchange.url)
            kept = await asyncio.wrap_future(folder.writer.keep(exchange, Origin(wanted.why.value)))
            fetched = await recall(replace(wanted, kept=kept))
            assert fetched is not None, name
            assert fetched.exchange is not None
            hold(name, fetched.exchange, exchange)


def hold(name: str, recalled: Exchange, exchange: Exchange) -> None:
    for each in fields(Exchange):
        if each.name not in ("sent", "seconds"):
            assert getattr(recalled, each.name) == getattr(exchange, each.name), (name, each.name)


def recalled(folder: Path, wanted: Seed) -> Fetched | None:
    return asyncio.run(Recall(folder, LIMITS)(wanted))


def test_a_page_that_leads_on_is_read_on(folder: Folder, tmp_path: Path) -> None:
    landing = "https://ico.org.uk/landing"
    with Site() as site:
        site.add("ico.org.uk", "/landing", page("<title>Report</title>"))
        wanted = seed(landing, publisher="ico")
        (ended,) = once(site, folder, [wanted]).values()
        reader = Reader(read_landing=[{"url": "https://ico.org.uk/media/report.pdf", "text": "Report", "year": 2019}])
        supply = MemorySupply([replace(wanted, kept=ended.capture)], follows=lambda found: False)
        again = Trial(site, folder, reader=reader).run([], supply=supply, data=tmp_path)[landing]
        assert len(site.asked("ico.org.uk", "/landing")) == 1
    assert again.found == (Found("https://ico.org.uk/media/report.pdf", Why.DOCUMENT, "L", "Report", 2019),)
    assert reader.orders[0][1] == b"<title>Report</title>"


def test_an_unchanged_page_is_recalled_with_what_it_repeats(folder: Folder, tmp_path: Path) -> None:
    with Site() as site:
        url = site.add("a.test", "/page", page("<title>Same</title>"))
        (first,) = once(site, folder, [seed(url)]).values()
        (same,) = once(site, folder, [seed(url, previous=first.capture)]).values()
    assert same.capture is not None
    assert same.capture.record_type is RecordType.REVISIT
    wanted = seed(url, previous=first.capture, kept=same.capture)
    fetched = recalled(tmp_path, wanted)
    assert fetched is not None
    assert fetched.exchange is not None
    assert bytes(fetched.exchange.received).endswith(b"<title>Same</title>")
    again = asyncio.run(ended_by_recall(tmp_path, wanted))
    assert told(again) == told(same)
    assert again.kind is OutcomeKind.UNCHANGED


async def ended_by_recall(folder: Path, wanted: Seed) -> Outcome:
    fetched = await Recall(folder, LIMITS)(wanted)
    assert fetched is not None
    return await fetched.outcome()


@pytest.mark.parametrize("asked", [True, False])
def test_not_modified_counts_as_it_was_asked_for(folder: Folder, tmp_path: Path, asked: bool) -> None:
    with Site() as site:
        replies = iter([page("<title>Same</title>", ETag='"v1"'), answer(304, b"")])
        url = site.add("a.test", "/page", lambda *_: next(replies))
        (first,) = once(site, folder, [seed(url)]).values()
        (then,) = once(site, folder, [seed(url, previous=first.capture if asked else None)]).values()
    assert then.kind is (OutcomeKind.UNCHANGED if asked else OutcomeKind.HTTP_ERROR)
    # what is the last good capture now may not have been it then
    again = asyncio.run(ended_by_recall(tmp_path, seed(url, previous=first.capture, kept=then.capture)))
    assert told(again) == told(then)


@pytest.mark.parametrize("status", [429, 503])
def test_who_said_later_is_asked_again(folder: Folder, tmp_path: Path, status: int) -> None:
    with Site() as site:
        site.add("a.test", "/busy", answer(status, b"later"))
        (ended,) = once(site, folder, [seed("http://a.test/busy")]).values()
    assert recalled(tmp_path, replace(ended.seed, kept=ended.capture)) is None


def test_what_is_damaged_is_asked_for_again(folder: Folder, tmp_path: Path) -> None:
    with Site() as site:
        url = site.add("a.test", "/page", page("<title>Whole</title>"))
        (ended,) = once(site, folder, [seed(url)]).values()
        assert ended.capture is not None
        damaged = replace(ended.capture, offset=ended.capture.offset + 1)
        (again,) = once(site, folder, [seed(url, kept=damaged)], data=tmp_path).values()
        assert len(site.asked("a.test", "/page")) == 2
    assert again.kind is OutcomeKind.CAPTURED
    assert isinstance(again.capture, Capture)
    assert again.capture.record_id != ended.capture.record_id


def test_a_long_answer_lies_on_disk_and_not_in_memory(folder: Folder, tmp_path: Path) -> None:
    body = bytes(range(256)) * (5 << 12)
    with Site() as site:
        site.add("a.test", "/long", answer(200, body, "application/pdf"))
        (ended,) = once(site, folder, [seed("http://a.test/long")], limits=replace(LIMITS, body_bytes=8 << 20)).values()
    fetched = recalled(tmp_path, replace(ended.seed, kept=ended.capture))
    assert fetched is not None
    assert fetched.exchange is not None
    assert bytes(fetched.exchange.received[fetched.exchange.body_at :]) == body
    assert type(fetched.exchange.received.obj).__name__ == "mmap"
