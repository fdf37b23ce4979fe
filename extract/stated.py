"""What a web page says of itself: title, authors, dates, language; read from its head, its JSON-LD and its byline."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from htmldate import find_date
from lxml.etree import _Element

from extract.metadata import NAMES_CAP, language_of, moment_of
from extract.tidy import clean_line

METAS_CAP, SCRIPTS_CAP, SCRIPT_BYTES, NODES_CAP = 500, 20, 1 << 20, 200
BYLINE_CAP, NAME_LEAST, NAME_MOST = 120, 3, 80  # characters
WORDS_MOST = 6  # of a name in a byline; what has more is a sentence
_TITLES = (
    "citation_title", "og:title", "dc.title", "dcterms.title", "headline", "parsely-title", "sailthru.title",
    "twitter:title", "title",
)  # fmt: skip
_AUTHORS = (
    "citation_author", "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author",
    "byl", "authors", "creator",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "last-modified",
)  # fmt: skip
_WORK = re.compile(r"Article|Posting|Report|Book|Thesis|Dataset|Legislation|CreativeWork|Review\b")
_SITE = re.compile(r"\s+[–—|·•»:-]\s+")
_BYLINES = (
    "//a[@rel='author'] | //*[@itemprop='author']//*[@itemprop='name'] | //address[@class='author']",
    "//*[@itemprop='author'] | //*[@id='author']",
    "//*[self::a or self::p or self::span or self::div or self::li or self::h3 or self::h4][contains(@class, 'author')"
    " or contains(@class, 'byline') or contains(@class, 'Byline') or contains(@class, 'Author')]",
)
_ASIDE = re.compile(r"comment|reply|sidebar|related|widget|bio", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:(?:written|words|posted|published|reported|report|story|text)\s+)?(?:by|von|par|door|from)\b:?\s+|^authors?\s*:\s*", re.IGNORECASE)  # fmt: skip  # noqa: E501
_AFTER = re.compile(
    r"\s*(?:[|•·(\[\n\d@]|[-–—]\s|\b(?:on|at|for|in|is|updated|published|posted|last)\b\s).*", re.DOTALL
)
_LINE_WITHIN = re.compile(r"\s*\n\s*(and\b|und\b|et\b|&|,|;)\s*", re.IGNORECASE)  # between links to two authors
_BODY = re.compile(r"\b(?:of|for|the|Committee|Council|Police|University|Office|Group)\b")
_BETWEEN = re.compile(r"\s*[;|/&\n]\s*|\s+(?:and|und|et)\s+|,\s+(?:and\s+)?", re.IGNORECASE)
_NO_NAME = re.compile(
    r"https?:|www\.|[@<>{}=#]|^(?:admin|editor|staff|author|unknown|guest|by)$|(?-i:^[a-z0-9_.-]+$)", re.IGNORECASE
)


def stated_metadata(tree: _Element, url: str) -> dict[str, Any]:
    """The fields of Document that the page states; titles and authors are often wrong enough to be proposals only."""
    metas = _metas(tree)
    nodes = list(_nodes(tree))
    works = list(filter(_is_work, nodes))
    return {
        "title": _title(tree, metas, works),
        "authors": _authors(tree, metas, nodes),
        "created": _created(tree, _address(tree, metas) or url),
        "modified": _modified(metas, works),
        "language": _language(tree),
    }


def _metas(tree: _Element) -> dict[str, list[str]]:
    """The contents of the page's meta elements by their name, property or itemprop, in page order."""
    found: dict[str, list[str]] = {}
    for meta in islice(tree.iter("meta"), METAS_CAP):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        content = clean_line(meta.get("content") or "")
        if name and content:
            found.setdefault(name.lower(), []).append(content)
    return found


def _nodes(tree: _Element) -> Iterator[dict[str, Any]]:
    """The things (schema.org) that the page's JSON-LD describes, those that stand first and highest first."""
    for script in islice(tree.iterfind(".//script[@type='application/ld+json']"), SCRIPTS_CAP):
        if not script.text or len(script.text) > SCRIPT_BYTES:
            continue
        try:
            nodes = [json.loads(script.text, strict=False)]
        except (ValueError, RecursionError):  # cut, commented out or hostile: this script says nothing
            continue
        for node in islice(nodes, NODES_CAP):  # grows while it is walked
            if isinstance(node, list):
                nodes.extend(node)
            elif isinstance(node, dict):
                yield node
                nodes.extend(filter(None, (node.get("@graph"), node.get("mainEntity"))))


def _is_work(node: dict[str, Any]) -> bool:
    return _WORK.search(str(node.get("@type", ""))[:200]) is not None


def _title(tree: _Element, metas: dict[str, list[str]], works: list[dict[str, Any]]) -> str:
    stated = [metas[name][0] for name in _TITLES if name in metas]
    stated += [clean_line(work["headline"]) for work in works if isinstance(work.get("headline"), str)]
    if not any(stated):
        headings = [clean_line(heading.text_content()) for heading in islice(tree.iter("h1"), 2)]
        titles = [clean_line(title.text_content()) for title in islice(tree.iter("title"), 1)]
        only_one = headings if len(headings) == 1 else []
        stated = [*only_one, *(_SITE.split(title, 1)[0] for title in titles), *titles, *headings]
    return next(filter(None, stated), "")


def _authors(tree: _Element, metas: dict[str, list[str]], nodes: list[dict[str, Any]]) -> tuple[str, ...]:
    """The names of the first place that states any: citation and author tags, then JSON-LD, then a byline."""
    for name in _AUTHORS:
        # One word is an account ("admin"), unless it is of a script that writes names without a blank.
        names = [one for one in _names(metas.get(name, [])) if " " in one or not one.isascii()]
        if names:
            return tuple(names)
    persons, others = _called(nodes, "Person"), _called(nodes, "Organization")
    return tuple(_names(persons) or _byline(tree) or _names(others))


def _called(nodes: list[dict[str, Any]], kind: str) -> list[str]:
    """The names that schema.org authors of a kind have in the first work that has any; a bare name is a person's."""
    known = {str(node["@id"]): node for node in nodes if "@id" in node}
    for work in filter(_is_work, nodes):
        author = work.get("author")
        found: list[str] = []
        for one in author[:NAMES_CAP] if isinstance(author, list) else [author]:
            person = known.get(str(one.get("@id")), one) if isinstance(one, dict) else {"name": one}
            is_body = "Organization" in str(person.get("@type"))[:200]
            name = person.get("name")
            if isinstance(name, str) and is_body == (kind == "Organization"):
                found.append(name)
        if found:
            return found
    return []


def _byline(tree: _Element) -> list[str]:
    for path in _BYLINES:
        for element in islice(tree.xpath(path), METAS_CAP):
            line = "\n".join(filter(None, map(str.strip, islice(element.itertext(), BYLINE_CAP))))
            if len(line) <= BYLINE_CAP and not _is_aside(element):
                bare = _AFTER.sub("", _LINE_WITHIN.sub(r" \1 ", _BEFORE.sub("", line)))
                if names := [name for name in _names([bare]) if name.count(" ") < WORDS_MOST]:
                    return names
    return []


def _names(lines: list[str]) -> list[str]:
    """The names in author lines, each once, without "by".

    A comma or "and" parts names, but not those of bodies ("Department for Science, Innovation and Technology"), and
    no comma behind a single word ("Fussey, Peter"); a single word behind one is a title or employer.
    """
    found: list[str] = []
    for line in lines[:NAMES_CAP]:
        bare = _BEFORE.sub("", line.strip()[: NAME_MOST * NAMES_CAP])
        if _BODY.search(bare) or ("," in bare and " " not in bare.partition(",")[0].strip()):
            parts = re.split(r"[;|]", bare)
        else:
            parts = [part for part in _BETWEEN.split(bare) if "," not in bare or " " in part.strip()]
        names = (clean_line(part).strip(" ,.:-") for part in parts)
        found += [name for name in names if NAME_LEAST <= len(name) <= NAME_MOST and not _NO_NAME.search(name)]
    return list(dict.fromkeys(found))[:NAMES_CAP]


def _is_aside(element: _Element) -> bool:
    """True within comments and the like, whose authors are not the page's."""
    above = islice(element.iterancestors(), 20)
    return any(_ASIDE.search(f"{one.get('id', '')} {one.get('class', '')}"[:500]) for one in (element, *above) if one.tag != "body")  # fmt: skip  # noqa: E501


def _address(tree: _Element, metas: dict[str, list[str]]) -> str:
    canonical = str(next(iter(tree.xpath("//link[@rel='canonical']/@href")), ""))
    return metas.get("og:url", [canonical])[0]


def _created(tree: _Element, url: str) -> str | None:
    today = datetime.now(UTC).date().isoformat()
    found = find_date(tree, original_date=True, extensive_search=False, max_date=today, url=url or None)
    return str(found) if found else None


def _modified(metas: dict[str, list[str]], works: list[dict[str, Any]]) -> str | None:
    stated = [text for name in _MODIFIED for text in metas.get(name, ())]
    for text in (*stated, *(str(work.get("dateModified", "")) for work in works)):
        if moment := moment_of(text.strip()):
            return moment
    return None


def _language(tree: _Element) -> str | None:
    stated = tree.xpath("/html/@lang | /html/@xml:lang | //meta[@http-equiv='content-language']/@content")
    return next(filter(None, map(language_of, map(str, stated))), None)
