"""Documents that are to be read again: a question to the catalogue, as it is one what was never read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true, update

from archive.capture import Capture, RecordType
from archive.seed import OutcomeKind
from extract.document import DocumentState
from extract.earlier import Earlier, is_current
from extract.reading import UNREAD
from store import schema
from store.captures import capture_of, capture_rows
from store.database import Database
from store.keys import incident_numbers
from store.rows import chunks

_documents, _pages, _captures = schema.document, schema.page, schema.capture
Rule = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Outdated:
    """A document to be read again, how it was read, and the captures that hold its bytes, the best first."""

    document_id: int
    payload_digest: str
    earlier: Earlier
    captures: tuple[Capture, ...]


def rule_of(db: Database, keys: Sequence[str], *, everything: bool, since: datetime, now: datetime) -> Rule:
    """Which documents are to be read again; with `keys` only those that serve sources of these incidents.

    Those that another than today's readers read, or none could; and, unless that was tried from `since` on, those
    whose reading failed, or `everything`. A time ahead of `now` was noted by a clock that was wrong. UnknownKey.
    """
    with db.reading() as connection:
        readers = connection.execute(select(_documents.c.reader).distinct()).scalars().all()
        numbers = incident_numbers(connection, keys)
    old = _documents.c.reader.in_([reader for reader in readers if not is_current(reader)])
    failed = true() if everything else _documents.c.state.in_(UNREAD)
    rule = or_(old, and_(failed, or_(_documents.c.read_at < since, _documents.c.read_at > now)))
    return and_(rule, _documents.c.payload_digest.in_(_payloads_of(numbers))) if keys else rule


def _payloads_of(incidents: Sequence[int]) -> Select[Any]:
    trail, citations = schema.trail, schema.citation
    return (
        select(_captures.c.payload_digest)
        .join(trail, trail.c.url_id == _captures.c.url_id)
        .join(citations, citations.c.source_id == trail.c.source_id)
        .where(citations.c.incident_id.in_(incidents), citations.c.gone_in.is_(None))
    )


def how_many(db: Database, rule: Rule) -> int:
    """The number of documents of which the rule is true."""
    with db.reading() as connection:
        return connection.execute(select(func.count()).select_from(_documents).where(rule)).scalar_one()


def outdated(db: Database, rule: Rule, limit: int = 200, after: int = 0) -> list[Outdated]:
    """The next documents of which the rule is true, in order; `after` is the `document_id` of the last answer."""
    size = func.length(_pages.c.text) * _pages.c.quality
    query = (
        select(_documents, func.count(_pages.c.id).label("pages"), func.coalesce(func.sum(size), 0).label("sound"))
        .outerjoin(_pages, _pages.c.document_id == _documents.c.id)
        .where(rule, _documents.c.id > after)
        .group_by(_documents.c.id)
        .order_by(_documents.c.id)
        .limit(limit)
    )
    with db.reading() as connection:
        rows = connection.execute(query).all()
        kept = _captures_of(connection, [row.payload_digest for row in rows])
    return [
        Outdated(
            row.id,
            row.payload_digest,
            Earlier(row.type, DocumentState(row.state), row.reader, row.pages, float(row.sound)),
            tuple(kept.get(row.payload_digest, ())),
        )
        for row in rows
    ]


def _captures_of(connection: Connection, digests: Iterable[str]) -> dict[str, list[Capture]]:
    """By payload digest, the captures with a payload of their own, good ones first, then the oldest."""
    found: dict[str, list[Capture]] = {}
    good = func.coalesce(_captures.c.outcome, OutcomeKind.CAPTURED.value) == OutcomeKind.CAPTURED.value
    for chunk in chunks(digests):
        own = _captures.c.record_type != RecordType.REVISIT.value
        query = capture_rows().where(_captures.c.payload_digest.in_(chunk), own)
        for row in connection.execute(query.order_by(good.desc(), _captures.c.id)):
            found.setdefault(row.payload_digest, []).append(capture_of(row))
    return found


def note_tried(db: Database, digests: Sequence[str], now: datetime) -> None:
    """Notes that these documents were read again though their earlier reading stays."""
    with db.writing() as connection:
        for chunk in chunks(digests):
            connection.execute(update(_documents).where(_documents.c.payload_digest.in_(chunk)).values(read_at=now))
