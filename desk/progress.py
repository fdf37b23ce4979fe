"""Progress of long work: a bar and a line a host on a terminal, a line every ten seconds in a pipe."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from crawler.progress import CrawlProgress
from desk.output import safe

LINE_EVERY_S = 10.0
MOST_HOSTS = 8  # lines that fit a small terminal


class _Bars:
    """A bar for the whole, and a line for each of the busiest hosts."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._whole = Progress(
            TextColumn("all hosts"), BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(), TimeRemainingColumn(),
        )  # fmt: skip
        self._task = self._whole.add_task("", total=None, told="")

    def __call__(self, now: CrawlProgress) -> None:
        ahead = now.waiting + now.under_way
        told = f"{now.failed} failed  {now.bytes / 1e6:.1f} MB  {_rate(now):.1f}/s"
        self._whole.update(self._task, completed=now.done, total=now.done + ahead, told=told)
        self._live.update(Group(self._whole, _host_lines(now)))


def _host_lines(now: CrawlProgress) -> Table:
    """The hosts with the most to tell, most first; the rest are in the total."""
    lines = Table.grid(padding=(0, 2))
    busiest = sorted(now.hosts.items(), key=lambda one: -one[1].done)
    for host, seen in busiest[:MOST_HOSTS]:
        lines.add_row(
            f"  {host}", f"{seen.done} done", f"{seen.failed} failed", f"{seen.bytes / 1e6:.1f} MB", style="dim"
        )
    if len(busiest) > MOST_HOSTS:
        lines.add_row(f"  and {len(busiest) - MOST_HOSTS} more hosts", style="dim")
    return lines


def _rate(now: CrawlProgress) -> float:
    return now.done / now.seconds if now.seconds else 0.0


class _Lines:
    """A line every ten seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, now: CrawlProgress) -> None:
        if time.monotonic() - self._last < LINE_EVERY_S:
            return
        self._last = time.monotonic()
        print(
            f"{now.seconds:.0f} s: {now.done} done, {now.failed} failed, {now.waiting + now.under_way} to go, "
            f"{now.bytes / 1e6:.1f} MB, {_rate(now):.1f}/s",
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
    with Live(console=err, transient=True, refresh_per_second=5) as live:
        yield _Bars(live)


def bytes_shown(what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
    """What shows the progress of work on a file: tell it how many bytes of `total` are done."""
    return _amount_shown(what, total, DownloadColumn(), lambda done: f"{done / 1e6:.0f} of {total / 1e6:.0f} MB")


def count_shown(what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
    """What shows the progress of work on many alike: tell it how many of `total` are done."""
    return _amount_shown(what, total, MofNCompleteColumn(), lambda done: f"{done} of {total}")


@contextmanager
def _amount_shown(
    what: str, total: int, amount: ProgressColumn, told: Callable[[int], str]
) -> Iterator[Callable[[int], None]]:
    err = Console(stderr=True)
    if not err.is_terminal:
        yield _AmountLines(what, told)
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), amount, TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(escape(safe(what)), total=total)
        yield lambda done: bar.update(task, completed=done)


class _AmountLines:
    """A line every ten seconds."""

    def __init__(self, what: str, told: Callable[[int], str]) -> None:
        self._what, self._told = what, told
        self._last = time.monotonic()

    def __call__(self, done: int) -> None:
        if time.monotonic() - self._last >= LINE_EVERY_S:
            self._last = time.monotonic()
            print(f"{safe(self._what)}: {self._told(done)}", file=sys.stderr, flush=True)
