"""Runs: begun, ended, and told as the contract's run object."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Row, desc, func, insert, select, update

from archive.errors import UnknownKey
from archive.seed import OutcomeKind
from store import schema
from store.columns import stamp
from store.database import Database
from store.keys import keys_by_source
from store.objects import capture_objects
from store.rows import chunks, insert_missing

_runs, _outcomes, _urls, _citations = schema.run, schema.outcome, schema.url, schema.citation


def start_run(db: Database, kind: str, targets: Sequence[str], now: datetime) -> int:
    """Begins a run; answers its number."""
    row = {"kind": kind, "targets": list(targets), "state": "running", "forced": False, "started": now}
    with db.writing() as connection:
        number: int = connection.execute(insert(_runs).returning(_runs.c.id), row).scalar_one()
    return number


def finish_run(db: Database, run: int, state: str, now: datetime) -> None:
    """Ends a run as "done", "interrupted" or "failed"."""
    with db.writing() as connection:
        connection.execute(update(_runs).where(_runs.c.id == run).values(state=state, finished=now))


def begun(db: Database, kind: str, targets: Sequence[str]) -> datetime | None:
    """When the same work was first begun that no run has brought to its end since; None when there is no such."""
    query = select(_runs.c.started, _runs.c.state).where(_runs.c.kind == kind, _runs.c.targets == list(targets))
    with db.reading() as connection:
        newest_first = connection.execute(query.order_by(desc(_runs.c.id))).all()
    left = list(takewhile(lambda row: row.state != "done", newest_first))
    return left[-1].started if left else None


def file_citation_outcomes(
    db: Database, run: int, outcomes: Sequence[tuple[int, OutcomeKind, str]], now: datetime
) -> None:
    """How citations ended that lead to no URL to fetch: (citation, outcome, reason); one a run and citation."""
    rows = [
        {"run_id": run, "citation_id": citation, "kind": kind, "reason": reason, "why": "cited", "at": now}
        for citation, kind, reason in outcomes
    ]
    with db.writing() as connection:
        insert_missing(connection, _outcomes, rows)


def runs(db: Database, limit: int = 50) -> list[dict[str, Any]]:
    """The newest runs, without their outcomes."""
    with db.reading() as connection:
        rows = connection.execute(select(_runs).order_by(desc(_runs.c.id)).limit(limit)).all()
        return [{**_head(row), **_sums(connection, row)} for row in rows]


def run_object(db: Database, run: int) -> dict[str, Any]:
    """The contract's run object; UnknownKey when there is no such run.

    Beyond the contract each outcome has `incidents` (all keys; `incident` is the first) and `source_id`; `source` is
    the source's URL, or the text of a citation that leads nowhere.
    """
    with db.reading() as connection:
        row = connection.execute(select(_runs).where(_runs.c.id == run)).first()
        if row is None:
            raise UnknownKey(f"no run {run}")
        return {**_head(row), **_sums(connection, row), "outcomes": _outcome_objects(connection, run)}


def _head(row: Row[Any]) -> dict[str, Any]:
    told = {"run": row.id, "kind": row.kind, "targets": row.targets, "state": row.state}
    return {**told, "started": stamp(row.started), "finished": stamp(row.finished)}


def _sums(connection: Connection, row: Row[Any]) -> dict[str, int]:
    captures, documents, pages = schema.capture, schema.document, schema.page
    kinds = select(_outcomes.c.kind, func.count()).where(_outcomes.c.run_id == row.id).group_by(_outcomes.c.kind)
    counts: dict[str, int] = dict(connection.execute(kinds).all())
    asked = select(func.count()).where(_outcomes.c.run_id == row.id, _outcomes.c.url_id.is_not(None))
    kept = (
        select(func.coalesce(func.sum(captures.c.length), 0))
        .join(_outcomes, _outcomes.c.capture_id == captures.c.id)
        .where(_outcomes.c.run_id == row.id)
    )
    during = [documents.c.read_at >= row.started]
    if row.finished is not None:
        during.append(documents.c.read_at <= row.finished)
    read = select(func.count()).select_from(documents).where(*during)
    read_pages = select(func.count()).select_from(pages.join(documents)).where(*during)
    good = counts.get(OutcomeKind.CAPTURED, 0) + counts.get(OutcomeKind.UNCHANGED, 0)
    return {
        "requested": connection.execute(asked).scalar_one(),
        "captured": counts.get(OutcomeKind.CAPTURED, 0),
        "unchanged": counts.get(OutcomeKind.UNCHANGED, 0),
        "failed": sum(counts.values()) - good,
        "documents": connection.execute(read).scalar_one(),
        "pages": connection.execute(read_pages).scalar_one(),
        "links": connection.execute(_links(row.id)).scalar_one(),
        "bytes": connection.execute(kept).scalar_one(),
    }


def _links(run: int) -> Any:
    """Citations tied to a document that this run fetched, or found unchanged."""
    trail, captures, documents = schema.trail, schema.capture, schema.document
    pairs = (
        select(_citations.c.id, documents.c.id)
        .join(trail, trail.c.source_id == _citations.c.source_id)
        .join(_outcomes, _outcomes.c.url_id == trail.c.url_id)
        .join(captures, captures.c.id == _outcomes.c.capture_id)
        .join(documents, documents.c.payload_digest == captures.c.payload_digest)
        .where(_outcomes.c.run_id == run, _citations.c.gone_in.is_(None))
        .distinct()
    )
    return select(func.count()).select_from(pairs.subquery())


def _outcome_objects(connection: Connection, run: int) -> list[dict[str, Any]]:
    query = (
        select(_outcomes, _urls.c.url, _citations.c.text)
        .outerjoin(_urls, _urls.c.id == _outcomes.c.url_id)
        .outerjoin(_citations, _citations.c.id == _outcomes.c.citation_id)
        .where(_outcomes.c.run_id == run)
        .order_by(_outcomes.c.id)
    )
    rows = connection.execute(query).all()
    kept = capture_objects(connection, [row.capture_id for row in rows if row.capture_id])
    sources = _sources(connection, [row.url_id for row in rows if row.url_id])
    keys = keys_by_source(connection, (source for source, _ in sources.values()))
    citing = _citing(connection, [row.citation_id for row in rows if row.citation_id])
    objects = []
    for row in rows:
        number, source = sources.get(row.url_id, (None, None))
        incidents = keys.get(number, []) if number else citing.get(row.citation_id, [])
        objects.append(
            {
                "url": row.url,
                "source": source or row.text,
                "source_id": number,
                "why": row.why,
                "outcome": row.kind,
                "reason": row.reason,
                "http_status": row.http_status,
                "capture": kept.get(row.capture_id),
                "incident": incidents[0] if incidents else None,
                "incidents": incidents,
            }
        )
    return objects


def _sources(connection: Connection, urls: Sequence[int]) -> dict[int, tuple[int, str]]:
    """By URL number, the source that it serves (the first, if several) and that one's URL."""
    trail, sources = schema.trail, schema.source
    found: dict[int, tuple[int, str]] = {}
    for chunk in chunks(urls):
        query = (
            select(trail.c.url_id, sources.c.id, _urls.c.url)
            .join(sources, sources.c.id == trail.c.source_id)
            .join(_urls, _urls.c.id == sources.c.url_id)
            .where(trail.c.url_id.in_(chunk))
            .order_by(desc(sources.c.id))
        )
        found |= {url: (source, of) for url, source, of in connection.execute(query)}
    return found


def _citing(connection: Connection, citations: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for chunk in chunks(citations):
        query = (
            select(_citations.c.id, schema.incident.c.key)
            .join(schema.incident, schema.incident.c.id == _citations.c.incident_id)
            .where(_citations.c.id.in_(chunk))
        )
        found |= {citation: [key] for citation, key in connection.execute(query)}
    return found
