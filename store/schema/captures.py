"""What is kept in WARC files, and what was read from it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    false,
    text,
)

from store.columns import Moment, Plain, Words
from store.schema.shared import metadata, number, of

warc_file = Table(
    "warc_file",
    metadata,
    number(),
    Column("name", Words, nullable=False, unique=True),
    Column("bytes", BigInteger),
    Column("records", Integer),
    Column("sha256", Words),
    Column("verified_at", Moment),
    Column("imported_from", Words),  # the archive file of others that its records were brought in from, and its hash
)
capture = Table(
    "capture",
    metadata,
    number(),
    Column("record_id", Words, nullable=False, unique=True),
    Column("record_type", Words, nullable=False),
    of("url"),
    Column("timestamp", Moment, nullable=False),
    Column("http_status", Integer),
    Column("mime", Words),
    Column("payload_digest", Words, index=True),
    Column("payload_sha1", Words, index=True),  # by which other archives know it; NULL for what they did not say
    Column("payload_length", BigInteger, nullable=False),
    of("warc_file"),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("truncated", Words),
    Column("revisit_of", Words),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("location", Words),
    Column("why", Words, nullable=False),
    Column("via", Words),
    Column("hops", Words, nullable=False),
    Column("outcome", Words),  # how the request ended that made it; NULL for records adopted without one
    CheckConstraint(text('"offset" >= 0 AND length > 0'), name="place"),
    Index("ix_capture_url_time", "url_id", "timestamp"),
    Index("ix_capture_place", "warc_file_id", "offset"),
)
# A text that is kept as a WARC record: `source` is the record id of the capture that was read. It has no foreign key to
# the document: a run may be killed before it files that, and the text is then known again by these rows.
conversion = Table(
    "conversion",
    metadata,
    number(),
    Column("record_id", Words, nullable=False, unique=True),
    Column("source", Words, nullable=False, index=True),
    Column("payload_digest", Words, nullable=False, index=True),
    Column("text_digest", Words, nullable=False),
    Column("reader", Words, nullable=False),
    of("warc_file"),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    CheckConstraint(text('"offset" >= 0 AND length > 0'), name="place"),
    Index("ix_conversion_place", "warc_file_id", "offset"),
)
# What was read from a payload; captures of the same bytes share it. `search_title` is what the index knows as title,
# `cited` whether it knows that the payload serves a source; `indexed` is false for incident records that are no source:
# they would answer for the sources that they quote.
document = Table(
    "document",
    metadata,
    number(),
    Column("payload_digest", Words, nullable=False, unique=True),
    Column("type", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("reader", Words, nullable=False),
    Column("mime_sniffed", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("search_title", Words, nullable=False),
    Column("indexed", Boolean, nullable=False),
    Column("cited", Boolean, nullable=False, server_default=false()),
    Column("authors", Plain, nullable=False),
    Column("created", Words),
    Column("modified", Words),
    Column("producer", Words),
    Column("language", Words),
    Column("page_count", Integer, nullable=False),
    Column("read_at", Moment, nullable=False, index=True),
)
# `searched` is the text with broken words joined, ligatures opened and what lies under black boxes blacked out, kept
# only where it differs from `text`.
page = Table(
    "page",
    metadata,
    number(),
    of("document"),
    Column("number", Integer, nullable=False),
    Column("label", Words),
    Column("text", Words, nullable=False),
    Column("searched", Words),
    Column("quality", Float, nullable=False),
    Column("reader", Words, nullable=False),
    Column("note", Words, nullable=False),
    UniqueConstraint("document_id", "number", name="uq_page_document_number"),
    CheckConstraint(text("number >= 1"), name="number"),
)
