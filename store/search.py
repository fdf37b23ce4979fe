"""Search: a hit a page, ranked with titles before text, each with where it is from."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Label, Select, column, func, literal_column, or_, select, table, text

from store import schema
from store.citedby import Cited, cited_by
from store.database import Database
from store.documents import bring_up
from store.grammar import fts5, parse
from store.index import tidy_index
from store.keys import incident_numbers

# Private-use marks around what matched in a snippet: clean text may hold them, but no reader makes them.
OPEN, CLOSE = "\ue000", "\ue001"
# Of a common word only so many pages are ranked, the first filed ones: ranking 54,000 took 54 ms, 5,000 take 4.
MOST_RANKED = 5_000
_SNIPPET_WORDS = 40
_TITLE_WEIGHT, _TEXT_WEIGHT = 8.0, 1.0
_index = table("page_index", column("rowid", Integer))
_pages, _documents, _captures, _urls = schema.page, schema.document, schema.capture, schema.url


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
    ) -> dict[str, Any]:
        """The contract's `{query, total, hits}`, with `notes` about what was left out of the query.

        No query is an error: what is no grammar is text to look for. `publisher` is a spider's name or what citations
        write, `from_` and `to` are days of capture. In each snippet `OPEN` and `CLOSE` stand around what matched; the
        rest is text from the web and must be escaped. UnknownKey when the incident is not known.
        """
        parsed = parse(query)
        expression = fts5(parsed)
        answer: dict[str, Any] = {"query": query, "total": 0, "hits": [], "notes": list(parsed.notes)}
        if expression is None:
            return answer
        with self._db.reading() as connection:
            narrowed = _narrowed(connection, incident, publisher, type, from_, to)
            conditions = _matching(narrowed, expression)
            counted = select(func.count()).select_from(_index).where(*conditions)
            answer["total"] = connection.execute(counted).scalar_one()
            ranked = connection.execute(_ranked(conditions, max(limit, 0), max(offset, 0))).all()
            answer["hits"] = _hits(connection, expression, {row.id: row.score for row in ranked})
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
    connection: Connection,
    incident: str | None,
    publisher: str | None,
    kind: str | None,
    from_: date | None,
    to: date | None,
) -> Select[Any] | None:
    """The pages that the filters leave, or None when they leave all."""
    if not any((incident, publisher, kind, from_, to)):
        return None
    trail, citations = schema.trail, schema.citation
    query = select(_pages.c.id).join(_documents)
    if kind:
        query = query.where(_documents.c.type == kind)
    if any((incident, publisher, from_, to)):
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
        query = query.where(_documents.c.payload_digest.in_(kept))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _matching(narrowed: Select[Any] | None, expression: str) -> list[Any]:
    conditions: list[Any] = [text("page_index MATCH :match").bindparams(match=expression)]
    if narrowed is not None:
        # The plus keeps SQLite from asking the index once for each page that the filter leaves.
        conditions.append(literal_column("+page_index.rowid").in_(narrowed))
    return conditions


def _ranked(conditions: list[Any], limit: int, offset: int) -> Select[Any]:
    score: Label[float] = literal_column(f"bm25(page_index, {_TITLE_WEIGHT}, {_TEXT_WEIGHT})").label("score")
    found = select(_index.c.rowid.label("id"), score).where(*conditions).limit(MOST_RANKED).subquery()
    return select(found).order_by(found.c.score, found.c.id).limit(limit).offset(offset)


def _snippets(connection: Connection, expression: str, numbers: Sequence[int]) -> dict[int, str]:
    snippet = func.snippet(literal_column("page_index"), 1, OPEN, CLOSE, "…", _SNIPPET_WORDS)
    query = select(_index.c.rowid, snippet).where(*_matching(None, expression), _index.c.rowid.in_(numbers))
    return dict(connection.execute(query).all())


def _hits(connection: Connection, expression: str, scores: dict[int, float]) -> list[dict[str, Any]]:
    """The contract's hits, in the order of `scores`."""
    if not scores:
        return []
    columns = (_documents.c.payload_digest, _documents.c.type, _documents.c.title, _documents.c.page_count)
    query = select(_pages.c.id, _pages.c.number, _pages.c.label, *columns).join(_documents)
    pages = {row.id: row for row in connection.execute(query.where(_pages.c.id.in_(scores)))}
    snippets = _snippets(connection, expression, list(scores))
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
        "score": round(-score, 4),
    }
