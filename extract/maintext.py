"""The tree of a web page, and its main text in blocks (trafilatura)."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version

import lxml.html
from lxml.etree import Comment, LxmlError, _Element, strip_elements
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from extract.alltext import all_text
from extract.sections import Block
from extract.tidy import clean_text

READER = f"trafilatura {version('trafilatura')}"
_WORDLESS = ("style", "svg", "link", "meta", "img", "source", "input", "iframe", "canvas", "param")
LITTLE = 120  # characters of main text, below which all text of the page is taken


def parse(text: str) -> _Element:
    """The tree of a page's characters; never fetches anything. ValueError when there is no element in it."""
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_pis=True)
    try:
        return lxml.html.document_fromstring(clean_text(text).encode("utf-8"), parser=parser)
    except LxmlError as error:
        raise ValueError("no element in it") from error


def blocks_of(tree: _Element) -> list[Block]:
    """The main text in page order; a page whose main text cannot be told gives all its text.

    What holds no words is gone from the tree afterwards.
    """
    _strip(tree)
    found = bare_extraction(tree, options=_options())
    body: _Element | None = getattr(found, "body", None)
    blocks = [] if body is None else list(_blocks(body))
    if _letters(blocks) < LITTLE:
        everything = list(all_text(tree))
        if _letters(everything) > 2 * _letters(blocks):
            return everything
    return blocks


@cache
def _options() -> Extractor:
    """What trafilatura is asked for, made once: it costs more than many a page.

    "txt": for "python" the whole text is rendered a second time, which nobody reads.
    """
    return Extractor(fast=True, comments=False, with_metadata=False, output_format="txt")


def _strip(tree: _Element) -> None:
    """Take out what holds no words: trafilatura takes it out too, of each of its copies of the tree anew."""
    strip_elements(tree, Comment, *_WORDLESS, with_tail=False)
    for script in list(tree.iter("script")):
        if script.get("type") != "application/ld+json":  # some pages have their text nowhere else
            script.drop_tree()


def _letters(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)


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
