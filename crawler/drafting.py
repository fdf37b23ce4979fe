"""A publisher drafted from one of its pages: what its file may state, the page cut to its layout, its reading."""

import keyword
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from crawler.publisher import Publisher
from extract import landing
from extract.coding import decode
from extract.layouts import layouts_of
from extract.naming import best_named
from extract.skeleton import skeleton
from extract.sniffing import Kind, sniff
from extract.tidy import clean_line
from extract.webpage import WebPage

WIDTH = 120  # columns of a line of source
LONGEST_NAME = 60  # columns, of which a Chinese character takes two
MOST_EXPECTED = 6  # documents that a drafted publisher takes of a page
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_FEEDS = "//link[contains(@type, 'rss+xml') or contains(@type, 'atom+xml')]/@href"


def is_name(text: str) -> bool:
    """True of what a publisher and its file may be called: words of small letters and digits, joined by `_`."""
    named = class_name(text)
    is_free = named != Publisher.__name__ and not keyword.iskeyword(named)
    return bool(_NAME.fullmatch(text)) and len(text) <= LONGEST_NAME and is_free


def class_name(name: str) -> str:
    """The class of a publisher: `example_institute` is ExampleInstitute."""
    return "".join(part.capitalize() for part in name.split("_"))


def read_draft(
    content: bytes, *, url: str, content_type: str | None = None, content_encoding: str | None = None
) -> dict[str, Any]:
    """What a landing page tells of its publisher, as plain data; only its `mime` when it is no web page. In a worker.

    `rules` are the names in `landing` that lead to documents, `expects` how many they give at most, `names` what the
    site may be called, likeliest first, `hosts` its own hosts, `feeds` addresses that list works; `saved` is the page
    cut to its layout and `reading` what the rules make of that (`Link` values).
    """
    content = decode(content, content_encoding).content
    found_type = sniff(content, content_type)
    if found_type.kind is not Kind.HTML:
        return {"mime": found_type.mime}
    page = WebPage.of(content, url, _charset(content_type))
    rules = layouts_of(page)
    found = [link for rule in rules for link in getattr(landing, rule)(page)]
    expects = min(max(len({link.url for link in found}), 3), MOST_EXPECTED)
    saved = _about(url) + skeleton(page)
    tried = (*(getattr(landing, rule) for rule in rules), *landing.ANY_LAYOUT)
    reading = landing.follow(WebPage.of(saved.encode(), url), tried, expects)
    return {
        "rules": rules,
        "expects": expects,
        "names": _names(page),
        "hosts": _own_hosts(url, [link.url for link in reading]),
        "feeds": [feed for address in page.found(_FEEDS)[:5] if (feed := page.absolute(address))],
        "saved": saved,
        "reading": [asdict(link) for link in reading],
    }


def _charset(content_type: str | None) -> str | None:
    _, sign, rest = (content_type or "").lower().partition("charset=")
    return rest.split(";")[0].strip(" \"'") or None if sign else None


def _about(url: str) -> str:
    host = urlsplit(url).hostname
    return (
        f"<!-- Made for sourcekeep's tests after the layout of {host}, whose text is left out but for headings,"
        f" links and dates; licence Apache-2.0. url: {url} -->\n"
    )


def _names(page: WebPage) -> list[str]:
    """What the page calls its site: in its metadata, behind a bar in its title, else by its host."""
    title = " ".join(page.found("//head/title[1]/text()")[:1])
    behind = re.split(r"\s[|–—·:-]\s", title)[1:]
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    said = (page.meta("og:site_name"), page.meta("application-name"), *reversed(behind), host)
    return list(dict.fromkeys(name for text in said if any(map(str.isalnum, name := _plain(text)))))


def _plain(text: str) -> str:
    """A name as it may stand in source: one line, no quotation marks, nothing unseen."""
    seen = (" " if unicodedata.category(char)[0] in "CZ" else char for char in text[: 4 * LONGEST_NAME])
    plain = clean_line("".join(seen).replace('"', "'").replace("\\", "/"))
    columns = accumulate(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in plain)
    return plain[: sum(column <= LONGEST_NAME for column in columns)].strip(" .,;:|-–—")


def _own_hosts(url: str, links: Iterable[str]) -> list[str]:
    """The host of the page, then those of its documents that belong to the same site by their name."""
    hosts = [urlsplit(address).hostname or "" for address in (url, *links)]
    return list(dict.fromkeys(host for host in hosts if host == hosts[0] or _is_same_site(host, hosts[0])))


def _is_same_site(host: str, other: str) -> bool:
    """True of `files.institute.example` and `www.institute.example`: one lies under the other's name."""
    host, other = host.removeprefix("www."), other.removeprefix("www.")
    return host.endswith(f".{other}") or (other.endswith(f".{host}") and "." in host)


def leads_home(called: str, name: str, known: Sequence[type[Publisher]]) -> bool:
    """True when citations that say `called` would mean the new publisher, and those of all others still mean them."""
    names = {publisher.name: publisher.called for publisher in known} | {name: (called,)}
    written = (called, called.upper(), f"the {called}", called.replace("&", "and"))
    others = ((one, publisher.name) for publisher in known for one in publisher.called)
    return all(best_named(text, names) == owner for text, owner in (*((one, name) for one in written), *others))


def source(name: str, called: str, hosts: Sequence[str], rules: Sequence[str], expects: int) -> str:
    """The text of the publisher's file, laid out as the linter wants it."""
    stated = [
        f'    name = "{name}"',
        _tuple("hosts", [f'"{host}"' for host in hosts]),
        _tuple("called", [f'"{called}"']),
        *([_tuple("documents", [f"landing.{rule}" for rule in rules])] if rules else []),
        "    delay_s = 5",
        *([f"    expects = range(0, {expects + 1})"] if expects + 1 != Publisher.expects.stop else []),
    ]
    imports = ["from crawler.publisher import Publisher", *(["from extract import landing"] if rules else [])]
    return "\n".join([
        f'"""{called}: drafted from one of its pages; say here who it is."""',
        "",
        *imports,
        "",
        "",
        f"class {class_name(name)}(Publisher):",
        '    """One landing page was looked at: say here how the rest of the site is laid out."""',
        "",
        *stated,
        "",
    ])  # fmt: skip


def _tuple(field: str, items: Sequence[str]) -> str:
    line = f"    {field} = ({', '.join(items)}{',' if len(items) == 1 else ''})"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"    {field} = (", *(f"        {item}," for item in items), "    )"])
