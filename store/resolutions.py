"""Resolutions: how citations came to mean sources."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from archive.clock import utc_now
from archive.errors import UnknownKey
from store import schema
from store.citing import Mention, sources_of
from store.columns import stamp
from store.database import Database
from store.urls import UNCLAIMED

_citations, _resolutions = schema.citation, schema.resolution
TAKEN = ("given", "found")


def file_resolution(
    db: Database,
    citation_id: int,
    url: str | None,
    method: str,
    score: float | None,
    state: str,
    *,
    now: datetime | None = None,
    publisher: str = UNCLAIMED,
) -> int | None:
    """Notes what a citation was resolved to, for it and those that repeat it; answers the source's number.

    `state` found or given: the URL (normalised) is the source's. proposed or unresolved: the URL is remembered as a
    candidate, no source is taken, and the answer is None. UnknownKey when there is no such citation.
    """
    filed_at = now or utc_now()
    with db.writing() as connection:
        of = schema.incident.c
        query = select(_citations, of.key, of.page_url).join(schema.incident, of.id == _citations.c.incident_id)
        cited = connection.execute(query.where(_citations.c.id == citation_id)).first()
        if cited is None:
            raise UnknownKey(
                f"no citation {citation_id}", advice="`sourcekeep show KEY` shows an incident's citations."
            )
        told = {"method": method, "score": score, "state": state}
        if (cited.resolved_url, cited.method, cited.score, cited.state) != (url, method, score, state):
            connection.execute(
                insert(_resolutions), {"citation_id": citation_id, "url": url, "filed_at": filed_at, **told}
            )
        source = None
        if url is not None and state in TAKEN:
            via = cited.page_url or cited.key
            mention = Mention((url,), cited.publisher, cited.title, cited.year, via, publisher)
            source = sources_of(connection, [mention], filed_at)[0]
        _settle(connection, cited, {"source_id": source, "resolved_url": url, **told})
    return source


def _settle(connection: Connection, cited: Any, values: dict[str, Any]) -> None:
    repeats = (_citations.c.incident_id == cited.incident_id) & (_citations.c.same_as == cited.position)
    meant = or_(_citations.c.id == cited.id, repeats & _citations.c.gone_in.is_(None))
    connection.execute(update(_citations).where(meant).values(**values))


def tried(db: Database, citation_id: int) -> list[dict[str, Any]]:
    """What a citation was resolved to before, oldest first: url, method, score, state, filed_at."""
    query = select(_resolutions).where(_resolutions.c.citation_id == citation_id).order_by(_resolutions.c.id)
    with db.reading() as connection:
        return [
            {
                "url": row.url,
                "method": row.method,
                "score": row.score,
                "state": row.state,
                "filed_at": stamp(row.filed_at),
            }
            for row in connection.execute(query)
        ]
