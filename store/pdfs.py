"""Captures that hold a PDF: by the digest of its payload, or by the URL that it or its source has."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from archive.capture import Capture, RecordType
from store import schema
from store.captures import capture_of, capture_rows
from store.database import Database
from store.keys import source_at

_captures, _documents, _urls, _trail = schema.capture, schema.document, schema.url, schema.trail


def pdfs_of_payload(db: Database, digests: Sequence[str]) -> list[Capture]:
    """The captures of a PDF whose payload has one of these digests, which are spellings of one; the newest first."""
    return _newest_first(db, or_(_captures.c.payload_digest.in_(digests), _captures.c.payload_sha1.in_(digests)))


def pdfs_at(db: Database, url: str) -> list[Capture]:
    """The captures of PDFs at a normalised URL, and of those that serve the source at it; the newest first."""
    serving = select(_trail.c.url_id).where(_trail.c.source_id == source_at(db, url))
    return _newest_first(db, or_(_urls.c.url == url, _captures.c.url_id.in_(serving)))


def _newest_first(db: Database, condition: ColumnElement[bool]) -> list[Capture]:
    query = (
        capture_rows()
        .join(_documents, _documents.c.payload_digest == _captures.c.payload_digest)
        .where(condition, _documents.c.type == "pdf", _captures.c.record_type != RecordType.REVISIT.value)
        .order_by(_captures.c.timestamp.desc(), _captures.c.id)
    )
    with db.reading() as connection:
        return [capture_of(row) for row in connection.execute(query)]
