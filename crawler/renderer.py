"""The renderer: has captured pages of the hosts named shown in a browser, and keeps what they became beside them."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Protocol

from archive.capture import Capture, Origin
from archive.event import Making
from archive.seed import OutcomeKind, Seed, Why
from archive.showing import SHOWN_HOP, dom_address, picture_address
from archive.url import host_key
from crawler.asking import Headers
from crawler.browser import Browser, NotShown
from crawler.embedding import Budget
from crawler.fetcher import Fetched, Fetcher
from crawler.limits import Limits
from crawler.outcomes import judge_shown
from crawler.pageview import View, view

MOST_AT_ONCE = 2  # each has a process of the browser busy
_SHOWN = frozenset({Why.INCIDENT, Why.LISTING, Why.CITED, Why.DOCUMENT})


class KeepResource(Protocol):
    """What takes resources into the archive: `ArchiveWriter.keep_resource`. Cheap, never blocks, any thread."""

    def __call__(
        self, url: str, mime: str, content: bytes, origin: Origin, *, made_of: Making | None = None
    ) -> "Future[Capture]":
        """The future gives the Capture once its record is durable, or raises WriteFailed."""


@dataclass(frozen=True)
class Showing:
    """Which hosts' pages are shown in a browser (globs), what keeps what they become, what each may take."""

    hosts: tuple[str, ...]
    keep: KeepResource
    budget: Budget = field(default_factory=Budget)

    def covers(self, url: str) -> bool:
        """True if pages of the URL's host are shown; a leading `www.` does not count."""
        host = host_key(url).partition(":")[0]
        return any(fnmatchcase(host, glob.lower().removeprefix("www.")) for glob in self.hosts)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page after it was shown: how its fetch ended by that, and the document to be read in its place, if any.

    `note` tells a person how it went.
    """

    page: Fetched
    dom: bytes | None = None
    note: str = ""


class Renderer:
    """Shows pages, one a host and few at once; belongs to one running loop."""

    def __init__(self, showing: Showing, fetcher: Fetcher, *, limits: Limits, agent: str) -> None:
        self._showing, self._fetcher, self._limits = showing, fetcher, limits
        self._browser = Browser(agent)
        self._hosts: dict[str, asyncio.Lock] = {}
        self._at_once = asyncio.Semaphore(MOST_AT_ONCE)

    def shows(self, page: Fetched) -> bool:
        """True for a whole page of success of one of the hosts. Whether it is a page its caller knows."""
        exchange = page.exchange
        return (
            page.kind is OutcomeKind.CAPTURED
            and page.seed.why in _SHOWN
            and page.capture is not None
            and exchange is not None
            and exchange.status is not None
            and 200 <= exchange.status < 300
            and self._showing.covers(page.seed.url)
        )

    async def show(self, page: Fetched) -> Shown:
        """What the page became, durable in the archive. What came in its place is kept as a picture alone.

        Raises WriteFailed and its like, which no page can be blamed for.
        """
        assert page.capture is not None, "`shows` was asked"
        async with self._turn(page.seed.host):
            try:
                async with self._browser.tab() as tab:
                    seen, software = await view(tab, page, self._ask, self._showing.budget), tab.software
            except NotShown as why:
                return Shown(page, note=f"not shown in a browser, read as it was sent: {why}")
        judged = judge_shown(seen.dom, page.seed) if seen.dom else None
        if judged is not None:
            seen, page = replace(seen, dom=None), replace(page, **judged._asdict())
        elif not seen.dom:
            seen = replace(seen, note=f"{seen.note}; read as it was sent")
        assert page.capture is not None
        await self._keep(page.seed, await asyncio.shield(page.capture), seen, software)
        return Shown(page, seen.dom, seen.note)

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """Pages of one host would only wait for each other's requests, on their own time."""
        async with self._hosts.setdefault(host, asyncio.Lock()), self._at_once:
            yield

    async def _ask(self, seed: Seed, headers: Headers, *, seconds: float, most_bytes: int) -> Fetched:
        limits = self._limits
        total_s, body_bytes = min(limits.total_s, seconds), min(limits.body_bytes, most_bytes)
        return await self._fetcher.fetch(
            seed, headers=headers, limits=replace(limits, total_s=total_s, body_bytes=body_bytes)
        )

    async def _keep(self, seed: Seed, page: Capture, seen: View, software: str) -> None:
        origin = Origin(Why.SHOWN.value, page.url, seed.hops + SHOWN_HOP)
        made_of = Making(page, software)
        wanted = (
            (dom_address(page.url), "text/html; charset=utf-8", seen.dom),
            (picture_address(page.url), "image/png", seen.picture),
        )
        kept = [
            self._showing.keep(url, mime, content, origin, made_of=made_of) for url, mime, content in wanted if content
        ]
        await asyncio.gather(*map(asyncio.wrap_future, kept))

    async def close(self) -> None:
        """Ends the browser."""
        await self._browser.close()
