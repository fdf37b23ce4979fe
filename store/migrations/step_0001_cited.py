"""URLs, sources and the records that cite them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("targets", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "url",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("via", sa.Text()),
        sa.Column("hops", sa.Text(), nullable=False),
        sa.Column("redirects", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("wanted_by", sa.Integer()),
        sa.Column("wanted_why", sa.Text()),
        sa.Column("claimed_by", sa.Integer()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_outcome", sa.Text()),
        sa.Column("last_at", sa.BigInteger()),
        sa.Column("good_capture_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_url")),
        sa.UniqueConstraint("url", name=op.f("uq_url_url")),
    )
    op.create_index(op.f("ix_url_due"), "url", ["due_at"])
    op.create_index(
        op.f("ix_url_leased"),
        "url",
        ["host", "lease_until"],
        sqlite_where=sa.text("lease_until IS NOT NULL"),
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_url_waiting"),
        "url",
        ["wanted_by", "host", "due_at"],
        sqlite_where=sa.text("wanted_by IS NOT NULL AND lease_until IS NULL"),
        postgresql_where=sa.text("wanted_by IS NOT NULL AND lease_until IS NULL"),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url_id", sa.Integer(), sa.ForeignKey("url.id", name=op.f("fk_source_url_id_url")), nullable=False),
        sa.Column("same", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("link_status", sa.Text()),
        sa.Column("confirmed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("checked_at", sa.BigInteger()),
        sa.Column("check_due_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("same", name=op.f("uq_source_same")),
    )
    op.create_table(
        "trail",
        sa.Column(
            "source_id",
            sa.Integer(),
            sa.ForeignKey("source.id", name=op.f("fk_trail_source_id_source")),
            nullable=False,
        ),
        sa.Column("url_id", sa.Integer(), sa.ForeignKey("url.id", name=op.f("fk_trail_url_id_url")), nullable=False),
        sa.Column("hops", sa.Text(), nullable=False),
        sa.Column("via_url_id", sa.Integer(), sa.ForeignKey("url.id", name=op.f("fk_trail_via_url_id_url"))),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "url_id", name=op.f("pk_trail")),
    )
    op.create_index(op.f("ix_trail_url_id"), "trail", ["url_id"])
    op.create_table(
        "listed_work",
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("listing", sa.Text()),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("publisher", "url", name=op.f("pk_listed_work")),
    )
    op.create_table(
        "link_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("run.id", name=op.f("fk_link_check_run_id_run"))),
        sa.Column(
            "source_id",
            sa.Integer(),
            sa.ForeignKey("source.id", name=op.f("fk_link_check_source_id_source")),
            nullable=False,
        ),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("http_status", sa.Integer()),
        sa.Column("final_url", sa.Text()),
        sa.Column("drift", sa.Text()),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("record_id", sa.Text()),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_check")),
    )
    op.create_index(op.f("ix_link_check_source_time"), "link_check", ["source_id", "checked_at"])
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("page_url", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("key", name=op.f("uq_incident_key")),
    )
    op.create_table(
        "incident_version",
        sa.Column(
            "incident_id",
            sa.Integer(),
            sa.ForeignKey("incident.id", name=op.f("fk_incident_version_incident_id_incident")),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "version", name=op.f("pk_incident_version")),
    )
    op.create_table(
        "incident_capture",
        sa.Column(
            "incident_id",
            sa.Integer(),
            sa.ForeignKey("incident.id", name=op.f("fk_incident_capture_incident_id_incident")),
            nullable=False,
        ),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("payload_digest", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "record_id", name=op.f("pk_incident_capture")),
    )
    op.create_index(op.f("ix_incident_capture_payload_digest"), "incident_capture", ["payload_digest"])
    op.create_table(
        "incident_alias",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column(
            "incident_id",
            sa.Integer(),
            sa.ForeignKey("incident.id", name=op.f("fk_incident_alias_incident_id_incident")),
            nullable=False,
        ),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "value", "incident_id", name=op.f("pk_incident_alias")),
    )
    op.create_table(
        "event",
        sa.Column(
            "incident_id",
            sa.Integer(),
            sa.ForeignKey("incident.id", name=op.f("fk_event_incident_id_incident")),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("date_text", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "position", name=op.f("pk_event")),
    )
    op.create_table(
        "citation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "incident_id",
            sa.Integer(),
            sa.ForeignKey("incident.id", name=op.f("fk_citation_incident_id_incident")),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("same_as", sa.Integer()),
        sa.Column("first_version", sa.Integer(), nullable=False),
        sa.Column("gone_in", sa.Integer()),
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("source.id", name=op.f("fk_citation_source_id_source"))),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("score", sa.Float()),
        sa.Column("resolved_url", sa.Text()),
        sa.Column("refusal", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citation")),
    )
    op.create_index(op.f("ix_citation_incident_id"), "citation", ["incident_id"])
    op.create_index(op.f("ix_citation_source_id"), "citation", ["source_id"])
    op.create_table(
        "resolution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "citation_id",
            sa.Integer(),
            sa.ForeignKey("citation.id", name=op.f("fk_resolution_citation_id_citation")),
            nullable=False,
        ),
        sa.Column("url", sa.Text()),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("score", sa.Float()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
    )
    op.create_index(op.f("ix_resolution_citation_id"), "resolution", ["citation_id"])
