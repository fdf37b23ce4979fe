"""Publisher: what a publisher file may state of a site, and how a page of it is read in a worker process."""

import pkgutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from urllib.parse import quote_plus, urlsplit

from crawler.moves import Move, twins
from extract import feed, landing, listing
from extract.coding import decode
from extract.naming import best_named
from extract.webpage import WebPage

UNCLAIMED = "any_page"  # the publisher of every host that no other owns


@dataclass(frozen=True, slots=True)
class Work:
    """A work known to be the publisher's. `url` is its landing page, or the document itself where it has none.

    `document` is the file behind a landing page where it is known. `also` are further addresses it had or may have.
    `verified` is False for an address that nobody has read in a public text: a candidate, still to be proved.
    """

    title: str
    url: str
    year: int | None = None
    document: str | None = None
    also: tuple[str, ...] = ()
    verified: bool = True

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address it has or may have, the first to be tried first."""
        return tuple(filter(None, (self.url, *self.also, self.document)))


class Publisher:
    """What is known of a site. A publisher never requests and never stores; the crawler and the desk ask it.

    `hosts` it owns, `called` are the names by which citations call it, `listings` the pages where titles are looked
    up and `searches` addresses with `{words}` in them that list what matches. `documents` lead from a landing page to
    the document, tried in turn; `entries` read a listing, together. `moves` name where a moved document may lie.
    `quirks` are for people. `delay_s` is the least time between two requests, `expects` how many documents a landing
    page gives.
    """

    name: ClassVar[str] = ""
    hosts: ClassVar[tuple[str, ...]] = ()
    called: ClassVar[tuple[str, ...]] = ()
    listings: ClassVar[tuple[str, ...]] = ()
    searches: ClassVar[tuple[str, ...]] = ()
    works: ClassVar[tuple[Work, ...]] = ()
    documents: ClassVar[tuple[landing.Rule, ...]] = ()
    entries: ClassVar[tuple[landing.Rule, ...]] = (listing.entries, listing.stated)
    moves: ClassVar[tuple[Move, ...]] = ()
    quirks: ClassVar[tuple[str, ...]] = ()
    delay_s: ClassVar[float] = 2
    expects: ClassVar[range] = range(0, 4)

    @classmethod
    def title(cls) -> str:
        """The name a person reads: the first by which it is called."""
        return cls.called[0] if cls.called else cls.name

    @classmethod
    def owns(cls, host: str) -> bool:
        """True when the host (or politeness key, where `www.` is folded) is one of its own; ports do not count."""
        return _folded_host(host) in {_folded_host(own) for own in cls.hosts}

    @classmethod
    def moved(cls, url: str) -> tuple[str, ...]:
        """Addresses where the document of `url` may lie now, likeliest first, `url` itself left out."""
        found = [candidate for rule in (*cls.moves, twins) for candidate in rule(url)]
        return tuple(candidate for candidate in dict.fromkeys(found) if candidate != url)

    @classmethod
    def searched(cls, title: str) -> tuple[str, ...]:
        """The addresses that list what matches a title, for a work that the listings do not have."""
        return tuple(address.format(words=quote_plus(title)) for address in cls.searches)

    @classmethod
    def front_pages(cls) -> tuple[str, ...]:
        """The front pages of the sites that have its listings: the last place where a work is looked for."""
        return tuple(dict.fromkeys(f"https://{urlsplit(address).netloc}/" for address in cls.listings))


@cache
def publishers() -> tuple[type[Publisher], ...]:
    """Every publisher of `crawler/spiders`, by name, the one of unclaimed hosts last."""
    import crawler.spiders

    names = (module.name for module in pkgutil.iter_modules(crawler.spiders.__path__))
    return _stated_in(import_module(f"crawler.spiders.{name}") for name in names)


def publishers_of(folder: Path) -> tuple[type[Publisher], ...]:
    """The publishers that the files of another checkout's `crawler/spiders` state; whatever those files raise."""
    return _stated_in(_loaded(path) for path in sorted(folder.glob("[!_]*.py")))


def _loaded(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"publisher_of_another_checkout.{path.stem}", path)
    assert spec is not None, "a file of Python has a loader"
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _stated_in(modules: Iterable[ModuleType]) -> tuple[type[Publisher], ...]:
    found = {value for module in modules for value in vars(module).values() if _is_publisher(value, module.__name__)}
    return tuple(sorted(found, key=lambda publisher: (publisher.name == UNCLAIMED, publisher.name)))


def _is_publisher(value: object, module: str) -> bool:
    return isinstance(value, type) and issubclass(value, Publisher) and value.__module__ == module


def by_name(name: str) -> type[Publisher]:
    """The publisher of this name; KeyError when there is none."""
    return _names()[name]


@cache
def _names() -> dict[str, type[Publisher]]:
    return {publisher.name: publisher for publisher in publishers()}


def for_host(host: str) -> type[Publisher]:
    """The publisher that owns a host, else the one of all pages that nobody claims."""
    return _owners().get(_folded_host(host)) or by_name(UNCLAIMED)


@cache
def _owners() -> dict[str, type[Publisher]]:
    return {_folded_host(host): publisher for publisher in publishers() for host in publisher.hosts}


def named(text: str) -> type[Publisher] | None:
    """The publisher that a citation names, also misspelt or among other words; None when it names nobody known."""
    owner = best_named(text, {publisher.name: publisher.called for publisher in publishers()})
    return by_name(owner) if owner else None


def read_landing(
    content: bytes, *, publisher: str, url: str, charset: str | None = None, content_encoding: str | None = None
) -> list[dict[str, Any]]:
    """The documents that a landing page leads to: `Link` values as plain data, at most as many as are expected.

    Runs in a worker. `content` is the entity body, still coded as `content_encoding` says.
    """
    rules = by_name(publisher)
    page = WebPage.of(decode(content, content_encoding).content, url, charset)
    known = () if publisher == UNCLAIMED else landing.ANY_LAYOUT
    return [asdict(link) for link in landing.follow(page, (*rules.documents, *known), max(rules.expects, default=0))]


def read_listing(
    content: bytes, *, publisher: str, url: str, charset: str | None = None, content_encoding: str | None = None
) -> list[dict[str, Any]]:
    """The works a listing names: `Link` values (address, title as `text`, year) as plain data. Runs in a worker."""
    body = decode(content, content_encoding).content
    page = WebPage.of(body, url, charset)
    found = feed.works(body, url, charset) or [link for rule in by_name(publisher).entries for link in rule(page)]
    return [asdict(link) for link in landing.once(found)]


def _folded_host(host: str) -> str:
    return host.lower().rstrip(".").rsplit("@")[-1].partition(":")[0].removeprefix("www.")
