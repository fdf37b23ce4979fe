"""Where a payload is from: its capture, the source it serves, the incidents that cite that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from archive.capture import RecordType
from store import schema
from store.captures import capture_rows
from store.columns import stamp
from store.keys import keys_by_source
from store.rows import chunks

_captures, _citations, _sources, _urls = schema.capture, schema.citation, schema.source, schema.url


@dataclass(frozen=True, slots=True)
class Cited:
    """`title` and `publisher` are what citations say; `capture` is the contract's short capture of a hit."""

    source_id: int | None
    source_url: str
    title: str
    publisher: str
    incidents: tuple[str, ...]
    capture: dict[str, Any]


def cited_by(connection: Connection, digests: Iterable[str]) -> dict[str, Cited]:
    """By payload digest; of several sources the one cited first, of several captures the oldest."""
    chosen: dict[str, Row[Any]] = {}
    for chunk in chunks(dict.fromkeys(digests)):
        query = (
            capture_rows()
            .add_columns(schema.trail.c.source_id, _urls.c.publisher.label("owner"))
            .outerjoin(schema.trail, schema.trail.c.url_id == _captures.c.url_id)
            .where(_captures.c.payload_digest.in_(chunk), _captures.c.record_type != RecordType.REVISIT.value)
            .order_by(schema.trail.c.source_id.is_(None), schema.trail.c.source_id, _captures.c.timestamp)
        )
        for row in connection.execute(query):
            chosen.setdefault(row.payload_digest, row)
    numbers = {row.source_id for row in chosen.values() if row.source_id is not None}
    sources = _told(connection, sorted(numbers))
    keys = keys_by_source(connection, numbers)
    return {digest: _cited(row, sources.get(row.source_id), keys) for digest, row in chosen.items()}


def _cited(row: Row[Any], source: tuple[str, str, str] | None, keys: dict[int, list[str]]) -> Cited:
    url, title, publisher = source or (row.url, "", "")
    capture = {
        "url": row.url,
        "timestamp": stamp(row.timestamp),
        "payload_digest": row.payload_digest,
        "warc": row.warc,
        "offset": row.offset,
    }
    incidents = tuple(keys.get(row.source_id, ()))
    return Cited(row.source_id, url, title, publisher or row.owner, incidents, capture)


def _told(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """By source: URL, and title and publisher as its first citation that has them writes them."""
    found: dict[int, tuple[str, str, str]] = {}
    for chunk in chunks(numbers):
        query = select(_sources, _urls.c.url).join(_urls, _urls.c.id == _sources.c.url_id)
        for row in connection.execute(query.where(_sources.c.id.in_(chunk))):
            found[row.id] = row.url, row.title, row.publisher
        cited = select(_citations.c.source_id, _citations.c.title, _citations.c.publisher).where(
            _citations.c.source_id.in_(chunk), _citations.c.gone_in.is_(None), _citations.c.same_as.is_(None)
        )
        for source, title, publisher in connection.execute(cited.order_by(_citations.c.id)):
            url, old_title, old_publisher = found[source]
            found[source] = url, old_title or title, old_publisher or publisher
    return found
