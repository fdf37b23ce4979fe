"""What is kept and not yet read: a question to the catalogue, the same for fresh, adopted and imported captures."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from archive.capture import Capture, RecordType
from archive.seed import OutcomeKind, Why
from store import schema
from store.captures import capture_of, capture_rows
from store.database import Database
from store.shown import is_read_as_shown
from store.urls import why_of

_captures, _urls, _documents, _files = schema.capture, schema.url, schema.document, schema.warc_file

_MERELY_KEPT = [why.value for why in (Why.ROBOTS, Why.LISTING, Why.CHECK, Why.RUN, Why.EMBEDDED, Why.SHOWN)]
# What a crawl of others holds beside documents. Nobody reads it unless a record cites it.
_NO_DOCUMENT = ("image/%", "audio/%", "video/%", "font/%", "text/css", "%javascript", "application/json")
LARGEST_IMPORTED = 256 << 20  # bytes; our own captures are cut at a limit, those of others may fill the memory


@dataclass(frozen=True, slots=True)
class Unread:
    """A capture whose payload nobody has read. `why` is what its URL is for; `is_source` if it serves a citation."""

    capture_id: int
    capture: Capture
    why: Why
    is_source: bool


def _may_be_read(serves: ColumnElement[bool]) -> ColumnElement[bool]:
    declared = func.coalesce(_captures.c.mime, "")
    document = and_(*(declared.not_like(kind) for kind in _NO_DOCUMENT))
    return and_(_captures.c.payload_length <= LARGEST_IMPORTED, or_(serves, document))


def unread(db: Database, limit: int = 200, after: int = 0) -> list[Unread]:
    """Good captures with neither a document nor an incident of their payload, in order, each payload once.

    `after` is the `capture_id` of the last answer: a payload that nobody files would else be answered for ever.
    Left out: robots.txt, what runs decided, what pages embed, listings that no record cites, walls, errors, cut
    answers; pages that were shown in a browser, whose documents are read instead, and their pictures; of what was
    brought in also pictures and the like that no record cites, and what is too large.
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
            or_(_captures.c.why != Why.SHOWN.value, _captures.c.mime == "text/html"),
            ~is_read_as_shown(),
            or_(_files.c.imported_from.is_(None), _may_be_read(serves)),
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
        Unread(row.id, capture_of(row), why_of(row.lasting), bool(row.is_source))
        for row in sorted(first.values(), key=lambda row: int(row.id))
    ]
