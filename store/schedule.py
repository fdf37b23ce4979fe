"""Schedules: what is done by itself and when; each due one is claimed by one process only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from archive.errors import UnknownKey
from store import schema
from store.columns import stamp
from store.database import Database

_rows = schema.schedule


@dataclass(frozen=True, slots=True)
class Due:
    """A schedule whose time has come. `target` None means everything; `next_at` is what a claim compares."""

    id: int
    kind: str
    target: str | None
    cron: str
    zone: str
    next_at: datetime


def add(
    db: Database, *, kind: str, target: str | None, cron: str, zone: str, next_at: datetime, now: datetime
) -> dict[str, Any]:
    """Adds a schedule and answers its row; the same one again answers the row that is there."""
    told = {"kind": kind, "target": target, "cron": cron, "zone": zone}
    same = [_rows.c[name].is_not_distinct_from(value) for name, value in told.items()]
    with db.writing() as connection:
        row = connection.execute(select(_rows).where(*same)).first()
        if row is None:
            new = {**told, "next_at": next_at, "added_at": now}
            row = connection.execute(insert(_rows).values(new).returning(_rows)).one()
        return _object(row)


def rows(db: Database) -> list[dict[str, Any]]:
    """All schedules: id, kind, target, cron, zone, next_at, last_run."""
    with db.reading() as connection:
        return [_object(row) for row in connection.execute(select(_rows).order_by(_rows.c.id))]


def remove(db: Database, number: int) -> None:
    """Removes a schedule; UnknownKey when there is none of this number."""
    with db.writing() as connection:
        if not connection.execute(delete(_rows).where(_rows.c.id == number)).rowcount:
            raise UnknownKey(f"no schedule {number}", advice="`sourcekeep schedule list` lists them.")


def due(db: Database, now: datetime) -> list[Due]:
    """The schedules whose time has come, the longest due first."""
    columns = [_rows.c[name] for name in Due.__slots__]
    with db.reading() as connection:
        found = connection.execute(select(*columns).where(_rows.c.next_at <= now).order_by(_rows.c.next_at))
        return [Due(*row) for row in found]


def claim(db: Database, one: Due, next_at: datetime, now: datetime) -> bool:
    """Takes a due schedule by moving it on to `next_at`: True for exactly one of all who try (compare and swap).

    Times that were missed count as this one run.
    """
    mine = update(_rows).where(_rows.c.id == one.id, _rows.c.next_at == one.next_at)
    with db.writing() as connection:
        return connection.execute(mine.values(next_at=next_at, last_run=now)).rowcount == 1


def give_back(db: Database, one: Due) -> None:
    """Makes a claimed schedule due as it was: its run was stopped, and whoever comes next goes on with it."""
    with db.writing() as connection:
        connection.execute(update(_rows).where(_rows.c.id == one.id).values(next_at=one.next_at))


def _object(row: Row[Any]) -> dict[str, Any]:
    told = {"id": row.id, "kind": row.kind, "target": row.target, "cron": row.cron, "zone": row.zone}
    return {**told, "next_at": stamp(row.next_at), "last_run": stamp(row.last_run)}
