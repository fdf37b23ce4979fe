"""Citations out of blocks: lines of a source list, and mentions inside a sentence."""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from extract.incident.block import Anchor, Block
from extract.incident.reference import MARKER, read_reference
from extract.incident.values import Citation

LONGEST_LINE = 400
LONGEST_SENTENCE = 1_000  # what is said of a mention is looked for no farther back
# What a publisher is named before: "A University of Essex report (pdf)". Other words say nothing of who wrote it.
_WORKS = (
    "report|study|paper|review|audit|investigation|analysis|assessment|survey|article|briefing|letter|statement|"
    "complaint|ruling|judge?ment|opinion|research|evaluation|thesis|guidance|decision|evidence|findings|submission|"
    "memo|memorandum|notice|order|document|dossier|inquiry|enquiry"
)
_WORD = r"(?:[A-Z][\w.’'-]*|[A-Z]{2,})"
_LINK = r"(?:of|the|for|and|&|de|la|on|in|at)"
_NAME = rf"{_WORD}(?:,? (?:{_LINK} ){{0,2}}{_WORD})*"
# Who commissioned, obtained or cited a work did not write it.
_WROTE = (
    "published|written|authored|produced|conducted|compiled|prepared|issued|released|carried out|undertaken|made|led"
)
_BY = re.compile(
    rf"^\W*(?:(?:jointly |also )?(?:{_WROTE}) )?by "
    rf"(?:(?:researchers|academics|scientists|experts|staff) (?:at|from|of) )?(?:the )?(?P<who>{_NAME})"
)
_BEFORE = re.compile(
    rf"(?:\b(?:[Aa]n?|[Tt]he|[Tt]heir|[Ii]ts)\s+)?(?P<who>{_NAME})(?:['’]s?)?\s+(?:[a-z-]+\s+){{0,3}}(?:{_WORKS})s?\s*$"
)
_ARTICLE = re.compile(r"^(?:A|An|The|This|That|In|Its|Their)\s+")
# Words that open a sentence with a capital and name nobody: "Another report (pdf)".
_NOBODY = {
    "A", "An", "The", "This", "That", "These", "Its", "Their", "His", "Her", "Our", "Another", "One", "Two", "Both",
    "Some", "Several", "Many", "New", "Recent", "Earlier", "Later", "Further", "Subsequent", "Previous", "Internal",
    "Independent", "Public", "Official", "Academic", "Court",
}  # fmt: skip
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_SENTENCE_END = re.compile(r"[.!?]['’”)]?\s+(?=[A-Z'‘“])")
_OWN_HOSTS = ("aiaaic.org", "www.aiaaic.org", "forms.gle", "report.aiaaic.org")


def list_citations(block: Block, section: str) -> list[Citation]:
    """The citation that a line of a source list is; more than one when it leads to several addresses."""
    said = read_reference(block.text)
    links = [anchor for anchor in block.anchors if is_source(anchor.url)]
    first = _main_link(block, links, said.title)
    main = Citation(
        0, section, block.text, said.publisher, said.authors, said.year, said.title, said.format,
        first.url if first else None,
    )  # fmt: skip
    title_at = max(block.text.find(said.title), 0)  # a link before it stands on the publisher's name
    others = [anchor for anchor in links if first and anchor.url != first.url and anchor.end > title_at]
    return [main, *(_further(main, block, anchor) for anchor in _first_of_each(others))]


def is_list_line(block: Block, *, expected: bool) -> bool:
    """True for the form `Publisher (year). Title`, for a lone URL and, where lists are `expected`, any short line."""
    if len(block.text) > LONGEST_LINE:
        return False
    said = read_reference(block.text)
    if said.dated and said.title and (said.publisher or said.authors):
        return len(said.publisher.split()) <= 14
    if said.url and not said.title:
        return True
    return expected and not (block.text.endswith(".") and len(block.text.split()) > 25)


def mentions(block: Block, section: str, year: int | None) -> list[Citation]:
    """The sources named inside a sentence: by the bare marker "(pdf)" after a word, or by a link.

    The address of a marker is the link on the word before it, or the links inside the brackets. `year` is that of the
    event told.
    """
    answer: list[tuple[int, Citation]] = []
    used: set[int] = set()
    for marker in MARKER.finditer(block.text):
        links = _links_of(block, marker)
        used |= {at for at, _ in links}
        urls: list[str | None] = [anchor.url for _, anchor in links] or [None]
        parts = [part for part in re.split(r",| and ", marker["parts"]) if part.strip()]
        urls += [None] * (len(parts) - len(urls))
        said = _mention(block.text, marker.start(), marker.end(), section, year)
        answer += [(marker.start(), replace(said, format="pdf", url=url)) for url in urls]
    for at, anchor in enumerate(block.anchors):
        if at not in used and is_source(anchor.url):
            said = _mention(block.text, anchor.end, anchor.end, section, year)
            answer.append((anchor.start, replace(said, url=anchor.url)))
    return [said for _, said in sorted(answer, key=lambda pair: pair[0])]


def is_source(url: str) -> bool:
    """False for the repository's own pages, forms, share buttons and the licence: they lead, but are not cited."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:  # an address nobody can parse was still cited, and is told as an outcome later
        return True
    if parts.scheme in ("mailto", "tel") or (not parts.scheme and not host):
        return False
    if host in _OWN_HOSTS or (host == "sites.google.com" and "aiaaic" in parts.path):
        return False
    if host == "docs.google.com" and parts.path.startswith(("/forms", "/spreadsheets")):
        return False
    return not (host.endswith("creativecommons.org") or re.search(r"/(?:sharer?|intent)(?:[./]|$)", parts.path))


def _main_link(block: Block, links: Sequence[Anchor], title: str) -> Anchor | None:
    """The link that covers most of the title; the publisher's name may lead to its home page."""
    start = max(block.text.find(title), 0) if title else 0
    end = start + len(title) if title else len(block.text)

    def covered(anchor: Anchor) -> int:
        return min(anchor.end, end) - max(anchor.start, start)

    return max(links, key=covered, default=None)


def _further(main: Citation, block: Block, anchor: Anchor) -> Citation:
    return replace(main, title=block.linked(anchor), url=anchor.url)


def _first_of_each(anchors: Sequence[Anchor]) -> list[Anchor]:
    return list({anchor.url: anchor for anchor in reversed(anchors)}.values())[::-1]


def _links_of(block: Block, marker: re.Match[str]) -> list[tuple[int, Anchor]]:
    """The links inside the marker's brackets, or else the one whose words end right before it."""
    near = block.links_between(max(marker.start() - 2, 0), marker.end())
    numbered = [(at, anchor) for at, anchor in near if is_source(anchor.url)]
    inside = [(at, one) for at, one in numbered if one.start > marker.start() and one.end < marker.end()]
    around = [(at, one) for at, one in numbered if one.start <= marker.start() and one.end >= marker.start()]
    before = [
        (at, one)
        for at, one in numbered
        if one.end <= marker.start() and not block.text[one.end : marker.start()].strip()
    ]
    return inside or around or before[-1:]


def _mention(text: str, start: int, end: int, section: str, year: int | None) -> Citation:
    """One mention that stands from the beginning of its sentence to `end`, and whom it names."""
    earliest = max(0, start - LONGEST_SENTENCE)
    begin = max((found.end() for found in _SENTENCE_END.finditer(text, earliest, start)), default=earliest)
    after = text[end : end + 200]
    by = _BY.match(after)
    said = text[begin : end + by.end()] if by else text[begin:end]
    before = _BEFORE.search(text, max(begin, start - 200), start)
    who = _publisher(by["who"] if by else before["who"] if before else "")
    stated = _YEAR.findall(text[max(begin, start - 60) : start])
    return Citation(0, section, said.strip(), who, year=int(stated[-1]) if stated else year)


def _publisher(named: str) -> str:
    who = _ARTICLE.sub("", named).rstrip(".’'")
    return "" if who in _NOBODY else who
