"""pdfplumber's part: tables, and the second opinion where PDFium reads nothing or nonsense."""

import io
import math
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

from extract.document import DocumentState, Page
from extract.metadata import iso_date, language_of, names_of
from extract.patience import OutOfPatience, patience
from extract.pdfium import PdfiumFile
from extract.quality import MALFORMED, UNREADABLE, CannotOpen, blank_page, soundness
from extract.ruling import ruled_pages
from extract.tidy import clean_line, clean_text

READER = f"pdfplumber {version('pdfplumber')}"
# The default x_tolerance of 3 points swallows the blanks of LaTeX and DocBook: words found .595 against .970.
X_TOLERANCE_RATIO = 0.15
TABLES_CAP, ROWS_CAP = 200, 5000
TABLES_S = 15.0  # seconds; leaves a worker's limits room for the answer


def open_plumber(content: bytes) -> Any:
    """The file open in pdfplumber, tried with the empty password; CannotOpen with state and reason if it cannot be."""
    try:
        plumber = pdfplumber.open(io.BytesIO(content), password="")
    except Exception as error:  # a TypeError or RecursionError of its parser is not wrapped in a class of its own
        raise CannotOpen(*_verdict(error)) from error
    return plumber


def _verdict(error: Exception) -> tuple[DocumentState, str]:
    cause = error.args[0] if error.args else None  # the exception's own text is empty then
    if isinstance(error, PDFPasswordIncorrect) or isinstance(cause, PDFPasswordIncorrect):
        return DocumentState.ENCRYPTED, "a password is needed to open it"
    if isinstance(error, PDFEncryptionError) or isinstance(cause, PDFEncryptionError):
        return DocumentState.ENCRYPTED, "encrypted in a way that cannot be opened"
    return DocumentState.DAMAGED, MALFORMED


def read_texts(plumber: Any, numbers: Iterable[int]) -> Iterator[Page]:
    """Those pages (from 1) as pdfplumber reads them; each is closed at once, else 4.4 MB a page stay."""
    for number in numbers:
        page = plumber.pages[number - 1]
        try:
            found = page.extract_text(x_tolerance_ratio=X_TOLERANCE_RATIO) or ""
            blank = not found and not page.objects
        except Exception:  # boxes of strings, NaN or nothing raise what they like
            yield Page(number, "", None, 0.0, READER, UNREADABLE)
            continue
        finally:
            page.close()
        text = clean_text(found)
        yield blank_page(number, None, READER) if blank else Page(number, text, None, soundness(found), READER)


def read_metadata(plumber: Any) -> dict[str, Any]:
    """The fields of Document that the file states, as `PdfiumFile.metadata` gives them."""
    stated = {key: _as_text(value) for key, value in (plumber.metadata or {}).items()}
    return {
        "title": clean_line(stated.get("Title", "")),
        "authors": names_of(clean_text(stated.get("Author", ""))),
        "created": iso_date(stated.get("CreationDate", "")),
        "modified": iso_date(stated.get("ModDate", "")),
        "producer": clean_line(stated.get("Producer") or stated.get("Creator") or "") or None,
        "language": language_of(_as_text(plumber.doc.catalog.get("Lang", ""))),
    }


def _as_text(value: object) -> str:
    """A metadata value as text; a list as producer was met."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(part) for part in value[:10])
    return value if isinstance(value, str) else ""


def read_tables(content: bytes, *, budget_s: float = TABLES_S) -> dict[str, Any]:
    """The ruled tables of a PDF: {tables: [{page, box, rows}], reason}; a worker function.

    `page` is 1-based, `box` in points from the top left (x0, top, x1, bottom), an empty cell is "". `reason` says why
    there may be more: the time was up, there were too many, the file or a page cannot be read.
    """
    found: list[dict[str, Any]] = []
    reasons: list[str] = []
    try:
        with patience(budget_s), PdfiumFile(content) as file, open_plumber(content) as plumber:
            for number in ruled_pages(file, range(1, min(file.page_count, len(plumber.pages)) + 1)):
                _collect(plumber.pages[number - 1], number, found, reasons)
                if len(found) >= TABLES_CAP:
                    reasons.append(f"more than {TABLES_CAP} tables")
                    break
    except CannotOpen as refusal:
        reasons.append(refusal.reason)
    except OutOfPatience:
        reasons.append("the time was up")
    except Exception:  # a page box that is `null` is met when the pages are counted
        reasons.append("the rest is damaged")
    return {"tables": found[:TABLES_CAP], "reason": "; ".join(reasons)}


def _collect(page: Any, number: int, found: list[dict[str, Any]], reasons: list[str]) -> None:
    try:
        found.extend(_as_plain(number, table) for table in page.find_tables())
    except Exception:  # boxes of strings, NaN or nothing raise what they like
        reasons.append(f"page {number} cannot be read")
    finally:
        page.close()


def _as_plain(number: int, table: Any) -> dict[str, Any]:
    rows = [[clean_text(cell or "") for cell in row] for row in table.extract()[:ROWS_CAP]]
    return {"page": number, "box": [float(edge) for edge in table.bbox if math.isfinite(edge)], "rows": rows}
