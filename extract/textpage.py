"""The text of one page as PDFium has it, and where on the page its letters stand."""

import ctypes
from typing import Any

import pypdfium2.raw as raw

from extract.columns import Box, Span, in_columns

HYPHENS = ("\x02", "\ufffe")  # PDFium's signs for a hyphen with the line break that followed it
MORE_RUNS = 1.3  # runs of text a line: with fewer no page has two columns in its lines


class TextPage:
    """What stands on a page, as a context manager.

    `text` is in PDFium's order, with its signs for hyphens and CR LF line ends; "" when there is none.
    """

    def __init__(self, page: Any) -> None:
        self._handle = raw.FPDFText_LoadPage(page)
        self._first = 0
        self._is_even = False  # a character for each UTF-16 unit of the text, so that places in it mean characters
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
        self._first, self._is_even = first, last - first + 1 == written - 1 == len(text)
        return text

    def pieces(self) -> list[Span]:
        """The pieces of `text` in the order of two columns whose rows were written alternately; [] when it is right."""
        if not self._is_even or self._runs(0, len(self.text)) < MORE_RUNS * self.text.count("\n"):
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

    def _runs(self, start: int, end: int) -> int:
        return raw.FPDFText_CountRects(self._handle, self._first + start, end - start)  # type: ignore[no-any-return]


def rearranged(text: str, pieces: list[Span]) -> str:
    """The pieces of the text one after the other, a line each; the text itself where there are no pieces."""
    if not pieces:
        return text
    lines = (text[start:end] for start, end in pieces)
    return "".join(line if line.endswith(HYPHENS) else f"{line}\r\n" for line in lines).removesuffix("\r\n")


def with_line_ends(text: str) -> str:
    """PDFium's text with one sign for the end of a line, which is also what follows a hyphen there."""
    return text.replace("\r\n", "\n").replace("\x02", "-\n").replace("\ufffe", "-\n")
