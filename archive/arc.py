"""ARC files, the form before WARC, read as far as they are sound and told in the words of WARC."""

import mmap
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from archive.errors import ArchiveError
from archive.feed import Feed
from archive.fields import Field, Fields, date_text, header_value, uri_value
from archive.measure import BlockMeter, Measure
from archive.members import MAGIC, Inflater
from archive.stretch import SHARED, Stretch, slices

LONGEST_LINE = 65_536  # bytes

# URL-record of ARC version 1: URL, IP address, 12 or 14 digit date, content type, length. URLs may hold blanks.
_LINE = re.compile(rb"([a-z][a-z0-9+.\-]*:.*) ([0-9A-Fa-f.:]+) (\d{12,14}) (\S*) (\d{1,18})\r?\n", re.DOTALL)


def scan_arc(data: mmap.mmap | bytes) -> Iterator[Stretch]:
    """Every stretch of an ARC file, gzip members or plain. Behind damage that hides where a record ends it stops."""
    zipped = data[:2] == MAGIC[:2]
    view = memoryview(data)
    at = 0
    while at < len(view):
        inflater = Inflater(view, at) if zipped else None
        feed = Feed(inflater.pieces() if inflater else slices(view, at))
        fields, measure, faults = _read(feed)
        if inflater is not None:
            if fields is not None and measure is not None and _take_line(feed) is not None:
                faults.append(SHARED)
            feed.skip_to_end()
            if not inflater.whole:
                faults.append(inflater.what)
        lost = fields is None or (inflater is not None and not inflater.whole)
        end = len(view) if lost else inflater.end if inflater else at + feed.taken
        yield Stretch(at, end - at, fields, measure, tuple(faults))
        at = end


def as_warc(data: mmap.mmap | bytes, offset: int) -> Iterator[bytes | memoryview]:
    """The sound ARC record at `offset` as a WARC record, in pieces: its line translated, its block as it is.

    The line that opens an ARC file becomes a warcinfo, which has a file name for its URL (WARC/1.1 §5.6, §5.17).
    """
    view = memoryview(data)
    zipped = data[:2] == MAGIC[:2]

    def feed() -> Feed:
        return Feed(Inflater(view, offset).pieces() if zipped else slices(view, offset))

    fields, _, faults = _read(feed())
    if fields is None or faults:
        raise ArchiveError(f"no sound ARC record lies at byte {offset} any more")
    block = feed()
    _take_line(block)
    yield _header(fields)
    yield from block.views(int(fields.first["content-length"]))
    yield b"\r\n\r\n"


def _header(fields: Fields) -> bytes:
    lines = ["WARC/1.1"]
    is_info = fields.kind == "warcinfo"
    for name, value in fields.pairs:
        if name == "WARC-Target-URI":
            url, file = uri_value(value), header_value(value.removeprefix("filedesc://"))
            lines.append(f"WARC-Filename: {file}" if is_info else f"WARC-Target-URI: {url}")
        elif value and not (is_info and name == "WARC-IP-Address"):
            lines.append(f"{name}: {header_value(value)}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _take_line(feed: Feed) -> bytes | None:
    """The line that opens the next record; None when there is none. A blank line may stand between records."""
    while feed.peek(1) in (b"\n", b"\r"):
        feed.take(1)
    return None if feed.at_end() else feed.take_until(b"\n", LONGEST_LINE) or b""


def _read(feed: Feed) -> tuple[Fields | None, Measure | None, list[str]]:
    """One ARC record off `feed`; its line is translated into WARC fields."""
    line = _take_line(feed)
    if line is None:
        return Fields(()), None, []
    found = _LINE.fullmatch(line)
    if found is None:
        return None, None, ["no ARC record begins here"]
    url, address, stamp, mime, length = (part.decode("utf-8", "replace") for part in found.groups())
    header = url.startswith("filedesc:")
    http = url.startswith(("http:", "https:"))
    moment = _moment(stamp)
    pairs = [
        ("WARC-Type", "warcinfo" if header else "response" if http else "resource"),
        ("WARC-Target-URI", url),
        ("WARC-Date", date_text(moment) if moment else ""),
        ("WARC-IP-Address", address),
        ("Content-Type", "application/http;msgtype=response" if http else mime),
        ("Content-Length", length),
    ]
    meter = BlockMeter(block_digests={"sha256"}, payload_digests={"sha256"}, http=http, keep=False)
    for view in feed.views(int(length)):
        meter.feed(view)
    measure = meter.finish()
    faults = [] if moment else ["the date is no time"]
    if measure.block.length < int(length):
        return Fields(pairs), None, [*faults, f"the block has {measure.block.length} of {length} bytes"]
    if not feed.at_end() and feed.peek(1) not in (b"\n", b"\r"):
        faults.append("the record does not end with a line end")
    return Fields([*pairs, *_named(line, measure)]), measure, faults


def _named(line: bytes, measure: Measure) -> list[Field]:
    """What ARC does not say of a record: a name, made of its line and block so that it is always the same; digests."""
    block = measure.block.digest("sha256").hex()
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{line.decode('utf-8', 'replace').strip()} sha256:{block}")
    fields = [("WARC-Record-ID", f"<urn:uuid:{name}>"), ("WARC-Block-Digest", f"sha256:{block}")]
    if measure.head is None:
        return fields
    return [*fields, ("WARC-Payload-Digest", f"sha256:{measure.payloads[0].digest('sha256').hex()}")]


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
