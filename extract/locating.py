"""Where a passage stands among the characters of a page, whatever blanks, line breaks and hyphens part them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from extract.tidy import fold

# PDFium's signs for a hyphen at the end of a line, beside those that `fold` knows.
_LINE_HYPHENS = ("\x02", "\ufffe")


@dataclass(frozen=True, slots=True)
class Letters:
    """What of characters must agree for a passage to stand there, in one case; `places` has the index of each."""

    text: str
    places: tuple[int, ...]

    def starts(self, passage: "Letters") -> list[int]:
        """Where in `text` the passage stands, in order, no two overlapping; nowhere if it has no letters."""
        found: list[int] = []
        at = self.text.find(passage.text) if passage.text else -1
        while at >= 0:
            found.append(at)
            at = self.text.find(passage.text, at + len(passage.text))
        return found

    def span(self, start: int, passage: "Letters") -> tuple[int, int]:
        """The first and the last index (both in it) of a passage that starts there in `text`."""
        return self.places[start], self.places[start + len(passage.text) - 1]


def letters_of(characters: Iterable[str]) -> Letters:
    """The letters of these characters: composed or not, ligatures opened, no blanks.

    A hyphen beside no other than letters is left out, for there it may be the end of a line; "4-2" never becomes "42".
    """
    found = [(letter, at) for at, character in enumerate(characters) for letter in _letters(character)]
    beside = ["", *(letter for letter, _ in found), ""]
    kept = [one for number, one in enumerate(found, 1) if not _may_be_line_end(*beside[number - 1 : number + 2])]
    return Letters("".join(letter for letter, _ in kept), tuple(at for _, at in kept))


def _may_be_line_end(before: str, letter: str, after: str) -> bool:
    return letter == "-" and (before + after).isalpha()


@lru_cache(maxsize=4096)
def _letters(character: str) -> str:
    if character in _LINE_HYPHENS:
        return "-"
    return "".join(unicodedata.normalize("NFKD", fold(character).text.casefold()).split())
