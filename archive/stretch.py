"""Stretch: one piece of an archive file as it lies, a record or bytes that are none."""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from archive.fields import Fields, parse_date
from archive.glance import Glance
from archive.measure import Measure
from archive.members import PIECE

GIVEN_BACK = 16 << 20  # bytes of a map that are read before they are given back
SHARED = "several records share one gzip member"  # as in a file that was compressed as a whole


class Stretch:
    """One piece of a file: a record, or bytes that are none. `offset` and `length` are bytes of the file as it lies.

    `faults` says what is not as it must be; a record without faults is good. `kind` is the WARC-Type in lower case, or
    an empty text. `fields` is None where no record header could be read, `measure` None where its block could not be
    read to the end. Of a record that was judged in a glance both are read when they are first asked for.
    """

    __slots__ = ("_fields", "_glance", "_measure", "faults", "kind", "length", "offset")

    def __init__(
        self,
        offset: int,
        length: int,
        fields: Fields | None = None,
        measure: Measure | None = None,
        faults: tuple[str, ...] = (),
        glance: Glance | None = None,
    ) -> None:
        self.offset = offset
        self.length = length
        self.faults = faults
        self.kind = glance.kind if glance is not None else fields.kind if fields is not None else ""
        self._glance = glance
        self._fields = fields
        self._measure = measure

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + self.length

    @property
    def fields(self) -> Fields | None:
        """The fields of its record header, or None."""
        if self._fields is None and self._glance is not None:
            self._fields = self._glance.fields()
        return self._fields

    @property
    def measure(self) -> Measure | None:
        """The measure of its block, or None."""
        if self._measure is None and self._glance is not None:
            self._measure = self._glance.measure()
        return self._measure

    @property
    def url(self) -> str | None:
        """What it is of, without the angle brackets that some writers add; None where it says nothing."""
        if self._glance is not None:
            return self._glance.url
        return self._fields.first.get("warc-target-uri", "").strip("<>") or None if self._fields is not None else None

    @property
    def dated(self) -> bool:
        """True when its header states a time."""
        if self._glance is not None:
            return True
        return self._fields is not None and parse_date(self._fields.first.get("warc-date", "")) is not None


def mapped(path: Path) -> mmap.mmap | bytes:
    """The bytes of a file without reading it into memory; empty bytes for an empty file.

    The map is given back when the last view of it is gone: closing it under a reader that still looks would raise.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def give_back(data: mmap.mmap | bytes, start: int, end: int) -> int:
    """Let go of the pages of a map between `start` and `end`; where to go on from, on a page's edge.

    They count as memory of the process for as long as it does not. Who looks again gets them again.
    """
    start, end = start // mmap.PAGESIZE * mmap.PAGESIZE, end // mmap.PAGESIZE * mmap.PAGESIZE
    if isinstance(data, mmap.mmap) and end > start:
        data.madvise(mmap.MADV_DONTNEED, start, end - start)
    return end


def slices(view: memoryview, at: int) -> Iterator[memoryview]:
    """The bytes from `at` on as views, a small one first: most records are small."""
    size = 1 << 13
    while at < len(view):
        yield view[at : at + size]
        at += size
        size = PIECE
