"""Scrapy's replaceable parts, trimmed to what a crawl of ours uses of them."""

from collections import deque
from typing import Any

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.logformatter import LogFormatter


class InOrder(BaseScheduler):
    """Requests in the order they come, in memory: what is due next was decided by `Dispatch`."""

    def __init__(self) -> None:
        self._queue: deque[Request] = deque()

    def has_pending_requests(self) -> bool:
        """True while a request waits here."""
        return bool(self._queue)

    def enqueue_request(self, request: Request) -> bool:
        """Take a request; always True, since nothing is filtered here."""
        self._queue.append(request)
        return True

    def next_request(self) -> Request | None:
        """The oldest request, or None."""
        return self._queue.popleft() if self._queue else None


class Quiet(LogFormatter):
    """No line for each page fetched: outcomes say more, and the texts cost a tenth of Scrapy's time."""

    def crawled(self, request: Any, response: Any, spider: Any) -> Any:
        """Nothing to log."""
        return None
