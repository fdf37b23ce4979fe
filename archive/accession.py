"""A WARC or ARC file of others, looked through before it is brought in: captures, what goes with each, damage."""

import mmap
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple, Self

from archive.arc import as_warc, scan_arc
from archive.capture import Capture
from archive.errors import ArchiveError
from archive.fields import Fields, record_id
from archive.fixity import Damage
from archive.form import Form, form_of
from archive.members import MAGIC, Inflater
from archive.packages import HIGHEST_RATIO
from archive.reader import items_of
from archive.scanner import scan_warc
from archive.stretch import SHARED, Stretch, slices

ALWAYS_TAKEN = 1 << 30  # bytes that a file may inflate to, however small it is
_BOMB = f"inflates to more than {HIGHEST_RATIO} times its size; what follows is left out"
Data = mmap.mmap | bytes
Progress = Callable[[int], None]  # told how many bytes of the file are done


class Span(NamedTuple):
    """Where a record lies in its file."""

    offset: int
    length: int


class Identity(NamedTuple):
    """By what two captures under one record id are told apart."""

    kind: str
    url: str
    timestamp: datetime
    digest: str | None

    @classmethod
    def of(cls, capture: Capture) -> Self:
        """Of a capture."""
        return cls(capture.record_type.value, capture.url, capture.timestamp, capture.payload_digest)

    def differs(self, other: "Identity") -> bool:
        """True for another capture; a digest that is not known on both sides says nothing."""
        known = self.digest is not None and other.digest is not None
        return self[:3] != other[:3] or (known and self.digest != other.digest)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A capture of the file with the records that go with it; `under` is the warcinfo that speaks of them."""

    record_id: str
    identity: Identity
    own: Span
    others: tuple[Span, ...]
    under: Span | None


@dataclass(frozen=True)
class Survey:
    """What is in the file: its captures in order, and what of it is damaged."""

    captures: list[Gathered]
    damaged: list[Damage]


class Original:
    """The file, its records given as WARC records. `damage` is where it could not be inflated to its end, if so."""

    def __init__(self, place: str, data: Data, damage: Damage | None = None) -> None:
        self.place = place
        self.damage = damage
        self._data = data
        self._view = memoryview(data)
        self._form = form_of(Path(place), data)
        self._zipped = data[:2] == MAGIC[:2]

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self._view)

    def stretches(self) -> Iterator[Stretch]:
        """Every stretch of it, in order."""
        return scan_arc(self._data) if self._form is Form.ARC else scan_warc(self._data)

    def record(self, span: Span) -> Iterator[bytes | memoryview]:
        """A sound record in pieces, header and block as they are; ArchiveError when it is no longer there."""
        if self._form is Form.ARC:
            yield from as_warc(self._data, span.offset)
            return
        if not self._zipped:
            yield from slices(self._view[span.offset : span.offset + span.length], 0)
            return
        inflater = Inflater(self._view, span.offset)
        yield from inflater.pieces()
        if not inflater.whole:
            raise ArchiveError(f"{self.place} changed while it was read", advice="Run the same command again.")


@contextmanager
def original(place: str, data: Data, beside: Path | None) -> Iterator[Original]:
    """The file at `place`. One that was compressed as a whole is first inflated into the folder `beside`, nameless.

    NotAnArchive for a file of another kind.
    """
    given = Original(place, data)
    first = next(given.stretches(), None)
    if first is None or SHARED not in first.faults:
        yield given
        return
    with tempfile.TemporaryFile(dir=beside) as plain:
        damage = _inflate(place, memoryview(data), plain)
        plain.flush()
        yield Original(place, mmap.mmap(plain.fileno(), 0, access=mmap.ACCESS_READ), damage)


def _inflate(place: str, view: memoryview, into: IO[bytes]) -> Damage | None:
    at = taken = 0
    while at < len(view):
        inflater = Inflater(view, at)
        for piece in inflater.pieces():
            taken += into.write(piece)
            if _is_bomb(taken, len(view)):
                return Damage(place, at, _BOMB, None)
        if not inflater.whole:
            return Damage(place, at, inflater.what, None)
        at = inflater.end
    return None


def _is_bomb(inflated: int, size: int) -> bool:
    return inflated > max(HIGHEST_RATIO * size, ALWAYS_TAKEN)


class _Row(NamedTuple):
    """A sound record: its id and the ids of those it names."""

    kind: str
    record_id: str | None
    names: tuple[str, ...]
    span: Span


@dataclass
class _Seen:
    """What a file shows while it is read once from end to end."""

    rows: list[_Row] = field(default_factory=list)
    damaged: list[Damage] = field(default_factory=list)

    def watch(self, original: Original, progress: Progress) -> Iterator[Stretch]:
        """The stretches of the file, noted as they pass."""
        inflated = 0
        for stretch in original.stretches():
            if stretch.faults:
                what = "; ".join(stretch.faults)
                self.damaged.append(Damage(original.place, stretch.offset, what, stretch.url))
            elif stretch.fields is not None and stretch.kind:
                self.rows.append(_row(stretch, stretch.fields))
            progress(stretch.end)
            yield stretch
            inflated += stretch.measure.block.length if stretch.measure else 0
            if _is_bomb(inflated, original.size):
                self.damaged.append(Damage(original.place, stretch.end, _BOMB, None))
                break
        if original.damage is not None:
            self.damaged.append(original.damage)


def _row(stretch: Stretch, fields: Fields) -> _Row:
    names = filter(None, map(record_id, (*fields.all("WARC-Concurrent-To"), *fields.all("WARC-Refers-To"))))
    own_id = record_id(fields.first.get("warc-record-id"))
    return _Row(stretch.kind, own_id, tuple(names), Span(stretch.offset, stretch.length))


def survey(original: Original, progress: Progress) -> Survey:
    """Reads the file once, by the rules of `verify`; one that inflates beyond measure no further than that."""
    seen = _Seen()
    items = items_of(seen.watch(original, progress), original.place)
    captures = {one.offset: one for one in items if isinstance(one, Capture)}
    return Survey(list(_gathered(seen.rows, captures)), seen.damaged)


def _gathered(rows: list[_Row], captures: dict[int, Capture]) -> Iterator[Gathered]:
    """Each capture with what goes with it: records that name it or that it names, else those that stand before it.

    What stands behind the last goes with the last. So each record has one capture that it is brought in with, and
    nothing is brought in twice.
    """
    own = [row for row in rows if row.span.offset in captures]
    owners = {row.record_id: number for number, row in reversed(list(enumerate(own)))}  # of two of one id the first
    for number, row in enumerate(own):
        for name in row.names:
            owners.setdefault(name, number)
    for row in rows:  # so that what tells of a conversion comes with it
        source = next((owners[name] for name in row.names if name in owners), None)
        if row.kind == "conversion" and row.record_id is not None and source is not None:
            owners.setdefault(row.record_id, source)
    others: list[list[Span]] = [[] for _ in own]
    under: list[Span | None] = []
    info: Span | None = None
    for row in rows:
        if row.kind == "warcinfo":
            info = row.span
        elif row.span.offset in captures:
            under.append(info)
        elif own:
            named = (owners[name] for name in (*row.names, row.record_id) if name in owners)
            others[next(named, min(len(under), len(own) - 1))].append(row.span)
    for number, row in enumerate(own):
        capture = captures[row.span.offset]
        yield Gathered(capture.record_id, Identity.of(capture), row.span, tuple(others[number]), under[number])
