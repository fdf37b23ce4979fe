"""How the text of a document becomes a `conversion` record (WARC/1.1 §6.8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.capture import Capture, Conversion
from archive.fields import sha256_of, uri_value
from archive.metadata import conversion_block
from archive.records import WARC_FIELDS, Event, Ids, Record, identity

PAGE_END = "\f"
_PLAIN_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Text:
    """What a reader made of a payload: the texts of its pages in order, and what to say of them.

    `reader` names who made it, with its version; `page_count` is what the file has, which may be more than was read:
    `reason` then says so.
    """

    pages: tuple[str, ...]
    reader: str
    state: str
    reason: str
    page_count: int
    language: str | None


def joined_pages(pages: Sequence[str]) -> bytes:
    """The pages as one UTF-8 text in which each ends in a form feed, as pdftotext has it.

    ValueError for a page that holds one itself, or a lone surrogate: it would not come back as it was.
    """
    if any(PAGE_END in page for page in pages):
        raise ValueError("a page holds the form feed that would end it")
    return "".join(page + PAGE_END for page in pages).encode()


def conversion_event(text: Text, source: Capture, made: datetime, ids: Ids) -> Event:
    """The records of a conversion: metadata that tells of it, then the text.

    The text bears URI and date of the capture it was read from, as in Common Crawl's WET files: it stands by itself
    (§6.8), and pywb, which takes it for another capture, goes on replaying the page. The metadata bears the time of
    reading. Fields that only revisits (§5.12, §5.13) or captures (§5.7, §5.10) may have are not used.
    """
    content = joined_pages(text.pages)
    digest = sha256_of(content)
    shared = [("WARC-Target-URI", uri_value(source.url)), ("WARC-Warcinfo-ID", ids.warcinfo)]
    told = [*identity("metadata", ids.metadata, made), *shared, ("WARC-Refers-To", ids.capture)]
    notes = conversion_block(
        source_digest=source.payload_digest or "",
        reader=text.reader,
        state=text.state,
        reason=text.reason,
        pages=len(text.pages),
        page_count=text.page_count,
        language=text.language,
    )
    headers = [
        *identity("conversion", ids.capture, source.timestamp),
        *shared,
        ("WARC-Refers-To", f"<{source.record_id}>"),
        ("WARC-Payload-Digest", digest),
    ]
    conversion = Conversion(
        record_id=ids.capture[1:-1],
        source=source.record_id,
        payload_digest=source.payload_digest or "",
        text_digest=digest,
        reader=text.reader,
        warc="",
        offset=0,
        length=0,
    )
    records = Record("metadata", told, WARC_FIELDS, notes), Record("conversion", headers, _PLAIN_TEXT, content)
    return Event(records, conversion)
