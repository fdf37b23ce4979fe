"""Earlier: the response that an error, a redirect, a robots.txt or a page's part repeats, found in the index."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from archive.capture import Capture, Exchange, Origin, RecordType
from archive.cdxj import REVISIT, Entry, lookup
from archive.fields import uri_value
from archive.files import warc_path
from archive.reader import items_of
from archive.scanner import scan_warc
from archive.seed import Why
from archive.stretch import mapped

Earlier = Callable[[str, str], Capture | None]  # the response of a URL with a payload digest


def no_document(exchange: Exchange, origin: Origin) -> bool:
    """True for an answer that nobody reads as a document, so that nobody keeps it in mind to hand it in again.

    A document whose earlier capture is not handed in is wanted whole: it is to be read as if for the first time.
    """
    return origin.why in (Why.ROBOTS, Why.EMBEDDED) or (exchange.status or 0) // 100 != 2


def earlier_response(folder: Path, url: str, digest: str) -> Capture | None:
    """The last sound response of `url` with this payload digest in the data folder `folder`, or None.

    It is looked up in the index and then read, so a revisit never repeats what is gone or damaged.
    """
    wanted = uri_value(url)
    for entry in reversed(lookup(folder, url)):
        if entry.url == wanted and entry.digest == digest and entry.mime != REVISIT:
            found = _read(folder, entry)
            if found is not None and found.record_type is RecordType.RESPONSE:
                return found
    return None


def _read(folder: Path, entry: Entry) -> Capture | None:
    try:
        view = memoryview(mapped(warc_path(folder, entry.warc)))
    except (OSError, ValueError):  # the file is gone, or the index names none
        return None
    lies = bytes(view[entry.offset : entry.offset + entry.length])
    found = next(items_of(scan_warc(lies), entry.warc), None)
    return replace(found, offset=entry.offset) if isinstance(found, Capture) else None
