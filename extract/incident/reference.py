"""One line of a list of sources, `Publisher (year). Title (pdf)`, taken apart."""

import re
from dataclasses import dataclass

LONGEST = 2_000
MARKER = re.compile(r"[(\[](?P<parts>[^()\[\]]{0,80}?)[\s,–-]*\bpdf\b[^()\[\]]{0,40}[)\]]", re.IGNORECASE)
BARE_URL = re.compile(r"https?://[^\s<>\"“”]{1,4000}", re.IGNORECASE)
_YEAR = r"(?P<year>(?:1[89]|20|21)[0-9]{2})"
_DATED = re.compile(
    rf"^(?P<who>[^()]{{1,200}}?(?:\([^()0-9]{{1,60}}\)[^()]{{0,60}}?)?)\s*"
    rf"\((?:[^()]{{0,40}}?\b{_YEAR}\b[^()]{{0,60}}|n\.?\s?d\.?|undated)\)\s*[.,:;]?\s*(?P<title>.*)$",
    re.IGNORECASE,
)
_UNDATED = re.compile(r"^(?P<who>[A-Z0-9][^?!]{0,118}?[\w)'’])\.\s+(?P<title>[A-Z0-9'‘“\"(#].*)$")
_NO_PUBLISHER_ENDS = re.compile(r"(?:^|\s)(?:Dr|Mr|Mrs|Ms|Prof|St|vs?|No|Nos|[A-Z])$|\.\w$")
_AUTHOR = r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?,?(?: [A-Z]\.(?:[ -]?[A-Z]\.)*)"
_AUTHORS = re.compile(rf"^{_AUTHOR}(?:(?:, and |, & |, | and | & |; ){_AUTHOR})*(?:,? et al\.?)?$")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a line of a source list says; empty where it says nothing. `dated` is False for the form without year."""

    publisher: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    title: str = ""
    format: str = ""
    url: str | None = None
    dated: bool = False


def read_reference(text: str) -> Reference:
    """The parts of one mention; whatever cannot be told apart stays in the title. Never raises.

    Variants are those seen on 1,356 public pages: no year, "(2012, updated 2023)" with or
    without a full stop after it, capitals, titles that end in "?", a marker with a language.
    """
    words = " ".join(text[:LONGEST].split()).lstrip("•·*–- ")
    form = format_of(words)
    url = find_url(words)
    rest = BARE_URL.sub(" ", words) if url else words
    rest = " ".join(MARKER.sub(" ", rest).split()).strip()
    found = _DATED.match(rest)
    if found:
        year = int(found["year"]) if found["year"] else None
        return _named(found["who"], year, found["title"], form, url)
    found = _UNDATED.match(rest)
    if found and len(found["who"].split()) <= 12 and not _NO_PUBLISHER_ENDS.search(found["who"]):
        return Reference(found["who"].strip(), (), None, tidy_title(found["title"]), form, url)
    return Reference(title=tidy_title(rest), format=form, url=url)


def format_of(text: str) -> str:
    """`pdf` when the mention carries the marker "(pdf)", "(pdf - in Spanish)", "(part one, two - pdf)"; else empty."""
    return "pdf" if MARKER.search(text) else ""


def find_url(text: str) -> str | None:
    """The first URL written out in `text`, without the punctuation that only ends the sentence; or None."""
    found = BARE_URL.search(text)
    return trim_url(found[0]) if found else None


def trim_url(url: str) -> str:
    """`url` without closing punctuation of the sentence around it; a bracket that the URL opened stays."""
    while url and (url[-1] in ".,;:!?'’*_>" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url


def tidy_title(title: str) -> str:
    """A title without list marks and dangling separators at its ends."""
    return title.strip(" \t-–—|,;")


def _named(who: str, year: int | None, title: str, form: str, url: str | None) -> Reference:
    """Names like "Surname A." are authors, anything else is a publisher."""
    who = who.strip(" ,;:-–—")
    title = tidy_title(title)
    if _AUTHORS.match(who):
        names = tuple(name.strip(" ,") for name in re.findall(_AUTHOR, who))
        return Reference("", names, year, title, form, url, dated=True)
    return Reference(who, (), year, title, form, url, dated=True)
