"""Fixity: an archive file read whole again, and everything named that is not as it must be."""

import mmap
from dataclasses import dataclass, replace
from pathlib import Path

from archive.arc import scan_arc
from archive.capture import RecordType
from archive.errors import NotAnArchive
from archive.fields import parse_date, uri_value
from archive.files import OPEN
from archive.form import Form, form_of
from archive.packages import PackageRefused, opened_package
from archive.scanner import scan_warc
from archive.stretch import Stretch, mapped


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
    """What was found in one file: sound records, bytes of the file, damage in file order, sound captures."""

    records: int
    bytes: int
    damaged: tuple[Damage, ...]
    captures: tuple[Place, ...] = ()


def verify_file(path: Path) -> FileReport:
    """Read every record of a WARC, ARC or WACZ file, whoever wrote it, and hold it against the rules of its form.

    A WARC record is sound when its gzip member ends properly, its block has exactly the length it names and is
    followed by two line ends, its header parses, and its digests match. Goes on behind damage as far as records can
    be found. NotAnArchive for any other file; OSError when it cannot be read at all.
    """
    try:
        data = mapped(path)
    except IsADirectoryError:
        raise NotAnArchive(f"{path} is a folder") from None
    form = form_of(path, data)
    return _package_report(path) if form is Form.WACZ else _report(path.name, data, form)


def _package_report(path: Path) -> FileReport:
    """A WACZ: the hashes that its datapackage states, and every record of the WARC files in it.

    Offsets are bytes of the WARC file inside, which `warc` names after the package.
    """
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


def _report(name: str, data: mmap.mmap | bytes, form: Form) -> FileReport:
    damaged: list[Damage] = []
    captures: list[Place] = []
    count = 0
    announced = _Announced()
    for stretch in scan_arc(data) if form is Form.ARC else scan_warc(data):
        if stretch.faults:
            url = _url(stretch) or announced.url
            damaged.append(Damage(name, stretch.offset, "; ".join(stretch.faults), url))
        elif stretch.kind:  # blank lines at the end of an ARC file are no record
            count += 1
            captures += _place_of(stretch, name.removesuffix(OPEN))
        announced.watch(stretch)
    if not len(data) and not name.endswith(OPEN):  # a kill before the first write; the next start takes it away
        damaged.append(Damage(name, 0, "the file is empty", None))
    return FileReport(count, len(data), tuple(damaged), tuple(captures))


def _place_of(stretch: Stretch, warc: str) -> list[Place]:
    """The place of a sound record that `archive.reader` takes for a capture: one of its kinds, with URL and date."""
    url = _url(stretch)
    if stretch.fields is None or stretch.kind not in _CAPTURES or url is None:
        return []
    dated = parse_date(stretch.fields.first.get("warc-date", "")) is not None
    return [Place(warc, stretch.offset, uri_value(url))] if dated else []


def _url(stretch: Stretch) -> str | None:
    return stretch.fields.first.get("warc-target-uri", "").strip("<>") or None if stretch.fields else None


class _Announced:
    """The URL of a capture that the records just read belong to and that has not come yet.

    It names a capture whose own header is lost, in files where request and metadata stand before it.
    """

    def __init__(self) -> None:
        self.url: str | None = None
        self._captured: str | None = None

    def watch(self, stretch: Stretch) -> None:
        """Take note of the next stretch."""
        fields = stretch.fields
        tied = fields.first.get("warc-concurrent-to") if fields else None
        self.url = _url(stretch) if tied and tied != self._captured and not stretch.faults else None
        if fields and stretch.kind not in ("request", "metadata"):
            self._captured = fields.first.get("warc-record-id")
