"""Scanner: a WARC file read from end to end under the strictest rules, going on behind whatever is damaged."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.feed import Feed
from archive.fields import Fields, is_malformed_digest, parse_date, parse_digest, parse_fields, record_id
from archive.measure import BlockMeter, Measure
from archive.members import MAGIC, Inflater
from archive.stretch import Stretch, slices

_VERSION = re.compile(rb"WARC/(\d\.\d+)\r?\n")
_HTTP_KINDS = frozenset(("response", "request", "revisit"))
_PAYLOAD_KINDS = frozenset(("response", "resource", "conversion", "request"))


def read_record(feed: Feed) -> tuple[Fields | None, Measure | None, list[str]]:
    """One WARC record off `feed`: its fields, its block's measure, and what is wrong with it.

    Held against WARC/1.1 §4–5: header line by line, exactly Content-Length bytes, two line ends, both digests.
    """
    if not _VERSION.match(feed.peek(16)):
        return None, None, ["no WARC record begins here"]
    header = feed.take_until(b"\r\n\r\n")
    fields = parse_fields(header.split(b"\n", 1)[1]) if header else None
    if fields is None:
        return None, None, ["the record header cannot be read"]
    faults = list(_header_faults(fields))
    length = fields.get("Content-Length") or ""
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        return fields, None, faults
    meter = _meter(fields)
    for view in feed.views(int(length)):
        meter.feed(view)
    measure = meter.finish()
    if measure.block.length < int(length):
        return fields, None, [*faults, f"the block has {measure.block.length} of {length} bytes"]
    if feed.take(4) != b"\r\n\r\n":
        faults.append("the record does not end with two line ends")
    faults += _digest_faults(fields, measure)
    return fields, measure, faults


def _meter(fields: Fields) -> BlockMeter:
    kind = (fields.get("WARC-Type") or "").lower()
    url = (fields.get("WARC-Target-URI") or "").strip("<>").lower()
    stated = parse_digest(fields.get("WARC-Payload-Digest") or "")
    wanted = parse_digest(fields.get("WARC-Block-Digest") or "")
    content_type = (fields.get("Content-Type") or "").lower()
    return BlockMeter(
        block_digests={wanted[0]} if wanted else set(),
        payload_digests=({stated[0] if stated else "sha256"} if kind in _PAYLOAD_KINDS else set()),
        http=kind in _HTTP_KINDS
        and (content_type.startswith("application/http") or url.startswith(("http:", "https:"))),
        keep=content_type.startswith("application/warc-fields") or kind in ("warcinfo", "metadata"),
    )


def _header_faults(fields: Fields) -> Iterator[str]:
    if not fields.get("WARC-Type"):
        yield "the record has no type"
    if record_id(fields.get("WARC-Record-ID")) is None:
        yield "the record id is missing or no URI"
    if parse_date(fields.get("WARC-Date") or "") is None:
        yield "the date is missing or no UTC time"
    length = fields.get("Content-Length") or ""
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        yield "the content length is missing or no number"
    for name in ("WARC-Block-Digest", "WARC-Payload-Digest"):
        if is_malformed_digest(fields.get(name) or ""):
            yield f"{name} is no digest of its algorithm"


def _digest_faults(fields: Fields, measure: Measure) -> Iterator[str]:
    """Digests in an algorithm that is not known here are no fault, as in WARC/1.1 §5.8 any may be used."""
    block = parse_digest(fields.get("WARC-Block-Digest") or "")
    if block and measure.block.digest(block[0]) != block[1]:
        yield "the block digest does not match"
    payload = parse_digest(fields.get("WARC-Payload-Digest") or "")
    segmented = fields.get("WARC-Segment-Number") is not None  # its digest is that of the whole (§5.8)
    checked = (fields.get("WARC-Type") or "").lower() in _PAYLOAD_KINDS and not segmented
    if payload and checked and measure.payload_matching(*payload) is None:
        yield "the payload digest does not match"


@dataclass
class _Family:
    """What ties the records of one file together, learnt from those that were read.

    A response may hold a whole WARC file. Searching behind damage must not take what lies inside a broken block for
    records of the archive, so only records that name the same warcinfo are believed, where the file has them name it.
    """

    warcinfo: str | None = None
    gzip_header: bytes | None = None
    seen: set[str] = field(default_factory=set)

    def learn(self, stretch: Stretch) -> None:
        """Take note of a good record."""
        if stretch.fields is None:
            return
        if stretch.kind == "warcinfo" and stretch.measure is not None:
            told = parse_fields(stretch.measure.content)
            header = told.get("gzipMemberHeader") if told else None
            self.gzip_header = bytes.fromhex(header) if header and re.fullmatch("[0-9a-f]{20}", header) else None
            self.warcinfo = stretch.fields.get("WARC-Record-ID") if self.gzip_header else None
        elif stretch.fields.get("WARC-Warcinfo-ID"):
            self.warcinfo = stretch.fields.get("WARC-Warcinfo-ID")

    def accepts(self, start: bytes) -> bool:
        """True when the first bytes of a record found behind damage are those of a record of this file."""
        if not _VERSION.match(start):
            return False
        header = start.split(b"\r\n\r\n", 1)[0]
        return self.warcinfo is None or f"\r\nWARC-Warcinfo-ID: {self.warcinfo}".encode() in header


def scan_warc(data: mmap.mmap | bytes) -> Iterator[Stretch]:
    """Every stretch of a WARC file, in order and without holes, gzip members or plain; see `Stretch`."""
    family = _Family()
    zipped = data[:2] == MAGIC[:2]
    view = memoryview(data)
    at = 0
    while at < len(view):
        for stretch in _members(data, view, at, family) if zipped else _plain(data, view, at, family):
            if not stretch.faults:
                family.learn(stretch)
            yield stretch
            at = max(at, stretch.end)


def _members(data: mmap.mmap | bytes, view: memoryview, at: int, family: _Family) -> Iterator[Stretch]:
    """The record or records of the gzip member at `at`; or the stretch up to the next one that can be believed."""
    if view[at : at + 3] != MAGIC:
        end = _next_member(data, view, at + 1, family)
        what = "NUL bytes" if not any(view[at:end]) else "bytes that are no gzip member"
        yield Stretch(at, end - at, None, None, (what,))
        return
    inflater = Inflater(view, at)
    feed = Feed(inflater.pieces())
    read = [read_record(feed)]
    while read[-1][1] is not None and feed.peek(5) == b"WARC/":
        read.append(read_record(feed))
    left_over = not feed.at_end()
    feed.skip_to_end()
    end = inflater.end if inflater.whole else _next_member(data, view, at + 1, family)
    for fields, measure, faults in read:
        if not inflater.whole:
            faults.append(inflater.what)
        elif len(read) > 1:
            faults.append("several records share one gzip member")
        elif left_over and measure is not None:
            faults.append("bytes follow the record in its gzip member")
        if family.gzip_header and view[at : at + 10] != family.gzip_header:
            faults.append("the gzip member header was altered")
        yield Stretch(at, end - at, fields, measure if inflater.whole else None, tuple(faults))


def _next_member(data: mmap.mmap | bytes, view: memoryview, start: int, family: _Family) -> int:
    """Where the next gzip member begins that holds a record of this file; the end of the file if there is none."""
    at = data.find(MAGIC, start)
    while at >= 0:
        if family.accepts(Feed(Inflater(view, at).pieces()).peek(8_192)):
            return at
        at = data.find(MAGIC, at + 1)
    return len(view)


def _plain(data: mmap.mmap | bytes, view: memoryview, at: int, family: _Family) -> Iterator[Stretch]:
    """The record at `at` of an uncompressed file, or the stretch up to the next one that can be believed."""
    feed = Feed(slices(view, at))
    fields, measure, faults = read_record(feed)
    end = at + feed.taken
    if measure is None or "the record does not end with two line ends" in faults:
        end = _next_plain(data, view, at + 5, family)
    yield Stretch(at, end - at, fields, measure, tuple(faults))


def _next_plain(data: mmap.mmap | bytes, view: memoryview, start: int, family: _Family) -> int:
    at = data.find(b"WARC/", start)
    while at >= 0:
        if family.accepts(bytes(view[at : at + 8_192])):
            return at
        at = data.find(b"WARC/", at + 1)
    return len(view)
