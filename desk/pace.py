"""How far a reading of many files is: a bar on a terminal, a line every ten seconds in a pipe."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from desk.output import say
from desk.progress import LINE_EVERY_S


class Pace:
    """Files and bytes that were read, of how many; `show` is called at every step."""

    def __init__(self, paths: Sequence[Path], show: "Callable[[Pace], None]") -> None:
        self._sizes = {path: path.stat().st_size if path.is_file() else 0 for path in paths}
        self._show = show
        self._began = time.monotonic()
        self.all_files, self.all_bytes = len(paths), sum(self._sizes.values())
        self.files = self.bytes = 0

    @property
    def seconds(self) -> float:
        """Since the reading began."""
        return time.monotonic() - self._began

    def through(self, paths: Sequence[Path]) -> Iterator[Path]:
        """Each path in turn; when the next is asked for, the one before was read."""
        behind = 0
        for path in paths:
            yield path
            behind += self._sizes[path]
            self.files, self.bytes = self.files + 1, behind
            self._show(self)

    def passed(self, more: int) -> None:
        """So many more bytes of the file at hand were read."""
        self.bytes += more
        self._show(self)


class _Line:
    """A line every ten seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, pace: Pace) -> None:
        if time.monotonic() - self._last < LINE_EVERY_S:
            return
        self._last = time.monotonic()
        rate = pace.bytes / pace.seconds
        left = f", {(pace.all_bytes - pace.bytes) / rate:.0f} s left" if rate else ""
        say(
            f"{pace.seconds:.0f} s: {pace.files} of {pace.all_files} files, {pace.bytes / 1e6:,.0f} of "
            f"{pace.all_bytes / 1e6:,.0f} MB read, {rate / 1e6:.1f} MB/s{left}"
        )


@contextmanager
def pace_shown(paths: Sequence[Path]) -> Iterator[Pace]:
    """The pace of reading these files, shown while it lasts."""
    err = Console(stderr=True)
    if not err.is_terminal:
        yield Pace(paths, _Line())
        return
    columns = (TextColumn("{task.description} files"), BarColumn(bar_width=24), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as bar:
        task = bar.add_task("0", total=None)

        def show(pace: Pace) -> None:
            told = f"{pace.files} of {pace.all_files}"
            bar.update(task, description=told, completed=pace.bytes, total=pace.all_bytes)

        yield Pace(paths, show)
