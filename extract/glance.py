"""The glance: what an answer shows at first sight, by status, headers and first bytes, without a parser."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from extract.charset import declared_charset, decode_html, known_label
from extract.prose import Prose, prose
from extract.sniffing import bare_mime, charset_of

OPENING = 8 << 10  # bytes that are looked at first: heads, and the whole of most walls
MOST = 256 << 10  # bytes of a page whose text is counted
ENOUGH = 4_000  # bytes of running text: a page that has so much speaks for itself
TINY = 2 << 10  # bytes, below which all that a page says may be a sentence
A_SENTENCE = 300  # bytes
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_UNTOLD = frozenset({"", "text/plain", "application/octet-stream", "application/pdf"})
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{1,300})")
_HEADING = re.compile(rb"<h1[^<>]{0,500}>(.{1,600}?)</h1", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_PARTS = re.compile(r"\s+(?:[-–—|:·•»«~/]+|::)\s+|\s*\|\s*")
_ENDS = " \t\n.,;:!¡?¿…-–—|*\"'“”„«»()[]"
_WORDS = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "\u00a0": " ", "\u00ad": None, "\u200b": None})
# A paragraph without a tag in it, longer than any that walls and apologies were seen with (330 bytes, Anubis).
_PARAGRAPH = re.compile(rb"<p(?:\s[^<>]{0,500})?>[^<>{}]{400}")
# What sites say of a page to those who link to it; a wall has nothing to say of itself.
_CARD = (b"og:title", b'name="description"', b'rel="canonical"', b'name="citation_', b"name='description'")


@dataclass(frozen=True, slots=True)
class Said:
    """A line that a page says of itself: in its title, its heading or all of its text. `part` is how it is compared."""

    where: str
    line: str
    part: str


@dataclass(frozen=True)
class Glance:
    """An answer as far as it is looked at. What costs is found when it is asked for, and once.

    `url` is the address that was asked for, `redirected` True when a redirect led to it. `size` are the bytes of the
    entity as sent. `read` gives its first bytes with the coding taken off, at most so many; b"" when it cannot be.
    """

    status: int
    url: str
    headers: tuple[tuple[bytes, bytes], ...]
    size: int
    read: Callable[[int], bytes]
    redirected: bool = False

    @cached_property
    def named(self) -> dict[bytes, bytes]:
        """The last value of each header, by name in lower case."""
        return {name.lower(): value for name, value in self.headers}

    def header(self, name: bytes) -> str:
        """The value of a header (name in lower case) in lower case, "" when there is none."""
        return self.named.get(name, b"").decode("latin-1").strip().lower()

    @cached_property
    def declared(self) -> str:
        """`type/subtype` of Content-Type, "" when there is none."""
        return bare_mime(self.header(b"content-type"))

    @cached_property
    def _opening(self) -> bytes:
        return self._start(OPENING)

    @cached_property
    def opening(self) -> bytes:
        """The first bytes in lower case; of UTF-16 what is left of it without its NULs, which will do for tags."""
        return self._opening.lower()

    @cached_property
    def is_page(self) -> bool:
        """True for a web page, by its label or, where the label tells nothing, by its first bytes."""
        return self.declared in _PAGES or (self.declared in _UNTOLD and looks_like_html(self.opening))

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """What the page says of itself, the title first.

        The heading counts where it stands near, or where a title of one part leaves open what the page is; the text
        where it is all there is.
        """
        said = list(_said("title", _line(self._text(self._first(b"<title", _TITLE)))))
        near = b"<h1" in self.opening
        if near or len(said) < 2:
            heading = self._text(self._first(b"<h1", _HEADING))
            said += _said("heading", _line(_TAG.sub(" ", heading) if "<" in heading else heading))
        if len(self.opening) < TINY and self.prose.all < A_SENTENCE:
            for line in re.split("[.!?\n]", self._text(self.prose.first)):
                said += _said("text", _line(line))
        return tuple(said)

    def _first(self, mark: bytes, form: re.Pattern[bytes]) -> bytes:
        """The first group of `form` where `mark` stands first, in the opening or further on; cased as it was sent."""
        near = mark in self.opening
        start = self._opening if near else self._start(MOST)
        lower = self.opening if near else start.lower()
        found = form.match(lower, max(lower.find(mark), 0))
        return start[found.start(1) : found.end(1)] if found else b""

    def _start(self, most: int) -> bytes:
        start = self.read(most)
        return start.replace(b"\0", b"") if start[:2] in (b"\xff\xfe", b"\xfe\xff") else start

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:  # also when 300 bytes end within a character: then the label says so too
            label = known_label(charset_of(self.header(b"content-type"))) or declared_charset(self.opening)
            return decode_html(raw, label or "windows-1252")

    @cached_property
    def prose(self) -> Prose:
        """How much the page has to say; of a page longer than MOST it counts as enough."""
        content = self._start(MOST + 1)
        counted = prose(content[:MOST].lower(), ENOUGH)
        return counted if len(content) <= MOST else Prose(ENOUGH, ENOUGH, counted.first, False)

    @cached_property
    def says_something(self) -> bool:
        """True if the first bytes hold a paragraph of the site's own: most pages are told by that alone."""
        return _PARAGRAPH.search(self.opening) is not None

    @cached_property
    def has_card(self) -> bool:
        """True if the page describes itself for those who link to it."""
        return any(mark in self.opening for mark in _CARD)


def looks_like_html(beginning: bytes) -> bool:
    """True if these first bytes are markup, whatever the server called them."""
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:256].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--", b"<script", b"<title", b"<?xml"))


def _line(text: str) -> str:
    return " ".join((unescape(text) if "&" in text else text).split())


def _said(where: str, line: str) -> Iterator[Said]:
    """A line as it is compared: in lower case, split where sites put their name, without points at the ends."""
    folded = line.lower() if line.isascii() else line.translate(_WORDS).casefold()
    for part in _PARTS.split(folded):
        if bare := part.strip(_ENDS):
            yield Said(where, line, bare)
