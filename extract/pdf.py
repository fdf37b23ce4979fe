"""A PDF becomes a Document: which reader takes which page, who is asked next, and a truthful state at the end."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from extract.document import Document, DocumentState, Page
from extract.patience import OutOfPatience, patience
from extract.quality import BLANK, COVERED, MALFORMED, SCANNED, UNREADABLE, CannotOpen, better, is_doubtful

PAGE_CAP = 5000
BUDGET_S = 15.0  # seconds; leaves a worker's limits room for the answer
PAGE_S = 0.002  # seconds more for each page, so that 5,000 honest ones are read whole…
LONGEST = 1.2  # …but no more than so many times the budget
TEXT_CAP = 20_000_000  # characters
SECOND_OPINION_S, SECOND_PAGE_S = 2.0, 0.5  # seconds: to open the file, for each page; pdfplumber reads about 16 in one
SECOND_LONGEST_S = 8.0  # seconds in all
SECOND_OPINION_PAGES = 60
READERS = ("pdfium", "pdfplumber", "pypdf")


@dataclass
class _Reading:
    """What one reader has made of the file so far; `stopped` says why it did not reach the last page.

    `end`, on the monotonic clock, is when to stop; the number of pages moves it as far as `latest`.
    """

    end: float
    latest: float
    page_count: int = 0
    metadata: dict[str, Any] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    stopped: str = ""


def read_pdf(content: bytes, *, budget_s: float = BUDGET_S, avoid: Iterable[str] = ()) -> Document:
    """The Document in a PDF's bytes; nothing raises for what the bytes are.

    PDFium reads; a page it cannot make sense of goes to pdfplumber as well, and the better text stays. A file that a
    reader cannot open goes to the next of READERS; `avoid` names those that died over it before. Reading stops after
    `budget_s` seconds (up to a fifth more for many pages), PAGE_CAP pages or TEXT_CAP characters with what it has: the
    reason says "pages 1-n of m".
    """
    now = time.monotonic()
    refusals: list[CannotOpen] = []
    for name in READERS:
        if name in avoid:
            continue
        try:
            reading = _ask(name, content, _Reading(now + budget_s, now + budget_s * LONGEST))
        except CannotOpen as refusal:
            refusals.append(refusal)
            continue
        if name == "pdfium":
            _ask_again(reading, content)
        return _document(reading)
    return _refused(refusals)


def _refused(refusals: list[CannotOpen]) -> Document:
    """The verdict when nobody could open it: a password is the truer word than what others stumbled over."""
    order = (DocumentState.ENCRYPTED, DocumentState.TIME_LIMIT)
    refusals.sort(key=lambda refusal: order.index(refusal.state) if refusal.state in order else len(order))
    if not refusals:
        return Document("pdf", DocumentState.DAMAGED, "every reader failed on it")
    return Document("pdf", refusals[0].state, refusals[0].reason)


def _ask(name: str, content: bytes, reading: _Reading) -> _Reading:
    """The reading, filled by one reader; CannotOpen when it cannot, or takes too long to say so."""
    try:
        if name == "pdfium":
            _READ[name](content, reading)
        else:
            with patience(reading.end - time.monotonic()):
                _READ[name](content, reading)
    except (CannotOpen, MemoryError):
        raise
    except (OutOfPatience, Exception) as error:  # parsers raise what the bytes make them raise
        late = isinstance(error, OutOfPatience)
        reading.stopped = "the time was up" if late else "the rest is damaged"
        if not reading.pages:
            state = DocumentState.TIME_LIMIT if late else DocumentState.DAMAGED
            raise CannotOpen(state, "the time was up before the first page" if late else MALFORMED) from error
    return reading


def _read_pdfium(content: bytes, reading: _Reading) -> None:
    from extract.pdfium import PdfiumFile

    with PdfiumFile(content) as file:
        _counted(reading, file.page_count)
        reading.metadata = file.metadata()
        _collect(reading, (file.page(number) for number in _numbers(reading)))


def _read_plumber(content: bytes, reading: _Reading) -> None:
    from extract.tables import open_plumber, read_metadata, read_texts

    with open_plumber(content) as plumber:
        _counted(reading, len(plumber.pages))
        _collect(reading, read_texts(plumber, _numbers(reading)))
        reading.metadata = read_metadata(plumber)  # last: a loop in it may never end


def _read_last(content: bytes, reading: _Reading) -> None:
    from extract.lastreader import open_last, read_metadata, read_texts

    reader = open_last(content)
    _counted(reading, len(reader.pages))
    _collect(reading, read_texts(reader, _numbers(reading)))
    reading.metadata = read_metadata(reader)


_READ: dict[str, Callable[[bytes, _Reading], None]] = {
    "pdfium": _read_pdfium,
    "pdfplumber": _read_plumber,
    "pypdf": _read_last,
}


def _counted(reading: _Reading, page_count: int) -> None:
    """A file without a page is not read, whatever its reader says: 27 of 2,515 real files opened so."""
    if page_count < 1:
        raise CannotOpen(DocumentState.DAMAGED, "no page can be found in it")
    reading.page_count = page_count
    reading.end = min(reading.end + PAGE_S * page_count, reading.latest)


def _numbers(reading: _Reading) -> range:
    return range(1, min(reading.page_count, PAGE_CAP) + 1)


def _collect(reading: _Reading, pages: Iterator[Page]) -> None:
    room = TEXT_CAP
    for page in pages:
        reading.pages.append(page if len(page.text) <= room else replace(page, text=page.text[:room]))
        room -= len(page.text)
        if room <= 0:
            reading.stopped = f"more than {TEXT_CAP:,} characters"
            return
        if time.monotonic() >= reading.end and len(reading.pages) < reading.page_count:
            reading.stopped = "the time was up"
            return
    if reading.page_count > PAGE_CAP:
        reading.stopped = f"more than {PAGE_CAP:,} pages"


def _ask_again(reading: _Reading, content: bytes) -> None:
    """Other readers' readings of the pages that PDFium's does not explain, as far as time allows.

    A file in which every page seems blank is looked at twice as well: a page box that is `null` hides all from
    PDFium. Where nobody else can say so, a seemingly blank file is not called blank.
    """
    seems_blank = all(page.note == BLANK for page in reading.pages)
    doubtful = [page.number for page in reading.pages if seems_blank or is_doubtful(page)][:SECOND_OPINION_PAGES]
    patient_s = min(SECOND_LONGEST_S, SECOND_OPINION_S + SECOND_PAGE_S * len(doubtful))
    until = min(reading.end, time.monotonic() + patient_s)
    for name in READERS[1:]:
        if not doubtful:
            return
        second = _second_reading(name, content, doubtful, until)
        for page in second:
            first = reading.pages[page.number - 1]
            reading.pages[page.number - 1] = replace(better(first, page), label=first.label)
        seen = {page.number for page in second if page.note != UNREADABLE}
        doubtful = [number for number in doubtful if number not in seen]
    if seems_blank:
        for number in doubtful:
            reading.pages[number - 1] = replace(reading.pages[number - 1], note=UNREADABLE, quality=0.0)


def _second_reading(name: str, content: bytes, numbers: list[int], until: float) -> list[Page]:
    """What another reader makes of these pages; as many as it can read in the time."""
    pages: list[Page] = []
    try:
        with patience(until - time.monotonic()):
            if name == "pypdf":
                from extract.lastreader import open_last
                from extract.lastreader import read_texts as read_last

                pages.extend(read_last(open_last(content), numbers))
            else:
                from extract.tables import open_plumber, read_texts

                with open_plumber(content) as plumber:
                    pages.extend(read_texts(plumber, numbers))
    except (OutOfPatience, Exception):  # parsers raise what the bytes make them raise
        return pages  # the first reading stands where this one gives none
    return pages


def _document(reading: _Reading) -> Document:
    state, reason = _verdict(reading)
    readers = dict.fromkeys(page.reader for page in reading.pages if page.reader)
    return Document(
        type="pdf", state=state, reason=reason, reader=" + ".join(readers),
        page_count=reading.page_count, pages=tuple(reading.pages), **reading.metadata,
    )  # fmt: skip


def _verdict(reading: _Reading) -> tuple[DocumentState, str]:
    """State and reason: `read` needs a page with text of its own, or pages that are blank on purpose."""
    pages = reading.pages
    reasons = [f"pages 1–{len(pages)} of {reading.page_count}: {reading.stopped}"] if reading.stopped else []
    if not pages:
        return DocumentState.TIME_LIMIT, "the time was up before the first page"
    unread = [page.number for page in pages if page.note == UNREADABLE]
    pictures = [page.number for page in pages if page.note not in ("", BLANK, UNREADABLE, COVERED)]
    covered = [page.number for page in pages if page.hidden]
    if pictures:
        reasons.append(f"no text layer on {_listed(pictures)}")
    if unread:
        reasons.append(f"cannot be read: {_listed(unread)}")
    if covered:
        reasons.append(f"{COVERED} on {_listed(covered)}")
    if any(page.text.strip() and page.note != SCANNED for page in pages):
        return DocumentState.READ, "; ".join(reasons)
    if pictures:
        return DocumentState.NO_TEXT_LAYER, "; ".join(reasons)
    if unread:
        return DocumentState.DAMAGED, "; ".join(reasons)
    return DocumentState.READ, "; ".join([*reasons, "every page is blank"])


def _listed(numbers: list[int]) -> str:
    """ "page 3", "pages 3, 5 and 7", "pages 1, 2, 3, 4, 5 and 95 more"."""
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    shown = numbers if len(numbers) <= 6 else numbers[:5]
    last = f"{shown[-1]}" if shown is numbers else f"{len(numbers) - 5} more"
    head = shown[:-1] if shown is numbers else shown
    return f"pages {', '.join(map(str, head))} and {last}"
