"""The spider of a publisher: sends its seeds to be fetched, and has pages that lead on read in a worker process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response

from archive.capture import Exchange
from archive.errors import RefusedUrl, SourcekeepError
from archive.seed import Found, OutcomeKind, Substitute, Why
from archive.url import normalise
from crawler.body import coding, entity_aside, is_long, opening, plain
from crawler.dispatch import Dispatch
from crawler.fetcher import Fetched, Fetcher
from crawler.publisher import UNCLAIMED, Publisher, publishers
from crawler.renderer import Renderer, Shown
from crawler.straight import Straight
from crawler.supply import Stopped
from extract.glance import looks_like_html
from extract.leading import may_lead
from extract.pool import Pool
from extract.reading import HTML_LIMITS

# Pages that lead on: a longer one is read up to here, and so many of its links are followed.
MOST_PAGE, MOST_LINKS = 8 * 1024 * 1024, 500


@dataclass(frozen=True)
class Crew:
    """What the spiders of one crawl share."""

    dispatch: Dispatch
    fetcher: Fetcher
    pool: Pool
    renderer: Renderer | None = None


class PublisherSpider(Spider):
    """One spider a publisher; it decides nothing but which pages lead on."""

    name = "publisher"
    publisher: ClassVar[type[Publisher]]
    crew: Crew

    def __init__(self, *args: Any, crew: Crew | None = None, feeds_on: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.feeds_on = feeds_on or self.name
        if crew is not None:
            self.crew = crew

    async def start(self) -> AsyncIterator[Request]:
        """Outside a run a request for each seed, which are the publisher's own listings and works.

        In a run nothing: its seeds go straight to the fetcher. The way through Scrapy's engine costs as much as all
        that is done with a seed besides (docs/decisions/0021).
        """
        if hasattr(self, "crew"):
            await self.work()
            return
        from crawler.standalone import alone

        async with alone(self) as self.crew:
            async for seed in self.crew.dispatch.feed(self.feeds_on):
                meta = {"seed": seed, "download_slot": seed.host}
                yield Request(seed.url, callback=self.answered, errback=self.unanswered, meta=meta, dont_filter=True)

    async def work(self) -> None:
        """Has the seeds that the dispatch sends to this publisher fetched and read, until the crawl ends."""
        straight = Straight(self.crew.dispatch, self.crew.fetcher, self.read)
        async for seed in self.crew.dispatch.feed(self.feeds_on):
            straight.send(seed)
        await straight.ended()

    async def answered(self, response: Response) -> None:
        """What Scrapy calls with the answer of a request."""
        await self.read(response.meta["fetched"])

    async def read(self, fetched: Fetched) -> None:
        """Conclude the seed; a page of some hosts is shown in a browser first, a listing or landing page is read."""
        found: tuple[Found, ...] = ()
        note = ""
        try:
            function = self._reader(fetched)
            shown = await self._shown(fetched)
            fetched, note = shown.page, shown.note
            if function is not None:
                found, failed = await self._links(fetched, function, shown.dom)
                note = "; ".join(filter(None, (note, failed)))
        except Stopped:
            return  # the seed stays due
        except Exception as error:  # whatever reading does, the fetch has its outcome
            note = f"the page could not be read: {type(error).__name__}: {error}"
        self.crew.dispatch.conclude(fetched, found, note)

    def unanswered(self, failure: Any) -> None:
        """No answer came, or something of ours broke: the seed ends either way, unless the crawl does."""
        meta = failure.request.meta
        if "fetched" in meta:
            self.crew.dispatch.conclude(meta["fetched"])
        elif not self.crew.dispatch.ending:
            reason = f"could not be fetched: {failure.getErrorMessage()}"
            self.crew.dispatch.conclude(Fetched(meta["seed"], OutcomeKind.SKIPPED, reason))

    def _reader(self, fetched: Fetched) -> str | None:
        exchange = fetched.exchange
        # A page in a PDF's place is not the document, but often shows where it lies.
        leads = fetched.kind is OutcomeKind.CAPTURED or fetched.substitute is Substitute.OTHER_KIND
        if not leads or exchange is None or exchange.status is None:
            return None
        if fetched.found or not _is_page(fetched):
            return None
        if fetched.seed.why is Why.LISTING:
            return "crawler.publisher:read_listing"
        if (
            fetched.seed.why is Why.CITED
            and self.publisher.documents
            and (self._is_shown(fetched) or is_long(exchange) or self._may_lead(exchange))
        ):
            return "crawler.publisher:read_landing"
        return None

    def _is_shown(self, fetched: Fetched) -> bool:
        renderer = self.crew.renderer
        return renderer is not None and renderer.shows(fetched) and _is_page(fetched)

    def _may_lead(self, exchange: Exchange) -> bool:
        """Pages of known publishers are always read: what their rules need is theirs to know."""
        if self.publisher.name != UNCLAIMED:
            return True
        content = plain(exchange, MOST_PAGE)
        return content is None or may_lead(content)

    async def _shown(self, fetched: Fetched) -> Shown:
        """The page after it was shown in a browser, or as it was when it is not shown."""
        renderer = self.crew.renderer
        if renderer is None or not self._is_shown(fetched):
            return Shown(fetched)
        try:
            return await self.crew.dispatch.unless_ending(renderer.show(fetched))
        except SourcekeepError as error:  # the disk or the catalogue: no page's
            self.crew.dispatch.lost(error)
            raise Stopped from error

    async def _links(self, fetched: Fetched, function: str, shown: bytes | None) -> tuple[tuple[Found, ...], str]:
        assert fetched.exchange is not None
        exchange = fetched.exchange
        # A long page was not yet.
        looked_at = shown is not None or fetched.seed.why is not Why.CITED or not is_long(exchange)
        if not looked_at and not await asyncio.to_thread(self._may_lead, exchange):
            return (), ""
        order = self.crew.pool.submit(
            function,
            await entity_aside(exchange, MOST_PAGE) if shown is None else shown,
            HTML_LIMITS,
            publisher=self.name,
            url=exchange.url,
            charset=_charset(fetched) if shown is None else "utf-8",
            content_encoding=coding(exchange) or None if shown is None else None,
        )
        answer = await self.crew.dispatch.unless_ending(asyncio.wrap_future(order))
        if answer.failure is not None:
            return (), f"the page could not be read: {answer.reason}"
        why = Why.CITED if fetched.seed.why is Why.LISTING else Why.DOCUMENT
        return tuple(_found(answer.value or [], exchange.url, why)), ""


def _found(links: list[dict[str, Any]], base: str, why: Why) -> list[Found]:
    """The links that can be fetched, each once, in the page's order."""
    found: dict[str, Found] = {}
    for link in links[:MOST_LINKS]:
        try:
            url = normalise(link["url"], base)
        except RefusedUrl:
            continue  # mailto:, javascript: and their like lead nowhere
        if url != base:
            found.setdefault(url, Found(url, why, "L", link.get("text") or "", link.get("year")))
    return list(found.values())


def _is_page(fetched: Fetched) -> bool:
    assert fetched.exchange is not None
    declared = (fetched.exchange.header("Content-Type") or "").lower()
    return "html" in declared or "xml" in declared or looks_like_html(opening(fetched.exchange))


def _charset(fetched: Fetched) -> str | None:
    assert fetched.exchange is not None
    _, sign, rest = (fetched.exchange.header("Content-Type") or "").lower().partition("charset=")
    return rest.split(";")[0].strip(" \"'") or None if sign else None


class PublisherLoader:
    """Scrapy's spider loader: one spider class of each publisher."""

    def __init__(self) -> None:
        self._spiders = {publisher.name: _spider_of(publisher) for publisher in publishers()}

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        """A loader; the settings say nothing about it."""
        return cls()

    def load(self, spider_name: str) -> type[PublisherSpider]:
        """The spider class of this name; KeyError when no publisher has it."""
        if spider_name not in self._spiders:
            raise KeyError(f"Spider not found: {spider_name}")
        return self._spiders[spider_name]

    def find_by_request(self, request: Request) -> list[str]:
        """The names of the spiders whose publisher owns the request's host."""
        host = urlsplit(request.url).netloc
        return [name for name, spider in self._spiders.items() if spider.publisher.owns(host)]

    def list(self) -> Sequence[str]:
        """The names of all spiders."""
        return tuple(self._spiders)


def _spider_of(publisher: type[Publisher]) -> type[PublisherSpider]:
    described = {"name": publisher.name, "publisher": publisher, "__doc__": publisher.__doc__, "__module__": __name__}
    return type(f"{publisher.__name__}Spider", (PublisherSpider,), described)
