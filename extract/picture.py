"""A page of a PDF as a picture, and where on it a passage stands (pypdfium2); worker functions."""

import base64
import ctypes
import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as raw

from extract.document import DocumentState
from extract.locating import Letters, letters_of
from extract.pdfium import PdfiumFile
from extract.quality import CannotOpen

Box = list[float]  # left, top, right, bottom, from the top left of the page as it is shown
NARROWEST, WIDEST = 50, 4000  # pixels
MOST_PIXELS = 4_000_000
_FINE = 100  # steps of a point: PDFium tells whole ones
_WHITE = 0xFFFFFFFF
# What a yellow marker leaves of each colour: black stays black.
_MARKER = [bytes(value * share // 255 for value in range(256)) for share in (255, 236, 96)]


def boxes(content: bytes, *, page: int, start: int, end: int) -> list[Box]:
    """Where characters `start`…`end` of `Page.text` of a page (from 1) stand: boxes in points, one a line.

    Empty when they are blanks, or read by another reader in another way. CannotOpen when there is no such page.
    """
    with PdfiumFile(content) as file, _opened(file, page) as handle:
        spans = _passage(letters_of(_characters(handle)), file.page(page).text, start, end)
        size = [max(round(edge * _FINE), 1) for edge in _size(handle)]
        return [[edge / _FINE for edge in box] for box in _boxes(handle, spans, size)]


def picture(content: bytes, *, page: int, width: int, quote: str = "") -> dict[str, Any]:
    """A page (from 1) as {png (base64), width, height, pages, boxes}, with the quotation marked wherever it stands.

    `width` and the boxes are in pixels. It is smaller when there would be more than MOST_PIXELS; no box when the page
    does not have the quotation. Just {reason} when it cannot be shown or there is no such page.
    """
    try:
        return _picture(content, page, width, quote)
    except CannotOpen as refusal:
        return {"reason": refusal.reason}


def _picture(content: bytes, page: int, width: int, quote: str) -> dict[str, Any]:
    with PdfiumFile(content) as file, _opened(file, page) as handle:
        size = _in_pixels(*_size(handle), width)
        spans = _quoted(letters_of(_characters(handle)), file.page(page).text, quote) if quote else []
        found = _boxes(handle, spans, size)
        rows = _rendered(handle, *size)
        for box in found:
            _mark(rows, box)
        png = base64.b64encode(_as_png(rows, *size)).decode("ascii")
        return {"png": png, "width": size[0], "height": size[1], "pages": file.page_count, "boxes": found}


@contextmanager
def _opened(file: PdfiumFile, number: int) -> Iterator[Any]:
    if not 1 <= number <= file.page_count:
        raise CannotOpen(DocumentState.DAMAGED, f"there is no page {number}: the file has {file.page_count}")
    with file.opened(number) as handle:
        yield handle


def _size(page: Any) -> tuple[float, float]:
    size = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    if not all(math.isfinite(edge) and 0 < edge < 1e6 for edge in size):
        raise CannotOpen(DocumentState.DAMAGED, "the page has no size")
    return size


def _in_pixels(page_width: float, page_height: float, width: int) -> tuple[int, int]:
    scale = min(max(width, NARROWEST), WIDEST) / page_width
    scale = min(scale, math.sqrt(MOST_PIXELS / (page_width * page_height)), MOST_PIXELS / max(page_width, page_height))
    return max(int(page_width * scale), 1), max(int(page_height * scale), 1)


def _characters(page: Any) -> list[str]:
    """The characters of a page by PDFium's own numbers."""
    with _text_page(page) as text_page:
        count = raw.FPDFText_CountChars(text_page)
        codes = [raw.FPDFText_GetUnicode(text_page, at) for at in range(count)]
    return [chr(code) if 0 < code < 0x110000 else " " for code in codes]


@contextmanager
def _text_page(page: Any) -> Iterator[Any]:
    text_page = raw.FPDFText_LoadPage(page)
    if not text_page:
        raise CannotOpen(DocumentState.DAMAGED, "the page has no text that can be read")
    try:
        yield text_page
    finally:
        raw.FPDFText_ClosePage(text_page)


def _passage(page: Letters, text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where on the page characters `start`…`end` of its text stand: as a whole, else line by line.

    The lines of a text may be in another order than those of the file.
    """
    passage = letters_of(text[start:end])
    found = page.starts(passage)
    if found:
        before = len(letters_of(text[:start]).text)
        return [page.span(min(found, key=lambda at: abs(at - before)), passage)]
    spans, begin = [], 0
    for line in text.splitlines(keepends=True):
        first, last = max(start - begin, 0), min(end - begin, len(line))
        part, whole = letters_of(line[first:last] if first < last else ""), page.starts(letters_of(line))
        if part.text and whole:
            spans.append(page.span(whole[0] + len(letters_of(line[:first]).text), part))
        begin += len(line)
    return spans


def _quoted(page: Letters, text: str, quote: str) -> list[tuple[int, int]]:
    """All places of a quotation; where the page's own order has none, those in its text."""
    sought, as_read = letters_of(quote), letters_of(text)
    found = page.starts(sought)
    if found:
        return [page.span(at, sought) for at in found]
    ranges = [as_read.span(at, sought) for at in as_read.starts(sought)]
    return [span for first, last in ranges for span in _passage(page, text, first, last + 1)]


def _boxes(page: Any, spans: Sequence[tuple[int, int]], size: Sequence[int]) -> list[list[int]]:
    """The boxes of these stretches of characters on the page as it is shown in that size."""
    found: list[list[int]] = []
    with _text_page(page) as text_page:
        for first, last in spans:
            for at in range(raw.FPDFText_CountRects(text_page, first, last - first + 1)):
                edges = [ctypes.c_double() for _ in range(4)]
                if raw.FPDFText_GetRect(text_page, at, *edges):
                    left, top, right, bottom = (edge.value for edge in edges)
                    found.append(_shown(page, size, (left, top), (right, bottom)))
    return found


def _shown(page: Any, size: Sequence[int], *corners: tuple[float, float]) -> list[int]:
    """The box of two corners in the page's own space, however the page is turned."""
    points = []
    for x, y in corners:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
        points.append((min(max(across.value, 0), size[0]), min(max(down.value, 0), size[1])))
    (left, top), (right, bottom) = points
    return [min(left, right), min(top, bottom), max(left, right), max(top, bottom)]


def _rendered(page: Any, width: int, height: int) -> list[bytearray]:
    """The rows of the page, three bytes a pixel (red, green, blue), with annotations."""
    stride = width * 3
    buffer = ctypes.create_string_buffer(stride * height)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGR, buffer, stride)
    if not bitmap:
        raise CannotOpen(DocumentState.DAMAGED, "the page cannot be shown")
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, _WHITE)
        flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    shown = memoryview(buffer)
    return [bytearray(shown[at : at + stride]) for at in range(0, stride * height, stride)]


def _mark(rows: Sequence[bytearray], box: Sequence[int]) -> None:
    left, top, right, bottom = box
    for row in rows[top : bottom + 1]:
        for colour, kept in enumerate(_MARKER):
            stretch = slice(3 * left + colour, 3 * right + colour, 3)
            row[stretch] = row[stretch].translate(kept)


def _as_png(rows: Sequence[bytes | bytearray], width: int, height: int) -> bytes:
    """The rows as PNG (W3C PNG, §11): one byte before each says that it is not filtered."""
    packed = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
