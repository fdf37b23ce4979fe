"""pypdf's part: asked when both other readers fail, for it never hung on a hostile file, though it reads less."""

import io
import logging
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any

import pypdf
from pypdf.errors import FileNotDecryptedError, WrongPasswordError

from extract.document import DocumentState, Page
from extract.metadata import iso_date, language_of, names_of
from extract.quality import MALFORMED, UNREADABLE, CannotOpen, blank_page, soundness
from extract.tidy import clean_line, clean_text

READER = f"pypdf {version('pypdf')}"
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def open_last(content: bytes) -> pypdf.PdfReader:
    """The file open in pypdf, which tries the empty password itself; CannotOpen says why it cannot be opened."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        len(reader.pages)
    except (FileNotDecryptedError, WrongPasswordError) as error:
        raise CannotOpen(DocumentState.ENCRYPTED, "a password is needed to open it") from error
    except Exception as error:  # its parser raises what the bytes make it raise
        raise CannotOpen(DocumentState.DAMAGED, MALFORMED) from error
    return reader


def read_texts(reader: pypdf.PdfReader, numbers: Iterable[int]) -> Iterator[Page]:
    """Those pages (from 1) as pypdf reads them."""
    for number in numbers:
        try:
            page = reader.pages[number - 1]
            found = page.extract_text()
            empty = not found and page.get_contents() is None
        except Exception:  # one bad page must not cost the others
            yield Page(number, "", None, 0.0, READER, UNREADABLE)
            continue
        text = clean_text(found)
        yield blank_page(number, None, READER) if empty else Page(number, text, None, soundness(found), READER)


def read_metadata(reader: pypdf.PdfReader) -> dict[str, Any]:
    """The fields of Document that the file states, as `PdfiumFile.metadata` gives them."""
    stated = {key.lstrip("/"): value for key, value in (reader.metadata or {}).items() if isinstance(value, str)}
    return {
        "title": clean_line(stated.get("Title", "")),
        "authors": names_of(clean_text(stated.get("Author", ""))),
        "created": iso_date(stated.get("CreationDate", "")),
        "modified": iso_date(stated.get("ModDate", "")),
        "producer": clean_line(stated.get("Producer") or stated.get("Creator") or "") or None,
        "language": language_of(str(reader.root_object.get("/Lang", ""))),
    }
