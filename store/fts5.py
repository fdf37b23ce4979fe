"""Matches of SQLite: its full-text index asked in bounded pieces, so that common words cost no more than rare ones."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from store.grammar import Query, Term, fts5, phrases, quoted, words
from store.matches import (
    CITED_WEIGHT,
    CLOSE,
    MOST_SCORED,
    MOST_TITLES,
    OPEN,
    SNIPPET_WORDS,
    TEXT_WEIGHT,
    TITLE_WEIGHT,
    TITLED,
    Within,
)

# A filter that leaves fewer pages is made a set once; of a larger one each match is looked up until there are enough.
_FEW_PAGES = 5_000
_CITED, _FIRST = 'marks : "cited"', 'marks : "first"'
_FOUND = "page_index MATCH :match{within} AND rowid NOT IN (SELECT value FROM json_each(:titled))"
_COUNTED = "SELECT count(*) FROM (SELECT 1 FROM page_index WHERE page_index MATCH :match{within} LIMIT :most)"
_PLAIN = f"SELECT rowid, 0.0 FROM page_index WHERE {_FOUND} ORDER BY rowid LIMIT :most"
# bm25 looks up how common each phrase of its MATCH is, in the whole index: it is asked of the rare ones alone.
_SCORED = f"""SELECT rowid, -bm25(page_index, {TITLE_WEIGHT}, {TEXT_WEIGHT}, 0) * CASE WHEN rowid IN
    (SELECT rowid FROM page_index WHERE page_index MATCH :cited) THEN {CITED_WEIGHT} ELSE 1 END AS score
    FROM page_index WHERE page_index MATCH :rare AND +rowid IN (SELECT rowid FROM page_index WHERE {_FOUND})
    ORDER BY score DESC, rowid LIMIT :most"""
_TITLED = """SELECT page.id, {titled} * (1 + document.cited) - bm25(title_index) AS score
    FROM title_index CROSS JOIN document ON document.id = title_index.rowid
    CROSS JOIN page ON page.document_id = document.id AND page.number = 1
    WHERE title_index MATCH :match AND (:type IS NULL OR document.type = :type){within} LIMIT :most"""
_SNIPPETS = """SELECT rowid, snippet(page_index, 1, :open, :close, '…', :words) FROM page_index
    WHERE page_index MATCH :match AND rowid IN (SELECT value FROM json_each(:numbers))"""
_HELD = """SELECT rowid FROM page_index
    WHERE page_index MATCH :match AND rowid IN (SELECT value FROM json_each(:numbers))"""
_NUMBERS = "(SELECT value FROM json_each(:documents))"
_AMONG_FEW = f" AND +rowid IN (SELECT id FROM page WHERE document_id IN {_NUMBERS})"
_AMONG_MANY = f" AND (SELECT document_id FROM page WHERE id = page_index.rowid) IN {_NUMBERS}"


class Fts5Matches:
    """The pages that a query finds in `page_index`, where `title_index` knows the titles of their documents."""

    def __init__(self, connection: Connection, query: Query, within: Within) -> None:
        self._connection, self._query, self._within = connection, query, within
        self._every = _wanted(query)
        self._counts: dict[str, int] = {}
        self._among = "" if within.documents is None else _AMONG_FEW if within.pages < _FEW_PAGES else _AMONG_MANY
        self._given = {} if within.documents is None else {"documents": json.dumps(within.documents)}

    def count(self, most: int) -> int:
        """How many there are; `most` where there are more."""
        return self._counted(self._narrowed(self._every), most, self._among)

    def first(self, most: int) -> list[tuple[int, float]]:
        """The first `most` pages with their scores: titled documents, pages by rare words, all others."""
        found = self._titled()[:most]
        titled = json.dumps([number for number, _ in found])
        for statement, given in self._tiers():
            if len(found) >= most:
                break
            found += self._rows(statement, most=most - len(found), titled=titled, **given)
        return found

    def snippets(self, numbers: Sequence[int]) -> dict[int, str]:
        """By page, some words around what matched, which stands between `OPEN` and `CLOSE`."""
        given = {"open": OPEN, "close": CLOSE, "words": SNIPPET_WORDS, "numbers": json.dumps(list(numbers))}
        return dict(self._connection.execute(text(_SNIPPETS), {"match": self._every, **given}).all())

    def _tiers(self) -> list[tuple[str, dict[str, str]]]:
        """After the titles, the statements whose rows follow each other, and what they are asked for."""
        every = self._narrowed(self._every)
        rare = " OR ".join(map(_one, filter(self._is_rare, phrases(self._query))))
        scored = {"rare": rare, "cited": f"({rare}) AND {_CITED}", "match": f"({every}) AND ({rare})"}
        rest = f"(({every}) NOT ({rare}))" if rare else f"({every})"
        plain = (
            f"{rest} AND {_CITED} AND {_FIRST}",
            f"({rest} AND {_CITED}) NOT {_FIRST}",
            f"({rest} AND {_FIRST}) NOT {_CITED}",
            f"{rest} NOT ({_CITED} OR {_FIRST})",
        )
        return [*([(_SCORED, scored)] if rare else []), *((_PLAIN, {"match": match}) for match in plain)]

    def _titled(self) -> list[tuple[int, float]]:
        """The first pages of documents that are titled with all that is wanted, cited ones first."""
        among = "" if self._within.documents is None else f" AND document.id IN {_NUMBERS}"
        statement = _TITLED.format(titled=TITLED, within=among)
        given = {"match": fts5(self._query), "type": self._within.type, "most": MOST_TITLES, **self._given}
        found = {row[0]: row[1] for row in self._connection.execute(text(statement), given)}
        if self._query.without and found:
            given = {"match": self._every, "numbers": json.dumps(list(found))}
            found = {number: found[number] for number in self._connection.execute(text(_HELD), given).scalars()}
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))

    def _narrowed(self, expression: str) -> str:
        kind = self._within.type
        return f"({expression}) AND marks : {quoted(f'type{kind}')}" if kind else expression

    def _is_rare(self, phrase: Term) -> bool:
        """Whether scoring it is cheap: a phrase costs what its rarest word costs, however rare it is itself."""
        return any(self._counted(_one(word), MOST_SCORED + 1, "") <= MOST_SCORED for word in words(phrase))

    def _counted(self, match: str, most: int, among: str) -> int:
        if match not in self._counts or among:
            given = {"match": match, "most": most, **(self._given if among else {})}
            self._counts[match] = self._connection.execute(text(_COUNTED.format(within=among)), given).scalar_one()
        return self._counts[match]

    def _rows(self, statement: str, **given: object) -> list[tuple[int, float]]:
        rows = self._connection.execute(text(statement.format(within=self._among)), {**given, **self._given})
        return [(row[0], row[1]) for row in rows]


def _one(term: Term) -> str:
    return _wanted(Query(((term,),)))


def _wanted(query: Query) -> str:
    return f"{{title text}} : ({fts5(query)})"
