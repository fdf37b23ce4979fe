"""The SHA-1 of payloads, by which other archives know them; unknown for captures that were filed before."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("capture", sa.Column("payload_sha1", sa.Text()))
    op.create_index(op.f("ix_capture_payload_sha1"), "capture", ["payload_sha1"])
