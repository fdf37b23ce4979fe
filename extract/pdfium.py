"""The first reader of PDFs (pypdfium2): text page by page, labels, metadata, and what a page without text shows."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import pypdfium2.raw as raw

from extract.document import DocumentState, Page
from extract.metadata import iso_date, language_of, names_of
from extract.quality import COVERED, DRAWN, MALFORMED, SCANNED, UNREADABLE, CannotOpen, blank_page, soundness
from extract.redaction import hidden_text
from extract.textpage import TextPage, placed, rearranged, tidied
from extract.tidy import METADATA_CAP, clean_line, clean_text

READER = f"pypdfium2 {version('pypdfium2')}"
FEW_CHARACTERS = 20  # a page with fewer is looked at for pictures: a stamp or page number is no text layer
PICTURE_SHARE = 0.5  # of the page's area
OBJECTS_LOOKED_AT = 500
RULES = 3  # above and below a page's text, and one at its footnotes
_ERRORS = {
    raw.FPDF_ERR_PASSWORD: (DocumentState.ENCRYPTED, "a password is needed to open it"),
    raw.FPDF_ERR_SECURITY: (DocumentState.ENCRYPTED, "encrypted in a way that cannot be opened"),
    raw.FPDF_ERR_FORMAT: (DocumentState.DAMAGED, MALFORMED),
}


class PdfiumFile:
    """An open PDF, as a context manager; CannotOpen when it cannot be opened.

    PDFium tries the empty password itself. The bytes must stay alive as long as the file is open, so they are kept.
    """

    def __init__(self, content: bytes) -> None:
        _initialise()
        self._content = content
        self._handle = raw.FPDF_LoadMemDocument64(content, len(content), None)
        if not self._handle:
            raise CannotOpen(*_ERRORS.get(raw.FPDF_GetLastError(), (DocumentState.DAMAGED, "cannot be opened")))
        self.page_count: int = raw.FPDF_GetPageCount(self._handle)
        self._has_labels = raw.FPDF_GetPageLabel(self._handle, 0, None, 0) > 0  # 0 bytes: the catalogue has none

    def __enter__(self) -> "PdfiumFile":
        return self

    def __exit__(self, *_: object) -> None:
        raw.FPDF_CloseDocument(self._handle)

    def page(self, number: int) -> Page:
        """Page `number` (from 1): its text, or in `note` why there is none."""
        label = self._label(number)
        handle = raw.FPDF_LoadPage(self._handle, number - 1)
        if not handle:
            return Page(number, "", label, 0.0, READER, UNREADABLE)
        try:
            with TextPage(handle) as text_page:
                pieces = text_page.pieces()
                if pieces and _is_ruled(handle):
                    pieces = []
                found = rearranged(text_page.text, pieces)
                hidden = placed(hidden_text(handle, text_page), text_page.text, pieces)
            text = tidied(found)
            note = _what_is_seen(handle) if len(text.strip()) < FEW_CHARACTERS else ""
        finally:
            raw.FPDF_ClosePage(handle)
        if not text.strip():
            return blank_page(number, label, READER) if not note else Page(number, "", label, 0.0, READER, note)
        note = note if note == SCANNED else COVERED if hidden else ""
        return Page(number, text, label, soundness(found), READER, note, hidden)

    @contextmanager
    def opened(self, number: int) -> Iterator[Any]:
        """PDFium's handle of page `number` (from 1), for what else is asked of it; CannotOpen when there is none."""
        handle = raw.FPDF_LoadPage(self._handle, number - 1)
        if not handle:
            raise CannotOpen(DocumentState.DAMAGED, UNREADABLE)
        try:
            yield handle
        finally:
            raw.FPDF_ClosePage(handle)

    def _label(self, number: int) -> str | None:
        if not self._has_labels:
            return None
        label = _string(lambda buffer, size: raw.FPDF_GetPageLabel(self._handle, number - 1, buffer, size), cap=200)
        return clean_line(label, 100) or None

    def metadata(self) -> dict[str, Any]:
        """The fields of Document that the file itself states, cleaned and clamped; what is nonsense is left out."""
        return {
            "title": clean_line(self._meta("Title")),
            "authors": names_of(clean_text(self._meta("Author"))),
            "created": iso_date(self._meta("CreationDate")),
            "modified": iso_date(self._meta("ModDate")),
            "producer": clean_line(self._meta("Producer") or self._meta("Creator")) or None,
            "language": self._language(),
        }

    def _meta(self, key: str) -> str:
        name = key.encode("ascii")
        return _string(lambda buffer, size: raw.FPDF_GetMetaText(self._handle, name, buffer, size)).replace("\0", "")

    def _language(self) -> str | None:
        return language_of(_string(lambda buffer, size: raw.FPDFCatalog_GetLanguage(self._handle, buffer, size)))


def _initialise() -> None:
    import pypdfium2  # noqa: F401  (importing the package initialises the library once)


def _string(ask: Callable[[Any, int], int], cap: int = METADATA_CAP) -> str:
    """What a PDFium function that fills a buffer with UTF-16LE says; unpaired surrogates become U+FFFD."""
    size = ask(None, 0)
    if not 0 < size <= 1 << 26:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: min(size, cap * 8)].decode("utf-16-le", "replace").rstrip("\0")


def _what_is_seen(page: Any) -> str:
    """ "" for a blank page, else what is on it instead of text: a picture of a page, or drawings and letters unread."""
    count = raw.FPDFPage_CountObjects(page)
    if count <= 0:
        return ""
    area = max(raw.FPDF_GetPageWidthF(page) * raw.FPDF_GetPageHeightF(page), 1.0)
    pictures = 0.0
    for at in range(min(count, OBJECTS_LOOKED_AT)):
        pictures += _picture_area(raw.FPDFPage_GetObject(page, at))
    return SCANNED if pictures > PICTURE_SHARE * area else DRAWN


def _is_ruled(page: Any) -> bool:
    """True when lines or shades of rows cross much of the page, as in a table whose cells hold prose."""
    least = raw.FPDF_GetPageWidthF(page) / 3
    across = 0
    for at in range(min(raw.FPDFPage_CountObjects(page), OBJECTS_LOOKED_AT)):
        found = raw.FPDFPage_GetObject(page, at)
        if raw.FPDFPageObj_GetType(found) == raw.FPDF_PAGEOBJ_PATH:
            left, bottom, right, top = bounds_of(found)
            across += right - left > max(least, 3 * (top - bottom))
    return across > RULES


def _picture_area(found: Any) -> float:
    """The area of an image; that of a form too, for scanners wrap their pictures in forms."""
    if raw.FPDFPageObj_GetType(found) not in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
        return 0.0
    left, bottom, right, top = bounds_of(found)
    return (right - left) * (top - bottom)


def bounds_of(found: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of an object of a page, in points; all 0 when it has none."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(found, left, bottom, right, top)
    return left.value, bottom.value, max(right.value, left.value), max(top.value, bottom.value)
