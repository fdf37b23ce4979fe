"""Titles and names in the form in which they are compared: words without case, accents, marks and file endings."""

import re
import unicodedata

LONGEST = 600  # characters of a title that count
_APOSTROPHES = re.compile(r"[’'‘`´ʼ]")
_WORD = re.compile(r"[^\W_]+")
_JOINERS = {"&": " and ", "@": " at ", "+": " plus "}


def folded(text: str) -> tuple[str, ...]:
    """The words of `text`: compatibility forms and accents resolved, case folded, "&" read as "and", "Met's" as "mets".

    Everything that is no letter or digit only parts words, so case, punctuation and blanks never count.
    """
    text = "".join(_JOINERS.get(character, character) for character in text[:LONGEST])
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return tuple(_WORD.findall(_APOSTROPHES.sub("", plain)))


def without_phrases(words: tuple[str, ...], phrases: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """`words` without these runs of words, unless nothing would be left."""
    left = list(words)
    for phrase in sorted(filter(None, phrases), key=len, reverse=True):
        size = len(phrase)
        at = 0
        while at + size <= len(left):
            if tuple(left[at : at + size]) == phrase:
                del left[at : at + size]
            else:
                at += 1
    return tuple(left) or words
