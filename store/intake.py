"""Every write of findings, each safe to repeat: the same twice changes nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from archive.capture import Capture, Conversion
from archive.clock import utc_now
from extract.document import Document
from extract.incident.values import Incident
from store.captures import put_captures
from store.citing import Mention, sources_of
from store.conversions import put_conversions
from store.database import Database
from store.documents import put_documents
from store.incidents import Filed, put_incident
from store.resolutions import file_resolution
from store.shown import join_shown, pages_of
from store.works import file_listed

__all__ = [
    "Filed", "file_captures", "file_document", "file_documents", "file_incident", "file_incidents", "file_kept",
    "file_listed", "file_resolution", "file_source",
]  # fmt: skip


def file_incident(db: Database, incident: Incident, *, now: datetime, capture: Capture | None = None) -> Filed:
    """Files a record as added, changed (a new version) or same; its given URLs become sources.

    A URL that is refused leaves its citation without a source and with the reason (`refusal`). `capture` is the
    record it was read from; its payload counts as read.
    """
    return file_incidents(db, [(incident, capture)], now=now)[0]


def file_incidents(db: Database, incidents: Iterable[tuple[Incident, Capture | None]], *, now: datetime) -> list[Filed]:
    """Files many records in one transaction."""
    with db.writing() as connection:
        return [put_incident(connection, incident, now, capture) for incident, capture in incidents]


def file_source(db: Database, url: str, *, publisher: str, now: datetime) -> int:
    """The number of the source at a normalised URL that no record cites; made if nothing there is known."""
    with db.writing() as connection:
        return sources_of(connection, [Mention((url,), owner=publisher)], now)[0]


def file_captures(db: Database, captures: Sequence[Capture]) -> int:
    """Files captures, known by their record ids; the number that was new. Their records must be durable."""
    with db.writing() as connection:
        return put_captures(connection, captures)


def file_kept(db: Database, items: Sequence[Capture | Conversion]) -> int:
    """Files captures and conversions in one transaction, as `file_captures` does; the number of new captures."""
    with db.writing() as connection:
        put_conversions(connection, [one for one in items if isinstance(one, Conversion)])
        captures = [one for one in items if isinstance(one, Capture)]
        new = put_captures(connection, captures)
        if pages := pages_of(connection, captures):
            join_shown(connection, pages, captures[-1].timestamp)
        return new


def file_document(db: Database, payload_digest: str, document: Document, *, now: datetime | None = None) -> None:
    """Files what was read from a payload and indexes its pages; an earlier reading gives way."""
    file_documents(db, [(payload_digest, document)], now=now)


def file_documents(db: Database, documents: Sequence[tuple[str, Document]], *, now: datetime | None = None) -> None:
    """Files many readings in one transaction."""
    if documents:
        with db.writing() as connection:
            put_documents(connection, documents, now or utc_now())
