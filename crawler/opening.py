"""Opening: the spiders of one crawl, each opened by Scrapy when its publisher has something to fetch."""

import asyncio
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawler.dispatch import Dispatch
from crawler.options import Means
from crawler.spider import Crew
from extract.pool import Pool

CLOSING_S = 1.5


class Spiders:
    """The spiders of a crawl, each opened when its publisher has something to fetch."""

    def __init__(self, dispatch: Dispatch, means: Means, pool: Pool) -> None:
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        self._runner = AsyncCrawlerRunner(settings)
        self._crew = Crew(dispatch, means.fetcher, pool, means.renderer)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def open(self, publisher: str) -> None:
        """Start the spider of this publisher; if it ends before the crawl does, its seeds end as skipped."""
        name = publisher if publisher in self._runner.spider_loader.list() else "any_page"
        spider = self._runner.spider_loader.load(name)
        task = self._runner.crawl(spider, crew=self._crew, feeds_on=publisher)
        self._tasks[publisher] = task
        task.add_done_callback(lambda done: self._ended(publisher, done))

    def _ended(self, publisher: str, done: "asyncio.Task[None]") -> None:
        error: Any = "cancelled" if done.cancelled() else done.exception()
        if not self._crew.dispatch.over:
            self._crew.dispatch.orphaned(publisher, f"the spider of {publisher} ended early: {error or 'closed'}")

    async def close(self) -> None:
        """All spiders end; those that do not end by themselves are stopped, and left when that takes too long."""
        within = self._crew.dispatch.within
        if self._tasks and self._crew.dispatch.ending:
            await asyncio.wait([asyncio.ensure_future(self._runner.stop())], timeout=within(CLOSING_S))
        if self._tasks:
            _, left = await asyncio.wait(self._tasks.values(), timeout=within(CLOSING_S))
            for task in left:
                task.cancel()
