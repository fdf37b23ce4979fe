"""A web page becomes a Document: its characters, main text in sections that serve as pages, title, dates, links."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from extract.charset import decode_html
from extract.document import Document, DocumentState, Link
from extract.patience import OutOfPatience, patience
from extract.sections import Block, as_pages, cut_into_sections
from extract.tidy import clean_line

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["decode_html", "read_html", "read_links"]

CAP = 10 << 20  # bytes of a page that are read
LINKS_CAP = 5000
STATED_WITHIN = 512 << 10  # characters in which a page says whose it is and of when
MAIN_TEXT_MOST = 60_000  # elements; of 140,000 the main text took 7 s
MAIN_TEXT_S = 5
SHELL_LETTERS = 200  # a viewer's own words are fewer
_VIEWER = re.compile(
    r"<(?:embed|object|iframe)\b[^>]{0,1000}?(?:application/pdf|\.pdf\b|/viewer\.html\?file=|docs\.google\.com/viewer)"
    r"|viewer\.html\?file=",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"""(?:src|data|file)\s*=\s*["']?([^"'\s>&]{1,2000}\.pdf)""", re.IGNORECASE)


def read_html(content: bytes, *, url: str = "", charset: str | None = None) -> Document:
    """The Document in a web page's bytes. A page that only shows a file kept elsewhere is `not_a_document`.

    `charset` is what Content-Type says. A page without text is `not_a_document` too.
    """
    from extract import maintext

    text = decode_html(content[:CAP], charset)
    try:
        tree = maintext.parse(text)
        stated = _stated(tree, text, url)
    except ValueError as error:
        return Document("html", DocumentState.NOT_A_DOCUMENT, f"a page without text: {error}", maintext.READER)
    blocks, reader, not_told = _blocks(tree)
    sections = cut_into_sections(blocks)
    letters = sum(len(body) for _, body in sections)
    cut = f"the first {CAP >> 20} MiB of {len(content):,} bytes" if len(content) > CAP else ""
    if letters < SHELL_LETTERS and _VIEWER.search(text):
        shown = _ADDRESS.search(text)
        reason = f"a page that only shows a file kept at {shown[1]}" if shown else "a page that only shows a file"
        return Document("html", DocumentState.NOT_A_DOCUMENT, clean_line(reason), maintext.READER, **stated)
    if not letters:
        return Document("html", DocumentState.NOT_A_DOCUMENT, "a page without text", maintext.READER, **stated)
    pages = as_pages(sections, reader)
    reason = "; ".join(filter(None, (cut, not_told)))
    return Document("html", DocumentState.READ, reason, reader, pages=pages, page_count=len(pages), **stated)


def _stated(tree: "_Element", text: str, url: str) -> dict[str, Any]:
    """What the page states; of a long one what its beginning states, for dates are looked for in all that is given."""
    from extract import maintext
    from extract.stated import stated_metadata

    return stated_metadata(tree if len(text) <= STATED_WITHIN else maintext.parse(text[:STATED_WITHIN]), url)


def _blocks(tree: "_Element") -> tuple[list[Block], str, str]:
    """The page's blocks, their reader, and what to say of them: the main text, or all where it cannot be told."""
    from extract import alltext, maintext

    elements = int(tree.xpath("count(//*)"))
    if elements > MAIN_TEXT_MOST:
        return list(alltext.all_text(tree)), alltext.READER, f"all text of {elements:,} elements, menus too"
    try:
        with patience(MAIN_TEXT_S):
            return maintext.blocks_of(tree), maintext.READER, ""
    except OutOfPatience:
        return (
            list(alltext.all_text(tree)),
            alltext.READER,
            f"all text, as the main text was not told in {MAIN_TEXT_S} s",
        )


def read_links(content: bytes, *, url: str, charset: str | None = None) -> list[Link]:
    """The links of a page, absolute, in page order, each once, at most LINKS_CAP; http and https only."""
    from extract import maintext

    tree = maintext.parse(decode_html(content[:CAP], charset))
    base = next(iter(tree.xpath("//base/@href")), "")
    found: dict[str, Link] = {}
    for anchor in tree.iter("a"):
        try:
            target = urljoin(urljoin(url, base), str(anchor.get("href", "")).strip())
        except ValueError:  # `http://[` and its kin lead nowhere
            continue
        if target.startswith(("http://", "https://")) and len(found) < LINKS_CAP:
            found.setdefault(target, Link(target, clean_line(anchor.text_content(), 300)))
    return list(found.values())
