"""Layouts that many sites share: how a landing page leads to its document. Each rule takes a page and gives links."""

import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs, urlsplit

from extract.document import Link
from extract.webpage import Anchor, WebPage

Rule = Callable[[WebPage], list[Link]]

_DOWNLOAD_BLOCK = (
    "*[@class or @id]"
    "[contains(translate(concat(' ', @class, ' ', @id), 'DOWNLAFITCHMEN', 'downlafitchmen'), 'download')"
    " or contains(concat(' ', @class, ' ', @id), 'attachment') or contains(concat(' ', @class, ' '), 'wp-block-file')]"
)
_ASKS = re.compile(
    r"\s*(?:download|read|view|open|get)\b.{0,60}\b(?:report|pdf|paper|study|briefing|document|full)\b", re.I
)
# EPrints and DSpace keep previews, extracted text and licences beside the document.
_BESIDE = re.compile(r"(?:\.(?:jpe?g|png|gif|txt)|license|licence|/thumbnails?/.*|\.has\w+ThumbnailVersion/.*)$", re.I)
_EPRINTS_FILE = re.compile(r"^(?:/id/eprint)?/[0-9]+/[0-9]{1,3}/[^/]+\.[A-Za-z0-9]{2,5}$")
_DSPACE_FILE = re.compile(r"/bitstreams?/(?:handle/)?[^?]+")
_DRUPAL_FILE = re.compile(r"/(?:sites/[^/]+/files|system/files)/[^/]|/media/[0-9]+/(?P<asks>download)$")


def scholarly_metadata(page: WebPage) -> list[Link]:
    """The file that the head names for indexers: `citation_pdf_url` (EPrints, DSpace, arXiv) and the like."""
    address = page.meta("eprints.document_url", "citation_pdf_url", "bepress_citation_pdf_url")
    url = page.absolute(address) if address else None
    if url is None:
        return []
    return [Link(url, *_stated_title_and_year(page))]


def _stated_title_and_year(page: WebPage) -> tuple[str, int | None]:
    """What the head states for indexers, else what the page says to people."""
    title = page.meta("eprints.title", "citation_title", "dc.title") or page.title
    dated = page.meta("eprints.date", "citation_publication_date", "citation_date", "dc.date")
    year = re.match(r"(?:19|20)[0-9]{2}", dated)
    return title, int(year[0]) if year else page.year


def from_head(name: str, form: str, replacement: str) -> Rule:
    """A rule: the address that the head states under `name`, rewritten as `re.sub` does; none of another form."""

    def rewritten(page: WebPage) -> list[Link]:
        stated = page.absolute(page.meta(name))
        url = re.sub(form, replacement, stated) if stated and re.search(form, stated) else None
        return [Link(url, *_stated_title_and_year(page))] if url else []

    return rewritten


def eprints(page: WebPage) -> list[Link]:
    """Documents of an EPrints abstract page: `[/id/eprint]/<id>/<position>/<file>`, previews left out (EPrints 3)."""
    named = scholarly_metadata(page)
    title, year = (named[0].text, named[0].year) if named else (page.title, page.year)
    found = [
        Link(anchor.url, title, year)
        for anchor in page.anchors()
        if _EPRINTS_FILE.search(anchor.path) and not _BESIDE.search(anchor.path)
    ]
    return once([*named, *found])


def dspace(page: WebPage) -> list[Link]:
    """Documents of a DSpace item: `/bitstream/handle/…/<file>` (to version 6), `/bitstreams/<uuid>/download` (7)."""
    found = [
        anchor.link(page.title)
        for anchor in page.anchors()
        if _DSPACE_FILE.search(anchor.path) and not _BESIDE.search(anchor.path)
    ]
    return once([*scholarly_metadata(page), *found])


def under(*folders: str) -> Rule:
    """A rule: content links whose path has one of `folders`, whatever their ending (some sites leave it off)."""

    def links_under(page: WebPage) -> list[Link]:
        return _taken(page, lambda anchor: any(folder in anchor.path for folder in folders))

    return links_under


def wordpress_uploads(page: WebPage) -> list[Link]:
    """Documents under WordPress's `/wp-content/uploads/YYYY/MM/`, pictures left out."""
    return _taken(page, lambda anchor: "/wp-content/uploads/" in anchor.path and anchor.is_document)


def processwire(page: WebPage) -> list[Link]:
    """Documents under ProcessWire's `/site/assets/files/<page id>/`, pictures left out."""
    return _taken(page, lambda anchor: "/site/assets/files/" in anchor.path and anchor.is_document)


def drupal(page: WebPage) -> list[Link]:
    """Documents of a Drupal site: files under `/sites/<site>/files/`, media entities at `/media/<id>/download`."""

    def is_file(anchor: Anchor) -> bool:
        found = _DRUPAL_FILE.search(anchor.path)
        return found is not None and (found["asks"] is not None or anchor.is_document)

    return _taken(page, is_file)


def govuk(page: WebPage) -> list[Link]:
    """Attachments of a GOV.UK publication: files on its asset host, HTML attachments below the page's own path."""
    own = urlsplit(page.url).path.rstrip("/") + "/"
    within = "section[contains(@class, 'attachment')] | //div[contains(@class, 'attachment')]"
    in_blocks = [anchor for part in within.split(" | //") for anchor in page.anchors(part)]
    found = [
        anchor.link()
        for anchor in (in_blocks or page.anchors())
        if anchor.path.startswith(own)
        or ((urlsplit(anchor.url).hostname or "").startswith("assets.") and anchor.is_document)
    ]
    return [Link(link.url, link.text or page.title, link.year or page.year) for link in once(found)]


def mynewsdesk(page: WebPage) -> list[Link]:
    """Documents attached to a Mynewsdesk release: `/documents/<slug>-<id>`, files of its asset hosts (unverified)."""
    return _taken(page, lambda anchor: bool(re.search(r"/documents/[^/]+-[0-9]+$", anchor.path)) or _is_asset(anchor))


def _is_asset(anchor: Anchor) -> bool:
    return (urlsplit(anchor.url).hostname or "").endswith(".mynewsdesk.com") and anchor.is_document


def download_block(page: WebPage) -> list[Link]:
    """Documents in a part of the page that is called download or attachment, or whose link asks to read the report."""
    blocks = [anchor.link(page.title) for anchor in page.anchors(_DOWNLOAD_BLOCK) if _may_be_file(anchor)]
    asked = [anchor.link(page.title) for anchor in page.anchors() if anchor.is_document and _ASKS.match(anchor.text)]
    return once([*blocks, *asked])


def _may_be_file(anchor: Anchor) -> bool:
    return anchor.is_document or bool(re.search(r"download", urlsplit(anchor.url).path + anchor.url, re.I))


def embedded(page: WebPage) -> list[Link]:
    """The PDF that a page shows in a frame, also inside a viewer that is given it as `?file=`."""
    found = []
    for address in page.found("//object/@data | //embed/@src | //iframe/@src")[:50]:
        url = page.absolute(address)
        inner = parse_qs(urlsplit(url).query).get("file") if url else None
        url = page.absolute(inner[0]) if inner else url
        if url and urlsplit(url).path.lower().endswith(".pdf"):
            found.append(Link(url, page.title, page.year))
    return once(found)


def linked_pdfs(page: WebPage) -> list[Link]:
    """Every linked document of the content, in order: for sites whose landing pages link little else."""
    return _taken(page, lambda anchor: anchor.is_document)


def beside(page: WebPage) -> list[Link]:
    """Documents linked in side notes, for pages whose content links none."""
    return once(anchor.link(page.title) for anchor in page.anchors("aside", content=False) if anchor.is_document)


# Tried on a page of a known publisher on which its own layout was not met: sites are rebuilt.
ANY_LAYOUT: tuple[Rule, ...] = (scholarly_metadata, download_block, embedded, linked_pdfs, beside)


def links_to(*hosts: str) -> Rule:
    """A rule: content links to these hosts, for pages that only tell where the document lies."""

    def links_to_hosts(page: WebPage) -> list[Link]:
        return _taken(page, lambda anchor: (urlsplit(anchor.url).hostname or "") in hosts)

    return links_to_hosts


def addressed(*forms: str) -> Rule:
    """A rule: content links in whose address one of `forms` (regular expressions) is found, whatever they say."""

    def links_addressed(page: WebPage) -> list[Link]:
        return _taken(page, lambda anchor: any(re.search(form, anchor.url) for form in forms))

    return links_addressed


def itself(*forms: str) -> Rule:
    """A rule: a page of such an address is the document, what it links to are references; no later rule counts."""

    def the_page(page: WebPage) -> list[Link]:
        own = page.url.partition("#")[0]
        return [Link(own, page.title, page.year)] if any(re.search(form, own) for form in forms) else []

    return the_page


def follow(page: WebPage, rules: Iterable[Rule], most: int) -> list[Link]:
    """What the first rule that finds anything gives, at most `most` links; the page itself ends the search as none."""
    own = page.url.partition("#")[0]
    for rule in rules:
        if found := rule(page):
            return [link for link in found if link.url != own][:most]
    return []


def once(links: Iterable[Link]) -> list[Link]:
    """The links without repetition of an address; the first says the title unless only a later one has one."""
    kept: dict[str, Link] = {}
    for link in links:
        before = kept.get(link.url)
        if before is None:
            kept[link.url] = link
        elif not before.text or before.year is None:
            kept[link.url] = Link(link.url, before.text or link.text, before.year or link.year)
    return list(kept.values())


def _taken(page: WebPage, wanted: Callable[[Anchor], bool]) -> list[Link]:
    return once(anchor.link(page.title) for anchor in page.anchors() if wanted(anchor))
