"""Recollection: what crossed the wire for a capture, read back from the records of its event."""

import base64
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.capture import Capture, Fault, Tls, Truncation
from archive.errors import ArchiveError
from archive.feed import Feed
from archive.fields import Fields, parse_fields, record_id
from archive.files import warc_path
from archive.members import GZIP_HEADER, Inflater
from archive.reader import read_capture
from archive.stretch import mapped

# Request and metadata stand right before their capture; both are small, but for a request to a very long URL.
_NEAR = 8 << 20


@dataclass(frozen=True, slots=True)
class Recollection:
    """What the records of a capture tell of its exchange, but for the bytes that were sent; see `Exchange`.

    `received` gives the bytes that came, in pieces and once; ArchiveError at its end when the record is damaged. Of a
    revisit with an equal payload they are the head alone.
    """

    received: Iterator[bytes | memoryview]
    method: str
    seconds: float
    peer: str | None
    port: int | None
    tls: Tls | None
    truncated: Truncation | None
    fault: Fault | None
    fault_detail: str
    reused: bool


def recollect(folder: Path, capture: Capture) -> Recollection:
    """What the archive in `folder` tells of the exchange of a response or revisit that was written here.

    ArchiveError when the file is missing, the records are damaged or not in the order in which they are written here.
    """
    try:
        path = warc_path(folder, capture.warc)
        data = mapped(path)
        return _told(memoryview(data), capture, _notes(path, data, capture))
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{capture.warc} cannot be read: {error}", advice="Run `sourcekeep verify`.") from error


def _told(view: memoryview, capture: Capture, notes: Fields) -> Recollection:
    """What the metadata's fields say; ValueError when they say what is never written here."""
    address, _, port = (notes.get("peer") or "").rpartition(":")
    fault = notes.get("fault")
    return Recollection(
        received=_received(view, capture, base64.b64decode(notes.get("interim") or "", validate=True)),
        method=notes.get("method") or "GET",
        seconds=int(notes.get("fetchTimeMs") or 0) / 1000,
        peer=address.strip("[]") or None,
        port=int(port) if port.isdigit() else None,
        tls=_tls(notes),
        truncated=capture.truncated,
        fault=Fault(fault) if fault else None,
        fault_detail=notes.get("faultDetail") or "",
        reused=notes.get("reusedConnection") == "yes",
    )


def _notes(path: Path, data: mmap.mmap | bytes, capture: Capture) -> Fields:
    """The fields of the metadata record of a capture, which stands before it with the request in between."""
    at = capture.offset
    for _ in range(2):
        at = data.rfind(GZIP_HEADER, max(0, at - _NEAR), at)
        held = read_capture(path, at) if at >= 0 else None
        if held is None or record_id(held.fields.get("WARC-Concurrent-To")) != capture.record_id:
            break
        fields = parse_fields(held.block) if held.fields.kind == "metadata" else None
        if fields is not None:
            return fields
    raise ArchiveError(f"no record tells how {capture.url} in {capture.warc} at byte {capture.offset} was fetched")


def _received(view: memoryview, capture: Capture, interim: bytes) -> Iterator[bytes | memoryview]:
    """The answers before the final one, which the metadata holds, then the block of the capture's own record."""
    yield interim
    inflater = Inflater(view, capture.offset)
    feed = Feed(inflater.pieces())
    header = feed.take_until(b"\r\n\r\n")
    fields = parse_fields(header.split(b"\n", 1)[1]) if header and header.startswith(b"WARC/") else None
    if fields is not None and record_id(fields.get("WARC-Record-ID")) == capture.record_id:
        yield from feed.views(int(fields.get("Content-Length") or 0))
        feed.skip_to_end()
    if not inflater.whole:
        raise ArchiveError(f"the record of {capture.url} in {capture.warc} at byte {capture.offset} is damaged")


def _tls(notes: Fields) -> Tls | None:
    version = notes.get("tlsVersion")
    if version is None:
        return None
    chain = tuple(base64.b64decode(one) for one in notes.all("tlsCertificate"))
    return Tls(version, notes.get("tlsCipher") or "", chain, notes.get("tlsVerdict") or "")
