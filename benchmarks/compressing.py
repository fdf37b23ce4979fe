"""The compressors that could write our gzip members, on pages of the size we keep: time and size a page."""

import argparse
import importlib
import time
import zlib
from collections.abc import Callable
from typing import Any

from benchmarks.archive import bodies
from benchmarks.measuring import machine, median, rounds, table

GZIP = zlib.MAX_WBITS + 16
MODULES = {"zlib": "zlib", "isal": "isal.isal_zlib", "zlib-ng": "zlib_ng.zlib_ng"}
LEVELS = {"zlib": (9, 6, 1), "isal": (0, 1, 2, 3), "zlib-ng": (1, 2, 3, 6, 9)}
BESIDE = "zlib 9"  # what warcio writes with


def makers() -> dict[str, Callable[[], Any]]:
    """A maker of compressors for each level of each library that is installed."""
    found: dict[str, Callable[[], Any]] = {}
    for name, module in MODULES.items():
        try:
            make = importlib.import_module(module).compressobj
        except ImportError:
            continue
        for level in LEVELS[name]:
            found[f"{name} {level}"] = lambda make=make, level=level: make(level, zlib.DEFLATED, GZIP)
    return found


def compress_all(make: Callable[[], Any], pages: list[bytes]) -> tuple[float, int]:
    """(CPU seconds, bytes written) of every page as a member of its own."""
    began, size = time.process_time(), 0
    for page in pages:
        compressor = make()
        size += len(compressor.compress(page)) + len(compressor.flush())
    return time.process_time() - began, size


def main() -> None:
    """Measures in turns and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=500)
    given = parser.parse_args()
    pages, made = bodies(given.pages), makers()
    done: dict[str, list[tuple[float, int]]] = {name: [] for name in made}
    rounds(list(made), given.rounds, lambda name, _: done[name].append(compress_all(made[name], pages)))
    beside_s, beside = median([cpu_s for cpu_s, _ in done[BESIDE]]), done[BESIDE][0][1]
    rows = []
    for name, runs in done.items():
        cpu_s = median([each for each, _ in runs])
        rows.append([name, f"{beside_s / cpu_s:.1f}", f"{1e6 * cpu_s / len(pages):.0f}", f"{runs[0][1] / beside:.3f}"])
    print(f"{len(pages):,} pages of 5 to 20 KB; {given.rounds} rounds; {machine()}\n")
    print(table(["library and level", f"× {BESIDE} in speed", "µs a page", f"size, × {BESIDE}"], rows))


if __name__ == "__main__":
    main()
