"""Our reading of PDFs beside pdftotext and pdfplumber: the same files, in alternating rounds; ratios first."""

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measuring import Cost, machine, median, rounds, run, table
from benchmarks.site import pdf, vocabulary

PDFTOTEXT = "pdftotext"
READERS = {
    PDFTOTEXT: "pdftotext, a process a file, one after the other",
    "ours-1": "our pool, one worker: text by page, metadata, quality",
    "ours-2": "our pool, two workers",
    "pdfplumber": "pdfplumber, plain text, one process",
}


@dataclass(frozen=True, slots=True)
class Round:
    """One run of one reader over all files. alike: share of pdftotext's words that it found too."""

    name: str
    number: int
    cost: Cost
    alike: float


def make_files(folder: Path, count: int, seed: int) -> int:
    """Writes `count` seeded PDFs of 2 to 60 pages; how many pages they have."""
    dice = random.Random(seed)
    words = vocabulary(dice)
    lengths = [min(60, max(2, int(dice.lognormvariate(2.2, 0.9)))) for _ in range(count)]
    for number, length in enumerate(lengths):
        (folder / f"{number:04}.pdf").write_bytes(pdf(dice, words, length))
    return sum(lengths)


def command(name: str, folder: Path, out: Path) -> list[str]:
    """The command line of a reader; each writes a text file a PDF into `out`."""
    if name == PDFTOTEXT:
        script = 'cd "$1" && for file in *.pdf; do pdftotext -q "$file" "$2/$file.txt"; done'
        return ["sh", "-c", script, "sh", str(folder), str(out)]
    return [sys.executable, "-m", "benchmarks.readers", name, str(folder), str(out)]


def measure(names: list[str], count: int, files: Path, place: Path) -> list[Round]:
    """`count` rounds of every reader."""
    done: list[Round] = []
    told: dict[str, Counter[str]] = {}

    def once(name: str, number: int) -> None:
        out = place / f"{name}-{number}"
        out.mkdir()
        log = place / "log.txt"
        cost = run(command(name, files, out), log=log)
        if cost.exit_code:
            raise RuntimeError(f"{name} ended with {cost.exit_code}: {log.read_text()[-2000:]}")
        told[name] = words_of(out)
        shutil.rmtree(out)
        done.append(Round(name, number, cost, alike(told[name], told.get(PDFTOTEXT))))
        print(f"round {number + 1} {name}: {cost.wall_s:.2f} s, {cost.cpu_s:.2f} CPU s", file=sys.stderr, flush=True)

    rounds(names, count, once)
    return done


def words_of(folder: Path) -> Counter[str]:
    """Every word in the texts that a reader wrote."""
    return Counter(word for path in folder.iterdir() for word in re.findall(r"\w+", path.read_text(errors="replace")))


def alike(found: Counter[str], reference: Counter[str] | None) -> float:
    """Share of the reference's words that were found, each as often as it stands there; 1 without a reference."""
    return (found & reference).total() / reference.total() if reference else 1.0


def report(done: list[Round], pages: int) -> str:
    """The table: medians, and ratios to pdftotext, or to pdfplumber where there is no pdftotext."""
    names = list(dict.fromkeys(one.name for one in done))
    beside = PDFTOTEXT if PDFTOTEXT in names else "pdfplumber"

    def middle(name: str, value: Callable[[Round], float]) -> float:
        return median([value(one) for one in done if one.name == name])

    rows = [
        [
            READERS[name],
            middle(beside, lambda one: one.cost.wall_s) / middle(name, lambda one: one.cost.wall_s),
            middle(name, lambda one: pages / one.cost.wall_s),
            middle(name, lambda one: one.cost.cpu_s * 1000 / pages),
            f"{max(one.cost.all_mib for one in done if one.name == name):.0f}",
            f"{middle(name, lambda one: one.alike):.2%}",
        ]
        for name in names
    ]
    header = ["reader", f"× {beside}", "pages/s", "CPU s per 1,000 pages", "peak MiB, all processes", "same words"]
    return table(header, rows)


def main() -> None:
    """Measures, prints the table, and with --json writes every round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--json", type=Path, help="where to write every round")
    given = parser.parse_args()
    names = list(READERS)
    if shutil.which(PDFTOTEXT) is None:
        names.remove(PDFTOTEXT)
        print("pdftotext is not installed (apt-get install poppler-utils): it is left out", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="reading-bench-") as name:
        files = Path(name, "files")
        files.mkdir()
        pages = make_files(files, given.files, given.seed)
        done = measure(names, given.rounds, files, Path(name))
    print(f"{given.files} PDFs, {pages:,} pages; {given.rounds} rounds; {machine()}\n")
    print(report(done, pages))
    if given.json:
        told = {"pages": pages, "machine": machine(), "rounds": [asdict(one) for one in done]}
        given.json.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
