"""Scanner: a WARC file read from end to end under the strictest rules, going on behind whatever is damaged."""

import mmap
import re
from collections.abc import Iterable, Iterator

from archive.feed import Feed
from archive.fields import Fields, is_malformed_digest, parse_date, parse_digest, parse_fields, record_id
from archive.glance import glance
from archive.measure import BlockMeter, Measure
from archive.members import MAGIC, Inflater, small_member
from archive.stretch import GIVEN_BACK, SHARED, Stretch, give_back, slices

_VERSION = re.compile(rb"WARC/(\d\.\d+)\r?\n")
_HTTP_KINDS = frozenset(("response", "request", "revisit"))
_OWN_PAYLOAD = frozenset(("response", "resource", "conversion"))  # a capture is told its digest though none is named
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
    length = fields.first.get("content-length", "")
    if not _is_length(length):
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


def _is_length(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _meter(fields: Fields) -> BlockMeter:
    first, kind = fields.first, fields.kind
    url = first.get("warc-target-uri", "").strip("<>").lower()
    stated = parse_digest(first.get("warc-payload-digest", ""))
    wanted = parse_digest(first.get("warc-block-digest", ""))
    content_type = first.get("content-type", "").lower()
    return BlockMeter(
        block_digests={wanted[0]} if wanted else set(),
        payload_digests=({stated[0]} if stated else {"sha256"} if kind in _OWN_PAYLOAD else set()),
        http=kind in _HTTP_KINDS
        and (content_type.startswith("application/http") or url.startswith(("http:", "https:"))),
        keep=content_type.startswith("application/warc-fields") or kind in ("warcinfo", "metadata"),
    )


def _header_faults(fields: Fields) -> Iterator[str]:
    first = fields.first
    if not fields.kind:
        yield "the record has no type"
    if record_id(first.get("warc-record-id")) is None:
        yield "the record id is missing or no URI"
    if parse_date(first.get("warc-date", "")) is None:
        yield "the date is missing or no UTC time"
    if not _is_length(first.get("content-length", "")):
        yield "the content length is missing or no number"
    for name in ("WARC-Block-Digest", "WARC-Payload-Digest"):
        stated = first.get(name.lower())
        if stated and parse_digest(stated) is None and is_malformed_digest(stated):
            yield f"{name} is no digest of its algorithm"


def _digest_faults(fields: Fields, measure: Measure) -> Iterator[str]:
    """Digests in an algorithm that is not known here are no fault, as in WARC/1.1 §5.8 any may be used."""
    first = fields.first
    block = parse_digest(first.get("warc-block-digest", ""))
    if block and measure.block.digest(block[0]) != block[1]:
        yield "the block digest does not match"
    payload = parse_digest(first.get("warc-payload-digest", ""))
    segmented = "warc-segment-number" in first  # its digest is that of the whole (§5.8)
    if payload and fields.kind in _PAYLOAD_KINDS and not segmented and measure.payload_matching(*payload) is None:
        yield "the payload digest does not match"


class _Family:
    """What ties the records of one file together, learnt from those that were read.

    A response may hold a whole WARC file. Searching behind damage must not take what lies inside a broken block for
    records of the archive, so only records that name the same warcinfo are believed, where the file has them name it.
    """

    def __init__(self) -> None:
        self.gzip_header: bytes | None = None
        self._warcinfo: str | None = None
        self._last: Stretch | None = None  # what warcinfo it names is read only when something is damaged

    def learn(self, stretch: Stretch, view: memoryview) -> None:
        """Take note of a good record of the file `view`.

        A warcinfo is believed on the gzip header only where its own is the one it states: one that was copied from
        another file speaks of that file.
        """
        self._last = stretch
        if stretch.kind == "warcinfo" and stretch.fields is not None and stretch.measure is not None:
            told = parse_fields(stretch.measure.content)
            header = bytes(view[stretch.offset : stretch.offset + 10])
            self.gzip_header = header if told and told.get("gzipMemberHeader") == header.hex() else None
            self._warcinfo = stretch.fields.get("WARC-Record-ID") if self.gzip_header else None

    def accepts(self, start: bytes) -> bool:
        """True when the first bytes of a record found behind damage are those of a record of this file."""
        if not _VERSION.match(start):
            return False
        if self._last is not None and self._last.kind != "warcinfo" and self._last.fields is not None:
            self._warcinfo = self._last.fields.first.get("warc-warcinfo-id") or self._warcinfo
        header = start.split(b"\r\n\r\n", 1)[0]
        return self._warcinfo is None or f"\r\nWARC-Warcinfo-ID: {self._warcinfo}".encode() in header


def scan_warc(data: mmap.mmap | bytes, start: int = 0, end: int | None = None) -> Iterator[Stretch]:
    """Every stretch of a WARC file, in order and without holes, gzip members or plain; see `Stretch`.

    With `start`, from the first record at or behind it that can be believed, for files of gzip members only; with
    `end`, up to the last stretch that begins before it. What was read of a map is given back: memory stays constant.
    """
    family = _Family()
    zipped = data[:2] == MAGIC[:2]
    view = memoryview(data)
    at = _first_behind(data, view, start, family) if start else 0
    given_back = at
    stop = len(view) if end is None else min(end, len(view))
    while at < stop:
        seen = _glanced(view, at, family) if zipped else None
        if seen is not None:
            found: Iterable[Stretch] = (seen,)
        else:
            found = _members(data, view, at, family) if zipped else _plain(data, view, at, family)
        for stretch in found:
            if not stretch.faults:
                family.learn(stretch, view)
            yield stretch
            at = stretch.end
        if at - given_back >= GIVEN_BACK:
            given_back = give_back(data, given_back, at)


def _first_behind(data: mmap.mmap | bytes, view: memoryview, start: int, family: _Family) -> int:
    """Where the first record at or behind `start` begins, told by what the file's first record says of the others."""
    for stretch in _members(data, view, 0, family):
        if not stretch.faults:
            family.learn(stretch, view)
    return _next_member(data, view, start, family)


def _glanced(view: memoryview, at: int, family: _Family) -> Stretch | None:
    """The small and sound record of our own writer's form in the gzip member at `at`; None: the others judge it."""
    if family.gzip_header is not None and view[at : at + 10] != family.gzip_header:
        return None
    member = small_member(view, at)
    seen = glance(member[0]) if member is not None else None
    return Stretch(at, member[1] - at, glance=seen) if member is not None and seen is not None else None


def _members(data: mmap.mmap | bytes, view: memoryview, at: int, family: _Family) -> Iterator[Stretch]:
    """The record or records of the gzip member at `at`; or the stretch up to the next one that can be believed."""
    if view[at : at + 3] != MAGIC:
        end = _next_member(data, view, at + 1, family)
        what = "NUL bytes" if not any(view[at:end]) else "bytes that are no gzip member"
        yield Stretch(at, end - at, faults=(what,))
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
            faults.append(SHARED)
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
