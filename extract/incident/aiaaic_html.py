"""An AIAAIC page as Google Sites sends it: markup in, the same blocks out as the text form gives, with addresses."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from archive.errors import UnreadableRecord
from archive.url import unwrap
from extract.incident.aiaaic import read_page
from extract.incident.block import Block, make_block
from extract.incident.headings import heading_of
from extract.incident.material import Material
from extract.incident.values import Incident

LARGEST_PAGE = 16 * 2**20  # the repository's overview page has 4.4 MB
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BREAKS = _HEADINGS | {
    "p", "div", "section", "article", "main", "aside", "header", "ul", "ol", "li", "dl", "dt", "dd", "table", "tr",
    "td", "th", "thead", "tbody", "blockquote", "pre", "figure", "figcaption", "hr", "br", "address", "details",
    "summary",
}  # fmt: skip
_SILENT = frozenset(
    ("script", "style", "noscript", "template", "nav", "footer", "button", "form", "iframe", "svg", "head")
)
_SITES_LINK = re.compile(r"google\.com/url\?q=[^\s\"']*&(?:amp;)?sntz=1")
_SITE_NAME = re.compile(r"^AIAAIC\s*[-–|]\s*|\s*[-–|]\s*AIAAIC(?: Repository)?$")


def recognises(material: Material) -> bool:
    """True for markup that is of aiaaic.org, names it, is Google Sites' own, or has two of the headings."""
    head = material.head.lower()
    if not re.search(r"<(?:!doctype html|html|body|main|section|div|h1|p)\b", head):
        return False
    if "aiaaic.org/" in (material.url or "") or "aiaaic.org/aiaaic-repository" in head:
        return True
    if _SITES_LINK.search(head):
        return True
    if len(material.content) > LARGEST_PAGE:
        return False
    texts = re.findall(r">([^<>]{4,60})<", material.text)
    return len({name for text in texts if (name := heading_of(text.strip()))}) >= 2


def read(material: Material) -> Iterator[Incident]:
    """The page's Incident; UnreadableRecord when it is gone, empty, or larger than LARGEST_PAGE bytes."""
    root = parse(material)
    url = material.url or _own_address(root)
    blocks = list(blocks_of(_main(root), url))
    title = next((block.text for block in blocks if block.heading and not heading_of(block.text)), "")
    at = next((at for at, block in enumerate(blocks) if block.text == title), -1)
    if at < 0 or any(heading_of(block.text) for block in blocks[:at]):
        title, at = _page_title(root), -1
    yield read_page(title, blocks[at + 1 :], material, url)  # what stands before the title is the site's own


def parse(material: Material) -> html.HtmlElement:
    """The parsed page; UnreadableRecord when there is nothing to parse or too much. Runs in a worker only."""
    if len(material.content) > LARGEST_PAGE:
        raise UnreadableRecord(f"{material.name}: the page is larger than {LARGEST_PAGE // 2**20} MB")
    reader = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(material.text.encode("utf-8", "replace"), parser=reader)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableRecord(f"{material.name}: its markup cannot be parsed: {error}") from error
    return root


def blocks_of(root: html.HtmlElement, base: str | None) -> Iterator[Block]:
    """The texts between block elements, in order, each with its links (addresses absolute, wrappers taken off).

    Class names are generated and change, so only the kind of element counts. The walk keeps
    its own stack: depth is the page's, not ours.
    """
    pieces: list[tuple[str, str | None]] = []
    heading = False
    for event, element, link in _walk(root, base):
        if event == "text":
            pieces.append((str(element), link))
            continue
        if pieces and (block := make_block(pieces, heading=heading)).text:
            yield block
        pieces, heading = [], event == "open" and element in _HEADINGS
    if pieces and (block := make_block(pieces, heading=heading)).text:
        yield block


def _walk(root: html.HtmlElement, base: str | None) -> Iterator[tuple[str, str, str | None]]:
    """("text", words, link), ("open", tag, None) and ("close", tag, None) of a page in reading order."""
    links: list[str | None] = [None]
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            silent += tag in _SILENT
            if tag == "a":
                links.append(_address(element, base))
            if not silent and tag in _BREAKS:
                yield ("open", tag, None)
            if not silent and element.text:
                yield ("text", element.text, links[-1])
            continue
        if not silent and tag in _BREAKS:
            yield ("close", tag, None)
        silent -= tag in _SILENT
        if tag == "a":
            links.pop()
        if not silent and element is not root and element.tail:
            yield ("text", element.tail, links[-1])


def _address(anchor: html.HtmlElement, base: str | None) -> str | None:
    """Where a link leads: absolute as far as the page's address is known, the search engine's wrapper taken off."""
    target = re.sub(r"[\t\r\n]", "", anchor.get("href") or "").strip()
    if not target or target.startswith("#"):
        return None
    try:
        target = urljoin(base, target) if base else target
        return unwrap(target) if urlsplit(target).scheme in ("http", "https") else target
    except ValueError:  # brackets in a host that are no address: kept as cited, its outcome will say so
        return target


def _main(root: html.HtmlElement) -> html.HtmlElement:
    """The part that holds the page's own words."""
    for path in ("//*[@role='main']", "//main", "//body"):
        if (found := root.xpath(path)) and found[0].text_content().strip():
            return found[0]
    return root


def _own_address(root: html.HtmlElement) -> str | None:
    stated = root.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    return next((str(url) for url in stated if re.match(r"https?://(?:www\.)?aiaaic\.org/.", str(url))), None)


def _page_title(root: html.HtmlElement) -> str:
    stated = root.xpath("//meta[@property='og:title']/@content | //title/text()")
    return next((name for one in stated if (name := _SITE_NAME.sub("", " ".join(str(one).split())))), "")
