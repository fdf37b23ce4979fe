"""One crawl of a list of URLs by our own crawler, in a process of its own, for `benchmarks.crawl` to measure."""

import argparse
import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509

from archive.records import Agent
from archive.seed import Seed, Why
from archive.url import host_key, normalise
from archive.writer import ArchiveWriter
from crawler.connect_to import ConnectTo
from crawler.memory import MemoryLedger, MemorySupply
from crawler.options import CrawlOptions
from crawler.run import check, crawl
from crawler.trust import Trust
from desk.config import load
from desk.connecting import crawl_options
from desk.ledger import CatalogueLedger
from desk.place import Place, held
from desk.supply import CatalogueSupply
from desk.workers import Workers
from extract.pool import Pool
from store import frontier
from store.frontier import Wanted
from store.runs import finish_run, start_run

USER_AGENT = "sourcekeep/benchmark (+https://sourcekeep.example/bot)"


@dataclass(frozen=True, slots=True)
class Stand:
    """Who answers for every host, and the certificate that signed its own if that is asked over TLS."""

    origin: str
    ca: Path | None

    @property
    def trust(self) -> Trust | None:
        """Whose certificates are believed."""
        return Trust(x509.load_pem_x509_certificates(self.ca.read_bytes())) if self.ca else None

    @property
    def options(self) -> CrawlOptions:
        """No delay, every host answered by the site."""
        rules = ConnectTo.of([f"*={self.origin}"])
        return CrawlOptions(user_agent=USER_AGENT, delay_s=0.0, connect_to=rules, trust=self.trust)


def fetch_only(urls: list[str], stand: Stand, folder: Path) -> Counter[str]:
    """Wire, gate, robots and archive; no Scrapy, no reading, seeds in memory: what a link check runs on."""
    supply = MemorySupply(seeds(urls), follows=lambda found: False)
    with ArchiveWriter(folder, run="bench", agent=Agent("sourcekeep", USER_AGENT)) as writer:
        check(
            supply,
            keep=writer.keep,
            ledger=MemoryLedger(),
            options=stand.options,
            backlog=lambda: writer.pending_bytes,
        )
    return Counter(outcome.kind.value for outcome in supply.outcomes)


def with_spiders(urls: list[str], stand: Stand, folder: Path) -> Counter[str]:
    """The same through Scrapy's spiders, and every page's links read in two worker processes; seeds in memory."""
    supply = MemorySupply(seeds(urls), follows=lambda found: False)
    with ArchiveWriter(folder, run="bench", agent=Agent("sourcekeep", USER_AGENT)) as writer, Pool() as pool:
        crawl(
            supply,
            keep=writer.keep,
            pool=pool,
            ledger=MemoryLedger(),
            options=stand.options,
            stop=threading.Event(),
            backlog=lambda: writer.pending_bytes,
        )
    return Counter(outcome.kind.value for outcome in supply.outcomes)


def with_catalogue(urls: list[str], stand: Stand, folder: Path) -> Counter[str]:
    """The same with seeds, outcomes, captures and politeness in SQLite, as a run of the program has them."""
    config = load({"data": folder, "connect_to": {"*": stand.origin}, "crawl": {"delay_s": 0.0}}, None)
    kinds: Counter[str] = Counter()
    with held(config) as place:
        run = begun(place, urls)
        crawl(
            CatalogueSupply(place, run, settled=lambda done: kinds.update(kind.value for _, kind in done)),
            keep=place.writer.keep,
            pool=place.pool,
            ledger=CatalogueLedger(place),
            options=replace(crawl_options(config), trust=stand.trust),
            stop=threading.Event(),
            backlog=lambda: place.writer.pending_bytes,
        )
        finish_run(place.database, run, "done", place.seams.now())
    return kinds


def with_workers(urls: list[str], stand: Stand, folder: Path) -> Counter[str]:
    """The same in two processes, which share hosts through the ledger; for a site without TLS."""
    assert stand.ca is None, "the processes of a run believe the certificates that everybody does"
    crawling = {"delay_s": 0.0, "workers": 2}
    config = load({"data": folder, "connect_to": {"*": stand.origin}, "crawl": crawling}, None)
    kinds: Counter[str] = Counter()
    nothing: Future[bool] = Future()
    nothing.set_result(False)
    with held(config) as place:
        run = begun(place, urls)
        Workers(
            place,
            run,
            further=lambda: nothing,
            settled=lambda done: kinds.update(kind.value for _, kind in done),
            progress=lambda now: None,
            stop=threading.Event(),
        ).crawl()
        finish_run(place.database, run, "done", place.seams.now())
    return kinds


def begun(place: Place, urls: list[str]) -> int:
    """The number of a run that has these to fetch."""
    now = place.seams.now()
    run = start_run(place.database, "archive", [], now)
    wanted = [Wanted(seed.url, seed.why, seed.via, seed.hops, seed.publisher) for seed in seeds(urls)]
    frontier.add_seeds(place.database, run, wanted, now=now)
    return run


def seeds(urls: list[str]) -> list[Seed]:
    """A seed a URL, as if an incident cited each."""
    return [Seed(normalise(url), Why.CITED, host_key(url), via="https://incident.example/") for url in urls]


WAYS: dict[str, Callable[[list[str], Stand, Path], Counter[str]]] = {
    "fetch": fetch_only,
    "spiders": with_spiders,
    "catalogue": with_catalogue,
    "workers": with_workers,
}


def main() -> None:
    """Crawls, then prints how many seeds ended how, as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("--urls", type=Path, required=True)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--secure", default="", help="the origin that is asked over TLS in place of the other")
    parser.add_argument("--ca", type=Path, help="the certificate that signed its own")
    given = parser.parse_args()
    stand = Stand(given.secure or given.origin, given.ca)
    outcomes = WAYS[given.way](given.urls.read_text().split(), stand, given.folder)
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main()
