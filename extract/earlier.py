"""An earlier reading of a payload: whether today's readers made it, and whether a new one may take its place."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from extract.document import Document, DocumentState
from extract.reading import UNREAD

# A reading with less of the sound text than this share is no better one, whatever made it.
LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of an earlier reading; `characters` are the sound ones: each page's, times its quality."""

    type: str
    state: DocumentState
    reader: str
    pages: int
    characters: float


def is_current(reader: str) -> bool:
    """True when each of these readers ("pypdfium2 5.15.2 + pdfplumber 0.11.10") is installed as it was then.

    A reader of our own has no version and stays current. Nobody ("") is not: there may be a reader by now.
    """
    return bool(reader) and all(map(_is_installed, reader.split(" + ")))


def _is_installed(reader: str) -> bool:
    name, _, number = reader.rpartition(" ")
    if not number[:1].isdigit():
        return True
    try:
        return version(name) == number
    except (PackageNotFoundError, ValueError):
        return False


def _rank(state: DocumentState) -> int:
    """Text is more than a verdict that there is none to be had, which is more than a reading that failed."""
    return 2 if state is DocumentState.READ else 0 if state in UNREAD else 1


def is_worse(earlier: Earlier, now: Document) -> bool:
    """True for a new reading that must not replace the earlier one.

    That is one that failed where the earlier did not, or found no text where the earlier did; one that was cut short
    before where the earlier came to; and, of a document of the same type, one that lost more than half of the sound
    text.
    """
    if _rank(now.state) < _rank(earlier.state):
        return True
    if earlier.state is not DocumentState.READ:
        return False
    if len(now.pages) < min(earlier.pages, now.page_count):
        return True
    characters = sum(len(page.text) * page.quality for page in now.pages)
    return now.type == earlier.type and characters < LEAST_SHARE * earlier.characters
