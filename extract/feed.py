"""Feeds and site maps: the works that an XML list names, whether RSS, Atom or sitemaps.org."""

import re
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from extract.charset import decode_html
from extract.document import Link
from extract.landing import once
from extract.tidy import clean_line
from extract.years import stated_year

MOST = 1_000  # works of one list
_OPENING = re.compile(rb"<(?:\w+:)?(?:rss|feed|urlset|RDF)[\s>]")
_ITEMS = "//*[local-name()='item' or local-name()='entry' or local-name()='url']"
_NUMBER_AT_END = re.compile(r"[-_][0-9]{4,}$|\.\w{2,5}$")


def works(content: bytes, url: str, charset: str | None = None) -> list[Link]:
    """Title, address and year of each item of a feed or site map, in its order; none when it is neither.

    A site map has no titles: the last part of an address is read as words there.
    """
    if not _OPENING.search(content[:2_048]) or b"<html" in content[:2_048].lower():
        return []
    parser = etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(decode_html(content, charset).strip().encode("utf-8", "replace"), parser)
    return once(link for item in root.xpath(_ITEMS)[:MOST] if (link := _work(item, url))) if root is not None else []


def _work(item: Any, base: str) -> Link | None:
    named = item.xpath("./*[local-name()='link' and (not(@rel) or @rel='alternate')]/@href")
    address = named[0] if named else _first(item, "link", "loc", "guid", "id")
    try:
        url = urljoin(base, address).partition("#")[0]
        path = unquote(urlsplit(url).path)
    except ValueError:
        return None
    if not address or not url.startswith(("http://", "https://")):
        return None
    title = _first(item, "title") or " ".join(
        re.split(r"[-_]+", _NUMBER_AT_END.sub("", path.rstrip("/").rpartition("/")[2]))
    )
    said = _first(item, "pubDate", "published", "date", "updated", "lastmod")
    return Link(url, clean_line(title, 500), stated_year(said)) if title else None


def _first(item: Any, *names: str) -> str:
    """The text of the first child that has one of these names, in this order, whatever its namespace."""
    texts = (item.xpath(f"string(./*[local-name()='{name}'][1])") for name in names)
    return next((text for text in map(clean_line, texts) if text), "")
