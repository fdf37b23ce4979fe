"""Rows of URLs: each known URL once, with its politeness key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from archive.seed import Why
from archive.url import host_key
from extract.tidy import clean_text
from store import schema
from store.rows import chunks, insert_missing

UNCLAIMED = "any_page"


@dataclass(frozen=True, slots=True)
class Known:
    """A URL to be known. `due_at` is when it is first fetched; None: not of its own accord."""

    url: str
    why: Why | str
    via: str | None = None
    hops: str = ""
    redirects: int = 0
    publisher: str = UNCLAIMED
    due_at: datetime | None = None


def know(connection: Connection, wanted: Sequence[Known], now: datetime) -> dict[str, int]:
    """Row numbers by URL; rows are made for those that are new, the others stay as they are."""
    numbers = numbers_of(connection, (one.url for one in wanted))
    new = {one.url: one for one in reversed(wanted) if one.url not in numbers}
    if new:
        insert_missing(connection, schema.url, [_row(one, now) for one in new.values()])
        numbers |= numbers_of(connection, new)
    return numbers


def numbers_of(connection: Connection, urls: Iterable[str]) -> dict[str, int]:
    """Row numbers of the URLs that are known."""
    table = schema.url.c
    kept = {url: clean_text(url) for url in urls}
    found: dict[str, int] = {}
    for chunk in chunks(dict.fromkeys(kept.values())):
        rows = connection.execute(select(table.url, table.id).where(table.url.in_(chunk)))
        found |= dict(rows.all())
    return {url: found[clean] for url, clean in kept.items() if clean in found}


def _row(one: Known, now: datetime) -> Mapping[str, Any]:
    return {
        "url": one.url,
        "host": host_of(one.url),
        "publisher": one.publisher,
        "why": one.why,
        "via": one.via,
        "hops": one.hops,
        "redirects": one.redirects,
        "added_at": now,
        "due_at": one.due_at,
    }


def why_of(text: str) -> Why:
    """The reason that a row states; what others captured, for reasons of their own, is here because it is cited."""
    return Why(text) if text in set(Why) else Why.CITED


def host_of(url: str) -> str:
    """The politeness key; empty for what is no URL (a resource record may name a file)."""
    try:
        return host_key(url)
    except ValueError:
        return ""
