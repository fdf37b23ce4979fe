"""The history of each source's link: what checks saw, when the next is due, what is confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, select, update

from archive.capture import Capture
from archive.seed import OutcomeKind
from extract.linkstatus import LinkStatus, Standing
from store import schema
from store.captures import capture_of, capture_rows
from store.columns import stamp
from store.database import Database
from store.keys import incident_numbers, keys_by_source
from store.rows import chunks
from store.validators import with_validators

_checks, _sources, _urls = schema.link_check, schema.source, schema.url
_captures, _citations, _trail = schema.capture, schema.citation, schema.trail
# A link is called dead after so many failing checks, so far apart (the rule of the Internet Archive's link bot).
CONFIRMING, APART = 3, timedelta(days=3)
_NEXT = {Standing.ALIVE: timedelta(days=7), Standing.DEAD: timedelta(days=3)}
_NEXT_OTHERS = timedelta(days=3)
_NEXT_CONFIRMED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CheckTarget:
    """A source whose link is to be checked.

    `capture` is the last good one of the cited URL or of what it redirects to (not of documents behind a landing
    page), `mime_before` what its bytes were. `last_status` and `checked_at` are of the last check.
    """

    source_id: int
    url: str
    publisher: str
    incidents: tuple[str, ...]
    capture: Capture | None
    mime_before: str | None
    last_status: str | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """How one check ended; `record_id` is the capture of the last answer."""

    source_id: int
    status: str
    reason: str
    http_status: int | None = None
    final_url: str | None = None
    drift: str | None = None
    record_id: str | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


def sources_for_check(
    db: Database, keys: Sequence[str] | None = None, *, due_only: bool = False, now: datetime
) -> list[CheckTarget]:
    """The sources that these incidents cite (None: all, also those that no record ever cited); UnknownKey.

    `due_only`: those whose next check is due.
    """
    cited = select(_citations.c.source_id).where(_citations.c.gone_in.is_(None), _citations.c.source_id.is_not(None))
    chosen: ColumnElement[bool] = _sources.c.id.in_(cited) | _sources.c.id.not_in(
        select(_citations.c.source_id).where(_citations.c.source_id.is_not(None))
    )
    with db.reading() as connection:
        if keys is not None:
            numbers = incident_numbers(connection, keys)
            chosen = _sources.c.id.in_(cited.where(_citations.c.incident_id.in_(numbers)))
        query = (
            select(_sources, _urls.c.url, _urls.c.publisher.label("owner"))
            .join(_urls, _urls.c.id == _sources.c.url_id)
            .where(chosen)
            .order_by(_sources.c.id)
        )
        if due_only:
            query = query.where(_sources.c.check_due_at.is_(None) | (_sources.c.check_due_at <= now))
        rows = connection.execute(query).all()
        numbers = [row.id for row in rows]
        good, incidents = _last_good(connection, numbers), keys_by_source(connection, numbers)
    return [_target(row, good.get(row.id), incidents.get(row.id, [])) for row in rows]


def _target(row: Row[Any], good: tuple[Capture, str | None] | None, incidents: list[str]) -> CheckTarget:
    capture, mime = good or (None, None)
    return CheckTarget(
        row.id, row.url, row.owner, tuple(incidents), capture, mime, row.link_status, row.checked_at
    )  # fmt: skip


def _last_good(connection: Connection, sources: Sequence[int]) -> dict[int, tuple[Capture, str | None]]:
    """By source, its last whole capture of success before any landing page's links, and what the bytes are."""
    found: dict[int, tuple[Capture, str | None]] = {}
    documents = schema.document
    for chunk in chunks(sources):
        query = (
            capture_rows()
            .add_columns(_trail.c.source_id, documents.c.mime_sniffed)
            .join(_trail, _trail.c.url_id == _captures.c.url_id)
            .outerjoin(documents, documents.c.payload_digest == _captures.c.payload_digest)
            .where(
                _trail.c.source_id.in_(chunk),
                _trail.c.hops.not_like("%L%"),
                _captures.c.outcome == OutcomeKind.CAPTURED.value,
                _captures.c.http_status.between(200, 299),
                _captures.c.truncated.is_(None),
                _captures.c.revisit_of.is_(None),
            )
            .order_by(_captures.c.timestamp)
        )
        for row in connection.execute(query):
            found[row.source_id] = capture_of(row), row.mime_sniffed or row.mime
    renewed = with_validators(connection, [capture for capture, _ in found.values()])
    return {source: (renewed[capture.record_id], mime) for source, (capture, mime) in found.items()}


def file_link_checks(db: Database, run: int | None, checks: Sequence[LinkCheck], now: datetime) -> list[dict[str, Any]]:
    """Files checks and answers the contract's link objects, `confirmed` only for links dead in spaced checks.

    An answer that is alive counts as a capture of its source from then on.
    """
    with db.writing() as connection:
        past = _past(connection, [one.source_id for one in checks])
        rows = [_row(one, run, now, past.get(one.source_id, [])) for one in checks]
        if not rows:
            return []
        connection.execute(insert(_checks), rows)
        connection.execute(
            update(_sources)
            .where(_sources.c.id == bindparam("number"))
            .values(
                link_status=bindparam("new_status"),
                confirmed=bindparam("new_confirmed"),
                check_due_at=bindparam("new_due", type_=_sources.c.check_due_at.type),
                checked_at=now,
            ),
            [
                {
                    "number": row["source_id"],
                    "new_status": row["status"],
                    "new_confirmed": row["confirmed"],
                    "new_due": now + _next(row["status"], row["confirmed"]),
                }
                for row in rows
            ],
        )
        _mark_captures(connection, checks)
        urls = _canonical(connection, [one.source_id for one in checks])
    return [_object(row, urls[row["source_id"]]) for row in rows]


def _row(one: LinkCheck, run: int | None, now: datetime, past: Sequence[tuple[datetime, str]]) -> dict[str, Any]:
    return {
        "run_id": run,
        "source_id": one.source_id,
        "checked_at": now,
        "status": one.status,
        "reason": one.reason,
        "http_status": one.http_status,
        "final_url": one.final_url,
        "drift": one.drift,
        "confirmed": is_confirmed([*past, (now, one.status)]),
        "record_id": one.record_id,
        "evidence": one.evidence,
    }


def is_confirmed(history: Sequence[tuple[datetime, str]]) -> bool:
    """True if the newest of these checks (oldest first) is the third or later to find the link dead, spaced enough.

    A check that finds it alive starts the count anew; one that says nothing (a wall, a time-out) neither counts nor
    interrupts.
    """
    if not history or not LinkStatus(history[-1][1]).is_dead:
        return False
    counted: list[datetime] = []
    for checked_at, status in reversed(history):
        if LinkStatus(status).is_alive:
            break
        if LinkStatus(status).is_dead and (not counted or counted[-1] - checked_at >= APART):
            counted.append(checked_at)
    return len(counted) >= CONFIRMING


def _next(status: str, confirmed: bool) -> timedelta:
    return _NEXT_CONFIRMED if confirmed else _NEXT.get(LinkStatus(status).standing, _NEXT_OTHERS)


def _past(connection: Connection, sources: Sequence[int]) -> dict[int, list[tuple[datetime, str]]]:
    found: dict[int, list[tuple[datetime, str]]] = {}
    for chunk in chunks(sources):
        query = select(_checks.c.source_id, _checks.c.checked_at, _checks.c.status)
        past = query.where(_checks.c.source_id.in_(chunk)).order_by(_checks.c.checked_at)
        for source, checked_at, status in connection.execute(past):
            found.setdefault(source, []).append((checked_at, status))
    return found


def _mark_captures(connection: Connection, checks: Sequence[LinkCheck]) -> None:
    """Says of each answer that was kept what it is: the source itself, or the observation of a fault."""
    rows = [
        {"record": one.record_id, "kind": OutcomeKind.CAPTURED if LinkStatus(one.status).is_alive else one.status}
        for one in checks
        if one.record_id is not None
    ]
    if rows:
        unmarked = (_captures.c.record_id == bindparam("record"), _captures.c.outcome.is_(None))
        connection.execute(update(_captures).where(*unmarked).values(outcome=bindparam("kind")), rows)


def _canonical(connection: Connection, sources: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(sources):
        query = select(_sources.c.id, _urls.c.url).join(_urls, _urls.c.id == _sources.c.url_id)
        found |= dict(connection.execute(query.where(_sources.c.id.in_(chunk))).all())
    return found


def _object(row: dict[str, Any], url: str) -> dict[str, Any]:
    told = ("status", "reason", "http_status", "final_url", "drift", "confirmed", "evidence", "source_id")
    return {
        "url": url,
        **{name: row[name] for name in told},
        "checked_at": stamp(row["checked_at"]),
        "replacement": None,
    }


def history(db: Database, source_id: int) -> list[dict[str, Any]]:
    """The link objects of all checks of a source, oldest first."""
    with db.reading() as connection:
        urls = _canonical(connection, [source_id])
        rows = connection.execute(
            select(_checks).where(_checks.c.source_id == source_id).order_by(_checks.c.checked_at)
        )
        return [_object(dict(row._mapping), urls[source_id]) for row in rows]
