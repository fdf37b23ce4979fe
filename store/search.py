"""Search: a hit a page, titles and cited sources first, each with where it is from."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select

from store import schema
from store.citedby import Cited, cited_by
from store.database import Database
from store.documents import bring_up
from store.facets import NAMES, facets
from store.grammar import parse
from store.index import tidy_index
from store.keys import incident_numbers
from store.matches import CLOSE, OPEN, Matches, Within, matches

__all__ = ["CLOSE", "MOST_SHOWN", "OPEN", "SearchIndex"]

# So many hits are counted and can be reached; who has more narrows the search.
MOST_SHOWN = 5_000
_pages, _documents, _captures, _urls = schema.page, schema.document, schema.capture, schema.url
_PAGES = (
    select(
        _pages.c.id,
        _pages.c.number,
        _pages.c.label,
        _documents.c.payload_digest,
        _documents.c.type,
        _documents.c.title,
        _documents.c.page_count,
    )
    .join(_documents)
    .where(_pages.c.id.in_(bindparam("numbers", expanding=True)))
)


class SearchIndex:
    """The full text of one catalogue."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def search(
        self,
        query: str,
        *,
        incident: str | None = None,
        publisher: str | None = None,
        type: str | None = None,  # noqa: A002  (the contract's word)
        from_: date | None = None,
        to: date | None = None,
        limit: int = 10,
        offset: int = 0,
        counted: bool = False,
    ) -> dict[str, Any]:
        """The contract's `{query, total, hits}`, with `notes` about what was left out of the query.

        No query is an error: what is no grammar is text to look for. `publisher` is a spider's name or what citations
        write, `from_` and `to` are days of capture. In each snippet `OPEN` and `CLOSE` stand around what matched; the
        rest is text from the web and must be escaped. Of more than `MOST_SHOWN` hits only so many are counted, which
        `total_is_at_least` says, and can be reached; `counted` adds their `facets`. UnknownKey when the incident is
        not known.
        """
        parsed = parse(query)
        answer: dict[str, Any] = {"query": query, "total": 0, "hits": [], "notes": list(parsed.notes)}
        if not parsed.groups:
            return answer | ({"facets": {name: [] for name in NAMES}} if counted else {})
        with self._db.reading() as connection:
            within = Within(type, *_narrowed(connection, incident, publisher, from_, to))
            found = matches(connection, parsed, within)
            total = found.count(MOST_SHOWN + 1)
            answer["total"] = min(total, MOST_SHOWN)
            if total > MOST_SHOWN:
                answer["total_is_at_least"] = True
                if offset >= MOST_SHOWN:
                    answer["notes"].append(f"Only the first {MOST_SHOWN:,} hits can be reached: narrow the search.")
            first, last = max(offset, 0), min(max(offset, 0) + max(limit, 0), answer["total"])
            ranked = found.first(answer["total"] if counted else last) if counted or first < last else []
            if counted:
                answer["facets"] = facets(connection, (number for number, _ in ranked))
            if first < last:
                answer["hits"] = _hits(connection, found, dict(ranked[first:last]))
        return answer

    def refresh(self) -> None:
        """Brings the index in step with citations filed after their sources were read, then merges a bounded part."""
        with self._db.reading() as connection:
            numbers = list(connection.execute(select(_documents.c.id)).scalars())
        for start in range(0, len(numbers), 500):
            with self._db.writing() as connection:
                bring_up(connection, numbers[start : start + 500])
        with self._db.writing() as connection:
            tidy_index(connection)


def _narrowed(
    connection: Connection, incident: str | None, publisher: str | None, from_: date | None, to: date | None
) -> tuple[tuple[int, ...] | None, int]:
    """The documents that the filters leave, and how many pages they have; None when they leave all."""
    if not any((incident, publisher, from_, to)):
        return None, 0
    trail, citations = schema.trail, schema.citation
    kept = select(_captures.c.payload_digest).join(_urls, _urls.c.id == _captures.c.url_id)
    if from_:
        kept = kept.where(_captures.c.timestamp >= _midnight(from_))
    if to:
        kept = kept.where(_captures.c.timestamp < _midnight(to) + timedelta(days=1))
    if incident or publisher:
        kept = kept.outerjoin(trail, trail.c.url_id == _urls.c.id).outerjoin(
            citations, (citations.c.source_id == trail.c.source_id) & citations.c.gone_in.is_(None)
        )
    if incident:
        kept = kept.where(citations.c.incident_id.in_(incident_numbers(connection, [incident])))
    if publisher:
        named = publisher.strip().lower()
        kept = kept.where(or_(_urls.c.publisher == named, func.lower(citations.c.publisher) == named))
    query = select(_documents.c.id, _documents.c.page_count).where(
        _documents.c.indexed, _documents.c.payload_digest.in_(kept)
    )
    rows = connection.execute(query.order_by(_documents.c.id)).all()
    return tuple(row.id for row in rows), sum(row.page_count for row in rows)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _hits(connection: Connection, found: Matches, scores: dict[int, float]) -> list[dict[str, Any]]:
    """The contract's hits, in the order of `scores`."""
    numbers: Sequence[int] = list(scores)
    pages = {row.id: row for row in connection.execute(_PAGES, {"numbers": numbers})}
    snippets = found.snippets(numbers)
    origins = cited_by(connection, {row.payload_digest for row in pages.values()})
    return [_hit(pages[number], score, snippets, origins) for number, score in scores.items()]


def _hit(row: Any, score: float, snippets: dict[int, str], origins: dict[str, Cited]) -> dict[str, Any]:
    origin = origins.get(row.payload_digest)
    return {
        "source_url": origin.source_url if origin else None,
        "source_id": origin.source_id if origin else None,
        "title": (origin.title if origin else "") or row.title,
        "publisher": origin.publisher if origin else "",
        "incidents": list(origin.incidents) if origin else [],
        "type": row.type,
        "page": row.number,
        "label": row.label,
        "pages": row.page_count,
        "snippet": " ".join(snippets.get(row.id, "").split()),
        "capture": origin.capture if origin else None,
        "score": round(score, 4),
    }
