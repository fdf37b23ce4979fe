"""The politeness ledger, per host, and the last robots.txt of each origin."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Table, select

from archive.host import HostState, RobotsCopy
from store import schema
from store.database import Database
from store.holding import STATE
from store.rows import chunks, insert_into

_hosts, _robots = schema.host, schema.robots


def load(db: Database, hosts: Collection[str]) -> list[HostState]:
    """What is remembered of these hosts (keys: `archive.url.host_key`); nothing of one that was never asked."""
    known: list[HostState] = []
    with db.reading() as connection:
        for chunk in chunks(hosts):
            known += [HostState(*row) for row in connection.execute(select(*STATE).where(_hosts.c.host.in_(chunk)))]
    return known


def save(db: Database, states: Sequence[HostState]) -> None:
    """Remembers these, in one transaction."""
    if states:
        with db.writing() as connection:
            _replace(connection, _hosts, "host", [asdict(state) for state in states])


def load_robots(db: Database, origin: str) -> RobotsCopy | None:
    """The last copy of an origin's robots.txt (`https://example.org`), or None; expired ones too."""
    with db.reading() as connection:
        row = connection.execute(select(_robots).where(_robots.c.origin == origin)).first()
    return None if row is None else RobotsCopy(row.status, row.body, row.fetched, row.expires, row.reason)


def save_robots(db: Database, copies: Mapping[str, RobotsCopy]) -> None:
    """Remembers these copies, by origin, in place of earlier ones; in one transaction."""
    if copies:
        with db.writing() as connection:
            rows = [{"origin": origin, **asdict(copy)} for origin, copy in copies.items()]
            _replace(connection, _robots, "origin", rows)


def _replace(connection: Connection, table: Table, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    statement = insert_into(connection, table)
    new = {name: statement.excluded[name] for name in rows[0] if name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=new), list(rows))
