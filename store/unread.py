"""What is kept and not yet read: a question to the catalogue, the same for fresh, adopted and imported captures."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from archive.capture import Capture, RecordType
from archive.seed import OutcomeKind, Why
from store import schema
from store.captures import capture_of, capture_rows
from store.database import Database

_captures, _urls, _documents = schema.capture, schema.url, schema.document

_MERELY_KEPT = [why.value for why in (Why.ROBOTS, Why.LISTING, Why.CHECK, Why.RUN)]


@dataclass(frozen=True, slots=True)
class Unread:
    """A capture whose payload nobody has read. `why` is what its URL is for; `is_source` if it serves a citation."""

    capture_id: int
    capture: Capture
    why: Why
    is_source: bool


def unread(db: Database, limit: int = 200, after: int = 0) -> list[Unread]:
    """Good captures with neither a document nor an incident of their payload, in order, each payload once.

    `after` is the `capture_id` of the last answer: a payload that nobody files would else be answered for ever.
    Left out: robots.txt, what runs decided, listings that no record cites, walls, errors, cut answers.
    """
    payload = _captures.c.payload_digest
    stated = schema.incident_capture.c.payload_digest
    serves = select(schema.trail.c.url_id).where(schema.trail.c.url_id == _captures.c.url_id).exists()
    query = (
        capture_rows()
        .add_columns(_urls.c.why.label("lasting"), serves.label("is_source"))
        .where(
            _captures.c.id > after,
            payload.is_not(None),
            _captures.c.payload_length > 0,
            _captures.c.truncated.is_(None),
            _captures.c.record_type != RecordType.REVISIT.value,
            or_(
                _captures.c.record_type == RecordType.RESOURCE.value, _captures.c.outcome == OutcomeKind.CAPTURED.value
            ),
            or_(_captures.c.http_status.is_(None), _captures.c.http_status.between(200, 299)),
            or_(serves, _urls.c.why.not_in(_MERELY_KEPT)),
            ~select(_documents.c.id).where(_documents.c.payload_digest == payload).exists(),
            ~select(stated).where(stated == payload).exists(),
        )
        .order_by(_captures.c.id)
        .limit(limit)
    )
    with db.reading() as connection:
        rows = connection.execute(query).all()
    first = {row.payload_digest: row for row in reversed(rows)}
    return [
        Unread(row.id, capture_of(row), Why(row.lasting) if row.lasting in set(Why) else Why.CITED, bool(row.is_source))
        for row in sorted(first.values(), key=lambda row: int(row.id))
    ]
