"""Captures read back: what a record holds, the payload of a capture, every capture or conversion of a WARC file."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.arc import scan_arc
from archive.capture import TRUNCATIONS, Capture, Conversion, RecordType, Truncation
from archive.errors import ArchiveError
from archive.feed import Feed
from archive.fields import Fields, new_hash, parse_date, parse_digest, parse_fields, record_id, uri_value
from archive.files import OPEN, warc_path
from archive.form import Form, form_of
from archive.head import Head, read_head
from archive.members import MAGIC, Inflater
from archive.metadata import NOTHING, Facts, imported_from, imported_origin, read_facts
from archive.payload import framed_parts, known_sha1
from archive.scanner import scan_warc
from archive.stretch import Stretch, mapped, slices

_ITEMS = frozenset((*(kind.value for kind in RecordType), "conversion"))


@dataclass(frozen=True, slots=True)
class Payload:
    """The entity body of a capture: chunk framing removed, content codings not.

    `codings` are those it is still in, in the order they were applied; `content_type` is the whole declared header.
    `reason` says why it is not whole, else it is empty.
    """

    content: bytes
    codings: tuple[str, ...] = ()
    content_type: str | None = None
    reason: str = ""

    @property
    def coded(self) -> bool:
        """True when the content must be decoded before it can be read."""
        return bool(self.codings)

    @property
    def content_encoding(self) -> str | None:
        """The codings as one Content-Encoding value, or None."""
        return ", ".join(self.codings) or None


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it lies in its file: fields, block, and the HTTP head at the block's start if there is one."""

    fields: Fields
    block: bytes
    head: Head | None

    def readings(self) -> Iterator[bytes]:
        """The payload as the head frames it; then all behind the head; then nothing (see `measure.Measure`)."""
        view = memoryview(self.block)
        if self.head is None:
            yield self.block
            return
        body = view[self.head.body_at :]
        yield b"".join(framed_parts(self.head, body))
        yield bytes(body)
        yield b""


def read_capture(path: Path, offset: int) -> Held:
    """The record at `offset` of a WARC file; ArchiveError when none can be read there."""
    view = memoryview(mapped(path))
    zipped = bytes(view[offset : offset + 3]) == MAGIC
    inflater = Inflater(view, offset)
    feed = Feed(inflater.pieces() if zipped else slices(view, offset))
    header = feed.take_until(b"\r\n\r\n")
    fields = parse_fields(header.split(b"\n", 1)[1]) if header and header.startswith(b"WARC/") else None
    length = (fields.get("Content-Length") or "") if fields else ""
    if fields is None or not length.isdigit():
        raise ArchiveError(f"{path} has no record at byte {offset}", advice="Run `sourcekeep verify`.")
    block = b"".join(feed.views(int(length)))
    if len(block) < int(length):
        raise ArchiveError(f"the record of {path} at byte {offset} is damaged", advice="Run `sourcekeep verify`.")
    http = (fields.get("Content-Type") or "").lower().startswith("application/http")
    return Held(fields, block, read_head(block) if http else None)


def read_payload(folder: Path, capture: Capture, limit: int | None = None) -> Payload:
    """The payload of a capture kept in the data folder `folder`, at most `limit` bytes of it.

    Of a revisit, hand in the capture it repeats: its own record has no payload. ArchiveError when the file is
    missing, the record damaged, or the payload not the one whose digest the capture names.
    """
    if capture.record_type is RecordType.REVISIT:
        raise ArchiveError(f"{capture.record_id} repeats {capture.revisit_of}, which holds the payload")
    try:
        held = read_capture(warc_path(folder, capture.warc), capture.offset)
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{capture.warc} cannot be read: {error}", advice="Run `sourcekeep verify`.") from error
    if record_id(held.fields.get("WARC-Record-ID")) not in (capture.record_id, None):
        raise ArchiveError(f"{capture.warc} has another record at byte {capture.offset}")
    content = _entity(held, capture)
    reason = f"the answer was cut ({capture.truncated.value})" if capture.truncated else ""
    if limit is not None and len(content) > limit:
        content, reason = content[:limit], f"only the first {limit} of {len(content)} bytes"
    head = held.head
    declared = head.header("content-type") if head else held.fields.get("Content-Type")
    return Payload(content, tuple(head.codings()) if head else (), declared, reason)


def _entity(held: Held, capture: Capture) -> bytes:
    """The reading of the payload whose digest the capture names."""
    stated = parse_digest(capture.payload_digest or "")
    for reading in held.readings():
        if stated is None:
            return reading if capture.http_status is not None else held.block
        digest = new_hash(stated[0])
        digest.update(reading)
        if digest.digest() == stated[1]:
            return reading
    raise ArchiveError(
        f"the payload of {capture.url} in {capture.warc} at byte {capture.offset} is not what was kept",
        advice="Run `sourcekeep verify`.",
    )


def captures_in(path: Path) -> Iterator[Capture]:
    """Every sound response, revisit and resource record of a WARC or ARC file as a Capture, in file order.

    Complete, with its origin from the metadata record beside it; needs nothing but the file. NotAnArchive when the
    file is neither.
    """
    return (item for item in items_in(path) if isinstance(item, Capture))


def items_in(path: Path) -> Iterator[Capture | Conversion]:
    """The same with the conversions that are written here.

    Those of others say not of what they are a reading; those that were brought in, whoever wrote them, are no more
    than what their archive says: what was brought in is read here, and the text that is found is kept here.
    """
    data = mapped(path)
    stretches = scan_arc(data) if form_of(path, data) is Form.ARC else scan_warc(data)
    return items_of(stretches, path.name.removesuffix(OPEN))


def items_of(stretches: Iterable[Stretch], warc: str) -> Iterator[Capture | Conversion]:
    """The captures and conversions among `stretches` of the file `warc`.

    Metadata may stand before its capture, as here, or after it, as others write; so each capture waits for the next.
    Where the file's first record says that it holds imported records, their origin says so too.
    """
    notes: dict[str, Facts] = {}
    waiting: Stretch | None = None
    imported: str | None = None
    for stretch in stretches:
        if stretch.faults:
            continue
        if stretch.kind == "metadata":
            _note(stretch, notes)
        elif stretch.kind == "warcinfo" and stretch.offset == 0:
            imported = _imported_from(stretch)
        elif stretch.kind in _ITEMS:
            if waiting is not None:
                yield from _item(waiting, warc, notes, imported)
            waiting = stretch
    if waiting is not None:
        yield from _item(waiting, warc, notes, imported)


def _imported_from(info: Stretch) -> str | None:
    told = parse_fields(info.measure.content) if info.measure else None
    return imported_from(told) if told else None


def _item(stretch: Stretch, warc: str, notes: dict[str, Facts], imported: str | None) -> Iterator[Capture | Conversion]:
    if stretch.kind != "conversion":
        return _captured(stretch, warc, notes, imported)
    return iter(()) if imported else _converted(stretch, warc, notes)


def _note(stretch: Stretch, notes: dict[str, Facts]) -> None:
    fields = parse_fields(stretch.measure.content) if stretch.measure else None
    if fields is None or stretch.fields is None:
        return
    for tied in (*stretch.fields.all("WARC-Concurrent-To"), *stretch.fields.all("WARC-Refers-To")):
        notes[record_id(tied) or ""] = read_facts(fields)
    while len(notes) > 1_000:  # foreign files may hold notes on what is not there
        del notes[next(iter(notes))]


def _converted(stretch: Stretch, warc: str, notes: dict[str, Facts]) -> Iterator[Conversion]:
    """The conversion of a sound record whose metadata says what was read and by whom; nothing for another."""
    fields = stretch.fields.first if stretch.fields else {}
    identity, source = record_id(fields.get("warc-record-id")) or "", record_id(fields.get("warc-refers-to"))
    facts, digest = notes.pop(identity, NOTHING), fields.get("warc-payload-digest")
    if source and digest and facts.source_digest and facts.reader:
        place = warc, stretch.offset, stretch.length
        yield Conversion(identity, source, facts.source_digest, digest, facts.reader, *place)


def _captured(stretch: Stretch, warc: str, notes: dict[str, Facts], imported: str | None) -> Iterator[Capture]:
    """The capture of a sound record; nothing for one without URL or date."""
    fields, measure = stretch.fields, stretch.measure
    made = parse_date(fields.get("WARC-Date") or "") if fields else None
    url = (fields.get("WARC-Target-URI") or "").strip("<>") if fields else ""
    if fields is None or measure is None or made is None or not url:
        return
    own_id = record_id(fields.get("WARC-Record-ID"))
    identity = own_id or f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{warc}#{stretch.offset}')}"
    facts = notes.pop(identity, NOTHING)
    head = measure.head
    status = facts.status if facts.status_known else head.status if head else None
    digest, length = _payload_of(stretch, fields, facts, status)
    kind = RecordType(stretch.kind)
    cut = fields.get("WARC-Truncated") if kind is not RecordType.REVISIT else None
    truncated = TRUNCATIONS.get(cut, Truncation.UNSPECIFIED) if cut else facts.truncated
    declared = (fields.get("Content-Type") or "").split(";", 1)[0].strip().lower() or None
    yield Capture(
        record_id=identity,
        record_type=kind,
        url=uri_value(url),
        timestamp=made,
        http_status=status,
        mime=head.mime() if head else declared if kind is RecordType.RESOURCE else None,
        payload_digest=digest,
        payload_length=length,
        warc=warc,
        offset=stretch.offset,
        length=stretch.length,
        truncated=truncated,
        revisit_of=record_id(fields.get("WARC-Refers-To")) if kind is RecordType.REVISIT else None,
        etag=head.header("etag") if head else None,
        last_modified=head.header("last-modified") if head else None,
        location=head.header("location") if head else None,
        origin=imported_origin(facts.origin, imported) if imported else facts.origin,
        payload_sha1=known_sha1(digest) or facts.payload_sha1,
    )


def _payload_of(stretch: Stretch, fields: Fields, facts: Facts, status: int | None) -> tuple[str | None, int]:
    """(digest, length) of the payload: as the record names it; computed where a foreign record names none."""
    stated = fields.get("WARC-Payload-Digest")
    measure = stretch.measure
    if stretch.kind == "revisit" or measure is None:
        return stated, facts.payload_length or 0
    known = parse_digest(stated or "")
    tally = measure.payload_matching(*known) if known else None
    if tally is not None and stated is not None:
        return stated, tally.length
    if stated is not None:  # in an algorithm that is not known here
        return stated, measure.payloads[0].length
    if stretch.kind == "response" and status is None:
        return None, 0
    return f"sha256:{measure.payloads[0].digest('sha256').hex()}", measure.payloads[0].length
