"""The words of texts and queries as PostgreSQL takes them: cut and folded by us, so that any server finds the same."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from store.grammar import MOST_APART, Near, Query, Term

# Limits of a tsvector (PostgreSQL documentation, 12.11): a lexeme under 2 KB, a position up to 16,383, 1 MB in all.
_LONGEST_WORD, _MOST_BYTES = 256, 700_000
_LAST_POSITION = 16_383
_MOST_DISTANCES = 4_000  # of all NEARs of a query
_TOKEN = re.compile(r"[^\W_]+")


def tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word as it is looked for (no accents, no case), with where it starts and ends in the text."""
    for match in _TOKEN.finditer(text):
        yield _folded(match[0]), match.start(), match.end()


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in apart if letter.isalnum()).casefold()


def tsvector(title: str, text: str = "") -> str:
    """The literal of a title's words (weight A), and then a text's, so far behind that no phrase spans both.

    What is past the limits is not looked for: words of more than 256 characters, different words beyond 700 KB; words
    past the 16,383rd are found, but not in phrases.
    """
    places: dict[str, list[str]] = {}
    size = at = 0
    for part, weight in ((title, "A"), (text, "")):
        for word, _, _ in tokens(unicodedata.normalize("NFC", part)):
            at += 1
            if word and len(word) <= _LONGEST_WORD and (word in places or size < _MOST_BYTES):
                size += 0 if word in places else len(word.encode()) + 8
                places.setdefault(word, []).append(f"{min(at, _LAST_POSITION)}{weight}")
        at += MOST_APART + 2
    # Of a word a tsvector keeps 256 positions.
    return " ".join(f"'{word}':{','.join(at[:256])}" for word, at in places.items())


def tsquery(query: Query) -> str | None:
    """The literal of a query; None when no text of it has a word.

    Of more than two texts near each other, each is near the next as written. A NEAR is every distance in turn: so many
    of them that the literal would be too large reach less far.
    """
    pairs = sum(len(term.texts) - 1 for group in query.groups for term in group if isinstance(term, Near))
    apart = _MOST_DISTANCES // max(pairs, 1)
    wanted = [" | ".join(filter(None, (_one(term, apart) for term in group))) for group in query.groups]
    if not wanted or not all(wanted):
        return None
    unwanted = [f"!({literal})" for literal in (_one(term, apart) for term in query.without) if literal]
    return " & ".join([*(f"({one})" for one in wanted), *unwanted])


def _one(term: Term | Near, apart: int) -> str:
    if isinstance(term, Term):
        return _phrase(term.text, ":A" if term.in_title else "")
    texts = [literal for literal in map(_phrase, term.texts) if literal]
    if len(texts) < 2:
        return "".join(texts)
    return "(" + " & ".join(_within(*pair, min(term.apart, apart)) for pair in pairwise(texts)) + ")"


def _within(one: str, other: str, apart: int) -> str:
    """One before or after the other, with at most `apart` words between."""
    pairs = (f"{first} <{far}> {last}" for far in range(1, apart + 2) for first, last in ((one, other), (other, one)))
    return "(" + " | ".join(pairs) + ")"


def _phrase(text: str, weight: str = "") -> str:
    words = [word[:_LONGEST_WORD] for word, _, _ in tokens(text) if word]
    return "(" + " <-> ".join(f"'{word}'{weight}" for word in words) + ")" if words else ""
