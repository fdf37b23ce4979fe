"""Captures that were brought in join the sources they are of: by URL, redirect, and what their archive followed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update

from archive.errors import RefusedUrl
from archive.seed import Why
from archive.showing import SHOWN_HOP
from archive.url import normalise, same_key
from store import schema
from store.database import Database
from store.intervals import RECAPTURE_AFTER
from store.rows import chunks, insert_missing
from store.urls import numbers_of

_captures, _files, _urls = schema.capture, schema.warc_file, schema.url
_sources, _trail = schema.source, schema.trail
MOST_STEPS = 10  # from a cited URL; as many as redirects are followed
# What an archive of our kind fetched because a page led to it, or made of a page.
_FOLLOWED = (Why.CITED.value, Why.DOCUMENT.value, Why.SHOWN.value)
_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class _Step:
    """A URL on the trail of a source."""

    source: int
    url_id: int
    url: str
    hops: str
    via: int | None = None


def join_imported(db: Database, urls: Iterable[str], now: datetime) -> None:
    """Lets the sources that captures of these URLs may serve have them; safe to repeat."""
    wanted = list(dict.fromkeys(urls))
    if not wanted:
        return
    with db.writing() as connection:
        sources: dict[int, str] = {}
        for some in chunks(wanted):
            sources |= _sources_of(connection, some)
        join_sources(connection, sources, now)


def join_sources(connection: Connection, sources: Mapping[int, str], now: datetime) -> None:
    """Puts on the trails of these sources (number and comparison key) what was brought in of them.

    What so serves a source is due when a capture of ours of that time would be; but a page of which nobody here has
    seen what it leads to, as soon as it is wanted.
    """
    if connection.execute(select(_files.c.id).where(_files.c.imported_from.is_not(None)).limit(1)).first() is None:
        return
    for some in chunks(sources.items()):
        trodden = list(_trodden(connection, [number for number, _ in some]))
        reached = {(step.source, step.url_id): step for step in trodden}
        found = [*_roots(connection, dict(some)), *_next(connection, trodden)]
        for _ in range(MOST_STEPS):
            new = {(step.source, step.url_id): step for step in found if (step.source, step.url_id) not in reached}
            reached |= new
            found = list(_next(connection, list(new.values())))
        _lay(connection, list(reached.values()), now)
        _set_due(connection, {url for _, url in reached}, now)


def _is_imported() -> ColumnElement[bool]:
    """True of captures that were brought in."""
    return _captures.c.warc_file_id.in_(select(_files.c.id).where(_files.c.imported_from.is_not(None)))


def _key(url: str) -> str | None:
    try:
        return same_key(url)
    except ValueError:  # what captures of others have for a URL and is none
        return None


def _sources_of(connection: Connection, urls: list[str]) -> dict[int, str]:
    """The sources that these URLs mean, have on their trail, or were followed from."""
    keys = set(filter(None, map(_key, urls)))
    numbers = list(numbers_of(connection, urls).values())
    led = select(_captures.c.via).where(_is_imported(), _captures.c.url_id.in_(numbers))
    near = select(_urls.c.id).where(or_(_urls.c.id.in_(numbers), _urls.c.url.in_(led)))
    on_trail = select(_trail.c.source_id).where(_trail.c.url_id.in_(near))
    query = select(_sources.c.id, _sources.c.same).where(or_(_sources.c.same.in_(keys), _sources.c.id.in_(on_trail)))
    return dict(connection.execute(query).all())


def _trodden(connection: Connection, sources: list[int]) -> Iterator[_Step]:
    """The trails as they are."""
    columns = (_trail.c.source_id, _trail.c.url_id, _urls.c.url, _trail.c.hops)
    query = select(*columns).join(_urls, _urls.c.id == _trail.c.url_id).where(_trail.c.source_id.in_(sources))
    yield from (_Step(*row) for row in connection.execute(query))


def _roots(connection: Connection, sources: Mapping[int, str]) -> Iterator[_Step]:
    """What was brought in of URLs that mean these sources, in whatever form."""
    by_key = {same: number for number, same in sources.items()}
    hosts = {same.split("/", 1)[0] for same in by_key}
    kept = select(_captures.c.url_id).where(_is_imported())
    query = select(_urls.c.id, _urls.c.url).where(_urls.c.host.in_(hosts), _urls.c.id.in_(kept))
    for number, url in connection.execute(query):
        source = by_key.get(_key(url) or "")
        if source is not None:
            yield _Step(source, number, url, "")


def _next(connection: Connection, steps: list[_Step]) -> Iterator[_Step]:
    """Where the captures of these URLs lead: redirects to their targets, pages to what was fetched for them."""
    by_url: dict[str, list[_Step]] = {}
    for step in steps:
        by_url.setdefault(step.url, []).append(step)
    for some in chunks(by_url):
        yield from _followed(connection, some, by_url)
        yield from _redirected(connection, some, by_url)


def _followed(connection: Connection, urls: list[str], by_url: Mapping[str, list[_Step]]) -> Iterator[_Step]:
    query = (
        select(_captures.c.url_id, _urls.c.url, _captures.c.via, _captures.c.hops)
        .join(_urls, _urls.c.id == _captures.c.url_id)
        .where(_is_imported(), _captures.c.via.in_(urls), _captures.c.why.in_(_FOLLOWED))
    )
    for number, url, via, hops in connection.execute(query):
        if hops[-1:] in ("R", "L", SHOWN_HOP):
            yield from (_Step(of.source, number, url, of.hops + hops[-1], of.url_id) for of in by_url[via])


def _redirected(connection: Connection, urls: list[str], by_url: Mapping[str, list[_Step]]) -> Iterator[_Step]:
    query = (
        select(_urls.c.url, _captures.c.location)
        .join(_urls, _urls.c.id == _captures.c.url_id)
        .where(_is_imported(), _urls.c.url.in_(urls), _captures.c.location.is_not(None))
        .where(_captures.c.http_status.between(300, 399))
    )
    targets: dict[str, str] = {}
    for url, location in connection.execute(query):
        try:
            targets[url] = normalise(location, url)
        except RefusedUrl:
            continue
    numbers = numbers_of(connection, targets.values())
    for url, target in targets.items():
        if target in numbers:
            yield from (_Step(of.source, numbers[target], target, f"{of.hops}R", of.url_id) for of in by_url[url])


def _lay(connection: Connection, steps: list[_Step], now: datetime) -> None:
    rows = [
        {"source_id": one.source, "url_id": one.url_id, "hops": one.hops, "via_url_id": one.via, "added_at": now}
        for one in steps
    ]
    insert_missing(connection, _trail, rows)


def _set_due(connection: Connection, urls: set[int], now: datetime) -> None:
    """When what was never fetched here is due, by the newest capture that was brought in and need not be seen again.

    One that says to be of the future says nothing.
    """
    answered = or_(_captures.c.http_status.is_(None), _captures.c.http_status.between(200, 399))
    document = (func.coalesce(_captures.c.mime, _PAGES[0]).not_in(_PAGES)) & _captures.c.http_status.between(200, 299)
    fetched = _captures.c.why != Why.SHOWN.value
    settled = (fetched, answered, _captures.c.truncated.is_(None), or_(_captures.c.why.in_(_FOLLOWED), document))
    for some in chunks(urls):
        newest = (
            select(_captures.c.url_id, func.max(_captures.c.timestamp))
            .where(_is_imported(), _captures.c.url_id.in_(some), _captures.c.timestamp <= now, *settled)
            .group_by(_captures.c.url_id)
        )
        rows = [{"number": url, "at": at + RECAPTURE_AFTER} for url, at in connection.execute(newest)]
        later = bindparam("at", type_=_urls.c.due_at.type)
        never = (_urls.c.last_outcome.is_(None), or_(_urls.c.due_at.is_(None), _urls.c.due_at < later))
        if rows:
            due = update(_urls).where(_urls.c.id == bindparam("number"), *never)
            connection.execute(due.values(due_at=later, last_at=now), rows)
