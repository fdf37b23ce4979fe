"""Rows of conversions: which text of which payload is kept as a record, and where."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Row, func, select

from archive.capture import Conversion
from store import schema
from store.captures import files_of
from store.database import Database
from store.rows import chunks, insert_missing

_conversions, _files = schema.conversion, schema.warc_file
_OWN = ("record_id", "source", "payload_digest", "text_digest", "reader", "offset", "length")


def put_conversions(connection: Connection, conversions: Sequence[Conversion]) -> None:
    """Rows for the conversions that have none yet (by record id), in order."""
    files = files_of(connection, dict.fromkeys(one.warc for one in conversions))
    own = [{name: getattr(one, name) for name in _OWN} for one in conversions]
    rows = [{**row, "warc_file_id": files[one.warc]} for row, one in zip(own, conversions, strict=True)]
    insert_missing(connection, _conversions, rows)


def kept_texts(db: Database, payload_digests: Iterable[str]) -> dict[str, set[tuple[str, str]]]:
    """By payload digest, the texts of it that are kept: who read each, and its digest."""
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in _chosen(db, _conversions.c.payload_digest, payload_digests):
        found[row.payload_digest].add((row.reader, row.text_digest))
    return found


def conversions_of(db: Database, record_ids: Iterable[str]) -> list[Conversion]:
    """What is kept of the readings of these captures, which are named by their record ids."""
    rows = _chosen(db, _conversions.c.source, record_ids)
    return [Conversion(**{name: getattr(row, name) for name in _OWN}, warc=row.warc) for row in rows]


class TextPlace(NamedTuple):
    """Where a conversion must lie, and the URL of the capture that was read."""

    warc: str
    offset: int
    record_id: str
    url: str


def places(db: Database, warc: str) -> list[TextPlace]:
    """The places of all conversions of a WARC file."""
    captures, urls = schema.capture, schema.url
    query = (
        select(_files.c.name, _conversions.c.offset, _conversions.c.record_id, func.coalesce(urls.c.url, ""))
        .join(_files, _files.c.id == _conversions.c.warc_file_id)
        .outerjoin(captures, captures.c.record_id == _conversions.c.source)
        .outerjoin(urls, urls.c.id == captures.c.url_id)
        .where(_files.c.name == warc)
        .order_by(_conversions.c.offset)
    )
    with db.reading() as connection:
        return [TextPlace(*row) for row in connection.execute(query)]


def _chosen(db: Database, column: Column[str], values: Iterable[str]) -> Iterator[Row[Any]]:
    query = select(_conversions, _files.c.name.label("warc")).join(_files).order_by(_conversions.c.id)
    with db.reading() as connection:
        for chunk in chunks(dict.fromkeys(values)):
            yield from connection.execute(query.where(column.in_(chunk)))
