"""Rows of captures: what the archive keeps, as the catalogue knows it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, update

from archive.capture import Capture, Origin, RecordType, Truncation
from store import schema
from store.database import Database
from store.rows import chunks, insert_missing
from store.urls import UNCLAIMED, Known, host_of, know

_captures, _files, _urls = schema.capture, schema.warc_file, schema.url
_Digests = tuple[str | None, str | None]  # SHA-256 and SHA-1


def put_captures(
    connection: Connection,
    captures: Sequence[Capture],
    *,
    now: datetime | None = None,
    publisher_of: Callable[[str], str] = lambda host: UNCLAIMED,
) -> int:
    """Rows for the captures that have none yet (by record id), in order; the number that was new.

    `now` is when their URLs became known, if that is not when they were captured; `publisher_of` names the publisher
    of a host.
    """
    if not captures:
        return 0
    known = [
        Known(one.url, one.origin.why, one.origin.via, one.origin.hops, publisher=publisher_of(host_of(one.url)))
        for one in captures
    ]
    urls = know(connection, known, now or captures[0].timestamp)
    files = files_of(connection, {one.warc: one.origin.imported for one in captures})
    originals = _digests_of(connection, {one.revisit_of for one in captures if not one.payload_sha1})
    return insert_missing(
        connection, _captures, [_row(one, urls[one.url], files[one.warc], originals) for one in captures]
    )


def _row(one: Capture, url: int, warc: int, originals: dict[str, _Digests]) -> dict[str, Any]:
    digest, sha1 = originals.get(one.revisit_of or "", (None, None))
    return {
        "record_id": one.record_id,
        "record_type": one.record_type,
        "url_id": url,
        "timestamp": one.timestamp,
        "http_status": one.http_status,
        "mime": one.mime,
        "payload_digest": one.payload_digest or digest,
        "payload_sha1": one.payload_sha1 or sha1,
        "payload_length": one.payload_length,
        "warc_file_id": warc,
        "offset": one.offset,
        "length": one.length,
        "truncated": one.truncated,
        "revisit_of": one.revisit_of,
        "etag": one.etag,
        "last_modified": one.last_modified,
        "location": one.location,
        "why": one.origin.why,
        "via": one.origin.via,
        "hops": one.origin.hops,
    }


def files_of(connection: Connection, imported: Mapping[str, str | None]) -> dict[str, int]:
    """The row numbers of these WARC files, each made when it is new, by what file they were brought in from if so."""
    insert_missing(connection, _files, [{"name": name} for name in sorted(imported)])
    brought = [{"file": name, "source": source} for name, source in imported.items() if source]
    if brought:  # a file may have been read, and so have its row, before anybody told of its captures
        told = update(_files).where(_files.c.name == bindparam("file"), _files.c.imported_from.is_(None))
        connection.execute(told.values(imported_from=bindparam("source")), brought)
    rows = connection.execute(select(_files.c.name, _files.c.id).where(_files.c.name.in_(imported)))
    return dict(rows.all())


def _digests_of(connection: Connection, record_ids: set[str | None]) -> dict[str, _Digests]:
    """Both digests of the payloads of these records: a revisit repeats what its original had."""
    found: dict[str, _Digests] = {}
    named = select(_captures.c.record_id, _captures.c.payload_digest, _captures.c.payload_sha1)
    for chunk in chunks(one for one in record_ids if one):
        for record, digest, sha1 in connection.execute(named.where(_captures.c.record_id.in_(chunk))):
            found[record] = digest, sha1
    return found


def numbers_of(connection: Connection, record_ids: Iterable[str]) -> dict[str, int]:
    """Row numbers by record id."""
    found: dict[str, int] = {}
    for chunk in chunks(dict.fromkeys(record_ids)):
        query = select(_captures.c.record_id, _captures.c.id).where(_captures.c.record_id.in_(chunk))
        found |= dict(connection.execute(query).all())
    return found


def put_and_number(connection: Connection, captures: Sequence[Capture]) -> dict[str, int]:
    """Row numbers of these captures by record id, with rows made for the few that nobody filed before."""
    numbers = numbers_of(connection, (one.record_id for one in captures))
    new = [one for one in captures if one.record_id not in numbers]
    if new:
        put_captures(connection, new)
        numbers |= numbers_of(connection, (one.record_id for one in new))
    return numbers


def captures_under(db: Database, record_ids: Iterable[str]) -> dict[str, Capture]:
    """The captures that have these record ids, by id."""
    found: dict[str, Capture] = {}
    with db.reading() as connection:
        for chunk in chunks(dict.fromkeys(record_ids)):
            rows = connection.execute(capture_rows().where(_captures.c.record_id.in_(chunk)))
            found |= {row.record_id: capture_of(row) for row in rows}
    return found


def set_outcomes(connection: Connection, kinds: dict[int, str]) -> None:
    """Notes on captures (by row number) how their requests ended."""
    if kinds:
        statement = update(_captures).where(_captures.c.id == bindparam("number")).values(outcome=bindparam("kind"))
        connection.execute(statement, [{"number": number, "kind": kind} for number, kind in kinds.items()])


def capture_rows() -> Select[Any]:
    """A query for whole captures, with `url` and `warc`; narrow it, then hand its rows to `capture_of`."""
    return (
        select(_captures, _urls.c.url, _files.c.name.label("warc"), _files.c.imported_from)
        .join(_urls, _urls.c.id == _captures.c.url_id)
        .join(_files, _files.c.id == _captures.c.warc_file_id)
    )


def capture_of(row: Row[Any]) -> Capture:
    """The Capture of a row of `capture_rows`."""
    return Capture(
        record_id=row.record_id,
        record_type=RecordType(row.record_type),
        url=row.url,
        timestamp=row.timestamp,
        http_status=row.http_status,
        mime=row.mime,
        payload_digest=row.payload_digest,
        payload_length=row.payload_length,
        warc=row.warc,
        offset=row.offset,
        length=row.length,
        truncated=Truncation(row.truncated) if row.truncated else None,
        revisit_of=row.revisit_of,
        etag=row.etag,
        last_modified=row.last_modified,
        location=row.location,
        origin=Origin(row.why, row.via, row.hops, row.imported_from),
        payload_sha1=row.payload_sha1,
    )
