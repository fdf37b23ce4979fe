"""Listing pages: the works a page lists, each with its title, its year and its address, whatever the layout."""

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from extract.document import Link
from extract.landing import once
from extract.tidy import clean_line
from extract.webpage import Anchor, WebPage
from extract.years import stated_year, year_in_path

MOST = 1_000  # works of one listing
SHORTEST = 2  # words: shorter link texts are subjects, page numbers, names of months
_NOT_WORKS = re.compile(
    r"/(?:tags?|category|categories|author|topics?|subjects?|page|login|search|contact|privacy|cookies?|donate|(?:feed|rss|atom)(?:\.xml)?)(?:/|$)"
)


def entries(page: WebPage) -> list[Link]:
    """Every link of the content that carries a title of its own, in page order.

    A title is what the link says or, where it only says "Download", the heading beside it; a year is taken from the
    item that holds the link. Links to subjects and authors are left out, and links to the page itself and its
    further parts.
    """
    own = _without_query(page.url)
    found = (anchor.link() for anchor in page.anchors() if _without_query(anchor.url) != own and _may_be_work(anchor))
    return [link for link in once(found) if len(link.text.split()) >= SHORTEST][:MOST]


def undated(page: WebPage) -> list[Link]:
    """As `entries`, of a list that says only when a page was last changed: that is no year of the work."""
    return [Link(link.url, link.text) for link in entries(page)]


def described(page: WebPage) -> list[Link]:
    """The works of a list of definitions: a term (`dt`) links to the work, its description (`dd`) has the title.

    arXiv's lists are such; the word before the title ("Title:") stands in a `descriptor` and is no part of it.
    """
    found = []
    for term in page.root.xpath("//dl/dt[.//a[@href]][following-sibling::*[1][self::dd]]")[:MOST]:
        url = page.absolute(next(iter(term.xpath(".//a/@href"))))
        titled = term.xpath("following-sibling::dd[1]//*[contains(concat(' ', @class), 'title')][1]")
        words = titled[0].xpath(".//text()[not(parent::*[@class='descriptor'])]") if titled else ()
        if url and words:
            found.append(Link(url, clean_line(" ".join(words), 500), year_in_path(urlsplit(url).path)))
    return once(found)


def stated(page: WebPage) -> list[Link]:
    """The works that a page states for machines (schema.org in JSON-LD): what has a headline or name and an address."""
    own = _without_query(page.url)
    found = []
    for script in page.root.xpath("//script[@type='application/ld+json']/text()")[:50]:
        for thing in _things(script):
            title, address = thing.get("headline") or thing.get("name"), thing.get("url")
            url = page.absolute(address) if isinstance(address, str) else None
            if url and isinstance(title, str) and _without_query(url) != own:
                found.append(Link(url, clean_line(title, 500), stated_year(str(thing.get("datePublished") or ""))))
    return [link for link in once(found) if len(link.text.split()) >= SHORTEST][:MOST]


def _things(script: str) -> Iterator[dict[str, Any]]:
    """Every object in a piece of JSON, outer ones first; none when it is not JSON."""
    try:
        ahead = deque[Any]([json.loads(script)])
    except (ValueError, RecursionError):
        return
    while ahead:
        thing = ahead.popleft()
        if isinstance(thing, dict):
            yield thing
        ahead.extend(thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ())


def _without_query(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rstrip("/")


def _may_be_work(anchor: Anchor) -> bool:
    return anchor.is_document or not _NOT_WORKS.search(urlsplit(anchor.url).path.lower())
