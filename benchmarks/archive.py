"""Our archive files beside warcio's and fastwarc's work: writing, verifying, index making; the same records for all."""

import argparse
import json
import random
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measuring import Cost, machine, median, rounds, run, table

TOLD = {
    "warcio-index": "`warcio index`: offset, type, URL of each record; no digest looked at",
    "fastwarc": "fastwarc, block digest of every record checked",
    "verify": "`sourcekeep verify`: gzip, header, length, both digests of every record",
    "cdxj-indexer": "cdxj-indexer: a CDXJ line a capture; no digest looked at",
    "index": "our index made anew: every record verified, a CDXJ line a capture",
    "write-synced": "our writer, group commit",
    "write-unsynced": "our writer, nothing synced",
    "write-warcio": "warcio's own writer (zlib 9), no sync",
}
BESIDE = {"verify": "warcio-index", "write": "write-warcio"}


@dataclass(frozen=True, slots=True)
class Round:
    """One run of one program. bytes: of the WARC file that it read or wrote."""

    name: str
    number: int
    cost: Cost
    bytes: int


def command(name: str, file: Path, out: Path, captures: int) -> list[str]:
    """The command line of a program that reads `file`, or writes `captures` exchanges below `out`."""
    if name == "verify":
        return [sys.executable, "-m", "desk", "verify", str(file)]
    if name == "warcio-index":
        return [sys.executable, "-m", "warcio.cli", "index", str(file), "-o", str(out / "index")]
    if name == "cdxj-indexer":
        return [sys.executable, "-m", "cdxj_indexer.main", "--sort", "-o", str(out / "index"), str(file)]
    place = [str(file)] if not name.startswith("write") else [str(captures)]
    return [sys.executable, "-m", "benchmarks.archivists", name, str(out), *place]


def measure(names: list[str], count: int, captures: int, place: Path) -> list[Round]:
    """`count` rounds of every program; those that read get one file that our writer made before."""
    made = place / "made"
    made.mkdir()
    once_more(command("write-unsynced", made, made, captures), place)
    (file,) = (made / "warc").glob("*.warc.gz")
    done: list[Round] = []

    def once(name: str, number: int) -> None:
        out = place / f"{name}-{number}"
        out.mkdir()
        cost = once_more(command(name, file, out, captures), place)
        written = sum(path.stat().st_size for path in out.rglob("*.warc.gz"))
        for path in out.rglob("*.warc.gz"):
            path.unlink()
        done.append(Round(name, number, cost, written or file.stat().st_size))
        print(f"round {number + 1} {name}: {cost.wall_s:.2f} s, {cost.cpu_s:.2f} CPU s", file=sys.stderr, flush=True)

    rounds(names, count, once)
    return done


def once_more(words: list[str], place: Path) -> Cost:
    """One run to its end; RuntimeError with what it said when it fails."""
    log = place / "log.txt"
    cost = run(words, log=log)
    if cost.exit_code:
        raise RuntimeError(f"{words} ended with {cost.exit_code}: {log.read_text()[-2000:]}")
    return cost


def bodies(count: int, seed: int = 20) -> list[bytes]:
    """Seeded pages of 5 to 20 KB: cuts of one long text, so that making them costs next to nothing."""
    from benchmarks.site import sentence, vocabulary

    dice = random.Random(seed)
    words = vocabulary(dice)
    text = " ".join(sentence(dice, words) for _ in range(20_000)).encode()
    sizes = [dice.randint(5_000, 20_000) for _ in range(count)]
    return [b"<!doctype html><p>" + text[(at := dice.randrange(len(text) - size)) : at + size] for size in sizes]


def report(done: list[Round], captures: int) -> str:
    """The table: medians; CPU and wall seconds as ratios to the program that a row stands beside.

    Peak memory is that of the program and all its workers.
    """
    names = list(dict.fromkeys(one.name for one in done))
    rows = []
    for name in names:
        mine = [one for one in done if one.name == name]
        beside = BESIDE["write" if name.startswith("write") else "verify"]
        others = [one.cost for one in done if one.name == beside]
        cpu_s, wall_s = median([one.cost.cpu_s for one in mine]), median([one.cost.wall_s for one in mine])
        ratios = median([cost.cpu_s for cost in others]) / cpu_s, median([cost.wall_s for cost in others]) / wall_s
        memory = f"{max(one.cost.all_mib for one in mine):.0f}"
        size = f"{median([one.bytes for one in mine]) / 1e6:.1f}"
        rows.append([TOLD[name], *ratios, cpu_s, wall_s, f"{captures / wall_s:,.0f}", memory, size])
    header = ["program", "× warcio (CPU)", "× warcio (wall)", "CPU s", "wall s", "captures/s", "peak MiB", "WARC MB"]
    return table(header, rows)


def main() -> None:
    """Measures, prints the table, and with --json writes every round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--captures", type=int, default=6_700, help="each has three records")
    parser.add_argument("--json", type=Path, help="where to write every round")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="archive-bench-") as name:
        done = measure(list(TOLD), given.rounds, given.captures, Path(name))
    print(f"{given.captures:,} captures of 5 to 20 KB, 3 records each; {given.rounds} rounds; {machine()}\n")
    print(report(done, given.captures))
    if given.json:
        told = {"captures": given.captures, "machine": machine(), "rounds": [asdict(one) for one in done]}
        given.json.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
