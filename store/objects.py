"""Captures and documents as the contract's objects."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from store import schema
from store.captures import capture_rows
from store.columns import stamp
from store.database import Database
from store.rows import chunks

_captures, _files, _documents = schema.capture, schema.warc_file, schema.document


def capture_objects(connection: Connection, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
    """By row number, each capture with what was read from its payload."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in chunks(dict.fromkeys(numbers)):
        rows = connection.execute(capture_rows().where(schema.capture.c.id.in_(chunk))).all()
        documents = document_objects(connection, {row.payload_digest for row in rows if row.payload_digest})
        found |= {row.id: capture_object(row, documents.get(row.payload_digest)) for row in rows}
    return found


def captures_at(db: Database, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], dict[str, Any]]:
    """The capture objects of the records at these places (WARC file, offset), as far as the catalogue has them."""
    by_file: dict[str, list[int]] = {}
    for warc, offset in places:
        by_file.setdefault(warc, []).append(offset)
    queries = (
        select(_captures.c.id).join(_files).where(_files.c.name == warc, _captures.c.offset.in_(chunk))
        for warc, offsets in by_file.items()
        for chunk in chunks(offsets)
    )
    with db.reading() as connection:
        numbers = [number for query in queries for number in connection.execute(query).scalars()]
        found = capture_objects(connection, numbers)
    return {(one["warc"], one["offset"]): one for one in found.values()}


def captures_of_payload(db: Database, digests: Sequence[str]) -> list[dict[str, Any]]:
    """The capture objects of whatever has one of these payload digests, which are spellings of one."""
    with db.reading() as connection:
        named = or_(_captures.c.payload_digest.in_(digests), _captures.c.payload_sha1.in_(digests))
        query = select(_captures.c.id).where(named)
        return list(capture_objects(connection, connection.execute(query).scalars().all()).values())


def document_objects(connection: Connection, digests: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By payload digest, the contract's document objects."""
    found: dict[str, dict[str, Any]] = {}
    for chunk in chunks(dict.fromkeys(digests)):
        rows = connection.execute(select(_documents).where(_documents.c.payload_digest.in_(chunk)))
        found |= {row.payload_digest: document_object(row) for row in rows}
    return found


def capture_object(row: Row[Any], document: dict[str, Any] | None) -> dict[str, Any]:
    """The contract's capture object of a row of `capture_rows`."""
    return {
        "url": row.url,
        "timestamp": stamp(row.timestamp),
        "http_status": row.http_status,
        "mime": row.mime,
        "mime_sniffed": document["mime_sniffed"] or None if document else None,
        "payload_digest": row.payload_digest,
        "payload_sha1": row.payload_sha1,
        "warc": row.warc,
        "offset": row.offset,
        "length": row.length,
        "truncated": row.truncated,
        "revisit_of": row.revisit_of,
        "record_id": row.record_id,
        "imported_from": row.imported_from,
        "document": document,
    }


def document_object(row: Row[Any]) -> dict[str, Any]:
    """The contract's document object of a document's row; `pages` is their number."""
    return {
        "payload_digest": row.payload_digest,
        "type": row.type,
        "title": row.title,
        "authors": row.authors,
        "created": row.created,
        "modified": row.modified,
        "producer": row.producer,
        "language": row.language,
        "pages": row.page_count,
        "state": row.state,
        "reader": row.reader,
        "reason": row.reason,
        "mime_sniffed": row.mime_sniffed,
        "read_at": stamp(row.read_at),
    }
