"""Holding: the processes of one run share hosts, so that each is asked by one of them at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, or_, select, text, update

from archive.host import HostState
from store import schema
from store.database import Database
from store.rows import chunks, insert_missing

_hosts, _urls = schema.host, schema.url
# A holder that has not said for so long that it lives is gone: long for a process that is alive, short for its hosts.
HOLD_S = 30.0
# Holds are renewed when no more than this is left of them.
_RENEWED_AT_S = 20.0
STATE = [_hosts.c[name] for name in ("host", "next_allowed", "delay_s", "failures", "last_status", "reason")]
_FREE = text("""
    WITH RECURSIVE walk(host) AS (
        SELECT (SELECT min(url.host) FROM url WHERE wanted_by = :run AND lease_until IS NULL)
        UNION ALL
        SELECT (SELECT min(url.host) FROM url WHERE wanted_by = :run AND lease_until IS NULL AND url.host > walk.host)
        FROM walk WHERE walk.host IS NOT NULL
    )
    SELECT walk.host FROM walk WHERE walk.host IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM host WHERE host.host = walk.host AND host.held_until > :now
    ) LIMIT :most
""").bindparams(bindparam("now", type_=_hosts.c.held_until.type))


@dataclass(frozen=True, slots=True)
class Share:
    """One of `of` processes that share a run's hosts; `holder` is its name, which no other has."""

    holder: str
    of: int


@dataclass(frozen=True, slots=True)
class Held:
    """What a holder has: all its hosts, and those of them that another holder asks for."""

    hosts: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


def take(connection: Connection, run: int, share: Share, most: int, now: datetime) -> None:
    """Holds more hosts at which something waits, `most` at a time, up to a fair share of all that are held or free.

    Leases of holders that are gone are over.
    """
    gone = select(_hosts.c.held_by).where(_hosts.c.held_by.is_not(None), _hosts.c.held_until <= now)
    _end_leases(connection, _urls.c.leased_by.in_(gone))
    held = select(_hosts.c.held_by, func.count()).where(_hosts.c.held_by.is_not(None), _hosts.c.held_until > now)
    counts: dict[str, int] = dict(connection.execute(held.group_by(_hosts.c.held_by)).all())
    free = list(connection.execute(_FREE, {"run": run, "now": now, "most": most}).scalars())
    fair = -(-(len(free) + sum(counts.values())) // share.of)
    _hold(connection, share.holder, free[: max(0, fair - counts.get(share.holder, 0))], now)


def borrow(db: Database, holder: str, hosts: Collection[str], now: datetime) -> list[HostState]:
    """What is known of those of these hosts that are the holder's to ask now; of the others it is noted who wants them.

    Only reads when it has them all already, as it has after a claim.
    """
    mine = [_hosts.c.held_by == holder, _hosts.c.held_until > now]
    with db.reading() as connection:
        known = _states(connection, hosts, *mine)
    if len(known) == len(hosts):
        return known
    with db.writing() as connection:
        _hold(connection, holder, hosts, now)
        for chunk in chunks(hosts):
            others = update(_hosts).where(_hosts.c.host.in_(chunk), _hosts.c.held_by != holder)
            connection.execute(others.where(_hosts.c.asked_by.is_(None)).values(asked_by=holder))
        return _states(connection, hosts, *mine)


def save(db: Database, holder: str, states: Sequence[HostState]) -> None:
    """Remembers these as far as they are the holder's: another may have them by now, and know better."""
    if states:
        with db.writing() as connection:
            _save(connection, holder, states)


def renew(db: Database, holder: str, using: Collection[str], now: datetime) -> Held:
    """Says that the holder lives. Gives back what it has no use for: no URL of the host is leased by it, and the host
    is not among `using`.
    """
    soon, until = now + timedelta(seconds=_RENEWED_AT_S), now + timedelta(seconds=HOLD_S)
    mine = _hosts.c.held_by == holder
    with db.writing() as connection:
        leased = select(_urls.c.id).where(
            _urls.c.host == _hosts.c.host, _urls.c.lease_until.is_not(None), _urls.c.leased_by == holder
        )
        idle = set(connection.execute(select(_hosts.c.host).where(mine, ~exists(leased))).scalars()) - set(using)
        _hand_on(connection, holder, idle, until)
        connection.execute(update(_hosts).where(mine, _hosts.c.held_until < soon).values(held_until=until))
        rows = connection.execute(select(_hosts.c.host, _hosts.c.asked_by).where(mine)).all()
    return Held(frozenset(row.host for row in rows), frozenset(row.host for row in rows if row.asked_by))


def give_back(db: Database, holder: str, states: Sequence[HostState], now: datetime) -> None:
    """Remembers these hosts and lets go of them, to whoever asks for them."""
    if states:
        with db.writing() as connection:
            _save(connection, holder, states)
            _hand_on(connection, holder, [state.host for state in states], now + timedelta(seconds=HOLD_S))


def leave(db: Database, holder: str) -> None:
    """Gives everything back, for a holder that ends and has remembered all."""
    with db.writing() as connection:
        connection.execute(update(_hosts).where(_hosts.c.held_by == holder).values(held_by=None, held_until=None))
        connection.execute(update(_hosts).where(_hosts.c.asked_by == holder).values(asked_by=None))
        _end_leases(connection, _urls.c.leased_by == holder)


def bury(db: Database, holder: str, now: datetime) -> None:
    """Frees the hosts and URLs of a holder that is known to be gone; each host has a pause first."""
    with db.writing() as connection:
        _pause(connection, _hosts.c.held_by == holder, now)
    leave(db, holder)


def clear(connection: Connection, now: datetime) -> None:
    """Nobody holds anything, for whoever holds the data folder: holders that were left from before are gone."""
    _pause(connection, _hosts.c.held_by.is_not(None), now)
    anybody = or_(_hosts.c.held_by.is_not(None), _hosts.c.asked_by.is_not(None))
    connection.execute(update(_hosts).where(anybody).values(held_by=None, held_until=None, asked_by=None))


def _hold(connection: Connection, holder: str, hosts: Iterable[str], now: datetime) -> None:
    """Compare and swap: those that nobody holds, or a holder that is gone."""
    for chunk in chunks(hosts):
        insert_missing(connection, _hosts, [{"host": host, "failures": 0, "reason": ""} for host in chunk])
        these = _hosts.c.host.in_(chunk)
        gone = (_hosts.c.held_by != holder) & (_hosts.c.held_until <= now)
        _pause(connection, these & gone, now)
        free = these & or_(_hosts.c.held_by.is_(None), _hosts.c.held_by == holder, gone)
        asked_no_more = func.nullif(_hosts.c.asked_by, holder)
        held = {"held_by": holder, "held_until": now + timedelta(seconds=HOLD_S), "asked_by": asked_no_more}
        connection.execute(update(_hosts).where(free).values(**held))


def _hand_on(connection: Connection, holder: str, hosts: Iterable[str], until: datetime) -> None:
    for chunk in chunks(hosts):
        mine = update(_hosts).where(_hosts.c.host.in_(chunk), _hosts.c.held_by == holder)
        given = mine.where(_hosts.c.asked_by.is_not(None))
        connection.execute(given.values(held_by=_hosts.c.asked_by, held_until=until, asked_by=None))
        connection.execute(mine.values(held_by=None, held_until=None))


def _pause(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """A holder that is gone may have asked a moment ago without saying so: as if it had.

    Where it had not yet said which delay it keeps, it had not asked.
    """
    rows = []
    asked = select(_hosts.c.host, _hosts.c.next_allowed, _hosts.c.delay_s).where(which, _hosts.c.delay_s.is_not(None))
    for host, allowed, delay_s in connection.execute(asked):
        least = now + timedelta(seconds=delay_s)
        rows.append({"of": host, "allowed": max(least, allowed or least)})
    if rows:
        later = update(_hosts).where(_hosts.c.host == bindparam("of"))
        connection.execute(later.values(next_allowed=bindparam("allowed", type_=_hosts.c.next_allowed.type)), rows)


def _save(connection: Connection, holder: str, states: Sequence[HostState]) -> None:
    names = [column.name for column in STATE[1:]]
    values = {name: bindparam(f"new_{name}", type_=_hosts.c[name].type) for name in names}
    mine = update(_hosts).where(_hosts.c.host == bindparam("of"), _hosts.c.held_by == holder).values(**values)
    rows = [asdict(state) for state in states]
    connection.execute(mine, [{"of": row["host"], **{f"new_{name}": row[name] for name in names}} for row in rows])


def _states(connection: Connection, hosts: Collection[str], *which: ColumnElement[bool]) -> list[HostState]:
    return [
        HostState(*row)
        for chunk in chunks(hosts)
        for row in connection.execute(select(*STATE).where(_hosts.c.host.in_(chunk), *which))
    ]


def _end_leases(connection: Connection, which: ColumnElement[bool]) -> None:
    over = update(_urls).where(_urls.c.lease_until.is_not(None), which)
    connection.execute(over.values(claimed_by=None, lease_until=None))
