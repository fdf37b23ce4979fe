"""Pages shown in a browser: what they became serves the sources they serve, and what they embed goes along."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, literal, or_, select, update

from archive.capture import Capture
from archive.seed import Why
from archive.showing import DOM, PICTURE, SHOWN_HOP
from store import schema
from store.database import Database
from store.rows import chunks, insert_missing
from store.urls import numbers_of

_captures, _files, _urls, _trail = schema.capture, schema.warc_file, schema.url, schema.trail


def join_shown(connection: Connection, pages: Iterable[int], now: datetime) -> None:
    """Puts what these pages (row numbers of URLs) became in a browser on their trails; it is for what they are for.

    Safe to repeat.
    """
    for chunk in chunks(dict.fromkeys(pages)):
        for prefix in (DOM, PICTURE):
            _join(connection, prefix, chunk, now)


def _join(connection: Connection, prefix: str, pages: Sequence[int], now: datetime) -> None:
    made = _urls.alias("made")
    of_page = made.c.url == literal(prefix) + _urls.c.url
    pairs = select(made.c.id, _urls.c.publisher, _urls.c.why).join_from(_urls, made, of_page)
    found = connection.execute(pairs.where(_urls.c.id.in_(pages))).all()
    if not found:
        return
    same: dict[str, Any] = {"publisher": bindparam("its_publisher"), "why": bindparam("its_why")}
    connection.execute(
        update(_urls).where(_urls.c.id == bindparam("number")).values(**same),
        [{"number": number, "its_publisher": publisher, "its_why": why} for number, publisher, why in found],
    )
    steps = select(_trail.c.source_id, made.c.id, _trail.c.hops, _trail.c.url_id).join_from(_urls, made, of_page)
    rows = connection.execute(steps.join(_trail, _trail.c.url_id == _urls.c.id).where(_urls.c.id.in_(pages))).all()
    trail = [
        {"source_id": source, "url_id": number, "hops": hops + SHOWN_HOP, "via_url_id": page, "added_at": now}
        for source, number, hops, page in rows
    ]
    insert_missing(connection, _trail, trail)


def pages_of(connection: Connection, captures: Iterable[Capture]) -> list[int]:
    """The pages (row numbers of URLs) that some of these captures were made of in a browser."""
    made = {one.origin.via for one in captures if one.origin.why == Why.SHOWN and one.origin.via}
    return list(numbers_of(connection, made).values()) if made else []


def is_read_as_shown() -> ColumnElement[bool]:
    """True of captures of pages of which there is what they became in a browser at that time: it is read instead.

    For a query of captures with their files and URLs. Of a page that was brought in counts what came in with it.
    """
    shown, address = _captures.alias("shown"), _urls.alias("shown_url")
    together = or_(_files.c.imported_from.is_(None), shown.c.warc_file_id == _captures.c.warc_file_id)
    later = shown.c.timestamp >= _captures.c.timestamp
    kept = select(shown.c.id).join(address, address.c.id == shown.c.url_id)
    return kept.where(address.c.url == literal(DOM) + _urls.c.url, later, together).exists()


class Embedded(NamedTuple):
    """Where the record of something lies that a page embeds."""

    warc: str
    offset: int
    length: int


def embedded(db: Database, pages: Iterable[str]) -> list[Embedded]:
    """The records of what these pages asked for while they were shown in a browser, and of what those repeat."""
    parts = select(_captures.c.record_id, _captures.c.revisit_of).where(_captures.c.why == Why.EMBEDDED.value)
    wanted: dict[str, None] = {}
    with db.reading() as connection:
        for chunk in chunks(dict.fromkeys(pages)):
            for row in connection.execute(parts.where(_captures.c.via.in_(chunk)).order_by(_captures.c.id)):
                wanted |= dict.fromkeys(filter(None, row))
        return [place for chunk in chunks(wanted) for place in _places(connection, chunk)]


def _places(connection: Connection, record_ids: Sequence[Any]) -> list[Embedded]:
    query = select(_files.c.name, _captures.c.offset, _captures.c.length).join(
        _files, _files.c.id == _captures.c.warc_file_id
    )
    rows = connection.execute(query.where(_captures.c.record_id.in_(record_ids)).order_by(_captures.c.id))
    return [Embedded(*row) for row in rows]
