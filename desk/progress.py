"""Progress of long work: a bar per host on a terminal, one line every ten seconds in a pipe; on standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crawler.progress import CrawlProgress

_LINE_EVERY_S = 10.0
_MOST_HOSTS = 8  # bars that fit a small terminal; the rest are in the total


class Shown:
    """Shows the progress values that a crawl reports."""

    def __init__(self, bars: Progress | None) -> None:
        self._bars = bars
        self._tasks: dict[str, int] = {}
        self._last_line = time.monotonic()

    def __call__(self, now: CrawlProgress) -> None:
        """Shows one value; cheap enough for five a second."""
        if self._bars is not None:
            self._draw(now)
        elif time.monotonic() - self._last_line >= _LINE_EVERY_S:
            self._last_line = time.monotonic()
            print(f"{now.done} done, {now.failed} failed, {now.waiting} waiting, {now.bytes / 1e6:.1f} MB", file=sys.stderr)
