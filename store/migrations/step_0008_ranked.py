"""An index of titles, and marks in that of pages: whether a source is cited, a page's place, the document's type."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_WORDS = """CREATE VIEW page_words AS SELECT page.id AS id, document.search_title AS title,
    coalesce(page.searched, page.text) AS text,
    'type' || document.type || CASE WHEN document.cited THEN ' cited' ELSE '' END
    || CASE WHEN page.number = 1 THEN ' first' ELSE '' END AS marks
    FROM page JOIN document ON document.id = page.document_id WHERE document.indexed"""
_TITLES = "CREATE VIEW title_words AS SELECT id, search_title AS title FROM document WHERE indexed"
_CITED = """UPDATE document SET cited = :yes WHERE payload_digest IN (
    SELECT capture.payload_digest FROM capture JOIN trail ON trail.url_id = capture.url_id)"""

# No catalogue on PostgreSQL has pages yet: before this step it had no index, and none could be filed.
_POSTGRESQL = (
    """CREATE TABLE page_index(id integer PRIMARY KEY, document_id integer NOT NULL, words tsvector NOT NULL,
    cited boolean NOT NULL, first boolean NOT NULL, type text NOT NULL)""",
    "CREATE INDEX ix_page_index_document ON page_index(document_id)",
    "CREATE INDEX ix_page_index_words ON page_index USING gin(words)",
    "CREATE TABLE title_index(id integer PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX ix_title_index_words ON title_index USING gin(words)",
)


def upgrade() -> None:
    """Builds both indexes anew from the pages and titles that are there."""
    op.execute("DROP VIEW IF EXISTS page_words")
    op.add_column("document", sa.Column("cited", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text(_CITED).bindparams(sa.bindparam("yes", True, type_=sa.Boolean)))
    op.execute(_WORDS)
    op.execute(_TITLES)
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE IF EXISTS page_index")
        _index("page_index", "title, text, marks", "page_words")
        _index("title_index", "title", "title_words")
    else:
        for statement in _POSTGRESQL:
            op.execute(statement)


def _index(name: str, columns: str, view: str) -> None:
    op.execute(
        f"CREATE VIRTUAL TABLE {name} USING fts5({columns}, content='{view}', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute(f"INSERT INTO {name}({name}) VALUES ('rebuild')")  # noqa: S608  (a name of ours)
