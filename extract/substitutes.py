"""Substitutes: what answers in a document's place, told from its own words, marks and form. One table, one reading."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from archive.seed import Substitute
from extract.apologies import APOLOGIES
from extract.glance import OPENING, TINY, Glance
from extract.sign import REFUSALS, SUCCESS, Sign
from extract.sniffing import PDF_WITHIN, Kind, sniff
from extract.walls import WALLS

SIGNS = WALLS + APOLOGIES
# A page is looked at for marks up to here, in bytes as sent; the longest wall known has 30 KB.
SMALL, MARKED_UP_TO = 4 << 10, 64 << 10
FEW_WORDS = 300  # bytes of text: what was to be a PDF and says less is no document in another dress
_PDF = "application/pdf"
_SHOWS = re.compile(rb"<(?:a|img|picture|iframe|frame|embed|object|canvas|video|audio|svg|script)\b")


@dataclass(frozen=True, slots=True)
class Seen:
    """What answered in the document's place, with the evidence in words and the source of the rule."""

    kind: Substitute
    evidence: str
    source: str


def substitute(glance: Glance) -> Seen | None:
    """What this answer is instead of the document, or None. Pure; looks at no more than the answer suggests.

    Most answers are told by their status and one look at their headers, most pages by the first paragraph of text that
    stands in the opening of a longer page: walls and apologies have none.
    """
    seen = _first(_with_headers(glance), glance)
    if seen is None and glance.status in SUCCESS:
        return _of_success(glance)
    if seen is None and glance.status in REFUSALS:
        return _first(_REFUSED, glance)
    return seen


def mislabelled(glance: Glance) -> str:
    """What the bytes are that were called a PDF and are none ("a page", a MIME type); "" when the label may be true."""
    if glance.declared != _PDF:
        return ""
    start = glance.read(PDF_WITHIN)
    if not start or b"%PDF-" in start:
        return ""
    found = sniff(start)
    if found.kind is Kind.TEXT and start.lstrip()[:1] in (b"{", b"["):
        return "JSON"
    return "a page" if found.kind is Kind.HTML else found.mime


def _with_headers(glance: Glance) -> Iterable[Sign]:
    names = _BY_HEADER.keys() & glance.named.keys()
    found = [sign for name in names for sign in _BY_HEADER[name] if glance.status in sign.statuses]
    return sorted(found, key=SIGNS.index) if len(found) > 1 else found


def _of_success(glance: Glance) -> Seen | None:
    if glance.size < TINY and (nothing := _blank(glance)):
        return Seen(Substitute.BLANK, nothing, _OURS)
    called = mislabelled(glance)
    if glance.declared == _PDF and not called:
        return None
    # Without an opening there is no body, or a coding that cannot be taken off: nothing can be said of it.
    page = glance if glance.is_page and glance.opening else None
    seen = None
    if page and not (len(page.opening) == OPENING and page.says_something):
        said = {sign for line in page.said for sign in _saying(line.part)}
        # What may be a wall's words is looked at for its maker's marks first: they name the vendor.
        seen = _first(sorted({*said, *_by_form(page)}, key=SIGNS.index) if said else _by_form(page), page)
        if seen is None and len(page.opening) < TINY and _shows_nothing(page):
            seen = Seen(Substitute.BLANK, "a page without text", _OURS)
    return seen or _of_other_kind(glance, called)


def _blank(glance: Glance) -> str:
    """How the answer is empty; "" for one with content, without a body, or whose coding cannot be taken off."""
    content = glance.read(TINY)
    return "nothing but blanks" if content and not content.strip(b" \t\r\n\0\xef\xbb\xbf") else ""


def _shows_nothing(glance: Glance) -> bool:
    return not (glance.said or glance.says_something or _SHOWS.search(glance.opening) or glance.prose.all)


def _by_form(glance: Glance) -> Iterator[Sign]:
    """The signs that a page without telling words may bear, those that are cheap to look for first."""
    yield from _TOLD
    if len(glance.opening) > SMALL and glance.says_something:
        return
    yield from _OF_SYSTEMS
    if glance.size <= MARKED_UP_TO and not glance.has_card:
        yield from _MARKED


def _of_other_kind(glance: Glance, called: str) -> Seen | None:
    """A PDF was promised, by label or address, and something came that is none (`called`) and says little."""
    if called and called != "a page":
        is_scrap = called == "JSON" or (glance.size < TINY and called.startswith(("text/", "application/xml")))
        return Seen(Substitute.OTHER_KIND, f"called a PDF, but is {called}", _OURS) if is_scrap else None
    if called and glance.prose.running < FEW_WORDS:
        return Seen(Substitute.OTHER_KIND, "called a PDF, but is a page that hardly says anything", _OURS)
    if glance.is_page and _is_pdf_address(glance.url) and glance.prose.all < FEW_WORDS:
        return Seen(Substitute.OTHER_KIND, "at a PDF's address, but is a page that hardly says anything", _OURS)
    return None


def _is_pdf_address(url: str) -> bool:
    return url.partition("?")[0].lower().endswith(".pdf")


def _first(signs: Iterable[Sign], glance: Glance) -> Seen | None:
    for sign in signs:
        seen = sign.seen_in(glance)
        if seen is not None:
            return Seen(sign.kind, f"{sign.who} ({seen})" if seen else sign.who, sign.source)
    return None


@lru_cache(4096)  # sites put their name into each title
def _saying(part: str) -> tuple[Sign, ...]:
    return tuple(sign for sign in _SAYING if sign.words is not None and sign.words.fullmatch(part))


_OURS = "house rule: what says nothing is no document"
_BY_HEADER = {
    name: tuple(sign for sign in SIGNS if sign.header is not None and sign.header[0] == name)
    for name in {sign.header[0] for sign in SIGNS if sign.header is not None}
}
_SAYING = tuple(sign for sign in SIGNS if sign.words is not None)
_REFUSED = tuple(sign for sign in SIGNS if sign.header is None and sign.statuses & REFUSALS)
_FORMED = tuple(sign for sign in SIGNS if sign.header is None and sign.words is None and sign.statuses & SUCCESS)
_TOLD = tuple(sign for sign in _FORMED if sign.kind is not Substitute.WALL and not sign.body)
_OF_SYSTEMS = tuple(sign for sign in _FORMED if sign.kind is not Substitute.WALL and sign.body)
_MARKED = tuple(sign for sign in _FORMED if sign.kind is Substitute.WALL)
