"""Settling: outcomes become rows, what they found becomes due, all in one transaction."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal, select, update

from archive.capture import RecordType
from archive.seed import Found, Outcome, OutcomeKind, Why
from store import captures, schema
from store.citing import lay_trail
from store.database import Database
from store.intervals import GOOD, next_due
from store.rows import chunks
from store.urls import UNCLAIMED, Known, host_of, know
from store.works import put_listed

_urls, _outcomes, _trail = schema.url, schema.outcome, schema.trail
# A target that is due so soon goes along with the page that leads to it, or the two would drift apart by seconds.
DUE_SOON = timedelta(days=1)


def settle(
    db: Database,
    run: int,
    outcomes: Sequence[Outcome],
    now: datetime,
    *,
    publisher_of: Callable[[str], str] = lambda host: UNCLAIMED,
    recapture_after: timedelta | None = None,
) -> None:
    """Files how seeds ended, frees their leases and says when each is due again; repeating it changes nothing.

    Redirect targets and documents that were found are due now, in this run, and join the trail of the sources that
    led to them; works that a listing names are only noted. `publisher_of` names the publisher of a host (its
    politeness key).
    """
    with db.writing() as connection:
        ended = _unsettled(connection, run, outcomes, now)
        if not ended:
            return
        kept = captures.put_and_number(connection, [one.capture for one in ended.values() if one.capture])
        _put_outcomes(connection, run, ended, kept, now)
        _put_fates(connection, ended, kept, now, recapture_after)
        put_listed(connection, [(one.seed.publisher, one.seed.url, found) for one, found in _listed(ended)], now)
        _follow(connection, run, ended, now, publisher_of)


def _unsettled(connection: Connection, run: int, outcomes: Sequence[Outcome], now: datetime) -> dict[int, Outcome]:
    """By URL number, those that have no outcome in this run yet; of two for one URL the first."""
    seeds = [one.seed for one in outcomes]
    known = [Known(one.url, one.why, one.via, one.hops, one.redirects, one.publisher) for one in seeds]
    numbers = know(connection, known, now)
    ended: dict[int, Outcome] = {}
    for one in outcomes:
        ended.setdefault(numbers[one.seed.url], one)
    for chunk in chunks(list(ended)):
        query = select(_outcomes.c.url_id).where(_outcomes.c.run_id == run, _outcomes.c.url_id.in_(chunk))
        for number in connection.execute(query).scalars():
            del ended[number]
    return ended


def _put_outcomes(
    connection: Connection, run: int, ended: dict[int, Outcome], kept: dict[str, int], now: datetime
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "run_id": run,
            "url_id": number,
            "kind": one.kind,
            "reason": one.reason,
            "http_status": one.http_status,
            "capture_id": kept[one.capture.record_id] if one.capture else None,
            "why": one.seed.why,
            "at": now,
        }
        for number, one in ended.items()
    ]
    connection.execute(insert(_outcomes), rows)
    captures.set_outcomes(connection, {row["capture_id"]: row["kind"] for row in rows if row["capture_id"]})


def _put_fates(
    connection: Connection,
    ended: dict[int, Outcome],
    kept: dict[str, int],
    now: datetime,
    recapture_after: timedelta | None,
) -> None:
    """What each URL's row says from now on: when it is due, how it ended, its last good capture, no lease."""
    failures: dict[int, int] = {}
    for chunk in chunks(ended):
        query = select(_urls.c.id, _urls.c.failures).where(_urls.c.id.in_(chunk))
        failures |= dict(connection.execute(query).all())
    rows = []
    for number, one in ended.items():
        failed = 0 if one.kind in GOOD else failures[number] + (one.kind is not OutcomeKind.SKIPPED)
        # A link check reads no page, so it does not stand for the capture that is due.
        due_at = None if one.seed.why is Why.CHECK else next_due(one, failed, now, recapture_after)
        rows.append(
            {
                "number": number,
                "new_due_at": due_at,
                "new_failures": failed,
                "new_outcome": one.kind,
                "new_good": kept[one.capture.record_id] if one.capture and is_good(one) else None,
            }
        )
    values: dict[str, Any] = {
        "due_at": func.coalesce(bindparam("new_due_at", type_=_urls.c.due_at.type), _urls.c.due_at),
        "failures": bindparam("new_failures"),
        "last_outcome": bindparam("new_outcome"),
        "good_capture_id": func.coalesce(bindparam("new_good"), _urls.c.good_capture_id),
    }
    freed = {"wanted_by": None, "wanted_why": None, "claimed_by": None, "lease_until": None, "last_at": now}
    connection.execute(update(_urls).where(_urls.c.id == bindparam("number")).values(**values, **freed), rows)


def is_good(outcome: Outcome) -> bool:
    """True if its capture is the thing itself, whole: what a later answer is compared with, and what is read."""
    capture = outcome.capture
    whole = capture is not None and capture.record_type is not RecordType.REVISIT and capture.truncated is None
    return whole and outcome.kind is OutcomeKind.CAPTURED and (outcome.http_status or 200) // 100 == 2


def _listed(ended: dict[int, Outcome]) -> list[tuple[Outcome, Found]]:
    return [(one, found) for one in ended.values() for found in one.found if _is_listed(one, found)]


def _is_listed(outcome: Outcome, found: Found) -> bool:
    return outcome.seed.why is Why.LISTING and found.hop != "R"


def _follow(
    connection: Connection, run: int, ended: dict[int, Outcome], now: datetime, publisher_of: Callable[[str], str]
) -> None:
    """What answers lead to: known, wanted by this run unless it was fetched lately, on the trail of its sources."""
    steps = [(number, one, found) for number, one in ended.items() for found in one.found if not _is_listed(one, found)]
    if not steps:
        return
    targets = {found.url: _target(one, found, now, publisher_of) for _, one, found in steps}
    numbers = know(connection, list(targets.values()), now)
    want(connection, run, [(numbers[one.url], one) for one in targets.values()], now)
    trails = _trails(connection, ended)
    lay_trail(
        connection,
        [
            (source, numbers[found.url], hops + found.hop, number)
            for number, _, found in steps
            for source, hops in trails[number]
        ],
        now,
    )


def _target(one: Outcome, found: Found, now: datetime, publisher_of: Callable[[str], str]) -> Known:
    seed = one.seed
    redirects = seed.redirects + 1 if found.hop == "R" else 0
    publisher = publisher_of(host_of(found.url))
    return Known(found.url, found.why, seed.url, seed.hops + found.hop, redirects, publisher, now)


def want(connection: Connection, run: int, targets: Sequence[tuple[int, Known]], now: datetime) -> None:
    """This run fetches the targets that are due or soon due (all, in a forced run) and had no outcome in it yet.

    What it wants for its own sake already stays so: somebody named it.
    """
    forced = select(schema.run.c.forced).where(schema.run.c.id == run).scalar_subquery()
    had = select(_outcomes.c.id).where(_outcomes.c.run_id == run, _outcomes.c.url_id == _urls.c.id).exists()
    named = (func.coalesce(_urls.c.wanted_by, 0) == run) & (_urls.c.hops == "")
    is_due = _urls.c.due_at.is_(None) | (_urls.c.due_at <= now + DUE_SOON) | forced
    names = ("via", "hops", "redirects", "wanted_why")
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    connection.execute(
        update(_urls)
        .where(_urls.c.id == bindparam("number"), ~had, ~named, is_due)
        .values(wanted_by=run, due_at=func.coalesce(_urls.c.due_at, literal(now, _urls.c.due_at.type)), **values),
        [
            {
                "number": number,
                "new_via": one.via,
                "new_hops": one.hops,
                "new_redirects": one.redirects,
                "new_wanted_why": one.why,
            }
            for number, one in targets
        ],
    )


def _trails(connection: Connection, ended: dict[int, Outcome]) -> defaultdict[int, list[tuple[int, str]]]:
    """By URL number, the sources it serves and the hops that led to it."""
    found: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for chunk in chunks(number for number, one in ended.items() if one.found):
        query = select(_trail.c.url_id, _trail.c.source_id, _trail.c.hops).where(_trail.c.url_id.in_(chunk))
        for url, source, hops in connection.execute(query):
            found[url].append((source, hops))
    return found
