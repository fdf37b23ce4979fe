"""What people and commands ask of the catalogue about incidents and what they cite."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, select

from archive.seed import OutcomeKind
from store import schema
from store.columns import stamp
from store.database import Database
from store.keys import find_incident, incident_numbers
from store.objects import capture_objects
from store.rows import chunks

_incidents, _versions, _citations = schema.incident, schema.incident_version, schema.citation
_sources, _trail, _urls, _captures = schema.source, schema.trail, schema.url, schema.capture
_outcomes = schema.outcome
_CURRENT = _citations.c.gone_in.is_(None)
# Answers of success that are the thing itself, whole or in part; what else came with success stood in its place.
_ITSELF = ("", "captured", "unchanged", "too_large", "truncated", "timeout")


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A citation that repeats no other, as the resolver needs it. `url` is what it was resolved to, canonical.

    `state` is given, found, proposed or unresolved; `refusal` says why a given URL is never asked for.
    """

    citation_id: int
    incident: str
    position: int
    publisher: str
    authors: tuple[str, ...]
    year: int | None
    title: str
    format: str
    text: str
    url: str | None
    state: str
    source_id: int | None
    refusal: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source: its canonical URL, and how its first citation names it."""

    id: int
    url: str
    publisher: str
    title: str


def is_known(db: Database, key: str) -> bool:
    """True if an incident has this key or alias."""
    with db.reading() as connection:
        return find_incident(connection, key) is not None


def incidents(db: Database) -> list[dict[str, Any]]:
    """All incidents by key: what they are, how many citations and works they have and how many are captured."""
    kept = (
        select(_trail.c.source_id)
        .join(_urls, _urls.c.id == _trail.c.url_id)
        .where(_trail.c.source_id == _citations.c.source_id, _urls.c.good_capture_id.is_not(None))
        .exists()
    )
    counts = (
        select(
            _citations.c.incident_id,
            func.count().label("citations"),
            func.sum(case((_citations.c.same_as.is_(None), 1), else_=0)).label("works"),
            func.sum(case((_citations.c.source_id.is_not(None), 1), else_=0)).label("resolved"),
            func.sum(case((and_(_citations.c.source_id.is_not(None), kept), 1), else_=0)).label("captured"),
        )
        .where(_CURRENT)
        .group_by(_citations.c.incident_id)
        .subquery()
    )
    sums = ("citations", "works", "resolved", "captured")
    query = select(_incidents, *(func.coalesce(counts.c[name], 0).label(name) for name in sums)).outerjoin(
        counts, counts.c.incident_id == _incidents.c.id
    )
    told = ("key", "title", "type", "page_url", "version", *sums)
    with db.reading() as connection:
        return [
            {
                **{name: getattr(row, name) for name in told},
                "added": stamp(row.added_at),
                "changed": stamp(row.changed_at),
            }
            for row in connection.execute(query.order_by(_incidents.c.key))
        ]


def incident_object(db: Database, key: str) -> dict[str, Any]:
    """The contract's incident object of a key or alias, whole; UnknownKey when there is none."""
    with db.reading() as connection:
        number = incident_numbers(connection, [key])[0]
        newest = and_(_versions.c.incident_id == _incidents.c.id, _versions.c.version == _incidents.c.version)
        query = select(_incidents.c.version, _versions.c.content).join(_versions, newest)
        row = connection.execute(query.where(_incidents.c.id == number)).one()
        citations = _citation_objects(connection, number)
    return {**row.content, "citations": citations, "claims": [], "version": row.version}


def _citation_objects(connection: Connection, incident: int) -> list[dict[str, Any]]:
    query = (
        select(_citations, _urls.c.url.label("source_url"))
        .outerjoin(_sources, _sources.c.id == _citations.c.source_id)
        .outerjoin(_urls, _urls.c.id == _sources.c.url_id)
        .where(_citations.c.incident_id == incident, _CURRENT)
        .order_by(_citations.c.position)
    )
    rows = connection.execute(query).all()
    sources = {row.source_id for row in rows if row.source_id}
    kept, ended = captures_by_source(connection, sources), outcomes_by_source(connection, sources)
    return [_citation_object(row, kept.get(row.source_id, []), ended.get(row.source_id, [])) for row in rows]


def _citation_object(row: Row[Any], captures: list[dict[str, Any]], outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    told = ("position", "section", "text", "publisher", "authors", "year", "title", "format", "url", "same_as")
    return {
        **{name: getattr(row, name) for name in told},
        "id": row.id,
        "source_id": row.source_id,
        "source_url": row.source_url or row.resolved_url,
        "resolution": {"method": row.method, "score": row.score, "state": row.state},
        "refusal": row.refusal,
        "captures": captures,
        "outcomes": outcomes,
    }


def captures_by_source(connection: Connection, sources: set[int]) -> dict[int, list[dict[str, Any]]]:
    """By source, the capture objects of all URLs on its trail, oldest first.

    Left out: walls, and whatever else answered with success in the source's place (`archive.seed.Substitute`).
    """
    found: defaultdict[int, list[int]] = defaultdict(list)
    outcome = func.coalesce(_captures.c.outcome, "")
    instead = func.coalesce(_captures.c.http_status, 200).between(200, 299) & outcome.not_in(_ITSELF)
    for chunk in chunks(sources):
        query = (
            select(_trail.c.source_id, _captures.c.id)
            .join(_captures, _captures.c.url_id == _trail.c.url_id)
            .where(_trail.c.source_id.in_(chunk), ~instead, outcome != OutcomeKind.BLOCKED.value)
            .order_by(_captures.c.timestamp, _captures.c.id)
        )
        for source, capture in connection.execute(query):
            found[source].append(capture)
    objects = capture_objects(connection, (capture for captures in found.values() for capture in captures))
    return {source: [objects[capture] for capture in captures] for source, captures in found.items()}


def outcomes_by_source(connection: Connection, sources: set[int]) -> dict[int, list[dict[str, Any]]]:
    """By source, how the last request of each URL on its trail ended: {url, outcome, reason, http_status, at}."""
    found: defaultdict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for chunk in chunks(sources):
        query = (
            select(_trail.c.source_id, _urls.c.url, _outcomes)
            .join(_outcomes, _outcomes.c.url_id == _trail.c.url_id)
            .join(_urls, _urls.c.id == _trail.c.url_id)
            .where(_trail.c.source_id.in_(chunk))
            .order_by(_outcomes.c.id)
        )
        for row in connection.execute(query):
            found[row.source_id][row.url] = {
                "url": row.url,
                "outcome": row.kind,
                "reason": row.reason,
                "http_status": row.http_status,
                "at": stamp(row.at),
            }
    return {source: list(last.values()) for source, last in found.items()}


def works(db: Database, keys: Sequence[str] | None = None) -> list[CitedWork]:
    """The works that these incidents cite (None: all), in order of incident and position; UnknownKey."""
    told = ("position", "publisher", "authors", "year", "title", "format", "text", "state", "source_id", "refusal")
    query = (
        select(
            _citations.c.id.label("citation_id"),
            _incidents.c.key.label("incident"),
            _citations.c.resolved_url.label("url"),
            *(_citations.c[name] for name in told),
        )
        .join(_incidents, _incidents.c.id == _citations.c.incident_id)
        .where(_citations.c.same_as.is_(None), _CURRENT)
        .order_by(_incidents.c.key, _citations.c.position)
    )
    with db.reading() as connection:
        rows = [row for one in _of(connection, query, keys) for row in connection.execute(one)]
    return [CitedWork(**{**row._mapping, "authors": tuple(row.authors)}) for row in rows]


def sources(db: Database, keys: Sequence[str] | None = None) -> list[SourceRow]:
    """The sources that these incidents cite now (None: all)."""
    query = (
        select(_sources.c.id, _urls.c.url, _sources.c.publisher, _sources.c.title)
        .join(_urls, _urls.c.id == _sources.c.url_id)
        .join(_citations, _citations.c.source_id == _sources.c.id)
        .where(_CURRENT)
        .distinct()
        .order_by(_sources.c.id)
    )
    with db.reading() as connection:
        rows = [row for one in _of(connection, query, keys) for row in connection.execute(one)]
    return [SourceRow(*row) for row in dict.fromkeys(rows)]


def _of(connection: Connection, query: Select[Any], keys: Sequence[str] | None) -> list[Select[Any]]:
    """The query for the citations of these incidents, in as many parts as statements take."""
    if keys is None:
        return [query]
    numbers = incident_numbers(connection, keys)
    return [query.where(_citations.c.incident_id.in_(chunk)) for chunk in chunks(numbers)]
