"""Rows against files, both ways: what files hold without a row is adopted, what rows claim without a file is told."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select, update

from archive.capture import Capture, Conversion, RecordType
from archive.clock import utc_now
from archive.seed import OutcomeKind, Why
from store import schema
from store.captures import put_captures, set_outcomes
from store.conversions import places, put_conversions
from store.database import Database
from store.imported import join_imported
from store.rows import chunks
from store.shown import join_shown, pages_of
from store.urls import UNCLAIMED

_captures, _files, _urls, _conversions = schema.capture, schema.warc_file, schema.url, schema.conversion

_NO_SEEDS = (Why.EMBEDDED.value, Why.SHOWN.value)  # what comes along with a page has no outcome of its own


@dataclass(frozen=True, slots=True)
class Compared:
    """`missing`: rows whose record no file has. `unlisted`: records without a row. Rows are {warc, offset, url}."""

    missing: list[dict[str, Any]]
    unlisted: list[dict[str, Any]]


def known_end(db: Database, warc: str) -> int | None:
    """The first byte after the last record of a file that has a row; None when the file has none."""
    with db.reading() as connection:
        ends = [
            connection.execute(
                select(func.max(rows.c.offset + rows.c.length)).join(_files).where(_files.c.name == warc)
            ).scalar()
            for rows in (_captures, _conversions)
        ]
    return max((end for end in ends if end is not None), default=None)


def _captured(_: Capture) -> OutcomeKind:
    return OutcomeKind.CAPTURED


def adopt(
    db: Database,
    items: Sequence[Capture | Conversion],
    ended: Callable[[Capture], OutcomeKind] = _captured,
    *,
    now: datetime | None = None,
    publisher_of: Callable[[str], str] = lambda host: UNCLAIMED,
) -> int:
    """Gives rows to durable records that have none; the number of captures that were new.

    Whole answers of success count as `ended` says, from their records: captured, so that they are read, or something
    in the document's place. When their URLs are fetched next does not change, since nobody has seen what they lead to.
    Those that were brought in join the sources that they are of.
    """
    adopted, now = 0, now or utc_now()
    for some in chunks(items):
        captures = [one for one in some if isinstance(one, Capture)]
        with db.writing() as connection:
            put_conversions(connection, [one for one in some if isinstance(one, Conversion)])
            adopted += put_captures(connection, captures, now=now, publisher_of=publisher_of)
            join_shown(connection, pages_of(connection, captures), now)
            _judge(connection, captures, ended)
    join_imported(db, [one.url for one in items if isinstance(one, Capture) and one.origin.imported], now)
    return adopted


def _judge(connection: Connection, captures: Sequence[Capture], ended: Callable[[Capture], OutcomeKind]) -> None:
    """Outcomes for whole answers of success that have none; a URL's newest of those captured is its last good one."""
    whole = select(_captures.c.record_id, _captures.c.id, _captures.c.url_id, _captures.c.timestamp).where(
        _captures.c.record_id.in_([one.record_id for one in captures]),
        _captures.c.outcome.is_(None),
        _captures.c.why.not_in(_NO_SEEDS),
        _captures.c.truncated.is_(None),
        _captures.c.record_type != RecordType.REVISIT.value,
        or_(_captures.c.http_status.is_(None), _captures.c.http_status.between(200, 299)),
    )
    of_record = {one.record_id: one for one in captures}
    rows = connection.execute(whole).all()
    kinds: dict[int, str] = {row.id: ended(of_record[row.record_id]) for row in rows}
    set_outcomes(connection, kinds)
    good = sorted((row.timestamp, row.id, row.url_id) for row in rows if kinds[row.id] == OutcomeKind.CAPTURED)
    if good:
        now_good = _captures.alias("now_good")
        kept_at = select(now_good.c.timestamp).where(now_good.c.id == _urls.c.good_capture_id).scalar_subquery()
        newer = or_(_urls.c.good_capture_id.is_(None), kept_at < bindparam("at", type_=_captures.c.timestamp.type))
        better = update(_urls).where(_urls.c.id == bindparam("url_id"), newer)
        connection.execute(
            better.values(good_capture_id=bindparam("capture")),
            [{"at": at, "capture": number, "url_id": url} for at, number, url in good],
        )


def compare(db: Database, warc: str, present: Iterable[tuple[int, str]]) -> Compared:
    """Holds the rows of one file against the captures in it: (offset, URL) of each, in any order."""
    found = dict(present)
    missing: list[dict[str, Any]] = []
    with db.reading() as connection:
        query = _places().where(_files.c.name == warc).order_by(_captures.c.offset)
        for _, offset, url in connection.execution_options(yield_per=1000).execute(query):
            if found.pop(offset, None) is None:
                missing.append(_told(warc, offset, url))
    return Compared(missing, [_told(warc, offset, url) for offset, url in sorted(found.items())])


def lost(db: Database, present: Container[str]) -> list[dict[str, Any]]:
    """The rows whose whole file is none of those that are there."""
    with db.reading() as connection:
        named = connection.execute(select(_files.c.name).order_by(_files.c.name)).scalars()
        gone = [name for name in named if name not in present]
        queries = (_places().where(_files.c.name == name).order_by(_captures.c.offset) for name in gone)
        captures = [_told(*row) for query in queries for row in connection.execute(query)]
    texts = [_told(one.warc, one.offset, one.url) for name in gone for one in places(db, name)]
    return captures + texts


def _places() -> Select[Any]:
    """A query for where each capture lies: file, offset, URL."""
    return (
        select(_files.c.name, _captures.c.offset, _urls.c.url)
        .join(_files, _files.c.id == _captures.c.warc_file_id)
        .join(_urls, _urls.c.id == _captures.c.url_id)
    )


def _told(warc: str, offset: int, url: str) -> dict[str, Any]:
    return {"warc": warc, "offset": offset, "url": url}
