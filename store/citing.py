"""Sources out of cited URLs: citations of one thing become one source, with the trail of its URLs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from archive.errors import RefusedUrl
from archive.seed import Why
from archive.url import normalise, same_key, unwrap
from store import schema
from store.imported import join_sources
from store.rows import insert_missing
from store.shown import join_shown
from store.urls import UNCLAIMED, Known, know

_sources, _trail = schema.source, schema.trail


@dataclass(frozen=True, slots=True)
class Mention:
    """A work as it is cited: all URLs that its mentions give, canonical, the work's own first."""

    urls: tuple[str, ...]
    publisher: str = ""
    title: str = ""
    year: int | None = None
    via: str | None = None
    owner: str = UNCLAIMED


def canonical(cited: str) -> tuple[str | None, str]:
    """The URL that a citation means, unwrapped and normalised, and why it is refused if it is (then None)."""
    try:
        return normalise(unwrap(cited)), ""
    except RefusedUrl as refused:
        return None, str(refused)


def sources_of(connection: Connection, mentions: Sequence[Mention], now: datetime) -> list[int]:
    """The source of each mention, made if nothing with its comparison key is known; its URLs join the trail."""
    urls = know(
        connection,
        [Known(url, Why.CITED, one.via, publisher=one.owner, due_at=now) for one in mentions for url in one.urls],
        now,
    )
    keys = [same_key(one.urls[0]) for one in mentions]
    new = [
        {
            "url_id": urls[one.urls[0]],
            "same": key,
            "publisher": one.publisher,
            "title": one.title,
            "year": one.year,
            "added_at": now,
        }
        for one, key in zip(mentions, keys, strict=True)
    ]
    insert_missing(connection, _sources, new)
    rows = connection.execute(select(_sources.c.same, _sources.c.id).where(_sources.c.same.in_(set(keys))))
    numbers = dict(rows.all())
    found = [numbers[key] for key in keys]
    trail = [(source, urls[url]) for source, one in zip(found, mentions, strict=True) for url in one.urls]
    lay_trail(connection, [(source, url, "", None) for source, url in trail], now)
    join_sources(connection, dict(zip(found, keys, strict=True)), now)
    return found


def lay_trail(connection: Connection, steps: Sequence[tuple[int, int, str, int | None]], now: datetime) -> None:
    """Notes that URLs serve sources: (source, URL, hops, URL it was reached from); what is known stays.

    So does what they became in a browser.
    """
    insert_missing(
        connection,
        _trail,
        [
            {"source_id": source, "url_id": url, "hops": hops, "via_url_id": via, "added_at": now}
            for source, url, hops, via in steps
        ],
    )
    join_shown(connection, [url for _, url, _, _ in steps], now)
