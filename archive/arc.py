"""ARC files, the form before WARC, read as far as they are sound and told in the words of WARC."""

import mmap
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from archive.feed import Feed
from archive.fields import Fields, date_text
from archive.measure import BlockMeter, Measure
from archive.members import MAGIC, Inflater
from archive.stretch import Stretch, slices

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
            feed.skip_to_end()
            if not inflater.whole:
                faults.append(inflater.what)
        lost = fields is None or (inflater is not None and not inflater.whole)
        end = len(view) if lost else inflater.end if inflater else at + feed.taken
        yield Stretch(at, end - at, fields, measure, tuple(faults))
        at = end


def _read(feed: Feed) -> tuple[Fields | None, Measure | None, list[str]]:
    """One ARC record off `feed`; its line is translated into WARC fields. A blank line may stand between records."""
    while feed.peek(1) in (b"\n", b"\r"):
        feed.take(1)
    if feed.at_end():
        return Fields(()), None, []
    line = feed.take_until(b"\n", LONGEST_LINE)
    found = _LINE.fullmatch(line or b"")
    if found is None:
        return None, None, ["no ARC record begins here"]
    url, address, stamp, mime, length = (part.decode("utf-8", "replace") for part in found.groups())
    header = url.startswith("filedesc:")
    http = url.startswith(("http:", "https:"))
    moment = _moment(stamp)
    fields = Fields(
        [
            ("WARC-Type", "warcinfo" if header else "response" if http else "resource"),
            ("WARC-Target-URI", url),
            ("WARC-Date", date_text(moment) if moment else ""),
            ("WARC-IP-Address", address),
            ("Content-Type", "application/http;msgtype=response" if http else mime),
            ("Content-Length", length),
        ]
    )
    meter = BlockMeter(block_digests=set(), payload_digests={"sha256"}, http=http, keep=False)
    for view in feed.views(int(length)):
        meter.feed(view)
    measure = meter.finish()
    faults = [] if moment else ["the date is no time"]
    if measure.block.length < int(length):
        return fields, None, [*faults, f"the block has {measure.block.length} of {length} bytes"]
    if not feed.at_end() and feed.peek(1) not in (b"\n", b"\r"):
        faults.append("the record does not end with a line end")
    return fields, measure, faults


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
