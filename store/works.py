"""What publishers' listings name, and the titles of what is archived: where citations without URL are looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from archive.clock import utc_now
from archive.seed import Found
from store import schema
from store.database import Database
from store.rows import insert_missing

_works = schema.listed_work


@dataclass(frozen=True, slots=True)
class Listed:
    """A work with the address that a listing gives, or at which it was archived."""

    url: str
    title: str
    year: int | None


def file_listed(
    db: Database, publisher: str, found: Sequence[Found], *, listing: str | None = None, now: datetime | None = None
) -> int:
    """Notes the works that a publisher's listing names; the number that was new."""
    with db.writing() as connection:
        return put_listed(connection, [(publisher, listing, one) for one in found], now or utc_now())


def put_listed(connection: Connection, works: Sequence[tuple[str, str | None, Found]], now: datetime) -> int:
    """The same within a transaction, for (publisher, listing, work); what a listing says last stands."""
    rows = [
        {
            "publisher": publisher,
            "url": one.url,
            "title": one.title,
            "year": one.year,
            "listing": listing,
            "first_seen": now,
            "seen_at": now,
        }
        for publisher, listing, one in works
    ]
    new = insert_missing(connection, _works, rows)
    if new < len(rows):
        same = (_works.c.publisher == bindparam("of"), _works.c.url == bindparam("at"))
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("title", "year", "seen_at")}
        connection.execute(
            update(_works).where(*same).values(values),
            [
                {"of": row["publisher"], "at": row["url"], **{f"new_{name}": row[name] for name in values}}
                for row in rows
            ],
        )
    return new


def listed(db: Database, publisher: str) -> list[Listed]:
    """The works that the listings of a publisher (by its spider's name) have named."""
    query = select(_works.c.url, _works.c.title, _works.c.year).where(_works.c.publisher == publisher)
    with db.reading() as connection:
        return [Listed(*row) for row in connection.execute(query.order_by(_works.c.url))]


def archived(db: Database, publisher: str) -> list[Listed]:
    """Documents with a title that are archived from a publisher's hosts, at the address of their last capture."""
    documents, captures, urls = schema.document, schema.capture, schema.url
    query = (
        select(urls.c.url, documents.c.title, documents.c.created)
        .join(captures, captures.c.url_id == urls.c.id)
        .join(documents, documents.c.payload_digest == captures.c.payload_digest)
        .where(urls.c.publisher == publisher, documents.c.title != "")
        .order_by(captures.c.timestamp)
    )
    with db.reading() as connection:
        found = {row.url: Listed(row.url, row.title, _year(row.created)) for row in connection.execute(query)}
    return list(found.values())


def _year(date: str | None) -> int | None:
    return int(date[:4]) if date and date[:4].isascii() and date[:4].isdigit() else None
