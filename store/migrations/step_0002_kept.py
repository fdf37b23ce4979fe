"""What is captured, how requests ended, what was read, and what is remembered of hosts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "warc_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger()),
        sa.Column("records", sa.Integer()),
        sa.Column("sha256", sa.Text()),
        sa.Column("verified_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warc_file")),
        sa.UniqueConstraint("name", name=op.f("uq_warc_file_name")),
    )
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("url_id", sa.Integer(), sa.ForeignKey("url.id", name=op.f("fk_capture_url_id_url")), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("http_status", sa.Integer()),
        sa.Column("mime", sa.Text()),
        sa.Column("payload_digest", sa.Text()),
        sa.Column("payload_length", sa.BigInteger(), nullable=False),
        sa.Column(
            "warc_file_id",
            sa.Integer(),
            sa.ForeignKey("warc_file.id", name=op.f("fk_capture_warc_file_id_warc_file")),
            nullable=False,
        ),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("truncated", sa.Text()),
        sa.Column("revisit_of", sa.Text()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("location", sa.Text()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("via", sa.Text()),
        sa.Column("hops", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
        sa.CheckConstraint('"offset" >= 0 AND length > 0', name=op.f("ck_capture_place")),
        sa.UniqueConstraint("record_id", name=op.f("uq_capture_record_id")),
    )
    op.create_index(op.f("ix_capture_payload_digest"), "capture", ["payload_digest"])
    op.create_index(op.f("ix_capture_place"), "capture", ["warc_file_id", "offset"])
    op.create_index(op.f("ix_capture_url_time"), "capture", ["url_id", "timestamp"])
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("run.id", name=op.f("fk_outcome_run_id_run")), nullable=False),
        sa.Column("url_id", sa.Integer(), sa.ForeignKey("url.id", name=op.f("fk_outcome_url_id_url"))),
        sa.Column(
            "citation_id", sa.Integer(), sa.ForeignKey("citation.id", name=op.f("fk_outcome_citation_id_citation"))
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("http_status", sa.Integer()),
        sa.Column("capture_id", sa.Integer(), sa.ForeignKey("capture.id", name=op.f("fk_outcome_capture_id_capture"))),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.CheckConstraint("(url_id IS NULL) <> (citation_id IS NULL)", name=op.f("ck_outcome_of_one")),
        sa.UniqueConstraint("run_id", "citation_id", name=op.f("uq_outcome_run_citation")),
        sa.UniqueConstraint("run_id", "url_id", name=op.f("uq_outcome_run_url")),
    )
    op.create_index(op.f("ix_outcome_url_id"), "outcome", ["url_id"])
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payload_digest", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("mime_sniffed", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("search_title", sa.Text(), nullable=False),
        sa.Column("indexed", sa.Boolean(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("created", sa.Text()),
        sa.Column("modified", sa.Text()),
        sa.Column("producer", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("payload_digest", name=op.f("uq_document_payload_digest")),
    )
    op.create_index(op.f("ix_document_read_at"), "document", ["read_at"])
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "document_id",
            sa.Integer(),
            sa.ForeignKey("document.id", name=op.f("fk_page_document_id_document")),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("searched", sa.Text()),
        sa.Column("quality", sa.Float(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_page_number")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_page_document_number")),
    )
    op.create_table(
        "host",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("next_allowed", sa.BigInteger()),
        sa.Column("delay_s", sa.Float()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host")),
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("fetched", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots")),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text()),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("last_run", sa.BigInteger()),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_next_at"), "schedule", ["next_at"])
