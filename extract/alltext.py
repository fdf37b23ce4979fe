"""All text of a web page in blocks, menus and all, in time that grows with its length; for want of a main text."""

from collections.abc import Iterator
from importlib.metadata import version

from lxml.etree import _Element, iterwalk

from extract.sections import Block

READER = f"lxml {version('lxml')}"
# Not "head": to libxml2 `main` and other elements of HTML5 open no body where none was opened before.
_UNSEEN = frozenset(("script", "style", "noscript", "template", "title", "svg", "math", "iframe", "object", "select"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CELLS = frozenset(("td", "th"))
_BREAKS = _HEADINGS | frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav", "ol", "option", "p",
    "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
))  # fmt: skip


def all_text(tree: _Element) -> Iterator[Block]:
    """A block for each paragraph, list item, line and row (cells parted by bars), in page order."""
    line: list[str] = []
    is_heading = False
    walk = iterwalk(tree, events=("start", "end", "comment"))
    for event, element in walk:
        tag = element.tag
        if tag in _BREAKS:
            if text := _tidy(line):
                yield Block(text, is_heading)
            line.clear()
            is_heading = event == "start" and tag in _HEADINGS
        if event == "start":
            if tag in _UNSEEN:
                walk.skip_subtree()
            elif element.text:
                line.append(element.text)
        else:
            if tag in _CELLS:
                line.append(" | ")
            if element.tail:
                line.append(element.tail)
    if text := _tidy(line):
        yield Block(text)


def _tidy(line: list[str]) -> str:
    return " ".join("".join(line).split()).removesuffix(" |")
