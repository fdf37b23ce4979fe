"""What `scrapy crawl NAME` uses outside a run: the data folder alone, no catalogue; a later run adopts the records."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from scrapy.exceptions import CloseSpider
from scrapy.settings import BaseSettings

from archive.clock import SYSTEM
from archive.errors import SourcekeepError
from archive.lock import FolderLock
from archive.records import Agent
from archive.seed import Found, Outcome, Seed, Why
from archive.url import host_key, normalise
from archive.writer import ArchiveWriter
from crawler.connect_to import ConnectTo
from crawler.contact import is_own
from crawler.dispatch import Dispatch
from crawler.guard import Guard
from crawler.memory import MemoryLedger, MemorySupply
from crawler.options import CrawlOptions, make_means
from crawler.spider import Crew, PublisherSpider
from extract.pool import Pool


@asynccontextmanager
async def alone(spider: PublisherSpider) -> AsyncIterator[Crew]:
    """The crew of a spider on its own; the data folder is locked meanwhile, an outcome a line is printed.

    Raises CloseSpider after one line on the log when the folder is held, a setting is wrong or the disk is full.
    """
    try:
        with ExitStack() as closing:
            writer = _writer(closing, spider.settings)
            pool = closing.enter_context(Pool())
            async with _crew(spider, writer, pool) as crew:
                yield crew
    except SourcekeepError as error:
        spider.logger.error("%s. %s", error, error.advice)
        raise CloseSpider(type(error).__name__) from error


@asynccontextmanager
async def _crew(spider: PublisherSpider, writer: ArchiveWriter, pool: Pool) -> AsyncIterator[Crew]:
    supply = MemorySupply(_seeds(spider), follows=_is_followed, told=_tell)
    dispatch = Dispatch(supply, stop=threading.Event())
    means = make_means(
        _options(spider.settings),
        keep=writer.keep,
        ledger=MemoryLedger(),
        lost=dispatch.lost,
        backlog=lambda: writer.pending_bytes,
    )
    dispatch.heed(means.gate)
    running = asyncio.ensure_future(dispatch.run())
    try:
        yield Crew(dispatch, means.fetcher, pool, means.renderer)
        await running
    finally:
        dispatch.end()
        await asyncio.gather(running, return_exceptions=True)
        await means.close()


def _seeds(spider: PublisherSpider) -> list[Seed]:
    """The addresses of `-a url=…` (several with blanks), else the publisher's listings and known works."""
    given = str(getattr(spider, "url", "")).split()
    wanted = [(url, Why.CITED) for url in given]
    if not given:
        wanted = [(url, Why.LISTING) for url in spider.publisher.listings]
        wanted += [(work.url, Why.CITED) for work in spider.publisher.works]
    urls = [(normalise(url), why) for url, why in wanted]
    return [Seed(url, why, host_key(url), spider.name) for url, why in urls]


def _is_followed(found: Found) -> bool:
    """Redirects and documents are; what a listing names is only told: which of it matters, a run knows."""
    return found.hop == "R" or found.why is Why.DOCUMENT


def _tell(outcome: Outcome) -> None:
    listed = sum(not _is_followed(found) for found in outcome.found)
    notes = filter(None, (outcome.reason, f"lists {listed} works" if listed else ""))
    print(outcome.kind.value, outcome.seed.url, *(f"({note})" for note in notes), flush=True)


def _options(settings: BaseSettings) -> CrawlOptions:
    return CrawlOptions(
        user_agent=_user_agent(settings),
        delay_s=settings.getfloat("DELAY_S"),
        connect_to=ConnectTo.of(settings["CONNECT_TO"].split()),
        guard=Guard(named=is_own(settings["CONTACT"])),
    )


def _user_agent(settings: BaseSettings) -> str:
    return f"sourcekeep/{version('sourcekeep')} (+{settings['CONTACT']})"


def _writer(closing: ExitStack, settings: BaseSettings) -> ArchiveWriter:
    data = Path(settings["SOURCEKEEP_DATA"])
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    closing.enter_context(FolderLock(data))
    agent = Agent(
        software=f"sourcekeep/{version('sourcekeep')}",
        user_agent=_user_agent(settings),
        operator=settings["CONTACT"],
        robots="obey (RFC 9309; unreachable means disallow)",
    )
    run = f"{os.getpid()}-{SYSTEM.new_id().hex[:8]}"
    return closing.enter_context(ArchiveWriter(data, run=run, agent=agent))
