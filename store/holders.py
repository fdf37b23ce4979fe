"""Captures that hold the bytes of a document: by the digest of its payload, or by the URL that it or its source has."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from archive.capture import Capture, RecordType
from store import schema
from store.captures import capture_of, capture_rows
from store.database import Database
from store.keys import source_at

_captures, _documents, _urls, _trail = schema.capture, schema.document, schema.url, schema.trail


def holders(db: Database, digests: Sequence[str]) -> list[Capture]:
    """The captures whose payload has one of these digests, which are spellings of one; the newest first."""
    return _newest_first(db, or_(_captures.c.payload_digest.in_(digests), _captures.c.payload_sha1.in_(digests)))


def pdfs_at(db: Database, url: str) -> list[Capture]:
    """The captures of PDFs at a normalised URL, and of those that serve the source at it; the newest first."""
    pdfs = select(_documents.c.payload_digest).where(_documents.c.type == "pdf")
    serving = select(_trail.c.url_id).where(_trail.c.source_id == source_at(db, url))
    there = or_(_urls.c.url == url, _captures.c.url_id.in_(serving))
    return _newest_first(db, there & _captures.c.payload_digest.in_(pdfs))


def _newest_first(db: Database, condition: ColumnElement[bool]) -> list[Capture]:
    query = capture_rows().where(condition, _captures.c.record_type != RecordType.REVISIT.value)
    with db.reading() as connection:
        rows = connection.execute(query.order_by(_captures.c.timestamp.desc(), _captures.c.id))
        return [capture_of(row) for row in rows]
