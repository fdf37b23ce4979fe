"""Which process of a run may ask a host, and which one fetches a URL; NULL where a run is one process."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the columns, and the way to a holder's hosts."""
    op.add_column("host", sa.Column("held_by", sa.Text()))
    op.add_column("host", sa.Column("held_until", sa.BigInteger()))
    op.add_column("host", sa.Column("asked_by", sa.Text()))
    op.create_index(
        "ix_host_held",
        "host",
        ["held_by", "host"],
        sqlite_where=sa.text("held_by IS NOT NULL"),
        postgresql_where=sa.text("held_by IS NOT NULL"),
    )
    op.add_column("url", sa.Column("leased_by", sa.Text()))
