"""The main text of a web page in blocks (trafilatura), and what the page says about itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import lxml.html
from lxml.etree import LxmlError, _Element
from trafilatura import bare_extraction, extract_metadata, html2txt

from extract.metadata import language_of, names_of
from extract.sections import Block
from extract.tidy import clean_line, clean_text

READER = f"trafilatura {version('trafilatura')}"
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


def blocks_of(tree: _Element) -> list[Block]:
    """The main text in page order; a page whose main text cannot be told gives all its text."""
    # "txt": for "python" the whole text is rendered a second time, which nobody reads.
    found = bare_extraction(tree, fast=True, include_comments=False, with_metadata=False, output_format="txt")
    body: _Element | None = getattr(found, "body", None)
    blocks = [] if body is None else list(_blocks(body))
    if sum(len(block.text) for block in blocks) < LITTLE:
        everything = clean_text(html2txt(tree)).strip()
        if len(everything) > 2 * sum(len(block.text) for block in blocks):
            blocks = [Block(everything)]
    return blocks


def _blocks(body: _Element) -> Iterator[Block]:
    for element in body:
        text = clean_text(_rendered(element)).strip()
        if text:
            yield Block(text, is_heading=element.tag == "head")


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
