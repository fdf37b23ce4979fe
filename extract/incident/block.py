"""Block: one paragraph, heading or list item of a record, with the links that stand in it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.url import unwrap
from extract.incident.reference import BARE_URL, trim_url

_BLANKS = re.compile(r"[\s\u200b\ufeff\u2060]+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: the characters `start` to `end` of its block lead to `url`."""

    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Block:
    """Text without line breaks or doubled blanks; `heading` is True when the markup itself says so."""

    text: str
    anchors: tuple[Anchor, ...] = ()
    heading: bool = False

    def cut(self, start: int, end: int) -> "Block":
        """The characters `start` to `end` as a block of their own, blanks trimmed, links moved along."""
        while start < end and self.text[start] == " ":
            start += 1
        while end > start and self.text[end - 1] == " ":
            end -= 1
        kept = (
            Anchor(max(anchor.start, start) - start, min(anchor.end, end) - start, anchor.url)
            for _, anchor in self.links_between(start, end)
        )
        return Block(self.text[start:end], tuple(kept), self.heading)

    def split(self, places: Iterable[int]) -> list["Block"]:
        """The block cut at each of `places`; pieces without text are dropped."""
        edges = [0, *sorted(place for place in set(places) if 0 < place < len(self.text)), len(self.text)]
        pieces = (self.cut(start, end) for start, end in pairwise(edges))
        return [piece for piece in pieces if piece.text]

    def links_between(self, start: int, end: int) -> list[tuple[int, Anchor]]:
        """The links that have a character in `start` to `end`, each with its number; links stand in order."""
        first = bisect_right(self.anchors, start, key=lambda anchor: anchor.end)
        last = bisect_left(self.anchors, end, key=lambda anchor: anchor.start)
        return [(at, self.anchors[at]) for at in range(first, last)]

    def linked(self, anchor: Anchor) -> str:
        """The words of a link."""
        return self.text[anchor.start : anchor.end]


def make_block(pieces: Sequence[tuple[str, str | None]], *, heading: bool = False) -> Block:
    """A block out of pieces of text, each with its link target or None.

    Blanks of every kind become one. Neighbours with the same target become one link (Google Sites splits a
    link's text over spans), and a URL that is only written out becomes a link too.
    """
    text = ""
    anchors: list[Anchor] = []
    for piece, url in pieces:
        piece = _BLANKS.sub(" ", piece)
        if not text or text.endswith(" "):
            piece = piece.lstrip(" ")
        start, text = len(text), text + piece
        if url and piece.strip():
            _join(anchors, Anchor(start, len(text), url), text)
    whole = Block(text, tuple(_trim(anchor, text) for anchor in anchors), heading).cut(0, len(text))
    return _with_written_urls(whole)


def _join(anchors: list[Anchor], new: Anchor, text: str) -> None:
    if anchors and anchors[-1].url == new.url and not text[anchors[-1].end : new.start].strip():
        anchors[-1] = Anchor(anchors[-1].start, new.end, new.url)
    else:
        anchors.append(new)


def _trim(anchor: Anchor, text: str) -> Anchor:
    words = text[anchor.start : anchor.end]
    start = anchor.start + len(words) - len(words.lstrip())
    return Anchor(start, start + len(words.strip()), anchor.url)


def _with_written_urls(block: Block) -> Block:
    taken = [False] * (len(block.text) + 1)
    for anchor in block.anchors:
        taken[anchor.start : anchor.end] = [True] * (anchor.end - anchor.start)
    written = [
        Anchor(start, start + len(url), unwrap(url))
        for start, url in written_urls(block.text)
        if not any(taken[start : start + len(url)])
    ]
    if not written:
        return block
    anchors = sorted((*block.anchors, *written), key=lambda anchor: anchor.start)
    return Block(block.text, tuple(anchors), block.heading)


def written_urls(text: str) -> list[tuple[int, str]]:
    """Every URL written out in `text` with its place, those glued to one another apart.

    A URL inside a URL is a part of it when a `/`, `=`, `:`, `%` or `?` leads to it (archives, wrappers), else it is
    the next one: "…59063766https://…" (seen on public pages).
    """
    answer = []
    for found in BARE_URL.finditer(text):
        starts = [0, *(inner.start() for inner in re.finditer(r"(?<=[^/=:%?&])https?://", found[0], re.IGNORECASE))]
        for start, end in zip(starts, [*starts[1:], len(found[0])], strict=True):
            url = trim_url(found[0][start:end])
            if len(url) > len("https://"):
                answer.append((found.start() + start, url))
    return answer
