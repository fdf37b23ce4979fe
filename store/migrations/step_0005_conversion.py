"""Which texts of which payloads are kept as WARC records."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "conversion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("payload_digest", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column(
            "warc_file_id",
            sa.Integer(),
            sa.ForeignKey("warc_file.id", name=op.f("fk_conversion_warc_file_id_warc_file")),
            nullable=False,
        ),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion")),
        sa.CheckConstraint('"offset" >= 0 AND length > 0', name=op.f("ck_conversion_place")),
        sa.UniqueConstraint("record_id", name=op.f("uq_conversion_record_id")),
    )
    op.create_index(op.f("ix_conversion_payload_digest"), "conversion", ["payload_digest"])
    op.create_index(op.f("ix_conversion_place"), "conversion", ["warc_file_id", "offset"])
    op.create_index(op.f("ix_conversion_source"), "conversion", ["source"])
