"""A new publisher: one landing page had politely or from a file, drafted in a worker, written into a checkout."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import crawler
from archive.errors import NetworkDown, RefusedUrl, UsageError
from archive.reader import read_payload
from archive.seed import Outcome, OutcomeKind, Seed, Why
from archive.url import host_key, normalise
from crawler.drafting import is_name, leads_home, source
from crawler.memory import MemorySupply
from crawler.publisher import Publisher, publishers, publishers_of
from crawler.run import check
from desk.config import Config
from desk.connecting import crawl_options
from desk.ledger import CatalogueLedger
from desk.place import held, reading_pool

_DRAFT = "crawler.drafting:read_draft"
_LARGEST_PAGE = 8 << 20  # as far as a landing page is read in a run
_UNREACHED = frozenset({OutcomeKind.DNS_ERROR, OutcomeKind.CONNECT_ERROR, OutcomeKind.TIMEOUT})
_SPIDERS, _PAGES = Path("crawler", "spiders"), Path("tests", "pages")
_GIVE_PAGE = "Save the page in a browser and give it with --page FILE, or take another landing page."


@dataclass(frozen=True, slots=True)
class _Page:
    """A landing page: its bytes as they were sent and what was declared of them."""

    url: str
    content: bytes
    content_type: str | None = None
    content_encoding: str | None = None


def new_publisher(config: Config, name: str, url: str, *, page: Path | None, into: Path | None) -> dict[str, Any]:
    """Writes a publisher's file, a saved page and its golden reading; answers what was written and found.

    `page` is a saved copy of `url`, which is fetched when there is none. Nothing is written, and UsageError says
    why, when the name or the host is taken, there is no checkout to write into, or the answer is no web page.
    """
    url = _address(url)
    checkout = _checkout(into)
    known = _publishers_in(checkout)
    _refuse_taken_name(name, checkout, known)
    _refuse_taken_host(url, known)
    had = _fetched(config, url) if page is None else _saved(page, url)
    _refuse_taken_host(had.url, known)
    draft = _drafted(config, had)
    hosts = [host for host in draft["hosts"] if not _owners(host, known)]
    called = next((one for one in draft["names"] if leads_home(one, name, known)), None)
    if called is None:
        raise UsageError(
            f"{host_key(had.url)} is called {', '.join(draft['names'])}, which means another publisher already",
            advice="Write the file by hand: CONTRIBUTING.md shows how.",
        )
    pages = checkout / _PAGES / name
    files = {
        pages / "landing.html": draft["saved"],
        pages / "landing.golden.json": json.dumps(draft["reading"], indent=1, ensure_ascii=False) + "\n",
        checkout / _SPIDERS / f"{name}.py": source(name, called, hosts, draft["rules"], draft["expects"]),
    }
    _write(pages, files)
    return {
        "files": [str(path) for path in reversed(files)], "name": name, "hosts": hosts, "called": [called],
        "url": had.url, "rules": list(draft["rules"]), "documents": draft["reading"], "feeds": draft["feeds"],
    }  # fmt: skip


def _address(url: str) -> str:
    try:
        address = normalise(url)
    except RefusedUrl as refused:
        raise UsageError(f"{url[:200]} is not fetched: {refused}", advice=refused.advice) from refused
    if "[" in urlsplit(address).netloc:
        raise UsageError(f"{url[:200]} has no host name that a publisher could own", advice="Give the site's name.")
    return address


def _checkout(into: Path | None) -> Path:
    """The source tree to write into: `into`, else the folder we stand in, else the tree that this program runs from."""
    here = (into,) if into is not None else (Path(), Path(crawler.__file__).resolve().parents[1])
    for folder in here:
        if (folder / _SPIDERS / "__init__.py").is_file() and (folder / _PAGES).is_dir():
            return folder
    if into is not None:
        raise UsageError(f"{into} is no checkout of sourcekeep: it lacks {_SPIDERS} or {_PAGES}")
    raise UsageError(
        "this sourcekeep is installed without its source tree, so there is nowhere to write a publisher",
        advice="Clone the repository and call it there, or name the clone with --into DIR.",
    )


def _publishers_in(checkout: Path) -> tuple[type[Publisher], ...]:
    if (checkout / _SPIDERS).resolve() == Path(crawler.__file__).resolve().parent / "spiders":
        return publishers()
    try:
        return publishers_of(checkout / _SPIDERS)
    except Exception as error:  # whatever the files of another version raise
        raise UsageError(f"a publisher in {checkout / _SPIDERS} cannot be loaded: {error}") from error


def _refuse_taken_name(name: str, checkout: Path, known: Sequence[type[Publisher]]) -> None:
    if not is_name(name):
        raise UsageError(
            f"{name[:80]!r} is no name for a publisher",
            advice="Use small letters and digits, words joined by _: example_institute.",
        )
    there = [path for path in (checkout / _SPIDERS / f"{name}.py", checkout / _PAGES / name) if path.exists()]
    if there or any(publisher.name == name for publisher in known):
        place = there[0] if there else checkout / _SPIDERS
        raise UsageError(f"the name {name} is taken ({place}); nothing was written", advice="Choose another name.")


def _refuse_taken_host(url: str, known: Sequence[type[Publisher]]) -> None:
    host = urlsplit(url).hostname or ""
    if owner := _owners(host, known):
        raise UsageError(
            f"{host} belongs to {owner[0].name} already ({_SPIDERS / owner[0].name}.py); nothing was written",
            advice="Add what you know of the site to that file.",
        )


def _owners(host: str, known: Sequence[type[Publisher]]) -> list[type[Publisher]]:
    return [publisher for publisher in known if publisher.owns(host)]


def _saved(path: Path, url: str) -> _Page:
    try:
        with path.open("rb") as file:
            return _Page(url, file.read(_LARGEST_PAGE))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", advice="Check the path and its rights.") from error


def _fetched(config: Config, url: str) -> _Page:
    """The page as its host answers now, redirects followed; it is kept in the archive like every answer."""
    with held(config) as place:
        supply = MemorySupply([Seed(url, Why.CITED, host_key(url))], follows=lambda found: found.hop == "R")
        check(
            supply,
            keep=place.writer.keep,
            ledger=CatalogueLedger(place),
            options=crawl_options(config),
            backlog=lambda: place.writer.pending_bytes,
        )
        last = supply.outcomes[-1]
        if last.kind is not OutcomeKind.CAPTURED or last.capture is None or last.found:
            raise _not_had(last)
        payload = read_payload(config.data, last.capture)
    return _Page(last.seed.url, payload.content, payload.content_type, payload.content_encoding)


def _not_had(last: Outcome) -> UsageError | NetworkDown:
    told = f"{last.seed.url} gave no page: {last.kind.value} ({last.reason}); nothing was written"
    return NetworkDown(told) if last.kind in _UNREACHED else UsageError(told, advice=_GIVE_PAGE)


def _drafted(config: Config, page: _Page) -> dict[str, Any]:
    with reading_pool(config) as pool:
        answer = pool.submit(
            _DRAFT, page.content, url=page.url, content_type=page.content_type, content_encoding=page.content_encoding
        ).result()
    if answer.failure is not None or answer.value is None:
        raise UsageError(f"{page.url} could not be read: {answer.reason}; nothing was written", advice=_GIVE_PAGE)
    draft: dict[str, Any] = answer.value
    if "mime" in draft:
        raise UsageError(f"{page.url} is no web page but {draft['mime']}; nothing was written", advice=_GIVE_PAGE)
    return draft


def _write(folder: Path, files: dict[Path, str]) -> None:
    """A new folder and all of the files, or nothing; what is there already is not touched."""
    with _undone_on_failure() as made:
        folder.mkdir()
        made.append(folder)
        for path, text in files.items():
            with path.open("x", encoding="utf-8") as file:
                made.append(path)
                file.write(text)


@contextmanager
def _undone_on_failure() -> Iterator[list[Path]]:
    made: list[Path] = []
    try:
        yield made
    except BaseException as error:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()
        if isinstance(error, FileExistsError):
            raise UsageError(f"{error.filename} is there already; nothing was written") from error
        raise
