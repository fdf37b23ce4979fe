"""The text of one page as PDFium has it, and where on the page its letters stand."""

import ctypes
from typing import Any

import pypdfium2.raw as raw

from extract.columns import Box, Span, in_columns
from extract.tidy import clean_text

HYPHENS = ("\x02", "\ufffe")  # PDFium's signs for a hyphen with the line break that followed it
MORE_RUNS = 1.3  # runs of text a line: with fewer no page has two columns in its lines


class TextPage:
    """What stands on a page, as a context manager.

    `text` is in PDFium's order, with its signs for hyphens and CR LF line ends; "" when there is none. Places in it are
    PDFium's characters when `is_even`: what is asked about a place is only true then.
    """

    def __init__(self, page: Any) -> None:
        self._handle = raw.FPDFText_LoadPage(page)
        self._first = 0
        self.is_even = False
        self.text = self._whole() if self._handle else ""

    def __enter__(self) -> "TextPage":
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle:
            raw.FPDFText_ClosePage(self._handle)

    def _whole(self) -> str:
        first, last = 0, raw.FPDFText_CountChars(self._handle) - 1
        index = raw.FPDFText_GetTextIndexFromCharIndex
        while first <= last and (start := index(self._handle, first)) < 0:
            first += 1
        while last >= first and (end := index(self._handle, last)) < 0:
            last -= 1
        if first > last:
            return ""
        buffer = ctypes.create_string_buffer(2 * (end - start + 18))
        units = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
        written = raw.FPDFText_GetText(self._handle, first, last - first + 1, units)
        text = buffer.raw[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
        self._first, self.is_even = first, last - first + 1 == written - 1 == len(text)
        return text

    def pieces(self) -> list[Span]:
        """The pieces of `text` in the order of two columns whose rows were written alternately; [] when it is right."""
        if not self.is_even or self._runs(0, len(self.text)) < MORE_RUNS * self.text.count("\n"):
            return []
        return in_columns(self.text, self.boxes)

    def boxes(self, start: int, end: int) -> list[Box]:
        """The boxes of the runs between two places in the text: a run is what one instruction of the page wrote."""
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        found = []
        for at in range(self._runs(start, end)):
            if raw.FPDFText_GetRect(self._handle, at, left, top, right, bottom):
                found.append((left.value, bottom.value, right.value, top.value))
        return found

    def holds_text(self, box: Box) -> bool:
        """True when some letter lies in the box."""
        left, bottom, right, top = box
        return bool(raw.FPDFText_GetBoundedText(self._handle, left, top, right, bottom, None, 0) > 0)

    def middle(self, at: int) -> tuple[float, float]:
        """The middle of the letter at that place in `text`, in points from the lower left."""
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        raw.FPDFText_GetCharBox(self._handle, self._first + at, left, right, bottom, top)
        return (left.value + right.value) / 2, (bottom.value + top.value) / 2

    def object_of(self, at: int) -> Any:
        """PDFium's handle of the text object that wrote the letter, false for a blank that PDFium added."""
        return raw.FPDFText_GetTextObject(self._handle, self._first + at)

    def _runs(self, start: int, end: int) -> int:
        return raw.FPDFText_CountRects(self._handle, self._first + start, end - start)  # type: ignore[no-any-return]


def rearranged(text: str, pieces: list[Span]) -> str:
    """The pieces of the text one after the other, a line each; the text itself where there are no pieces."""
    if not pieces:
        return text
    lines = (text[start:end] for start, end in pieces)
    return "".join(line if line.endswith(HYPHENS) else f"{line}\r\n" for line in lines).removesuffix("\r\n")


def tidied(text: str) -> str:
    r"""PDFium's text as a page's: `\n` line ends, also after the hyphens for which PDFium has a sign."""
    return clean_text(text.replace("\r\n", "\n").replace("\x02", "-\n").replace("\ufffe", "-\n"))


def placed(spans: list[Span], text: str, pieces: list[Span]) -> tuple[Span, ...]:
    """Where ranges of PDFium's text lie in the page's, after it was rearranged and tidied."""
    if not spans:
        return ()
    moved, at = [], 0
    for start, end in pieces or [(0, len(text))]:
        parts = ((max(one, start), min(other, end)) for one, other in spans if one < end and other > start)
        moved += [(at + one - start, at + other - start) for one, other in parts]
        at += end - start + (0 if text[start:end].endswith(HYPHENS) else len("\r\n"))
    ordered = rearranged(text, pieces)
    return tuple((len(tidied(ordered[:one])), len(tidied(ordered[:other]))) for one, other in moved)
