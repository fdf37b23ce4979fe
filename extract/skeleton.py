"""A page cut to its layout: what rules for landing pages look at stays, its author's prose and all scripts go."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from extract.tidy import clean_line
from extract.webpage import WebPage
from extract.years import stated_year

LONGEST_WORDS = 300  # characters of a heading or link
A_DATE = 60  # characters: a text that short and with a date in it is a date, not prose
MENU = 2  # links of a menu, header or footer that stay

_GONE = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "canvas", "img", "picture", "source", "video", "audio",
    "button", "input", "select", "option", "textarea", "link",
})  # fmt: skip
_WORDS = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "a", "strong", "time"})
_ALONE = frozenset({"meta", "base", "iframe", "object", "embed", "main"})
_MENUS = frozenset({"nav", "header", "footer", "aside"})
_ATTRIBUTES = frozenset({
    "aria-label", "class", "content", "data", "datetime", "download", "href", "id", "itemprop", "lang", "name",
    "property", "role", "src", "title", "type",
})  # fmt: skip
_TAG = re.compile(r"[a-z][a-z0-9-]*")  # the parser lets `a<a` be one
_TELLING = re.compile(r"download|attach|file|publish|date|title|descriptor|breadcrumb", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*(?!https?:)[a-z]+:", re.IGNORECASE)
# What is stated for indexers stays where it names, dates or addresses; what tells or praises goes.
_STATED = re.compile(r"(?:(?:bepress_)?citation_|eprints\.|dc\.|dcterms\.|article:|og:|govuk:first-|date).*|generator")
_TOLD = re.compile(r".*(?:abstract|description|keyword|subject|image|author|creator|contributor).*")


def skeleton(page: WebPage) -> str:
    """The page as HTML of its own: headings, links, dates, metadata, and what holds them; a link to no page is none.

    A longer text that states a year leaves it behind in brackets. What rules find on the page they find on this.
    """
    whole = etree.Element("html", lang=page.root.get("lang") or "en")
    head = etree.SubElement(whole, "head")
    etree.SubElement(head, "meta", charset="utf-8")
    for node in page.root:
        if node.tag == "head":
            head.extend(_kept(node))
        elif (kept := _copy(node, False)) is not None:
            whole.append(kept)
    text: str = etree.tostring(whole, method="html", encoding="unicode", pretty_print=True, doctype="<!DOCTYPE html>")
    return text


def _kept(node: Any) -> Iterator[Any]:
    return (copy for child in node if (copy := _copy(child, node.tag in _WORDS)) is not None)


def _copy(node: Any, in_words: bool) -> Any:
    """The node with what stays of it; None when nothing does."""
    if not isinstance(node.tag, str) or node.tag in _GONE or (node.tag == "meta" and not _is_stated(node)):
        return None
    in_words = in_words or node.tag in _WORDS
    copy = etree.Element(node.tag if _TAG.fullmatch(node.tag) else "span", _attributes(node))
    copy.text = _text(node.text, in_words)
    last = None
    for child in _shown(node):
        kept = _copy(child, in_words)
        if kept is not None:
            copy.append(kept)
            last = kept
        _append(copy, last, _text(child.tail, in_words))
    is_empty = not len(copy) and not (copy.text or "").strip()
    return None if is_empty and node.tag not in _ALONE and not copy.get("href") else copy


def _append(copy: Any, last: Any, text: str) -> None:
    if last is None:
        copy.text = (copy.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _shown(node: Any) -> Iterator[Any]:
    """The children; of a menu only its first links and those to files: they are enough to know it by."""
    left = MENU
    for child in node:
        if _region(node) in _MENUS and isinstance(child.tag, str):
            links = [anchor.get("href", "") for anchor in child.iter("a")]
            if links and left <= 0 and not any("." in link.rpartition("/")[2] for link in links):
                continue
            left -= len(links)
        yield child


def _region(node: Any) -> str:
    """The menu, header or footer that the node is, or is a list of; else nothing."""
    while node is not None and node.tag in ("ul", "ol", "div"):
        node = node.getparent()
    return "" if node is None else str(node.tag)


def _text(text: str | None, in_words: bool) -> str:
    words = clean_line(text or "", LONGEST_WORDS if in_words else 2_000)
    if not words:
        return " " if text else ""
    if not in_words and len(words) > A_DATE:
        year = stated_year(words)
        return f" ({year}) " if year else " "
    return f" {words} " if in_words or stated_year(words) else " "


def _is_stated(node: Any) -> bool:
    name = (node.get("name") or node.get("property") or node.get("itemprop") or "").lower()
    return bool(_STATED.fullmatch(name)) and not _TOLD.fullmatch(name)


def _attributes(node: Any) -> dict[str, str]:
    kept = {}
    for name, value in node.attrib.items():
        short = _classes(value) if name == "class" else clean_line(value, LONGEST_WORDS if name != "href" else 2_000)
        words = name in ("title", "aria-label") and node.tag != "a"
        leads_nowhere = name in ("href", "src", "data") and _ADDRESS.match(short)
        if name in _ATTRIBUTES and not words and not leads_nowhere:
            kept[name] = short
    return kept


def _classes(value: str) -> str:
    """The first names of a class and those that rules may look for: some sites write fifty."""
    names = value.split()
    return " ".join(name for place, name in enumerate(names) if place < 3 or _TELLING.search(name))
