"""Series: the WARC files of one run, one after the other, and the index lines of each."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from archive.capture import Capture, Conversion
from archive.cdxj import leave_lines, line_of, merge_index
from archive.clock import Seams
from archive.custody import CustodyEvent, CustodyLog
from archive.errors import WriteFailed
from archive.files import WARC_FOLDER
from archive.members import GZIP_HEADER
from archive.records import Agent, Event, Ids, draw_ids, warcinfo
from archive.warcfile import WarcFile


class Series:
    """Places records in the run's current file; a new one is begun when the last is full. One thread uses it.

    Every method may raise OSError; `abandon` is then the only thing left to do.
    """

    def __init__(self, folder: Path, *, run: str, agent: Agent, seams: Seams, roll_at: int, least_free: int) -> None:
        self._folder = folder
        self._run = run
        self._agent = agent
        self._seams = seams
        self._roll_at = roll_at
        self._least_free = least_free
        self._serial = 0
        self._custody = CustodyLog(folder, seams)
        self._file: WarcFile | None = None
        self._lines: list[bytes] = []

    def place(self, build: Callable[[Ids], Event]) -> Capture | Conversion:
        """Append the records of one event; not durable before `sync`. What cannot be built leaves no trace."""
        file = self._current()
        before = file.mark()
        try:
            event = build(draw_ids(self._seams.new_id, file.warcinfo_id))
            for record in event.records:
                offset, length = file.append(record)
        except OSError:
            raise
        except Exception:
            file.cut_back(before)
            raise
        item = replace(event.item, warc=file.name, offset=offset, length=length)
        if isinstance(item, Capture):  # other indexers leave conversions out as well
            self._lines.append(line_of(item))
        return item

    def sync(self) -> None:
        """Make all that was placed durable."""
        if self._file is not None:
            self._file.sync()

    def roll(self) -> None:
        """Finish the current file if it is full; call it only when everything placed was synced."""
        if self._file is not None and self._file.size >= self._roll_at:
            self._finish()

    def close(self) -> None:
        """Finish the last file and merge the index lines of all of the run's files."""
        if self._file is not None:
            self._finish()
        merge_index(self._folder)

    def abandon(self, error: Exception) -> WriteFailed:
        """Let go of the current file after a fault, cut back to what is durable; what to tell the callers."""
        file, self._file = self._file, None
        where = file.name if file else str(getattr(error, "filename", None) or self._folder)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        told = f"{where} could not be written ({reason}); the captures before are safe"
        if file is not None:
            try:
                file.abandon()
            except OSError as second:
                told += f", a torn end is left for the next start to cut ({second.strerror})"
        return WriteFailed(told)

    def _current(self) -> WarcFile:
        if self._file is None:
            warc = self._folder / WARC_FOLDER
            warc.mkdir(parents=True, exist_ok=True)
            self._serial += 1
            opening = partial(
                warcinfo, self._agent, run=self._run, gzip_header=GZIP_HEADER, custody_head=self._custody.head()
            )
            self._file = WarcFile(
                warc, serial=self._serial, opening=opening, seams=self._seams, least_free=self._least_free
            )
        return self._file

    def _finish(self) -> None:
        """The lines lie beside the file before it gets its final name, so no finished file is ever without them.

        Its entry in the custody log comes last; after a crash in between the next start adds it.
        """
        if self._file is None:
            return
        self._file.sync()
        leave_lines(self._folder, self._file.name, self._lines)
        captures, self._lines = len(self._lines), []
        done, self._file = self._file.finish(), None
        facts = {"bytes": done.bytes, "sha256": done.sha256, "records": done.records, "captures": captures}
        self._custody.append(CustodyEvent.CAPTURED, f"{WARC_FOLDER}/{done.name}", {**facts, "run": self._run})
