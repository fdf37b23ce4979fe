"""Incidents with their versions and events, and what they cite."""

from sqlalchemy import Column, Float, Integer, Table

from store.columns import Moment, Plain, Words
from store.schema.shared import metadata, number, of

incident = Table(
    "incident",
    metadata,
    number(),
    Column("key", Words, nullable=False, unique=True),
    Column("title", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("page_url", Words),
    Column("version", Integer, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
)
incident_version = Table(
    "incident_version",
    metadata,
    of("incident", primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", Plain, nullable=False),  # the whole record, as `extract.incident.plain` writes it
    Column("digest", Words, nullable=False),
    Column("filed_at", Moment, nullable=False),
)
# The captures that state a version, so that the same page in other bytes is not read again and again.
incident_capture = Table(
    "incident_capture",
    metadata,
    of("incident", primary_key=True),
    Column("record_id", Words, primary_key=True),
    Column("payload_digest", Words, index=True),
    Column("version", Integer, nullable=False),
)
incident_alias = Table(
    "incident_alias",
    metadata,
    Column("scheme", Words, primary_key=True),
    Column("value", Words, primary_key=True),
    of("incident", primary_key=True),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
)
event = Table(
    "event",
    metadata,
    of("incident", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("date", Words, nullable=False),
    Column("precision", Words, nullable=False),
    Column("date_text", Words, nullable=False),
    Column("headline", Words, nullable=False),
    Column("text", Words, nullable=False),
)
# `gone_in` is the version that no longer had the citation: rows are never deleted, so a verdict on one is kept.
citation = Table(
    "citation",
    metadata,
    number(),
    of("incident", index=True),
    Column("position", Integer, nullable=False),
    Column("section", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("publisher", Words, nullable=False),
    Column("authors", Plain, nullable=False),
    Column("year", Integer),
    Column("title", Words, nullable=False),
    Column("format", Words, nullable=False),
    Column("url", Words),
    Column("same_as", Integer),
    Column("first_version", Integer, nullable=False),
    Column("gone_in", Integer),
    of("source", nullable=True, index=True),
    Column("state", Words, nullable=False),
    Column("method", Words, nullable=False),
    Column("score", Float),
    Column("resolved_url", Words),
    Column("refusal", Words, nullable=False, server_default=""),
)
resolution = Table(
    "resolution",
    metadata,
    number(),
    of("citation", index=True),
    Column("url", Words),
    Column("method", Words, nullable=False),
    Column("score", Float),
    Column("state", Words, nullable=False),
    Column("filed_at", Moment, nullable=False),
)
