"""Our crawl beside wget and Scrapy: the same URLs of one loopback site, in alternating rounds; ratios to wget first."""

import argparse
import gzip
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO
from zipfile import ZipFile

from benchmarks.crawlers import OURS, PEERS, TOLD, WGET, Round, command
from benchmarks.measuring import Cost, compile_rooms, machine, median, rounds, run, table
from benchmarks.site import Plan, Site, running

# Pages, PDFs, and the kilobytes of the picture in each PDF: a real report has some hundred.
SERVED = {"html": (3000, 0, 0), "mixed": (2400, 600, 200), "pdf": (0, 1200, 200)}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one program. responses: response records found in its WARC files afterwards."""

    name: str
    number: int
    cost: Cost
    asked: int
    responses: int
    warc_bytes: int


def measure(
    site: Site, plan: Plan, names: list[str], count: int, place: Path, webarchive: Path | None = None
) -> list[Run]:
    """`count` rounds of every program on the same list of URLs."""
    listed = place / "urls.txt"
    listed.write_text("\n".join(plan.urls("https" if site.secure else "http")) + "\n")
    done: list[Run] = []

    def once(name: str, number: int) -> None:
        folder = place / f"{name}-{number}"
        folder.mkdir()
        site.counts()
        wanted = Round(site, listed, folder)
        done.append(_run(name, number, wanted, command(name, wanted, webarchive)))
        print(f"round {number + 1} {name}: {_line(done[-1])}", file=sys.stderr, flush=True)
        shutil.rmtree(folder)

    rounds(names, count, once)
    return done


def _run(name: str, number: int, wanted: Round, words: list[str]) -> Run:
    log = wanted.folder / "log.txt"
    cost = run(words, log=log)
    asked = wanted.site.counts()["requests"]
    if cost.exit_code:
        raise RuntimeError(f"{name} ended with {cost.exit_code}: {log.read_text()[-2000:]}")
    kept = [*wanted.folder.rglob("*.warc.gz"), *wanted.folder.rglob("*.wacz")]
    return Run(
        name,
        number,
        cost,
        asked,
        sum(map(responses, kept)),
        sum(path.stat().st_size for path in kept),
    )


def responses(path: Path) -> int:
    """How many response records a WARC file holds, or those of a package; robots.txt left out."""
    if path.suffix != ".wacz":
        with path.open("rb") as file:
            return _counted(file)
    with ZipFile(path) as package:
        inside = [name for name in package.namelist() if name.endswith(".warc.gz")]
        return sum(_counted(package.open(name)) for name in inside)


def _counted(file: IO[bytes]) -> int:
    count, is_response = 0, False
    with gzip.open(file, "rb") as records:
        for line in records:
            if line.startswith(b"WARC/1."):
                is_response = False
            elif line.rstrip() == b"WARC-Type: response":
                is_response = True
            elif is_response and line.startswith(b"WARC-Target-URI:"):
                count += b"/robots.txt" not in line
                is_response = False
    return count


def _line(one: Run) -> str:
    rate = one.responses / one.cost.wall_s
    return (
        f"{one.cost.wall_s:.2f} s, {rate:.0f} URLs/s, {one.cost.cpu_s:.2f} CPU s, {one.cost.peak_mib:.0f} MiB, "
        f"{one.responses} responses, {one.asked} requests"
    )


def report(done: list[Run], plan: Plan) -> str:
    """The table: medians, and ratios to wget's median (above 1 is faster)."""
    urls = plan.pages + plan.pdfs

    def middle(name: str, value: Callable[[Run], float]) -> float:
        return median([value(one) for one in done if one.name == name])

    names = list(dict.fromkeys(one.name for one in done))
    rows = [
        [
            TOLD[name],
            middle(WGET, lambda one: one.cost.wall_s) / middle(name, lambda one: one.cost.wall_s),
            middle(name, lambda one: urls / one.cost.wall_s),
            middle(name, lambda one: one.cost.cpu_s * 1000 / urls),
            f"{max(one.cost.peak_mib for one in done if one.name == name):.0f}",
            f"{max(one.cost.all_mib for one in done if one.name == name):.0f}",
            middle(name, lambda one: one.warc_bytes / 1e6),
        ]
        for name in names
    ]
    header = ["program", "× wget", "URLs/s", "CPU s per 1,000", "peak MiB", "with workers, MiB", "WARC MB"]
    return table(header, rows)


_SIZES = ("pages", "pdfs", "picture_kb")


def parsed() -> argparse.Namespace:
    """What the call says; sizes as `--serve` has them unless they are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="*", default=OURS, choices=OURS, help="which of ours")
    parser.add_argument("--peers", nargs="*", default=[], choices=PEERS, help="who else, besides wget")
    parser.add_argument("--serve", choices=SERVED, default="html")
    parser.add_argument("--tls", action="store_true", help="https, with a certificate that is made for it")
    parser.add_argument("--webarchive", type=Path, help="interpreter of an environment that has scrapy-webarchive")
    parser.add_argument("--json", type=Path, help="where to write every round")
    for name, value in asdict(Plan()).items():
        parser.add_argument(f"--{name}", type=int, default=None if name in _SIZES else value)
    given = parser.parse_args()
    for name, usual in zip(_SIZES, SERVED[given.serve], strict=True):
        if getattr(given, name) is None:
            setattr(given, name, usual)
    return given


def main() -> None:
    """Measures, prints the table, and with --json writes every round."""
    given = parsed()
    plan = Plan(given.pages, given.pdfs, given.hosts, given.seed, given.picture_kb)
    if shutil.which(WGET) is None:
        sys.exit("wget is not installed (apt-get install wget): there is nothing to compare with")
    compile_rooms()
    names = [WGET, *given.ways, *given.peers]
    with tempfile.TemporaryDirectory(prefix="crawl-bench-") as name, ExitStack() as stack:
        place = Path(name)
        site = stack.enter_context(running(plan, place / "ca.pem" if given.tls else None))
        done = measure(site, plan, names, given.rounds, place, given.webarchive)
    for one in done:
        if one.responses != plan.pages + plan.pdfs:
            print(f"round {one.number + 1} of {one.name} kept {one.responses} responses only", file=sys.stderr)
    pictures = f" with {plan.picture_kb} KB of pictures" if plan.picture_kb else ""
    served = f"{plan.pages:,} pages, {plan.pdfs} PDFs{pictures}, {plan.hosts} hosts, {'https' if given.tls else 'http'}"
    print(f"{served}; {given.rounds} rounds; {machine()}\n")
    print(report(done, plan))
    if given.json:
        told = {"plan": asdict(plan), "tls": given.tls, "machine": machine(), "rounds": [asdict(one) for one in done]}
        given.json.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
