"""Stretch: one piece of an archive file as it lies, a record or bytes that are none."""

import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.fields import Fields
from archive.measure import Measure
from archive.members import PIECE


@dataclass(frozen=True, slots=True)
class Stretch:
    """One piece of a file: a record, or bytes that are none. `offset` and `length` are bytes of the file as it lies.

    `faults` says what is not as it must be; a record without faults is good. `fields` is None where no record header
    could be read, `measure` None where its block could not be read to the end.
    """

    offset: int
    length: int
    fields: Fields | None
    measure: Measure | None
    faults: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The WARC-Type in lower case, or an empty text."""
        return self.fields.kind if self.fields is not None else ""

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + self.length


def mapped(path: Path) -> mmap.mmap | bytes:
    """The bytes of a file without reading it into memory; empty bytes for an empty file.

    The map is given back when the last view of it is gone: closing it under a reader that still looks would raise.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def slices(view: memoryview, at: int) -> Iterator[memoryview]:
    """The bytes from `at` on as views, a small one first: most records are small."""
    size = 1 << 13
    while at < len(view):
        yield view[at : at + size]
        at += size
        size = PIECE
