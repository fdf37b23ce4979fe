"""What the readers of PDFs share: how sound a text is, which of two is better, why a file cannot be opened."""

import re

from extract.document import DocumentState, Page

SCANNED = "no text layer: the page is a picture"
DRAWN = "no text layer: only drawings or pictures"
BLANK = "blank"
COVERED = "text under black boxes"
UNREADABLE = "the page cannot be read"
MALFORMED = "not a well-formed PDF"

SOUND = 0.8  # below it another reader is asked
LONG_WORDS = 14  # letters a word in text that lost its blanks; the longest mean of 80 real documents was 9
_UNSOUND = re.compile("[\ufffd\x00-\x01\x03-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff]")
_GLYPH_NUMBER = re.compile(r"\(cid:\d+\)")
_LETTER = re.compile(r"[A-Za-z]")


class CannotOpen(Exception):
    """A reader cannot open the file: the state that follows, and a reason for people."""

    def __init__(self, state: DocumentState, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


def soundness(text: str) -> float:
    """The share of characters that are sound, 0…1: no U+FFFD, no control, no private use, no `(cid:n)`."""
    if not text:
        return 0.0
    if "(cid:" not in text and not _UNSOUND.search(text):  # most pages: a quarter of the time of counting
        return 1.0
    lost = len(_UNSOUND.findall(text)) + sum(map(len, _GLYPH_NUMBER.findall(text)))
    return round(1 - lost / len(text), 4)


def blank_page(number: int, label: str | None, reader: str) -> Page:
    """A page on which nothing stands; that is no fault."""
    return Page(number, "", label, 1.0, reader, BLANK)


def is_doubtful(page: Page) -> bool:
    """True when another reader may do better: no text though not blank or scanned, unsound text, lost blanks.

    A page of hidden text stays with the reader who knows what is hidden.
    """
    if page.hidden:
        return False
    if not page.text:
        return page.note in (DRAWN, UNREADABLE)
    return page.quality < SOUND or lost_blanks(page.text)


def lost_blanks(text: str) -> bool:
    """True for text in Latin letters whose words run together ("Thismanualdescribes")."""
    sample = text[:20_000]
    room = LONG_WORDS * len(sample.split())
    return len(sample) > max(200, room) and len(_LETTER.findall(sample)) > max(200, room)


def better(first: Page, second: Page) -> Page:
    """The better of two readings of one page; the first unless the second has clearly more."""
    if not first.text.strip():
        return second if second.text.strip() or (first.note in (BLANK, UNREADABLE) and second.note) else first
    if second.quality > first.quality + 0.05 or (lost_blanks(first.text) and not lost_blanks(second.text)):
        return second
    return first
