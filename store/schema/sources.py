"""The things cited, the URLs that serve them, and how their links fare."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, false

from store.columns import Moment, Plain, Words
from store.schema.shared import metadata, number, of

# The thing cited. `same` is archive.url.same_key of its canonical URL: one source, whatever form a record cites.
source = Table(
    "source",
    metadata,
    number(),
    of("url"),
    Column("same", Words, nullable=False, unique=True),
    Column("publisher", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("year", Integer),
    Column("added_at", Moment, nullable=False),
    Column("link_status", Words),
    Column("confirmed", Boolean, nullable=False, server_default=false()),
    Column("checked_at", Moment),
    Column("check_due_at", Moment),
)
# The URLs that serve a source: cited (no hops), redirect targets (R), documents behind landing pages (L).
trail = Table(
    "trail",
    metadata,
    of("source", primary_key=True),
    of("url", primary_key=True, index=True),
    Column("hops", Words, nullable=False),
    Column("via_url_id", Integer, ForeignKey("url.id")),
    Column("added_at", Moment, nullable=False),
)
listed_work = Table(
    "listed_work",
    metadata,
    Column("publisher", Words, primary_key=True),
    Column("url", Words, primary_key=True),
    Column("title", Words, nullable=False),
    Column("year", Integer),
    Column("listing", Words),
    Column("first_seen", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)
# `confirmed`: dead in at least three checks, at least three days apart.
link_check = Table(
    "link_check",
    metadata,
    number(),
    of("run", nullable=True),
    of("source"),
    Column("checked_at", Moment, nullable=False),
    Column("status", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("http_status", Integer),
    Column("final_url", Words),
    Column("drift", Words),
    Column("confirmed", Boolean, nullable=False),
    Column("record_id", Words),
    Column("evidence", Plain, nullable=False),
    Index("ix_link_check_source_time", "source_id", "checked_at"),
)
