"""Rows against files, both ways: what files hold without a row is adopted, what rows claim without a file is told."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from archive.capture import Capture, RecordType
from archive.seed import OutcomeKind
from store import schema
from store.captures import put_captures
from store.columns import stamp
from store.database import Database
from store.rows import chunks, insert_missing

_captures, _files, _urls = schema.capture, schema.warc_file, schema.url


@dataclass(frozen=True, slots=True)
class Compared:
    """`missing`: rows whose record no file has. `unlisted`: records without a row. Rows are {warc, offset, url}."""

    missing: list[dict[str, Any]]
    unlisted: list[dict[str, Any]]


def known_end(db: Database, warc: str) -> int | None:
    """The first byte after the last record of a file that has a row; None when the file has none."""
    query = select(func.max(_captures.c.offset + _captures.c.length)).join(_files).where(_files.c.name == warc)
    with db.reading() as connection:
        return connection.execute(query).scalar()


def adopt(db: Database, captures: Sequence[Capture]) -> int:
    """Gives rows to durable records that have none; the number that was new.

    Whole answers of success count as captured, so that they are read; when their URLs are fetched next does not
    change, since nobody has seen what they lead to.
    """
    adopted = 0
    for some in chunks(captures):
        with db.writing() as connection:
            adopted += put_captures(connection, some)
            records = [one.record_id for one in some]
            good = (
                _captures.c.record_id.in_(records),
                _captures.c.outcome.is_(None),
                _captures.c.truncated.is_(None),
                _captures.c.record_type != RecordType.REVISIT.value,
                or_(_captures.c.http_status.is_(None), _captures.c.http_status.between(200, 299)),
            )
            marked = update(_captures).where(*good).values(outcome=OutcomeKind.CAPTURED.value)
            kept = connection.execute(marked.returning(_captures.c.id, _captures.c.url_id)).all()
            if kept:
                newer = or_(_urls.c.good_capture_id.is_(None), _urls.c.good_capture_id < bindparam("capture"))
                better = update(_urls).where(_urls.c.id == bindparam("url_id"), newer)
                rows = [{"capture": number, "url_id": url} for number, url in sorted(kept)]
                connection.execute(better.values(good_capture_id=bindparam("capture")), rows)
    return adopted


def compare(db: Database, present: Iterable[tuple[str, int, str]]) -> Compared:
    """Holds the rows against the records that the files have: (warc, offset, URL) of each capture, in any order."""
    found: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for warc, offset, url in present:
        found[warc][offset] = url
    missing: list[dict[str, Any]] = []
    query = (
        select(_files.c.name, _captures.c.offset, _urls.c.url)
        .join(_files, _files.c.id == _captures.c.warc_file_id)
        .join(_urls, _urls.c.id == _captures.c.url_id)
    )
    with db.reading() as connection:
        for warc, offset, url in connection.execution_options(yield_per=1000).execute(query):
            if found[warc].pop(offset, None) is None:
                missing.append(_told(warc, offset, url))
    unlisted = [_told(warc, offset, url) for warc, places in found.items() for offset, url in places.items()]
    return Compared(sorted(missing, key=_place), sorted(unlisted, key=_place))


def _told(warc: str, offset: int, url: str) -> dict[str, Any]:
    return {"warc": warc, "offset": offset, "url": url}


def _place(row: dict[str, Any]) -> tuple[str, int]:
    return row["warc"], row["offset"]


def file_warc(
    db: Database, name: str, *, size: int, records: int | None = None, sha256: str | None = None, now: datetime
) -> None:
    """Notes a WARC file as it was verified: bytes, number of records, hash of the whole file."""
    with db.writing() as connection:
        insert_missing(connection, _files, [{"name": name}])
        told = {"bytes": size, "records": records, "sha256": sha256, "verified_at": now}
        connection.execute(update(_files).where(_files.c.name == name).values(**told))


def warc_files(db: Database) -> list[dict[str, Any]]:
    """The files that hold captures, with what was noted when they were last verified."""
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
