"""The frontier: what is due, who is at it, and what a run still has to fetch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, case, exists, func, select, true, update

from archive.seed import Why
from store import schema
from store.citing import lay_trail
from store.claiming import claim
from store.database import Database
from store.holding import clear
from store.intervals import UNREACHED
from store.rows import chunks
from store.settling import settle
from store.unread import Unread, unread
from store.urls import UNCLAIMED, Known, know

__all__ = [
    "Unread", "Wanted", "add_due", "add_seeds", "claim", "is_waiting", "release", "release_all", "settle", "unread",
    "waiting",
]  # fmt: skip

_urls, _outcomes, _trail = schema.url, schema.outcome, schema.trail
# Which reason lasts when a URL is fetched for several: what it is decides how its answer is read.
_LASTING = (Why.ROBOTS, Why.CHECK, Why.LISTING, Why.DOCUMENT, Why.CITED, Why.INCIDENT)
_RANKS = {why.value: rank for rank, why in enumerate(_LASTING)}


class Wanted(NamedTuple):
    """A URL (normalised) that a run should fetch, and for which source."""

    url: str
    why: Why
    via: str | None = None
    hops: str = ""
    publisher: str = UNCLAIMED
    source_id: int | None = None


def add_seeds(
    db: Database, run: int, seeds: Sequence[Wanted | tuple[Any, ...]], *, now: datetime, force: bool = False
) -> int:
    """Makes these URLs the run's to fetch, as far as they are due (all, with `force`); the number it will fetch.

    A URL that was never captured because its host was not reached counts as due: whoever names it wants it now.
    With a source goes what else serves it and is due (all of it, with `force`), such as a redirect target or a
    document: an interrupted run may not have come to it, and a page that answers "not modified" does not lead to it.
    A seed for a link check is always fetched, alone, and leaves the time of capture as it is.
    """
    wanted = [Wanted(*seed) for seed in seeds]
    with db.writing() as connection:
        if force:
            connection.execute(update(schema.run).where(schema.run.c.id == run).values(forced=True))
        known = [Known(one.url, one.why, one.via, one.hops, 0, one.publisher, now) for one in wanted]
        numbers = know(connection, known, now)
        added = _want(connection, run, {numbers[one.url]: one for one in reversed(wanted)}, now, force)
        steps = [(one.source_id, numbers[one.url], one.hops, None) for one in wanted if one.source_id is not None]
        lay_trail(connection, steps, now)
        served = {one.source_id for one in wanted if one.source_id is not None and one.why is not Why.CHECK}
        for chunk in chunks(served):
            on_trail = (
                select(_trail.c.url_id)
                .join(_urls, _urls.c.id == _trail.c.url_id)
                .where(_trail.c.source_id.in_(chunk), _urls.c.host != "")  # of no host: never fetched
            )
            due = true() if force else (_urls.c.due_at <= now) | _missing()
            added += _take(connection, run, due & _urls.c.id.in_(on_trail))
    return added


def _want(connection: Connection, run: int, seeds: dict[int, Wanted], now: datetime, force: bool) -> int:
    rows = []
    for chunk in chunks(seeds):
        had = select(_outcomes.c.url_id).where(_outcomes.c.run_id == run, _outcomes.c.url_id.in_(chunk))
        due_at = case((_missing(), None), else_=_urls.c.due_at)
        query = select(_urls.c.id, _urls.c.why, due_at).where(_urls.c.id.in_(chunk), _urls.c.id.not_in(had))
        for number, why, due_at in connection.execute(query):
            seed = seeds[number]
            checks = seed.why is Why.CHECK
            if force or checks or due_at is None or due_at <= now:
                due_now = due_at is None or (force and not checks)
                rows.append(_row(number, seed, why, now if due_now else due_at))
    if rows:
        names = ("why", "wanted_why", "via", "hops", "redirects", "publisher", "due_at")
        values = {name: bindparam(f"new_{name}", type_=_urls.c[name].type) for name in names}
        connection.execute(update(_urls).where(_urls.c.id == bindparam("number")).values(wanted_by=run, **values), rows)
    return len(rows)


def _row(number: int, seed: Wanted, why: str, due_at: datetime) -> dict[str, Any]:
    lasting = max(why, seed.why.value, key=lambda one: _RANKS.get(one, -1))
    return {
        "number": number,
        "new_why": lasting,
        "new_wanted_why": seed.why,
        "new_via": seed.via,
        "new_hops": seed.hops,
        "new_redirects": 0,
        "new_publisher": seed.publisher,
        "new_due_at": due_at,
    }


def _missing() -> ColumnElement[bool]:
    """Never captured, and only because its host was not reached."""
    return _urls.c.good_capture_id.is_(None) & _urls.c.last_outcome.in_(UNREACHED)


def _take(connection: Connection, run: int, which: ColumnElement[bool]) -> int:
    had = select(_outcomes.c.id).where(_outcomes.c.run_id == run, _outcomes.c.url_id == _urls.c.id).exists()
    other = func.coalesce(_urls.c.wanted_by, 0) != run
    done = connection.execute(update(_urls).where(which, other, ~had).values(wanted_by=run, wanted_why=None))
    return done.rowcount


def add_due(db: Database, run: int, now: datetime) -> int:
    """Makes everything that is due the run's to fetch; the number of URLs."""
    with db.writing() as connection:
        return _take(connection, run, _urls.c.due_at <= now)


def waiting(db: Database, run: int) -> int:
    """How many URLs of a run have no outcome yet."""
    with db.reading() as connection:
        return connection.execute(select(func.count()).where(_urls.c.wanted_by == run)).scalar_one()


def is_waiting(db: Database, run: int) -> bool:
    """Whether a URL of a run has no outcome yet; quick, however many there are."""
    due = exists().where(_urls.c.wanted_by == run, _urls.c.lease_until.is_(None))
    under_way = exists().where(_urls.c.wanted_by == run, _urls.c.lease_until.is_not(None))
    with db.reading() as connection:
        return bool(connection.execute(select(due | under_way)).scalar_one())


def release(db: Database, run: int) -> int:
    """Frees what a run has claimed and not settled: it stays due; the number of URLs."""
    with db.writing() as connection:
        free = update(_urls).where(_urls.c.claimed_by == run).values(claimed_by=None, lease_until=None)
        return connection.execute(free).rowcount


def release_all(db: Database, now: datetime) -> int:
    """Clears up after runs that were killed, for whoever holds the data folder: leases end, what was due stays due.

    Hosts are free, and runs that never ended `interrupted`. Answers how many URLs had been claimed.
    """
    with db.writing() as connection:
        nobody = {"wanted_by": None, "wanted_why": None, "claimed_by": None, "lease_until": None}
        claimed = connection.execute(select(func.count()).where(_urls.c.lease_until.is_not(None))).scalar_one()
        held = _urls.c.wanted_by.is_not(None) | _urls.c.lease_until.is_not(None)
        connection.execute(update(_urls).where(held).values(**nobody))
        clear(connection, now)
        runs = schema.run
        connection.execute(update(runs).where(runs.c.state == "running").values(state="interrupted", finished=now))
    return claimed
