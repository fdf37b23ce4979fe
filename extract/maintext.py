"""The main text of a web page in blocks and sections (trafilatura), and what the page says about itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import lxml.html
from lxml.etree import LxmlError, _Element
from trafilatura import bare_extraction, extract_metadata, html2txt

from extract.metadata import language_of, names_of
from extract.tidy import clean_line, clean_text

READER = f"trafilatura {version('trafilatura')}"
SECTIONS_FROM = 12_000  # characters; a shorter page is one section, as a hit in it is soon found
SECTION_LEAST, SECTION_MOST = 2_000, 20_000
LITTLE = 120  # characters of main text, below which all text of the page is taken
_MODIFIED = (
    "//meta[@property='article:modified_time' or @property='og:updated_time' or @itemprop='dateModified'"
    " or @name='dcterms.modified' or @name='DCTERMS.modified' or @name='last-modified']/@content"
)


def parse(text: str) -> _Element:
    """The tree of a page's characters; never fetches anything. ValueError when there is no element in it."""
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_pis=True)
    try:
        return lxml.html.document_fromstring(clean_text(text).encode("utf-8"), parser=parser)
    except LxmlError as error:
        raise ValueError("no element in it") from error


def sections_of(tree: _Element) -> list[tuple[str, str]]:
    """The main text as (heading, text) sections in page order; one with heading "" when the page is short.

    A page whose main text cannot be told gives all its text.
    """
    # "txt": for "python" the whole text is rendered a second time, which nobody reads.
    found = bare_extraction(tree, fast=True, include_comments=False, with_metadata=False, output_format="txt")
    body: _Element | None = getattr(found, "body", None)
    blocks = [] if body is None else list(_blocks(body))
    if sum(len(text) for _, text in blocks) < LITTLE:
        everything = clean_text(html2txt(tree)).strip()
        if len(everything) > 2 * sum(len(text) for _, text in blocks):
            blocks = [(False, everything)]
    return _sections(blocks)


def _blocks(body: _Element) -> Iterator[tuple[bool, str]]:
    """(is a heading, text) of each block of trafilatura's tree."""
    for element in body:
        text = clean_text(_rendered(element)).strip()
        if text:
            yield element.tag == "head", text


def _rendered(element: _Element) -> str:
    if element.tag == "table":
        rows = (
            " | ".join(" ".join("".join(cell.itertext()).split()) for cell in row.iter("cell"))
            for row in element.iter("row")
        )
        return "\n".join(row for row in rows if row)
    if element.tag == "list":
        return "\n".join(" ".join("".join(item.itertext()).split()) for item in element.iter("item"))
    for line_break in element.iter("lb"):
        line_break.tail = f"\n{line_break.tail or ''}"
    lines = "".join(element.itertext()).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def _sections(blocks: list[tuple[bool, str]]) -> list[tuple[str, str]]:
    whole = sum(len(text) for _, text in blocks)
    sections: list[tuple[str, list[str]]] = []
    size = 0
    for is_heading, text in blocks:
        at_heading = is_heading and size >= SECTION_LEAST
        if not sections or (whole > SECTIONS_FROM and (at_heading or size > SECTION_MOST)):
            sections.append((text if is_heading and whole > SECTIONS_FROM else "", []))
            size = 0
        sections[-1][1].append(text)
        size += len(text)
    return [(clean_line(heading, 200), "\n".join(parts)) for heading, parts in sections]


def stated_metadata(tree: _Element, url: str) -> dict[str, Any]:
    """The fields of Document that the page states; titles and authors are often wrong enough to be proposals only."""
    today = datetime.now(UTC).date().isoformat()
    found = extract_metadata(
        tree, default_url=url or None, extensive=False,
        date_config={"original_date": True, "extensive_search": False, "max_date": today},
    )  # fmt: skip
    titles = [found.title or "", *(title.text_content() for title in tree.iter("title"))]
    return {
        "title": next(filter(None, map(clean_line, titles)), ""),
        "authors": names_of(clean_text(found.author or "")),
        "created": found.date or None,
        "modified": _modified(tree),
        "language": _language(tree),
    }


def _modified(tree: _Element) -> str | None:
    for stated in tree.xpath(_MODIFIED):
        try:
            return datetime.fromisoformat(stated.strip()).isoformat()
        except ValueError:
            continue
    return None


def _language(tree: _Element) -> str | None:
    stated = tree.xpath("/html/@lang | /html/@xml:lang | //meta[@http-equiv='content-language']/@content")
    return next(filter(None, map(language_of, map(str, stated))), None)
