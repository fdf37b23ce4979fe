"""Tidy text: what may enter the catalogue, and the folded form in which passages are looked for."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

METADATA_CAP = 4096  # characters; a title of 10 MB was met

_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Anything that any of the three would change: most texts have nothing of it, and one look is a quarter of three.
_UNTIDY = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean_text(text: str) -> str:
    r"""The text as the catalogue can hold it: `\n` line ends, no controls but `\n` and `\t`, no lone surrogates.

    SQLite's FTS5 eats what follows a NUL in snippets, and a surrogate aborts an INSERT. Surrogates become U+FFFD,
    the rest of what is unfit goes. Cleaning twice changes nothing.
    """
    if not _UNTIDY.search(text):
        return text
    text = _LINE_ENDS.sub("\n", text)
    return _SURROGATES.sub("\ufffd", _UNFIT.sub("", text))


def clean_line(text: str, cap: int = METADATA_CAP) -> str:
    """The text as one clean line (a title, a name) of at most `cap` characters."""
    return " ".join(clean_text(text[: cap * 4]).split())[:cap]


_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "…": "..."}
_QUOTES = dict.fromkeys("‘’‚‛′ʼ`´", "'") | dict.fromkeys("“”„‟″«»", '"')
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
_SINGLE = _LIGATURES | _QUOTES | _DASHES
# Soft hyphen, zero-width blank and joiner, byte order mark, directional marks: seen by nobody.
_UNSEEN = "\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CHANGES = re.compile(
    rf"(?P<broken>(?<=\w)[-\u2010\u00ad][ \t]*\n\s*(?=\w))|(?P<blank>(?!\x20(?!\s))[\s{_UNSEEN}]*\s[\s{_UNSEEN}]*)"
    rf"|(?P<unseen>[{_UNSEEN}]+)|(?P<single>[{''.join(_SINGLE)}])"
)
_COMPOUND = re.compile(r"\w+[-\u2010\u2011]\w+")
_WORD_BEFORE, _WORD_AFTER = re.compile(r"\w{1,40}\Z"), re.compile(r"\w{1,40}")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and the way back. The stretches are (folded start, original start, folded end, original end)."""

    text: str
    stretches: tuple[tuple[int, int, int, int], ...]
    starts: tuple[int, ...]
    inner: "Folded | None" = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text that the folded range `start`…`end` came from; IndexError outside the text."""
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"{start}…{end} is outside the folded text")
        first = self._stretch(start)
        begin = first[1] + (start - first[0] if _is_even(first) else 0)
        last = self._stretch(end - 1) if end > start else first
        close = last[1] + (end - last[0]) if _is_even(last) else last[3] if end > start else begin
        return self.inner.original(begin, close) if self.inner else (begin, close)

    def _stretch(self, at: int) -> tuple[int, int, int, int]:
        return self.stretches[max(bisect_right(self.starts, at) - 1, 0)] if self.stretches else (0, 0, 0, 0)


def _is_even(stretch: tuple[int, int, int, int]) -> bool:
    return stretch[2] - stretch[0] == stretch[3] - stretch[1]


def fold(text: str) -> Folded:
    """The normal form for search and claims, with a map back to `text`.

    Composed letters (NFC), ligatures opened, soft hyphens and directional marks dropped, a word broken at a line
    end joined, runs of blanks to one, none at the ends, straight quotes, one dash. Words, digits and their order
    stay: "4-2" never becomes "42".
    """
    inner = None
    if not unicodedata.is_normalized("NFC", text):
        inner = _built(text, _composed(text))
        text = inner.text
    return _built(text, _changes(text), inner)


def _built(text: str, changes: list[tuple[int, int, str]], inner: Folded | None = None) -> Folded:
    """Apply (start, end, replacement) in order and remember where everything came from."""
    parts: list[str] = []
    stretches: list[tuple[int, int, int, int]] = []
    at = folded = 0
    for start, end, new in (*changes, (len(text), len(text), "")):
        if start > at:
            stretches.append((folded, at, folded + start - at, start))
            parts.append(text[at:start])
            folded += start - at
        if new:
            stretches.append((folded, start, folded + len(new), end))
            parts.append(new)
            folded += len(new)
        at = end
    return Folded("".join(parts), tuple(stretches), tuple(stretch[0] for stretch in stretches), inner)


def _changes(text: str) -> list[tuple[int, int, str]]:
    compounds: set[str] | None = None
    found = []
    for match in _CHANGES.finditer(text):
        start, end = match.span()
        if match.lastgroup == "blank":
            new = " " if start > 0 and end < len(text) else ""
        elif match.lastgroup == "single":
            new = _SINGLE[match[0]]
        elif match.lastgroup == "broken":
            compounds = set(_COMPOUND.findall(text)) if compounds is None else compounds
            new = _joint(text, start, end, compounds.__contains__)
        else:
            new = ""
        found.append((start, end, new))
    return found


def _joint(text: str, start: int, end: int, known: Callable[[str], bool]) -> str:
    """What stands where a hyphen and a line break stood: nothing in a broken word, a hyphen in a compound.

    A break before a lower-case letter is a broken word, unless the text has the compound elsewhere on one line.
    """
    before, after = _WORD_BEFORE.search(text[max(start - 40, 0) : start]), _WORD_AFTER.match(text, end)
    whole = f"{before[0] if before else ''}-{after[0] if after else ''}"
    if text[start] == "\u00ad":
        return ""
    return "" if text[end].islower() and text[start - 1].isalpha() and not known(whole) else "-"


def _composed(text: str) -> list[tuple[int, int, str]]:
    """The changes that NFC makes, cluster by cluster (a cluster starts at a character that joins nothing before it)."""
    found, start = [], 0
    for at in range(1, len(text) + 1):
        if at < len(text) and (unicodedata.combining(text[at]) or "\u1160" <= text[at] <= "\u11ff"):
            continue
        cluster = text[start:at]
        new = unicodedata.normalize("NFC", cluster)
        if new != cluster:
            found.append((start, at, new))
        start = at
    return found
