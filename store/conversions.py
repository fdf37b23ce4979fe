"""Rows of conversions: which text of which payload is kept as a record, and where."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, select

from archive.capture import Conversion
from store import schema
from store.captures import files_of
from store.database import Database
from store.rows import chunks, insert_missing

_conversions, _files = schema.conversion, schema.warc_file
_OWN = ("record_id", "source", "payload_digest", "text_digest", "reader", "offset", "length")


def put_conversions(connection: Connection, conversions: Sequence[Conversion]) -> None:
    """Rows for the conversions that have none yet (by record id), in order."""
    files = files_of(connection, {one.warc for one in conversions})
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


def _chosen(db: Database, column: Column[str], values: Iterable[str]) -> Iterator[Row[Any]]:
    query = select(_conversions, _files.c.name.label("warc")).join(_files).order_by(_conversions.c.id)
    with db.reading() as connection:
        for chunk in chunks(dict.fromkeys(values)):
            yield from connection.execute(query.where(column.in_(chunk)))
