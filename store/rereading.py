"""When each WARC file was last read whole, and which are due to be read again: the rule of fixity as one query."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, or_, select, update

from archive.fixity import FileReport
from store import schema
from store.columns import stamp
from store.database import Database
from store.rows import insert_missing

_captures, _files = schema.capture, schema.warc_file

# Who asks once a day asks a little sooner or later each day, and a reading that is nearly due now must not be late by
# the next asking: so each is due before its time is up.
_DAILY = timedelta(hours=22)
_MARGIN = timedelta(days=2)


def due(db: Database, *, every: timedelta, newest: timedelta, now: datetime) -> list[str]:
    """The names of the files whose reading is due, the one longest unread first.

    Asked at least once a day, no file goes unread for longer than `every` (three days or more), and none with captures
    younger than `newest` for longer than a day. A reading that lies ahead of us was noted by a clock that was wrong.
    """
    read_at = _files.c.verified_at
    holds_new = exists().where(_captures.c.warc_file_id == _files.c.id, _captures.c.timestamp >= now - newest)
    rule = or_(
        read_at.is_(None),
        read_at > now,
        read_at < now - (every - _MARGIN),
        and_(read_at < now - _DAILY, holds_new),
    )
    with db.reading() as connection:
        query = select(_files.c.name).where(rule).order_by(read_at.is_not(None), read_at, _files.c.name)
        return list(connection.execute(query).scalars())


def known(db: Database) -> set[str]:
    """The names of all files that the catalogue has captures of, or was told a reading of."""
    with db.reading() as connection:
        return set(connection.execute(select(_files.c.name)).scalars())


def file_reading(db: Database, name: str, report: FileReport, now: datetime) -> None:
    """Notes that a file was read whole, and what it was found to be."""
    with db.writing() as connection:
        insert_missing(connection, _files, [{"name": name}])
        told = {"bytes": report.bytes, "records": report.records, "sha256": report.sha256, "verified_at": now}
        connection.execute(update(_files).where(_files.c.name == name).values(**told))


def readings(db: Database) -> list[dict[str, Any]]:
    """The files that are known, with what was noted when each was last read."""
    with db.reading() as connection:
        return [
            {
                "warc": row.name,
                "bytes": row.bytes,
                "records": row.records,
                "sha256": row.sha256,
                "verified_at": stamp(row.verified_at),
            }
            for row in connection.execute(select(_files).order_by(_files.c.name))
        ]
