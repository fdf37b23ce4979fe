"""Matches of PostgreSQL: tsvectors with words cut by us, kept in tables beside the pages and their titles."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, text

from store.grammar import Query, phrases
from store.matches import CITED_WEIGHT, MOST_TITLES, TITLED, Within
from store.rows import chunks
from store.snippets import snippet
from store.tsquery import tsquery, tsvector

# To score a page its tsvector must be read: of more pages the order is that of cited sources and first pages.
_MOST_SCORED = 1_000
_WORDS = text(
    """SELECT words.id, page.document_id, words.title, words.text, document.cited, page.number = 1 AS first,
    document.type FROM page_words AS words JOIN page ON page.id = words.id
    JOIN document ON document.id = page.document_id WHERE page.document_id IN :numbers"""
).bindparams(bindparam("numbers", expanding=True))
_TITLES = text("SELECT id, title FROM title_words WHERE id IN :numbers").bindparams(
    bindparam("numbers", expanding=True)
)
_ADD_PAGES = text(
    """INSERT INTO page_index(id, document_id, words, cited, first, type)
    VALUES (:id, :document_id, CAST(:words AS tsvector), :cited, :first, :type)"""
)
_ADD_TITLES = text("INSERT INTO title_index(id, words) VALUES (:id, CAST(:words AS tsvector))")
_TAKE = (
    text("DELETE FROM page_index WHERE document_id = ANY(:numbers)"),
    text("DELETE FROM title_index WHERE id = ANY(:numbers)"),
)
_MATCH = """page_index.words @@ CAST(:match AS tsquery)
    AND (CAST(:type AS text) IS NULL OR page_index.type = :type)
    AND (CAST(:documents AS integer[]) IS NULL OR page_index.document_id = ANY(:documents))"""
_COUNT = text(f"SELECT count(*) FROM (SELECT 1 FROM page_index WHERE {_MATCH} LIMIT :most) AS found")
_TITLED = text(
    f"""SELECT page_index.id, {TITLED} * CASE WHEN cited THEN 2 ELSE 1 END
    + ts_rank(title_index.words, CAST(:match AS tsquery), 1) AS score
    FROM title_index JOIN page_index ON page_index.document_id = title_index.id AND page_index.first
    WHERE title_index.words @@ CAST(:match AS tsquery) AND {_MATCH} ORDER BY score DESC, page_index.id LIMIT :most"""
)
_SCORED = text(
    f"""SELECT id, ts_rank_cd(words, CAST(:match AS tsquery), 1) * CASE WHEN cited THEN {CITED_WEIGHT} ELSE 1 END
    AS score FROM page_index WHERE {_MATCH} AND id <> ALL(:titled) ORDER BY score DESC, id LIMIT :most"""
)
_PLAIN = text(
    f"""SELECT id, 0.0 FROM page_index WHERE {_MATCH} AND id <> ALL(:titled)
    ORDER BY cited DESC, first DESC, id LIMIT :most"""
)
_TEXTS = text("SELECT id, text FROM page_words WHERE id = ANY(:numbers)")


def index_documents(connection: Connection, numbers: Sequence[int]) -> None:
    """Adds these documents and their pages, which must not be in it."""
    for chunk in chunks(numbers):
        pages = connection.execute(_WORDS, {"numbers": chunk}).mappings()
        rows = [{**page, "words": tsvector(page["title"], page["text"])} for page in pages]
        titles = connection.execute(_TITLES, {"numbers": chunk})
        if rows:
            connection.execute(_ADD_PAGES, rows)
        named = [{"id": number, "words": tsvector(title)} for number, title in titles]
        if named:
            connection.execute(_ADD_TITLES, named)


def unindex_documents(connection: Connection, numbers: Sequence[int]) -> None:
    """Takes these documents and their pages out."""
    for statement in _TAKE:
        connection.execute(statement, {"numbers": list(numbers)})


class TsMatches:
    """The pages that a query finds in `page_index`, where `title_index` knows the titles of their documents."""

    def __init__(self, connection: Connection, query: Query, within: Within) -> None:
        self._connection, self._query = connection, query
        documents = None if within.documents is None else list(within.documents)
        self._given = {"match": tsquery(query), "type": within.type, "documents": documents}

    def count(self, most: int) -> int:
        """How many there are; `most` where there are more."""
        if self._given["match"] is None:
            return 0
        return int(self._connection.execute(_COUNT, {**self._given, "most": most}).scalar_one())

    def first(self, most: int) -> list[tuple[int, float]]:
        """The first `most` pages with their scores: titled documents, then all others."""
        titled = self._connection.execute(_TITLED, {**self._given, "most": MOST_TITLES})
        found = [(number, float(score)) for number, score in titled]
        if len(found) < most:
            statement = _SCORED if self.count(_MOST_SCORED + 1) <= _MOST_SCORED else _PLAIN
            given = {**self._given, "titled": [number for number, _ in found], "most": most - len(found)}
            found += [(number, float(score)) for number, score in self._connection.execute(statement, given)]
        return found[:most]

    def snippets(self, numbers: Sequence[int]) -> dict[int, str]:
        """By page, some words around what matched, which stands between `OPEN` and `CLOSE`."""
        wanted = phrases(self._query)
        rows = self._connection.execute(_TEXTS, {"numbers": list(numbers)})
        return {number: snippet(words, wanted) for number, words in rows}
