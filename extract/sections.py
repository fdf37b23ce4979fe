"""Sections: a long text that has no pages is cut into pieces that serve as pages for hits."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extract.document import Page
from extract.quality import soundness
from extract.tidy import clean_line

SECTIONS_FROM = 12_000  # characters; a shorter text is one section, as a hit in it is soon found
SECTION_LEAST, SECTION_MOST = 2_000, 20_000
HEADING_CAP = 200
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s|[。！？؟।]")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list, table (a row a line) or heading of a text that has no pages."""

    text: str
    is_heading: bool = False


def cut_into_sections(blocks: Iterable[Block]) -> list[tuple[str, str]]:
    """The blocks in order as (heading, text) sections; a short text is one, under the heading "".

    A long one is cut before a heading when SECTION_LEAST characters stand before it, and wherever the next block
    would make more than SECTION_MOST; what is longer by itself is cut as `pieces` says.
    """
    blocks = list(blocks)
    is_long = sum(len(block.text) for block in blocks) > SECTIONS_FROM
    sections: list[tuple[str, list[str]]] = []
    size = 0
    for block in blocks:
        for piece in pieces(block.text):
            at_heading = is_long and block.is_heading and size >= SECTION_LEAST
            if not sections or at_heading or size + len(piece) >= SECTION_MOST:
                sections.append((block.text if block.is_heading and is_long else "", []))
                size = 0
            sections[-1][1].append(piece)
            size += len(piece) + 1
    return [(clean_line(heading, HEADING_CAP), "\n".join(parts)) for heading, parts in sections]


def as_pages(sections: Iterable[tuple[str, str]], reader: str) -> tuple[Page, ...]:
    """The sections, or (heading, text) of what else serves so, as pages; the heading is the label."""
    return tuple(
        Page(number, text, heading or None, soundness(text), reader)
        for number, (heading, text) in enumerate(sections, 1)
    )


def pieces(text: str) -> Iterator[str]:
    """The text in pieces of at most SECTION_MOST characters, none empty; blanks before a cut are dropped, nothing else.

    Cut at the last line end of a piece's second half, else at the last end of a sentence there, else at the last
    blank, else in the middle of what has none.
    """
    at = 0
    while len(text) - at > SECTION_MOST:
        cut = _cut(text, at + SECTION_MOST // 2, at + SECTION_MOST)
        if piece := text[at:cut].strip("\n").rstrip():
            yield piece
        at = cut
    if piece := text[at:].strip("\n").rstrip():
        yield piece


def _cut(text: str, least: int, most: int) -> int:
    """Where to cut between `least` and `most`: the index of the first character of the next piece."""
    line_end = text.rfind("\n", least, most)
    if line_end >= 0:
        return line_end + 1
    sentence_end = max((found.end() for found in _SENTENCE_END.finditer(text, least, most)), default=0)
    return sentence_end or text.rfind(" ", least, most) + 1 or most
