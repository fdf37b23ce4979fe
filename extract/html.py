"""A web page becomes a Document: its characters, main text in sections that serve as pages, title, dates, links."""

import re
from urllib.parse import urljoin

from extract.charset import decode_html
from extract.document import Document, DocumentState, Link, Page
from extract.quality import soundness
from extract.sections import cut_into_sections
from extract.tidy import clean_line

__all__ = ["decode_html", "read_html", "read_links"]

CAP = 10 << 20  # bytes of a page that are read
LINKS_CAP = 5000
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
    except ValueError as error:
        return Document("html", DocumentState.NOT_A_DOCUMENT, f"a page without text: {error}", maintext.READER)
    stated = maintext.stated_metadata(tree, url)
    sections = cut_into_sections(maintext.blocks_of(tree))
    letters = sum(len(body) for _, body in sections)
    cut = f"the first {CAP >> 20} MiB of {len(content):,} bytes" if len(content) > CAP else ""
    if letters < SHELL_LETTERS and _VIEWER.search(text):
        shown = _ADDRESS.search(text)
        reason = f"a page that only shows a file kept at {shown[1]}" if shown else "a page that only shows a file"
        return Document("html", DocumentState.NOT_A_DOCUMENT, clean_line(reason), maintext.READER, **stated)
    if not letters:
        return Document("html", DocumentState.NOT_A_DOCUMENT, "a page without text", maintext.READER, **stated)
    pages = tuple(
        Page(number, body, heading or None, soundness(body), maintext.READER)
        for number, (heading, body) in enumerate(sections, 1)
    )
    return Document("html", DocumentState.READ, cut, maintext.READER, pages=pages, page_count=len(pages), **stated)


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
