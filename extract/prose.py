"""How much a page has to say: the bytes of its text, counted between tags in one pass, without a parser."""

import re
from dataclasses import dataclass

# A tag, a declaration, or the beginning of a comment. What stands between `<` and the next `<` or `>` is looked at once
# only, so that the pass is linear in the page whatever it holds.
_TAG = re.compile(rb"<(?:!--|![a-z][^<>]*>|(/?)([a-z][a-z0-9]*)[^<>]*>)")
_UNSHOWN = frozenset({
    b"script", b"style", b"noscript", b"template", b"svg", b"title", b"select", b"textarea", b"iframe", b"object",
})  # fmt: skip
_WITHIN_A_LINE = frozenset({
    b"a", b"abbr", b"b", b"br", b"cite", b"code", b"em", b"font", b"i", b"img", b"mark", b"q", b"small", b"span",
    b"strong", b"sub", b"sup", b"time", b"u", b"wbr",
})  # fmt: skip
# Menus, buttons and footers are made of short pieces; what stands outside a paragraph counts from here on, in bytes.
_PIECE = 60
_CODE = 60  # bytes: a longer "word" of ASCII is an address, or a wall's sum to be worked out
FIRST = 300  # bytes of the first words that are kept
MOST_TAGS = 20_000  # a page of more is no wall, and counting is not to hold up those who wait


@dataclass(frozen=True, slots=True)
class Prose:
    """What was counted: bytes of UTF-8 or whatever the page is coded in, runs of blanks as one.

    `running` is running text: paragraphs, and longer pieces outside them, without the words of links. `all` is
    everything a reader would see, `first` its beginning. `whole` is False when the counting ended early.
    """

    running: int
    all: int
    first: bytes
    whole: bool


def prose(content: bytes, enough: int) -> Prose:
    """The text of a page in lower case, counted until there are `enough` bytes of running text.

    A page of very many tags counts as if it had enough.
    """
    counted = _Count()
    at = 0
    for _ in range(MOST_TAGS):
        tag = _TAG.search(content, at)
        counted.text(content[at : tag.start() if tag else len(content)])
        if tag is None:
            counted.end_piece()
            return Prose(counted.running, counted.all, counted.first[:FIRST], True)
        at = tag.end()
        closing, name = tag[1], tag[2]
        if tag[0] == b"<!--":
            at = _behind(content, b"-->", at)
        elif not closing and name in _UNSHOWN:
            at = _behind(content, b">", _behind(content, b"</" + name, at))
        elif name:
            counted.tag(name, bool(closing))
        if counted.running >= enough:
            break
    return Prose(max(counted.running, enough), max(counted.all, enough), counted.first[:FIRST], False)


def _behind(content: bytes, end: bytes, at: int) -> int:
    """Where what began before `at` is over; the end of the page when it never ends."""
    found = content.find(end, at)
    return len(content) if found < 0 else found + len(end)


class _Count:
    """The state of one pass."""

    def __init__(self) -> None:
        self.running = self.all = 0
        self.first = b""
        self._piece = 0
        self._in_link = self._in_paragraph = False

    def text(self, raw: bytes) -> None:
        words = [word for word in raw.replace(b"&nbsp;", b" ").split() if len(word) < _CODE or not word.isascii()]
        if not words:
            return
        size = sum(map(len, words)) + len(words)
        self.all += size
        if len(self.first) < FIRST:
            self.first += b" ".join(words) + b" "
        if not self._in_link:
            self._piece += size

    def tag(self, name: bytes, is_closing: bool) -> None:
        if name not in _WITHIN_A_LINE:
            self.end_piece()
            self._in_link = False  # a link that was never closed ends with its block
            if name == b"p":
                self._in_paragraph = not is_closing
        elif name == b"a":
            self._in_link = not is_closing

    def end_piece(self) -> None:
        if self._in_paragraph or self._piece >= _PIECE:
            self.running += self._piece
        if self._piece and len(self.first) < FIRST:
            self.first += b"\n"
        self._piece = 0
