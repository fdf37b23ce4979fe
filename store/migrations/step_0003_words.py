"""The full-text index, a row a page (SQLite only)."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the view of all that is indexed, and the index over it (FTS5, external content, accents folded)."""
    op.execute(
        "CREATE VIEW page_words AS SELECT page.id AS id, document.search_title AS title, "
        "coalesce(page.searched, page.text) AS text FROM page JOIN document ON document.id = page.document_id "
        "WHERE document.indexed"
    )
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE page_index USING fts5(title, text, content='page_words', content_rowid='id', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
