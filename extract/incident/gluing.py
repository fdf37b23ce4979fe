"""Blocks that lost their ends: where one text holds two, and how it is cut."""

import re
from collections.abc import Iterator

from extract.dates import MONTHS
from extract.incident.block import Block, written_urls
from extract.incident.headings import KINDS

# Measured on 1,356 public pages of 2023: 1,120 have at least one glued place, 2,310 places in all.
_MONTH = "|".join(name.capitalize() for name in MONTHS)
_DATE = re.compile(rf"(?<=[.!?)'’”])(?=(?:(?:[0-3]?[0-9] )?(?:{_MONTH}) )?(?:19|20)[0-9]{{2}}\. ['‘“]?[A-Z0-9])")
_SENTENCE = re.compile(
    r"(?:(?<=[a-z]{2}[.!?])|(?<=[a-z]['’”][.!?])|(?<=[A-Z]{2}[.!?])|(?<=[0-9]{4}[.!?]))"
    r"(?=(?!(?:Com|Org|Net|Ai|Io|Js|NET|AI|JS)\b)[A-Z](?:[\w'’-]*[a-z])?[ ,])"
)
_HEADINGS = tuple(sorted(KINDS, key=len, reverse=True))
_HEADING = re.compile("|".join(map(re.escape, _HEADINGS)))
_CLOSING = ".!?)'’”"
_YEAR_MARK = re.compile(r"\((?:[^()]{0,20}, )?(?:19|20)[0-9]{2}[^()]{0,30}\)")
_AFTER_CLOSING = re.compile(r"[?!.)'’”](?=[A-Z])")
_NAME_YEAR = re.compile(r"[\w ]{1,40} \((?:19|20)[0-9]{2}")  # "SecurityWeek (2021)." is a publisher, not a heading
_NAME_WORDS = {"of", "the", "for", "and", "&", "de", "la", "le", "der", "die", "van", "in", "on", "et"}


def unglue(block: Block) -> list[Block]:
    """The block as the paragraphs, headings and citations it is made of; links stay with their words."""
    places = {
        *(found.start() for found in _DATE.finditer(block.text)),
        *(found.start() for found in _SENTENCE.finditer(block.text)),
        *_heading_places(block.text),
        *_url_places(block.text),
        *_publisher_places(block.text),
    }
    return block.split(place for place in places if not _in_link(block, place))


def _in_link(block: Block, place: int) -> bool:
    return any(anchor.start < place for _, anchor in block.links_between(place, place + 1))


def _heading_places(text: str) -> Iterator[int]:
    """Both ends of every known heading that is glued to its neighbours, or to one of them at a sentence's end."""
    for found in _HEADING.finditer(text):
        start, end = found.span()
        before = text[start - 1 : start]
        last = text[start - 2 : start - 1] if before == " " else before
        glued_right = _starts_new(text, end)
        glued_left = before in tuple(_CLOSING) or (before.islower() and glued_right)
        distinct = "/" in found[0] or "," in found[0]
        ends = end == len(text) or glued_right or (distinct and text[end] == " " and text[end + 1 : end + 2].isupper())
        opens = (not last or last in _CLOSING) and glued_right and not _NAME_YEAR.match(text, end)
        if opens or (glued_left and ends):
            yield from (start, end)


def _starts_new(text: str, at: int) -> bool:
    """True when what follows a heading is stuck to it and begins something: a capital, a figure, a quote, a URL."""
    sign = text[at : at + 1]
    return bool(sign) and (sign.isupper() or sign.isdigit() or sign in "'‘“" or text.startswith("http", at))


def _url_places(text: str) -> Iterator[int]:
    for start, _ in written_urls(text):
        if start and (text[start - 1].isalnum() or text[start - 1] in _CLOSING):
            yield start


def _publisher_places(text: str) -> Iterator[int]:
    """Where a second `Publisher (year).` begins inside a list line: "What the Huq?VICE News (2021). …"."""
    marks = list(_YEAR_MARK.finditer(text))
    for before, mark in zip([None, *marks], marks, strict=False):
        floor = before.end() if before else 0
        place = _name_start(text, floor, mark.start(), follows=before is not None)
        if place is not None:
            yield place


def _name_start(text: str, floor: int, end: int, *, follows: bool) -> int | None:
    """The glued place nearest before the year, walking back over the capitalised words of a publisher's name."""
    for word in reversed(list(re.finditer(r"\S+", text[floor:end]))[-12:]):
        at = floor + word.start()
        if glued := list(_AFTER_CLOSING.finditer(word[0])):
            return at + glued[-1].end()
        inner = re.search(r"(?<=[a-z])(?=[A-Z])", word[0])
        if inner and (word[0][0].islower() or follows) and floor < at + inner.start():
            return at + inner.start()
        if not (word[0][0].isupper() or word[0][0].isdigit() or word[0] in _NAME_WORDS):
            return None
    return None
