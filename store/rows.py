"""Writing many rows at once: what is new goes in, what is there stays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table

T = TypeVar("T")
# Values a statement may carry: SQLite takes 32,766, PostgreSQL 65,535; short statements are planned faster.
IN_CHUNK = 500


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Inserts the rows whose keys are not there yet, all in one go; the number that was new."""
    if not rows:
        return 0
    done = connection.execute(insert_into(connection, table).on_conflict_do_nothing(), list(rows))
    return max(done.rowcount, 0)


def insert_into(connection: Connection, table: Table) -> Any:
    """The INSERT of this connection's dialect, which knows ON CONFLICT. Only the dialect in use is loaded."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def chunks(values: Iterable[T], size: int = IN_CHUNK) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    values = iter(values)
    while chunk := list(islice(values, size)):
        yield chunk
