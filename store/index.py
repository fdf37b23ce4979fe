"""The full-text index: a row a page, kept in step with the pages inside the same transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, text

from store import tsearch
from store.rows import chunks

# SQLite FTS5 with external content: an index reads the view beside it, and must be told what it held before that
# changes ('delete' with the old words: SQLite documentation, fts5.html §4.4.3).
_OF_PAGES = "FROM page JOIN page_words AS words ON words.id = page.id WHERE page.document_id IN :numbers"
_OF_TITLES = "FROM title_words AS words WHERE words.id IN :numbers"
_ADD = (
    f"INSERT INTO page_index(rowid, title, text, marks) SELECT words.id, title, words.text, marks {_OF_PAGES}",
    f"INSERT INTO title_index(rowid, title) SELECT id, title {_OF_TITLES}",
)
_TAKE = (
    "INSERT INTO page_index(page_index, rowid, title, text, marks) "
    f"SELECT 'delete', words.id, title, words.text, marks {_OF_PAGES}",
    f"INSERT INTO title_index(title_index, rowid, title) SELECT 'delete', id, title {_OF_TITLES}",
)


def index_documents(connection: Connection, numbers: Sequence[int]) -> None:
    """Adds these documents and their pages, which must not be in it."""
    if connection.dialect.name == "sqlite":
        _each(connection, _ADD, numbers)
    else:
        tsearch.index_documents(connection, numbers)


def unindex_documents(connection: Connection, numbers: Sequence[int]) -> None:
    """Takes these documents and their pages out; what the index knows of them must still be as when it was added."""
    if connection.dialect.name == "sqlite":
        _each(connection, _TAKE, numbers)
    else:
        tsearch.unindex_documents(connection, numbers)


def tidy_index(connection: Connection) -> None:
    """Merges some of what was added lately, so that searching stays fast; a bounded piece of work."""
    if connection.dialect.name != "sqlite":
        return  # PostgreSQL does so by itself
    for name in ("page_index", "title_index"):
        connection.execute(text(f"INSERT INTO {name}({name}, rank) VALUES ('merge', 500)"))  # noqa: S608  (ours)


def _each(connection: Connection, statements: Sequence[str], numbers: Sequence[int]) -> None:
    for chunk in chunks(numbers):
        for statement in statements:
            connection.execute(text(statement).bindparams(bindparam("numbers", expanding=True)), {"numbers": chunk})
