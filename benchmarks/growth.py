"""The catalogue as its queue grows: what one claim, one filing and one settlement cost, and how large a URL is."""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.capture import Capture, Origin, RecordType
from archive.seed import Outcome, OutcomeKind, Seed, Why
from benchmarks.measuring import machine, median, resident_mib, table
from store import frontier, intake
from store.database import Database, open_database
from store.frontier import Wanted
from store.runs import start_run

NOW = datetime(2024, 5, 17, 9, tzinfo=UTC)
BATCH = 64  # URLs a claim, captures a sync, outcomes a settlement: what a crawl does at once
HELD_IN_MEMORY = 10_000  # seeds are added in such portions


@dataclass(frozen=True, slots=True)
class Size:
    """A queue of `urls` URLs over `urls / 10` hosts: CPU milliseconds a batch of 64, bytes a URL on disk and in memory.

    CPU, since what a sync to the disk takes is the disk's; its pages are written by the same calls at every size.
    """

    urls: int
    add_ms: float
    claim_ms: float
    file_ms: float
    settle_ms: float
    disk_bytes: float
    memory_bytes: float


def measure(urls: int, batches: int, place: Path) -> Size:
    """A queue of this size is made, then `batches` batches go from claim to settlement."""
    path = place / f"{urls}.sqlite"
    with open_database(f"sqlite:///{path}") as database:
        run = start_run(database, "archive", [], NOW)
        before = resident_mib()
        add_s = timed(lambda: _add(database, run, urls))
        size = sum(file.stat().st_size for file in place.glob(f"{urls}.sqlite*"))
        costs = [_one(database, run, number) for number in range(batches)]
        memory = (resident_mib() - before) * (1 << 20)
    claim_s, file_s, settle_s = (median(each) * 1000 for each in zip(*costs, strict=True))
    return Size(urls, add_s * 1000 * BATCH / urls, claim_s, file_s, settle_s, size / urls, memory / urls)


def timed(work: Callable[[], Any]) -> float:
    """CPU seconds that it took."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _add(database: Database, run: int, urls: int) -> None:
    hosts = max(urls // 10, 1)
    for first in range(0, urls, HELD_IN_MEMORY):
        seeds = [
            Wanted(f"https://www.site-{at % hosts}.example/reports/{at}.html", Why.CITED)
            for at in range(first, min(first + HELD_IN_MEMORY, urls))
        ]
        frontier.add_seeds(database, run, seeds, now=NOW)


def _one(database: Database, run: int, number: int) -> tuple[float, float, float]:
    seeds: list[Seed] = []
    claim_s = timed(lambda: seeds.extend(frontier.claim(database, run, BATCH, NOW)))
    captures = [_capture(seed, number * BATCH + at) for at, seed in enumerate(seeds)]
    file_s = timed(lambda: intake.file_captures(database, captures))
    outcomes = [_outcome(*pair) for pair in zip(seeds, captures, strict=True)]
    return claim_s, file_s, timed(lambda: frontier.settle(database, run, outcomes, NOW))


def _capture(seed: Seed, number: int) -> Capture:
    digest = f"sha256:{number:064x}"
    return Capture(
        f"urn:uuid:{number:036x}", RecordType.RESPONSE, seed.url, NOW, 200, "text/html", digest, 24_000,
        "bench.warc.gz", number * 9_000, 9_000, origin=Origin(seed.why.value),
    )  # fmt: skip


def _outcome(seed: Seed, capture: Capture) -> Outcome:
    return Outcome(seed, OutcomeKind.CAPTURED, "", 200, capture)


def report(sizes: Sequence[Size]) -> str:
    """The table."""
    header = [
        "URLs waiting",
        "add 64, ms",
        "claim 64, ms",
        "file 64, ms",
        "settle 64, ms",
        "disk B/URL",
        "memory B/URL",
    ]
    rows = [
        [f"{one.urls:,}", one.add_ms, one.claim_ms, one.file_ms, one.settle_ms,
         f"{one.disk_bytes:.0f}", f"{one.memory_bytes:.0f}"]
        for one in sizes
    ]  # fmt: skip
    return table(header, rows)


def main() -> None:
    """Measures each size in turn and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--urls", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--batches", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="growth-bench-") as place:
        sizes = [measure(urls, given.batches, Path(place)) for urls in given.urls]
    print(f"{given.batches} batches a size, synced to disk; {machine()}\n")
    print(report(sizes))


if __name__ == "__main__":
    main()
