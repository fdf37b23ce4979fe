"""Pages shown in a browser: what they became serves the sources they serve, and what they embed goes along."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, literal, or_, select, update

from archive.capture import Capture
from archive.seed import Why
from archive.showing import DOM, SHOWN_HOP
from store import schema
from store.citing import lay_trail
from store.database import Database
from store.rows import chunks
from store.urls import numbers_of

_captures, _files, _urls, _trail = schema.capture, schema.warc_file, schema.url, schema.trail


def join_shown(connection: Connection, captures: Sequence[Capture]) -> None:
    """Puts what pages became in a browser on the trails of their pages, under their publishers; safe to repeat."""
    page_of = {one.url: one.origin.via for one in captures if one.origin.why == Why.SHOWN and one.origin.via}
    if not page_of:
        return
    numbers = numbers_of(connection, {*page_of, *page_of.values()})
    made: defaultdict[int, list[int]] = defaultdict(list)
    for url, page in page_of.items():
        if page in numbers:
            made[numbers[page]].append(numbers[url])
    for chunk in chunks(made):
        trails = select(_trail.c.source_id, _trail.c.url_id, _trail.c.hops).where(_trail.c.url_id.in_(chunk))
        rows = connection.execute(trails).all()
        steps = [(source, one, hops + SHOWN_HOP, page) for source, page, hops in rows for one in made[page]]
        lay_trail(connection, steps, captures[-1].timestamp)
        owned = connection.execute(select(_urls.c.id, _urls.c.publisher).where(_urls.c.id.in_(chunk))).all()
        connection.execute(
            update(_urls).where(_urls.c.id == bindparam("number")).values(publisher=bindparam("owner")),
            [{"number": one, "owner": owner} for page, owner in owned for one in made[page]],
        )


def is_read_as_shown() -> ColumnElement[bool]:
    """True of captures of pages of which there is what they became in a browser at that time: it is read instead.

    For a query of captures with their files and URLs. Of a page that was brought in counts what came in with it.
    """
    shown, address = _captures.alias("shown"), _urls.alias("shown_url")
    together = or_(_files.c.imported_from.is_(None), shown.c.warc_file_id == _captures.c.warc_file_id)
    later = shown.c.timestamp >= _captures.c.timestamp
    kept = select(shown.c.id).join(address, address.c.id == shown.c.url_id)
    return kept.where(address.c.url == literal(DOM) + _urls.c.url, later, together).exists()


class Place(NamedTuple):
    """Where a record lies."""

    warc: str
    offset: int
    length: int


def embedded(db: Database, pages: Iterable[str]) -> list[Place]:
    """The records of what these pages asked for while they were shown in a browser, and of what those repeat."""
    parts = select(_captures.c.record_id, _captures.c.revisit_of).where(_captures.c.why == Why.EMBEDDED.value)
    wanted: dict[str, None] = {}
    with db.reading() as connection:
        for chunk in chunks(dict.fromkeys(pages)):
            for row in connection.execute(parts.where(_captures.c.via.in_(chunk)).order_by(_captures.c.id)):
                wanted |= dict.fromkeys(filter(None, row))
        return [place for chunk in chunks(wanted) for place in _places(connection, chunk)]


def _places(connection: Connection, record_ids: Sequence[Any]) -> list[Place]:
    query = select(_files.c.name, _captures.c.offset, _captures.c.length).join(
        _files, _files.c.id == _captures.c.warc_file_id
    )
    rows = connection.execute(query.where(_captures.c.record_id.in_(record_ids)).order_by(_captures.c.id))
    return [Place(*row) for row in rows]
