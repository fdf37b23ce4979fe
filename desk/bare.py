"""URLs handed over without a record: sources of their own, with the documents that their pages lead to."""

from collections.abc import Sequence

from archive.errors import RefusedUrl
from archive.reader import read_payload
from archive.seed import Why
from archive.showing import page_url
from archive.url import host_key, normalise
from crawler.publisher import UNCLAIMED
from desk.place import Place
from desk.supply import publisher_of
from store import frontier, intake
from store.frontier import Unread, Wanted
from store.keys import source_at

_LANDING = "crawler.publisher:read_landing"


def wanted_url(place: Place, url: str) -> Wanted:
    """How a bare URL is fetched: a known source or publisher's as a source, any other as what may be a record."""
    publisher = publisher_of(host_key(url))
    if publisher == UNCLAIMED and source_at(place.database, url) is None:
        return Wanted(url, Why.INCIDENT, None, "", publisher)
    source = intake.file_source(place.database, url, publisher=publisher, now=place.seams.now())
    return Wanted(url, Why.CITED, None, "", publisher, source)


def file_as_sources(place: Place, run: int, strays: Sequence[Unread]) -> None:
    """Files pages that turned out to be no records as sources; what they lead to is added to the run."""
    for stray in strays:
        url, now = page_url(stray.capture), place.seams.now()
        source = intake.file_source(place.database, url, publisher=UNCLAIMED, now=now)
        links = _documents(place, stray)
        wanted = [Wanted(link, Why.DOCUMENT, url, "L", publisher_of(host_key(link)), source) for link in links]
        frontier.add_seeds(place.database, run, wanted, now=now)


def _documents(place: Place, stray: Unread) -> list[str]:
    """The documents that a page says it is about, read in a worker; a page that kills its reader leads nowhere."""
    payload = read_payload(place.config.data, stray.capture)
    answer = place.pool.submit(
        _LANDING, payload.content, publisher=UNCLAIMED, url=page_url(stray.capture),
        content_encoding=payload.content_encoding,
    ).result()  # fmt: skip
    found = []
    for link in answer.value or ():
        try:
            found.append(normalise(link["url"]))
        except RefusedUrl:
            continue
    return [url for url in found if url != page_url(stray.capture)]
