"""Looking one URL up in a large index: what `archive.cdxj.lookup` takes among millions of captures."""

import argparse
import random
import tempfile
import time
from pathlib import Path

from archive.cdxj import INDEX, lookup
from benchmarks.measuring import machine, table

CAPTURES_A_URL = 3
LINE = (
    'example,site-{host:07d})/page/{page:03d} 2026{month:02d}{day:02d}120000 {{"url": "https://site-{host:07d}.example/page/'
    '{page:03d}", "mime": "text/html", "status": "200", "digest": "sha256:{digest:064x}", "length": "7420", '
    '"offset": "{offset}", "filename": "sourcekeep-20260101000000-00001-4711-0a1b2c3d.warc.gz"}}\n'
)
PAGES = 100  # of each host


def make_index(folder: Path, captures: int) -> int:
    """Writes a sorted index of about `captures` lines, three captures a URL; the number of URLs."""
    urls = captures // CAPTURES_A_URL
    with (folder / INDEX).open("w", encoding="ascii", buffering=1 << 20) as out:
        for number in range(urls):
            host, page = divmod(number, PAGES)
            for time_of in range(CAPTURES_A_URL):
                line = LINE.format(
                    host=host,
                    page=page,
                    month=3 * time_of + 1,
                    day=number % 28 + 1,
                    digest=number,
                    offset=number * 7420,
                )
                out.write(line)
    return urls


def measure(folder: Path, urls: int, count: int, seed: int = 7) -> list[float]:
    """Seconds of each of `count` look-ups of seeded URLs, one in ten of which is not there."""
    dice = random.Random(seed)
    taken = []
    for number in range(count):
        host, page = divmod(dice.randrange(urls), PAGES)
        known = number % 10 != 0
        url = f"https://site-{host:07d}.example/page/{page:03d}{'' if known else '-not-there'}"
        began = time.perf_counter()
        found = lookup(folder, url)
        taken.append(time.perf_counter() - began)
        if len(found) != (CAPTURES_A_URL if known else 0):
            raise RuntimeError(f"{len(found)} captures of {url}")
    return sorted(taken)


def main() -> None:
    """Makes the index, looks up, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=10_000_000)
    parser.add_argument("--lookups", type=int, default=2_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lookup-bench-") as name:
        folder = Path(name)
        urls = make_index(folder, given.captures)
        size = (folder / INDEX).stat().st_size
        cold = measure(folder, urls, 1)[0]
        taken = measure(folder, urls, given.lookups)
    print(f"{given.captures:,} captures, {size / 1e9:.2f} GB of index; {given.lookups:,} look-ups; {machine()}\n")
    of = {name: taken[int(share * (len(taken) - 1))] for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    cells = [f"{1000 * value:.3f}" for value in (*of.values(), taken[-1], cold)]
    print(table([*(f"{name}, ms" for name in of), "slowest, ms", "first, ms"], [cells]))


if __name__ == "__main__":
    main()
