"""One crawl of a list of URLs by our own crawler, in a process of its own, for `benchmarks.crawl` to measure."""

import argparse
import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from archive.seed import Seed, Why
from archive.url import host_key, normalise
from archive.writer import Agent, ArchiveWriter
from crawler.connect_to import ConnectTo
from crawler.memory import MemoryLedger, MemorySupply
from crawler.options import CrawlOptions
from crawler.run import check, crawl
from extract.pool import Pool

USER_AGENT = "sourcekeep/benchmark (+https://sourcekeep.example/bot)"


def options(origin: str) -> CrawlOptions:
    """No delay, every host answered by the site."""
    return CrawlOptions(user_agent=USER_AGENT, delay_s=0.0, connect_to=ConnectTo.of([f"*={origin}"]))


def fetch_only(urls: list[str], origin: str, folder: Path) -> Counter[str]:
    """Wire, gate, robots and archive; no Scrapy, no reading, seeds in memory: what a link check runs on."""
    supply = MemorySupply(seeds(urls), follows=lambda found: False)
    with ArchiveWriter(folder, run="bench", agent=Agent("sourcekeep", USER_AGENT)) as writer:
        check(
            supply,
            keep=writer.keep,
            ledger=MemoryLedger(),
            options=options(origin),
            backlog=lambda: writer.pending_bytes,
        )
    return Counter(outcome.kind.value for outcome in supply.outcomes)


def with_spiders(urls: list[str], origin: str, folder: Path) -> Counter[str]:
    """The same through Scrapy's spiders, and every page's links read in two worker processes; seeds in memory."""
    supply = MemorySupply(seeds(urls), follows=lambda found: False)
    with ArchiveWriter(folder, run="bench", agent=Agent("sourcekeep", USER_AGENT)) as writer, Pool() as pool:
        crawl(
            supply,
            keep=writer.keep,
            pool=pool,
            ledger=MemoryLedger(),
            options=options(origin),
            stop=threading.Event(),
            backlog=lambda: writer.pending_bytes,
        )
    return Counter(outcome.kind.value for outcome in supply.outcomes)


def seeds(urls: list[str]) -> list[Seed]:
    """A seed a URL, as if an incident cited each."""
    return [Seed(normalise(url), Why.CITED, host_key(url), via="https://incident.example/") for url in urls]


WAYS: dict[str, Callable[[list[str], str, Path], Counter[str]]] = {"fetch": fetch_only, "spiders": with_spiders}


def main() -> None:
    """Crawls, then prints how many seeds ended how, as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("--urls", type=Path, required=True)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    outcomes = WAYS[given.way](given.urls.read_text().split(), given.origin, given.folder)
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main()
