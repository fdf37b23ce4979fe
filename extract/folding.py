"""Titles and names in the form in which they are compared: words without case, accents, marks and file endings."""

import re
import unicodedata

LONGEST = 600  # characters of a title that count
_APOSTROPHES = re.compile(r"[’'‘`´ʼ]")
_WORD = re.compile(r"[^\W_]+")
_KIND = r"\b(?:pdf|docx?|odt|rtf)\b"
_SIZE = r"[0-9][0-9.,]{0,8} ?[km]b\b"
_MARKER = re.compile(
    rf"\s*(?:[(\[][^()\[\]]{{0,30}}(?:{_KIND}|{_SIZE})[^()\[\]]{{0,30}}[)\]]|\.?{_KIND}[\s,:]{{0,3}}(?:{_SIZE})?|{_SIZE}"
    r"|[(\[]?opens? in an? new (?:window|tab)[)\]]?)\s*$",
    re.IGNORECASE,
)
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


def without_abbreviations(words: tuple[str, ...]) -> tuple[str, ...]:
    """`words` without abbreviations that only repeat what stands before them: "live facial recognition (LFR)"."""
    return tuple(
        word
        for at, word in enumerate(words)
        if len(word) < 2 or at < len(word) or initials(words[at - len(word) : at]) != word
    )


def initials(words: tuple[str, ...]) -> str:
    """The first letters of the words."""
    return "".join(word[0] for word in words)


def without_marker(text: str) -> str:
    """A title without what only says the kind of file: "Report (PDF, 1.2MB)", "Report [pdf]"."""
    while (shorter := _MARKER.sub("", text)) != text:
        text = shorter
    return text.strip(" \t-–—|,;:")
