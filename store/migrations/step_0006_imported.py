"""Where the records of a WARC file were brought in from; NULL for what was captured here."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("warc_file", sa.Column("imported_from", sa.Text()))
