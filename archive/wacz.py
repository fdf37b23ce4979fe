"""WACZ 1.1.1: captures with all their records, an index and a list of pages in one file that replays by itself."""

import hashlib
import json
import os
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from archive.capture import Capture
from archive.cdxj import line_of
from archive.errors import ArchiveError, WriteFailed
from archive.fields import sha256_of
from archive.files import OPEN, sync_folder
from archive.members import compressed
from archive.reader import items_of
from archive.scanner import scan_warc
from archive.siblings import members_of_event, warcinfo_members
from archive.signature import signed_data
from archive.stretch import mapped

VERSION = "1.1.1"
LINES_A_BLOCK = 1_000  # of the compressed index; a reader inflates one block to find a line
NOT_MODIFIED = 304  # pywb and ReplayWeb.page replay an indexed one as it is: an empty page
_TIME_FIELD = 0x5455  # of a ZIP entry: Info-ZIP's extended timestamp, seconds since 1970


@dataclass(frozen=True)
class WaczPage:
    """An entry point of the package. `timestamp` is that of the page's capture."""

    url: str
    timestamp: datetime
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class WaczFile:
    """A written package: its size in bytes and `sha256:` digest."""

    bytes: int
    sha256: str


def write_wacz(
    out: Path,
    *,
    title: str,
    description: str,
    records: Sequence[tuple[Path, int, int]],
    pages: Sequence[WaczPage],
    main_page: WaczPage | None = None,
    created: datetime,
    software: str,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> WaczFile:
    """Write the captures and conversions at `records` (WARC file, offset, length) as a WACZ package to `out`.

    Their gzip members are copied as they are, with those of the requests, metadata and warcinfo that belong to them;
    for a revisit, also name the response it repeats. Two are packed but not indexed, as there is nothing to replay: a
    304, which says when a source was unchanged, and a conversion. With `key` the package is signed (wacz-auth 0.1.0).
    Replaces `out` at once or not at all. WriteFailed when the disk refuses; ArchiveError when a record cannot be read.
    """
    fresh = out.with_name(out.name + ".new")
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
            box = _Box(package, created)
            lines = [line for name, path, places in _by_file(records) for line in _add_warc(box, name, path, places)]
            _add_index(box, sorted(lines))
            box.add("pages/pages.jsonl", _page_lines(pages), deflate=True)
            content = _add_datapackage(box, title, description, main_page, created, software)
            _add_seal(box, content, created, software, key)
        return _settle(fresh, out)
    except OSError as error:
        raise WriteFailed(f"{out} could not be written: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)


class _Box:
    """The package being filled; remembers each resource for datapackage.json. Times are fixed: same in, same out."""

    def __init__(self, package: zipfile.ZipFile, created: datetime) -> None:
        self._package = package
        year, month, day, hour, minute, second = created.astimezone(UTC).timetuple()[:6]
        self._date = (max(year, 1980), month, day, hour, minute, second)
        self._extra = struct.pack("<HHBI", _TIME_FIELD, 5, 1, min(max(int(created.timestamp()), 0), 0xFFFF_FFFF))
        self.resources: list[dict[str, Any]] = []

    def add(self, path: str, content: bytes, *, deflate: bool = False) -> None:
        """Add a file and list it. What is compressed already is stored, so that it can be read in place."""
        self.write(path, content, deflate=deflate)
        self.list(path, sha256_of(content), len(content))

    def list(self, path: str, digest: str, size: int) -> None:
        """List a file that was written."""
        self.resources.append({"name": path.rsplit("/", 1)[-1], "path": path, "hash": digest, "bytes": size})

    def write(self, path: str, content: bytes, *, deflate: bool = False) -> None:
        """Write a file without listing it."""
        self._package.writestr(self.entry(path), content, zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED)

    def entry(self, path: str) -> zipfile.ZipInfo:
        """The entry of `path`, readable by everybody.

        Its extra field holds the time in UTC, and it must have one: an entry without any in the central directory is
        taken by ReplayWeb.page to have none in its local header, where a streamed entry has its ZIP64 sizes, and every
        record is then looked for 20 bytes too early.
        """
        entry = zipfile.ZipInfo(path, self._date)
        entry.external_attr = 0o644 << 16
        entry.extra = self._extra
        return entry

    def stream(self, path: str) -> Any:
        """A stored entry to write to piece by piece."""
        return self._package.open(self.entry(path), "w", force_zip64=True)


def _by_file(records: Sequence[tuple[Path, int, int]]) -> Iterator[tuple[str, Path, list[tuple[int, int]]]]:
    """(name in the package, file, places in order) of each WARC file; two files of one name get a number in front."""
    places: dict[Path, set[tuple[int, int]]] = {}
    for path, offset, length in records:
        places.setdefault(path, set()).add((offset, length))
    taken: set[str] = set()
    for path in sorted(places, key=lambda path: (path.name, str(path))):
        name = path.name.removesuffix(OPEN)
        name = name if name not in taken else f"{len(taken)}-{name}"
        taken.add(name)
        yield name, path, sorted(places[path])


def _add_warc(box: _Box, name: str, path: Path, places: list[tuple[int, int]]) -> list[bytes]:
    """Copy warcinfo and events of one WARC file into the package; the index lines of its captures, newly placed."""
    view = memoryview(mapped(path))
    digest = hashlib.sha256()
    lines: list[bytes] = []
    size = 0
    info = warcinfo_members(path)
    with box.stream(f"archive/{name}") as out:
        if info is not None:
            start = view[info[0] : sum(info)]
            out.write(start)
            digest.update(start)
            size += len(start)
        for offset, length in places:
            event = b"".join(view[at : at + size_] for at, size_ in members_of_event(path, offset, length))
            items = list(items_of(scan_warc(event), name))
            if not items:
                raise ArchiveError(f"{path} holds no sound capture at byte {offset}", advice="Run `sourcekeep verify`.")
            lines += [
                line_of(replace(item, offset=size + item.offset))
                for item in items
                if isinstance(item, Capture) and item.http_status != NOT_MODIFIED
            ]
            out.write(event)
            digest.update(event)
            size += len(event)
    box.list(f"archive/{name}", f"sha256:{digest.hexdigest()}", size)
    return lines


def _add_index(box: _Box, lines: list[bytes]) -> None:
    """A compressed CDXJ in blocks of its own gzip member each, and the list of where each begins."""
    blocks: list[bytes] = []
    told = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}']
    at = 0
    for first in range(0, len(lines), LINES_A_BLOCK):
        block = compressed(b"".join(lines[first : first + LINES_A_BLOCK]))
        key = " ".join(lines[first].decode().split(" ", 2)[:2])
        place = {"offset": at, "length": len(block), "digest": sha256_of(block), "filename": "index.cdx.gz"}
        told.append(f"{key} {json.dumps(place)}")
        blocks.append(block)
        at += len(block)
    box.add("indexes/index.cdx.gz", b"".join(blocks))
    box.add("indexes/index.idx", "".join(f"{line}\n" for line in told).encode(), deflate=True)


def _page_lines(pages: Sequence[WaczPage]) -> bytes:
    """`pages.jsonl`: a line that says what it is, then a line a page; captures within a second are one page."""
    lines: dict[str, dict[str, str]] = {"": {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}}
    for page in pages:
        stamp = _stamp(page.timestamp)
        identity = sha256_of(f"{page.url} {stamp}".encode())[7:23]
        texts = {key: text for key, text in (("title", page.title), ("text", page.text)) if text}
        lines.setdefault(identity, {"id": identity, "url": page.url, "ts": stamp} | texts)
    told = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines.values())
    return told.encode("utf-8", "replace")


def _add_datapackage(
    box: _Box, title: str, description: str, main_page: WaczPage | None, created: datetime, software: str
) -> bytes:
    """Writes the list of all files; answers its bytes."""
    told: dict[str, Any] = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": title,
        "description": description,
        "created": _stamp(created),
        "modified": _stamp(created),
        "software": software,
        "resources": box.resources,
    }
    if main_page is not None:
        told |= {"mainPageUrl": main_page.url, "mainPageDate": _stamp(main_page.timestamp)}
    content = json.dumps(told, indent=2).encode()
    box.write("datapackage.json", content, deflate=True)
    return content


def _add_seal(
    box: _Box, content: bytes, created: datetime, software: str, key: ec.EllipticCurvePrivateKey | None
) -> None:
    """The hash of datapackage.json, with `key` signed (WACZ 1.1.1, "datapackage-digest.json")."""
    digest = sha256_of(content)
    seal: dict[str, Any] = {"path": "datapackage.json", "hash": digest}
    if key is not None:
        seal["signedData"] = signed_data(digest, created, software, key)
    box.write("datapackage-digest.json", json.dumps(seal, indent=2).encode(), deflate=True)


def _stamp(moment: datetime) -> str:
    """RFC 3339 in whole seconds, the one form that py-wacz reads."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _settle(fresh: Path, out: Path) -> WaczFile:
    """Make the package last, give it its name, and take its measure."""
    digest = hashlib.sha256()
    with fresh.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
        size = file.tell()
        os.fsync(file.fileno())
    fresh.replace(out)
    sync_folder(out.parent)
    return WaczFile(size, f"sha256:{digest.hexdigest()}")
