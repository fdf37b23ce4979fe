"""Progress of long work: a bar per host on a terminal, one line every ten seconds in a pipe; on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from crawler.progress import CrawlProgress

LINE_EVERY_S = 10.0
MOST_HOSTS = 8  # lines that fit a small terminal; the rest is in the total


class _Bars:
    """A line for the whole and one for each of the busiest hosts."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._whole = progress.add_task("all hosts", total=None, told="")
        self._hosts: dict[str, TaskID] = {}

    def __call__(self, now: CrawlProgress) -> None:
        ahead = now.waiting + now.under_way
        rate = now.done / now.seconds if now.seconds else 0.0
        told = f"{now.failed} failed  {now.bytes / 1e6:.1f} MB  {rate:.1f}/s"
        self._progress.update(self._whole, completed=now.done, total=now.done + ahead, told=told)
        for host in now.hosts:
            if host not in self._hosts and len(self._hosts) < MOST_HOSTS:
                self._hosts[host] = self._progress.add_task(f"  {host}", total=None, told="")
        for host, task in self._hosts.items():
            seen = now.hosts[host]
            self._progress.update(task, completed=seen.done, told=f"{seen.failed} failed  {seen.bytes / 1e6:.1f} MB")


class _Lines:
    """A line every ten seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, now: CrawlProgress) -> None:
        if time.monotonic() - self._last < LINE_EVERY_S:
            return
        self._last = time.monotonic()
        rate = now.done / now.seconds if now.seconds else 0.0
        print(
            f"{now.seconds:.0f} s: {now.done} done, {now.failed} failed, {now.waiting + now.under_way} to go, "
            f"{now.bytes / 1e6:.1f} MB, {rate:.1f}/s",
            file=sys.stderr,
            flush=True,
        )


@contextmanager
def shown() -> Iterator[Callable[[CrawlProgress], None]]:
    """What shows a crawl's progress while it runs: give it to `crawl(progress=…)`."""
    err = Console(stderr=True)
    if not err.is_terminal:
        yield _Lines()
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True) as progress:
        yield _Bars(progress)
