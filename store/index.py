"""The full-text index: a row a page, kept in step with the pages inside the same transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, text

from store.rows import chunks

# SQLite FTS5 with external content: the index reads the view `page_words`, and must be told what it held before
# that changes ('delete' with the old words: SQLite documentation, fts5.html §4.4.3).
_ADD = """INSERT INTO page_index(rowid, title, text) SELECT page_words.id, page_words.title, page_words.text
    FROM page JOIN page_words ON page_words.id = page.id WHERE page.document_id IN :numbers"""
_TAKE = """INSERT INTO page_index(page_index, rowid, title, text)
    SELECT 'delete', page_words.id, page_words.title, page_words.text
    FROM page JOIN page_words ON page_words.id = page.id WHERE page.document_id IN :numbers"""


def index_documents(connection: Connection, numbers: Sequence[int]) -> None:
    """Adds the pages of these documents, which must not be in it."""
    _each(connection, _ADD, numbers)


def unindex_documents(connection: Connection, numbers: Sequence[int]) -> None:
    """Takes the pages of these documents out; page and title must still be as they were when added."""
    _each(connection, _TAKE, numbers)


def tidy_index(connection: Connection) -> None:
    """Merges some of what was added lately, so that searching stays fast; a bounded piece of work."""
    connection.execute(text("INSERT INTO page_index(page_index, rank) VALUES ('merge', 500)"))


def _each(connection: Connection, statement: str, numbers: Sequence[int]) -> None:
    prepared = text(statement).bindparams(bindparam("numbers", expanding=True))
    for chunk in chunks(numbers):
        connection.execute(prepared, {"numbers": chunk})
