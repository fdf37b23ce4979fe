"""A parsed web page as the layout rules see it: its address, its links, what stands around each of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from extract.charset import decode_html
from extract.document import Link
from extract.folding import without_marker
from extract.joining import joined
from extract.tidy import clean_line
from extract.years import stated_year, year_in_path, year_in_title

LONGEST = 8 << 20  # characters parsed; the largest real listing that was met has 4.4 MB
MOST_LINKS = 5_000  # looked at on a page; what rules answer is bounded by them
FEW = 4  # targets of one item of a list: its page, its file, an author, a subject
DOCUMENT_ENDINGS = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".ppt", ".pptx")

_OUTSIDE = (
    "ancestor::nav or ancestor::footer or ancestor::aside or ancestor::*[@role][@role='navigation' or @role='search']"
    " or ancestor::header[not(ancestor::main or ancestor::article)]"
    " or ancestor::*[@class][contains(concat(' ', @class), ' breadcrumb')]"
)
_HEADING = "(.//h1|.//h2|.//h3|.//h4|.//h5|.//dt|.//strong|self::dd/preceding-sibling::dt[1])[1]"
_OWN_HEADING = "(.//h1|.//h2|.//h3|.//h4|.//h5|.//h6)[1]"  # of a card that is one link as a whole
_ITEMS = frozenset({"li", "article", "tr", "dd", "figure"})
_REGIONS = frozenset({"main", "body", "html", "section"})
# A link of these words alone names what a click does, or the kind of file, and not what is behind it.
_CLICK_WORDS = frozenset({
    "a", "all", "and", "article", "as", "briefing", "click", "continue", "copy", "details", "doc", "document",
    "download", "downloads", "english", "file", "find", "full", "get", "here", "in", "it", "link", "more",
    "now", "on", "online", "open", "out", "page", "paper", "pdf", "please", "press", "publication",
    "publications", "read", "reading", "report", "see", "show", "story", "study", "summary", "text", "the",
    "this", "to", "version", "view", "visit", "web", "website",
})  # fmt: skip
_STAMP = re.compile(r"(?:uploaded|updated|published|added|modified)\b.{0,40}$", re.IGNORECASE)


@dataclass(frozen=True)
class WebPage:
    """One page. `url` is where it was had; `root` the parsed tree, which no file outside `extract` looks into."""

    url: str
    root: Any
    _links: dict[str, list["Anchor"]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, content: bytes, url: str, charset: str | None = None) -> "WebPage":
        """The page out of its bytes (content codings undone). Never raises: what is no page has no links."""
        return cls(url, _tree(decode_html(content, charset)[:LONGEST]))

    @cached_property
    def base(self) -> str:
        """What relative addresses start from (`<base href>` where there is one)."""
        return joined(self.url, _first(self.root, "//base/@href")) or self.url

    @cached_property
    def title(self) -> str:
        """The first heading, else the title of the head without the site's name behind a bar."""
        heading = clean_line(" ".join(map(_text, _path("(//h1)[1]")(self.root))), 500)
        named = " ".join(map(_text, _path("//title")(self.root)))
        return heading or re.split(r" [|–—] ", clean_line(named, 500))[0]

    @cached_property
    def year(self) -> int | None:
        """When the page says it was published: its metadata, a `time` beside the heading, a written date, its URL."""
        named = self.meta(
            "article:published_time", "govuk:first-published-at", "dc.date", "dcterms.issued", "date", "datepublished"
        )
        marked = _first(self.root, "(//time/@datetime)[1]")
        said = " ".join(_text(node) for node in _path(_PUBLISHED)(self.root)[:3])
        return stated_year(named) or year_in_title(named) or stated_year(marked) or stated_year(said) or self._in_url()

    def _in_url(self) -> int | None:
        return year_in_path(urlsplit(self.url).path)

    def meta(self, *names: str) -> str:
        """The content of the first `meta` of these names (in this order, lower case), or an empty text."""
        return next((self._metas[name] for name in names if name in self._metas), "")

    @cached_property
    def _metas(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for node in _path("//meta[@content]")(self.root)[:500]:
            name = (node.get("name") or node.get("property") or node.get("itemprop") or "").lower()
            found.setdefault(name, clean_line(node.get("content")))
        return found

    def anchors(self, within: str = "", content: bool = True) -> Iterator["Anchor"]:
        """The links of the page in order; of the XPath step `within` only, where one is given.

        `content` leaves out what stands in navigation, site header, footer and side notes, and what stands outside
        `main` on a page that has links in one.
        """
        path = f"//{within}/descendant-or-self::a[@href]" if within else "//a[@href]"
        if content:
            outside = _OUTSIDE + (" or not(ancestor::main)" if self._has_main else "")
            path = f"({path})[position() <= {MOST_LINKS}][not({outside})]"
        if path not in self._links:
            found = ((node, joined(self.base, node.get("href"))) for node in _path(path)(self.root)[:MOST_LINKS])
            self._links[path] = [Anchor(self, node, url) for node, url in found if url]
        return iter(self._links[path])

    @cached_property
    def _has_main(self) -> bool:
        return bool(_path("boolean(//main//a[@href])")(self.root))

    def found(self, path: str) -> list[str]:
        """The texts that an XPath of attributes finds."""
        return [str(text) for text in _path(path)(self.root)]

    def absolute(self, address: str) -> str | None:
        """The address as a whole URL without fragment, or None when it is not one that is fetched."""
        return joined(self.base, address)


_PUBLISHED = (
    "//*[self::p or self::span or self::div or self::li or self::dd or self::dt][not(*[2])]"
    "[contains(translate(concat(@class, ' ', normalize-space(text())), 'PUBLISHEDAT', 'publishedat'), 'publish')"
    " or contains(concat(' ', @class, ' '), ' date')]"
)


@dataclass(frozen=True)
class Anchor:
    """One link where it stands."""

    page: WebPage
    node: Any
    url: str

    @cached_property
    def path(self) -> str:
        """The path of the address, decoded, for rules that look at folders and endings."""
        _, slash, path = self.url.partition("?")[0].partition("://")[2].partition("/")
        return unquote(slash + path)

    @cached_property
    def is_document(self) -> bool:
        """True when the address or what is said of it names a file to read: an ending, a type, "(pdf)"."""
        if self.path.lower().endswith(DOCUMENT_ENDINGS) or "application/pdf" in self.node.get("type", ""):
            return True
        return bool(re.search(r"[(\[]\s*pdf\b", self.text, re.IGNORECASE))

    @cached_property
    def text(self) -> str:
        """The words of the link itself."""
        return clean_line(_text(self.node), 500)

    @cached_property
    def title(self) -> str:
        """What is behind the link: its own heading or words, else the heading beside it, else its own attributes."""
        block = self._block
        own = " ".join(map(_text, _path(_OWN_HEADING)(self.node)))
        beside = " ".join(map(_text, _path(_HEADING)(block))) if block is not None else ""
        named = self.node.get("title") or self.node.get("aria-label") or ""
        for words in (own, self.text, beside, named):
            title = without_marker(clean_line(words, 500))
            if not _says_only_click(title):
                return title
        return ""

    @cached_property
    def year(self) -> int | None:
        """The year said beside the link, in its title, or by its address; None when nobody says."""
        block = self._block
        marked = _first(block, "(.//time/@datetime)[1]") if block is not None else ""
        around = clean_line(_text(block), 1_000) if block is not None else ""
        return stated_year(marked) or stated_year(around) or year_in_title(self.text) or year_in_path(self.path)

    def link(self, otherwise: str = "") -> Link:
        """The link as a value; `otherwise` is its title where nothing around it names it."""
        return Link(self.url, self.title or otherwise, self.year)

    @cached_property
    def _block(self) -> Any:
        """The part of the page that belongs to this link: its item of a list, else what has no other target."""
        element = self.node
        own, best = element.get("href"), None
        for ancestor in element.iterancestors():
            if ancestor.tag in _ITEMS:
                best = ancestor if _has_few_targets(ancestor) else best
                break
            if ancestor.tag in _REGIONS or any(target != own for target in _targets(ancestor)):
                break
            best = ancestor
        return best


def _has_few_targets(item: Any) -> bool:
    """False when an item holds more than a landing page, its file and the like: then nothing in it is of one link."""
    found: set[str] = set()
    for target in _targets(item):
        found.add(target)
        if len(found) > FEW:
            return False
    return True


def _targets(element: Any) -> Iterator[str]:
    """The addresses that the links in an element lead to; those within the page and those of programs are none."""
    for anchor in element.iter("a"):
        target = anchor.get("href", "").strip()
        if target and not target.startswith(("#", "javascript:", "mailto:", "tel:")):
            yield anchor.get("href")


def _says_only_click(title: str) -> bool:
    """True of words that ask for a click, of the bare name of a file, and of a note of when it was put there."""
    if _STAMP.match(title) and stated_year(title):
        return True
    if " " not in title and (title.count("-") + title.count("_") > 1 or re.search(r"\.[A-Za-z0-9]{2,4}$", title)):
        return True
    return all(word in _CLICK_WORDS for word in re.findall(r"\w+", title.lower()))


def _tree(text: str) -> Any:
    """The tree of a page; an empty one of what is no page.

    huge_tree would lift libxml2's bound on nesting, which is there for pages made to exhaust a reader; what stands
    before that is the page all the same.
    """
    parser = etree.HTMLParser(recover=True, encoding="utf-8", no_network=True, huge_tree=False)
    content = text.strip().replace("\x00", "").encode("utf-8", "replace") or b"<html/>"
    try:
        root = etree.fromstring(content, parser)
    except etree.LxmlError:
        root = None
    return etree.fromstring(b"<html/>") if root is None else root


@cache
def _path(path: str) -> Any:
    """The XPath, compiled: a page is asked twenty of them."""
    return etree.XPath(path, smart_strings=False)


def _first(node: Any, path: str) -> str:
    """The first text that an XPath of attributes finds under the node, or an empty one."""
    found = _path(path)(node)
    return str(found[0]) if found else ""


def _text(node: Any) -> str:
    """All words of a node, a blank between blocks so that nothing is glued."""
    if not len(node) and isinstance(node.tag, str) and node.tag not in ("script", "style"):
        return node.text or ""
    return " ".join(_path(".//text()[not(parent::script or parent::style)]")(node)[:2_000])
