"""A large archive verified by the whole command: how long it takes, and how much memory it holds."""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.archive import once_more
from benchmarks.measuring import machine, table

PAYLOAD = 1 << 16  # bytes of each capture; they cannot be compressed, so the archive is as large as they are


def main() -> None:
    """Writes the archive, verifies it once, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=5_000)
    given = parser.parse_args()
    captures = given.megabytes * 10**6 // PAYLOAD
    with tempfile.TemporaryDirectory(prefix="archive-bench-") as name:
        place = Path(name)
        once_more([sys.executable, "-m", "benchmarks.archivists", "write-large", str(place), str(captures)], place)
        files = sorted((place / "warc").glob("*.warc.gz"))
        size = sum(file.stat().st_size for file in files)
        cost = once_more([sys.executable, "-m", "desk", "verify", *map(str, files)], place)
    print(f"{captures:,} captures, 3 records each, {len(files)} files; {machine()}\n")
    row = [f"{size / 1e6:,.0f}", cost.wall_s, cost.cpu_s, f"{size / 1e6 / cost.wall_s:.0f}", f"{cost.peak_mib:.0f}",
           f"{cost.all_mib:.0f}"]  # fmt: skip
    print(table(["MB", "wall s", "CPU s", "MB/s", "peak MiB", "with workers, MiB"], [row]))


if __name__ == "__main__":
    main()
