"""Which pages of a PDF have enough drawn on them for a table (pypdfium2): the others need not be asked for one."""

from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as raw

from extract.pdfium import PdfiumFile
from extract.quality import CannotOpen

# Pages with at least so many drawn paths kept 80 of 81 tables of 82 real files; counting is a tenth of the search.
FEWEST_PATHS = 4
MANY_LINES = 12  # of one path: a whole grid may be drawn in one
_LOOKED_AT = 20_000  # objects of a page


def ruled_pages(file: PdfiumFile, numbers: range) -> Iterator[int]:
    """Those of these pages that may hold a ruled table, in order; one that cannot be loaded is left out."""
    for number in numbers:
        try:
            with file.opened(number) as page:
                if _paths(page) >= FEWEST_PATHS:
                    yield number
        except CannotOpen:
            continue


def _paths(page: Any) -> int:
    """The paths drawn on a page and in its forms, counted as far as they matter."""
    found, looked_at = 0, min(raw.FPDFPage_CountObjects(page), _LOOKED_AT)
    for at in range(looked_at):
        found += _worth(raw.FPDFPage_GetObject(page, at))
        if found >= FEWEST_PATHS:
            break
    return found


def _worth(drawn: Any) -> int:
    kind = raw.FPDFPageObj_GetType(drawn)
    if kind == raw.FPDF_PAGEOBJ_PATH:
        return FEWEST_PATHS if raw.FPDFPath_CountSegments(drawn) >= MANY_LINES else 1
    if kind == raw.FPDF_PAGEOBJ_FORM:
        inside = min(raw.FPDFFormObj_CountObjects(drawn), _LOOKED_AT)
        kinds = (raw.FPDFPageObj_GetType(raw.FPDFFormObj_GetObject(drawn, at)) for at in range(inside))
        return sum(one == raw.FPDF_PAGEOBJ_PATH for one in kinds)
    return 0
