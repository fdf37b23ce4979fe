"""Runs, the URLs they fetch, how each ended, and what is remembered of hosts."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)

from store.columns import Moment, Plain, Words
from store.schema.shared import metadata, number, of

run = Table(
    "run",
    metadata,
    number(),
    Column("kind", Words, nullable=False),
    Column("targets", Plain, nullable=False),
    Column("state", Words, nullable=False),  # running, done, interrupted, failed
    Column("forced", Boolean, nullable=False),  # what is found in it is fetched though not due
    Column("started", Moment, nullable=False),
    Column("finished", Moment),
)

# Every URL that is known, and when it is fetched next: the frontier. `wanted_by` is the run that will fetch it, for
# `wanted_why` where that is not its lasting `why`; `claimed_by` and `lease_until` say who is at it, `leased_by` which
# of the run's processes where it has several. `good_capture_id` is no foreign key: url and capture would need
# each other.
url = Table(
    "url",
    metadata,
    number(),
    Column("url", Words, nullable=False, unique=True),
    Column("host", Words, nullable=False),
    Column("publisher", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("via", Words),
    Column("hops", Words, nullable=False),
    Column("redirects", Integer, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("wanted_by", Integer),
    Column("wanted_why", Words),
    Column("claimed_by", Integer),
    Column("lease_until", Moment),
    Column("leased_by", Words),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("last_outcome", Words),
    Column("last_at", Moment),
    Column("good_capture_id", Integer),
)
# What waits in a run, host by host: constant time a claim, however long the queue. That these two are partial on
# PostgreSQL too the migrations say: said here it makes every start load that dialect, .07 s.
Index(
    "ix_url_waiting",
    url.c.wanted_by,
    url.c.host,
    url.c.due_at,
    sqlite_where=text("wanted_by IS NOT NULL AND lease_until IS NULL"),
)
Index(
    "ix_url_leased",
    url.c.host,
    url.c.lease_until,
    sqlite_where=text("lease_until IS NOT NULL"),
)
Index("ix_url_due", url.c.due_at)

# The one way in which a requested URL ended; or, without a URL, how a citation did that leads nowhere.
outcome = Table(
    "outcome",
    metadata,
    number(),
    of("run"),
    of("url", nullable=True, index=True),
    of("citation", nullable=True),
    Column("kind", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("http_status", Integer),
    of("capture", nullable=True),
    Column("why", Words, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("run_id", "url_id", name="uq_outcome_run_url"),
    UniqueConstraint("run_id", "citation_id", name="uq_outcome_run_citation"),
    CheckConstraint(text("(url_id IS NULL) <> (citation_id IS NULL)"), name="of_one"),
)
# The politeness ledger. Key: archive.url.host_key. Of the processes of a run `held_by` alone may ask, until
# `held_until` unless it renews that; `asked_by` wants to be next.
host = Table(
    "host",
    metadata,
    Column("host", Words, primary_key=True),
    Column("next_allowed", Moment),
    Column("delay_s", Float),
    Column("failures", Integer, nullable=False),
    Column("last_status", Integer),
    Column("reason", Words, nullable=False),
    Column("held_by", Words),
    Column("held_until", Moment),
    Column("asked_by", Words),
)
Index(
    "ix_host_held",
    host.c.held_by,
    host.c.host,
    sqlite_where=text("held_by IS NOT NULL"),
)
# The last robots.txt of each origin (scheme, host and port).
robots = Table(
    "robots",
    metadata,
    Column("origin", Words, primary_key=True),
    Column("status", Integer),
    Column("body", LargeBinary, nullable=False),
    Column("fetched", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("reason", Words, nullable=False),
)
# `next_at` is what a claim compares and swaps. `target` NULL means everything.
schedule = Table(
    "schedule",
    metadata,
    number(),
    Column("kind", Words, nullable=False),
    Column("target", Words),
    Column("cron", Words, nullable=False),
    Column("zone", Words, nullable=False),
    Column("next_at", Moment, nullable=False, index=True),
    Column("last_run", Moment),
    Column("added_at", Moment, nullable=False),
)
