"""What a search finds, whichever database is asked: a bounded count, the first pages in order, their snippets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from store.grammar import Query

# Marks around what matched in a snippet: code points that are no characters, which clean text never holds.
OPEN, CLOSE = "\ufdd0", "\ufdd1"
SNIPPET_WORDS = 40
# So many titles are looked at, so many pages of a word are scored: of more, the first filed. To score a word that is on
# all of 200,000 pages took 6 ms, to list the first 5,000 of them .4.
MOST_TITLES, MOST_SCORED = 200, 5_000
TITLE_WEIGHT, TEXT_WEIGHT = 8.0, 1.0
CITED_WEIGHT = 1.5  # a page of a cited source beside one that only links lead to
# Scores of documents titled with the query begin here, past that of any page; those of cited ones as far again.
TITLED = 10_000.0


@dataclass(frozen=True, slots=True)
class Within:
    """What a search is held to: a type, and documents by row number, which have `pages` pages; None for all."""

    type: str | None = None
    documents: tuple[int, ...] | None = None
    pages: int = 0


class Matches(Protocol):
    """The pages that a query finds."""

    def count(self, most: int) -> int:
        """How many there are; `most` where there are more."""

    def first(self, most: int) -> list[tuple[int, float]]:
        """The row numbers of the first `most` pages with their scores, which never rise.

        Three kinds, in this order: the first page of each document titled with the query; pages by how much they have
        of its rare words; pages that have only common ones, cited sources and first pages before others.
        """

    def snippets(self, numbers: Sequence[int]) -> dict[int, str]:
        """By page, some words around what matched, which stands between `OPEN` and `CLOSE`."""


def matches(connection: Connection, query: Query, within: Within) -> Matches:
    """The matches of a query that has something to look for."""
    if connection.dialect.name == "sqlite":
        from store.fts5 import Fts5Matches

        return Fts5Matches(connection, query, within)
    from store.tsearch import TsMatches

    return TsMatches(connection, query, within)
