"""Scrapy's door to the wire: a download handler over the fetcher."""

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.spider import PublisherSpider
from crawler.supply import Stopped


class NotAnswered(IgnoreRequest):
    """No answer with a status came; `request.meta["fetched"]` says how it ended. Goes to the errback, unlogged."""


class WireHandler(BaseDownloadHandler):
    """Fetches the seed that travels in `request.meta["seed"]`; what came is in `request.meta["fetched"]`.

    The response has no body: the bytes lie in the exchange, already handed to the archive, and nothing in this
    process may parse them.
    """

    lazy = False

    async def download_request(self, request: Request) -> Response:
        """The status and headers of the answer. Raises NotAnswered when there is none, or the crawl ends."""
        spider = self.crawler.spider
        assert isinstance(spider, PublisherSpider)  # others have no crew to fetch with
        crew = spider.crew
        seed = request.meta["seed"]
        try:
            fetched = await crew.dispatch.fetch(crew.fetcher, seed)
        except Stopped as stopped:
            raise NotAnswered from stopped
        request.meta["fetched"] = fetched
        exchange = fetched.exchange
        if exchange is None or exchange.status is None:
            raise NotAnswered
        return Response(request.url, status=exchange.status, headers=list(exchange.headers), request=request)
