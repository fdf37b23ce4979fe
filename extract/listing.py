"""Listing pages: the works a page lists, each with its title, its year and its address, whatever the layout."""

import re
from urllib.parse import urlsplit

from extract.document import Link
from extract.landing import once
from extract.webpage import Anchor, WebPage

MOST = 1_000  # works of one listing
SHORTEST = 2  # words: shorter link texts are subjects, page numbers, names of months
_NOT_WORKS = re.compile(
    r"/(?:tags?|category|categories|author|topics?|subjects?|page|login|search|contact|privacy|cookies?|donate|feed|rss)(?:/|$)"
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


def _without_query(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rstrip("/")


def _may_be_work(anchor: Anchor) -> bool:
    return anchor.is_document or not _NOT_WORKS.search(urlsplit(anchor.url).path.lower())
