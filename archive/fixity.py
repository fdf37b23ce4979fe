"""Fixity: an archive file read whole again, and everything named that is not as it must be."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from archive.arc import scan_arc
from archive.capture import RecordType
from archive.errors import NotAnArchive
from archive.fields import uri_value
from archive.files import OPEN
from archive.form import Form, form_of
from archive.scanner import scan_warc
from archive.stretch import Stretch, mapped
from archive.whole import Passed, Whole, nobody


@dataclass(frozen=True)
class Damage:
    """One thing that is not as it must be. `url` is what the damaged record was of, where that can still be read."""

    warc: str
    offset: int
    what: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sound capture lies, and of what it is; all the rest of it is left to `archive.reader`."""

    warc: str
    offset: int
    url: str


_CAPTURES = frozenset(kind.value for kind in RecordType)


@dataclass(frozen=True)
class FileReport:
    """What was found in one file: sound records, bytes of the file, damage in file order, sound captures.

    `sha256` digests the whole file; empty for a package, whose own list of digests is held against it.
    """

    records: int
    bytes: int
    damaged: tuple[Damage, ...]
    captures: tuple[Place, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What was found from the first record at `first` to the end of the last at `end`, both bytes of the file."""

    first: int
    end: int
    records: int
    damaged: tuple[Damage, ...]
    captures: tuple[Place, ...]


def verify_file(path: Path, passed: Passed = nobody) -> FileReport:
    """Read every record of a WARC, ARC or WACZ file, whoever wrote it, and hold it against the rules of its form.

    A WARC record is sound when its gzip member ends properly, its block has exactly the length it names and is
    followed by two line ends, its header parses, and its digests match. Goes on behind damage as far as records can
    be found. `passed` is told how many more bytes were read. NotAnArchive for any other file; OSError when it cannot
    be read at all.
    """
    try:
        data = mapped(path)
    except IsADirectoryError:
        raise NotAnArchive(f"{path} is a folder") from None
    form = form_of(path, data)
    return _package_report(path) if form is Form.WACZ else _report(path.name, data, form, passed)


def _package_report(path: Path) -> FileReport:
    """A WACZ: the hashes that its datapackage states, and every record of the WARC files in it.

    Offsets are bytes of the WARC file inside, which `warc` names after the package.
    """
    from archive.packages import PackageRefused, opened_package  # here: it brings cryptography, .08 s of start-up

    records = 0
    damaged: list[Damage] = []
    captures: list[Place] = []
    try:
        with opened_package(path) as package:
            damaged += [Damage(path.name, 0, what, None) for what in package.faults()]
            for name, data in package.warc_files():
                inner = _report(name, data, form_of(Path(name), data))
                records += inner.records
                captures += inner.captures
                damaged += [replace(each, warc=f"{path.name}!{name}") for each in inner.damaged]
    except PackageRefused as refusal:
        damaged.append(Damage(path.name, 0, str(refusal), None))
    return FileReport(records, path.stat().st_size, tuple(damaged), tuple(captures))


def verify_part(path: Path, start: int, end: int) -> Part:
    """Read the records of a WARC file of gzip members that begin at or behind `start` and before `end`, bytes of it."""
    data = mapped(path)
    return _part(path.name, scan_warc(data, start, end), start)


def _report(name: str, data: mmap.mmap | bytes, form: Form, passed: Passed = nobody) -> FileReport:
    whole = Whole(data, passed)
    found = _part(name, whole.behind(scan_arc(data) if form is Form.ARC else scan_warc(data)), 0)
    damaged = found.damaged
    if not len(data) and not name.endswith(OPEN):  # a kill before the first write; the next start takes it away
        damaged = (Damage(name, 0, "the file is empty", None),)
    return FileReport(found.records, len(data), damaged, found.captures, whole.digest())


def _part(name: str, stretches: Iterator[Stretch], start: int) -> Part:
    damaged: list[Damage] = []
    captures: list[Place] = []
    warc = name.removesuffix(OPEN)
    announced = _Announced()
    count, first, end = 0, None, start
    for stretch in stretches:
        if stretch.faults:
            url = stretch.url or announced.url()
            damaged.append(Damage(name, stretch.offset, "; ".join(stretch.faults), url))
        elif stretch.kind:  # blank lines at the end of an ARC file are no record
            count += 1
            if stretch.kind in _CAPTURES and stretch.url is not None and stretch.dated:
                captures.append(Place(warc, stretch.offset, uri_value(stretch.url)))
        announced.watch(stretch)
        first, end = stretch.offset if first is None else first, stretch.end
    return Part(start if first is None else first, end, count, tuple(damaged), tuple(captures))


class _Announced:
    """The URL of a capture that the records just read belong to and that has not come yet.

    It names a capture whose own header is lost, in files where request and metadata stand before it.
    """

    def __init__(self) -> None:
        self._last: Stretch | None = None
        self._before: Stretch | None = None  # the last capture before that
        self._captured: Stretch | None = None

    def watch(self, stretch: Stretch) -> None:
        """Take note of the next stretch; it is read only when `url` is asked for."""
        self._last, self._before = stretch, self._captured
        if stretch.kind and stretch.kind not in ("request", "metadata"):
            self._captured = stretch

    def url(self) -> str | None:
        """What the last stretch announced, or None."""
        if self._last is None or self._last.faults or self._last.fields is None:
            return None
        tied = self._last.fields.first.get("warc-concurrent-to")
        come = self._before.fields.first.get("warc-record-id") if self._before and self._before.fields else None
        return self._last.url if tied and tied != come else None
