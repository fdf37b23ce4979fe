"""Our crawl beside `wget --warc-file`: the same URLs of one loopback site, in alternating rounds; ratios first."""

import argparse
import gzip
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measuring import Cost, machine, median, rounds, run, table
from benchmarks.ours import WAYS
from benchmarks.site import Plan, Site, running

WGET, COMMAND = "wget", "command"
OURS = [*WAYS, COMMAND]
TOLD = {
    WGET: "wget --warc-file, one process, one kept connection, no robots.txt",
    "fetch": "our engine, gate, robots and archive (what a link check runs on)",
    "spiders": "our crawl: the same inside Scrapy, links of every page read in workers",
    "catalogue": "our crawl with the catalogue: frontier, ledger and captures in SQLite",
    "command": "the whole command, `sourcekeep archive`: all that, every document read and indexed",
}


@dataclass(frozen=True, slots=True)
class Round:
    """One run of one program. responses: response records found in its WARC files afterwards."""

    name: str
    number: int
    cost: Cost
    asked: int
    responses: int
    warc_bytes: int


def measure(site: Site, plan: Plan, names: list[str], count: int, place: Path) -> list[Round]:
    """`count` rounds of every program on the same list of URLs."""
    listed = place / "urls.txt"
    listed.write_text("\n".join(plan.urls()) + "\n")
    done: list[Round] = []

    def once(name: str, number: int) -> None:
        folder = place / f"{name}-{number}"
        folder.mkdir()
        site.counts()
        done.append(_round(site, name, number, listed, folder))
        print(f"round {number + 1} {name}: {_line(done[-1])}", file=sys.stderr, flush=True)
        shutil.rmtree(folder)

    rounds(names, count, once)
    return done


def _round(site: Site, name: str, number: int, listed: Path, folder: Path) -> Round:
    log = folder / "log.txt"
    cost = run(command(name, site.origin, listed, folder), log=log)
    asked = site.counts()["requests"]
    if cost.exit_code:
        raise RuntimeError(f"{name} ended with {cost.exit_code}: {log.read_text()[-2000:]}")
    kept = list(folder.rglob("*.warc.gz"))
    return Round(
        name,
        number,
        cost,
        asked,
        sum(map(responses, kept)),
        sum(path.stat().st_size for path in kept),
    )


def command(name: str, origin: str, listed: Path, folder: Path) -> list[str]:
    """The command line of a program. wget reaches the names of the site through its proxy setting."""
    if name == WGET:
        proxy = ["-e", f"http_proxy={origin}", "-e", "use_proxy=yes"]
        return [WGET, "-q", "-i", str(listed), "-O", "/dev/null", f"--warc-file={folder / 'wget'}", *proxy]
    if name == COMMAND:
        settings = folder / "settings.toml"
        settings.write_text("[crawl]\ndelay_s = 0.0\n")
        return [
            sys.executable,
            "-m",
            "desk",
            "--data",
            str(folder / "data"),
            "--config",
            str(settings),
            "archive",
            str(listed),
            "--connect-to",
            f"*={origin}",
        ]
    ours = [sys.executable, "-m", "benchmarks.ours", name]
    return [*ours, "--urls", str(listed), "--origin", origin, "--folder", str(folder)]


def responses(path: Path) -> int:
    """How many response records a WARC file holds, robots.txt left out."""
    count, is_response = 0, False
    with gzip.open(path, "rb") as records:
        for line in records:
            if line.startswith(b"WARC/1."):
                is_response = False
            elif line.rstrip() == b"WARC-Type: response":
                is_response = True
            elif is_response and line.startswith(b"WARC-Target-URI:"):
                count += b"/robots.txt" not in line
                is_response = False
    return count


def _line(one: Round) -> str:
    rate = one.responses / one.cost.wall_s
    return (
        f"{one.cost.wall_s:.2f} s, {rate:.0f} URLs/s, {one.cost.cpu_s:.2f} CPU s, {one.cost.peak_mib:.0f} MiB, "
        f"{one.responses} responses, {one.asked} requests"
    )


def report(done: list[Round], plan: Plan) -> str:
    """The table: medians, and ratios to wget's median (above 1 is faster)."""
    urls = plan.pages + plan.pdfs

    def middle(name: str, value: Callable[[Round], float]) -> float:
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


def main() -> None:
    """Measures, prints the table, and with --json writes every round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="*", default=OURS, choices=OURS, help="which of ours")
    parser.add_argument("--json", type=Path, help="where to write every round")
    for name, value in asdict(Plan()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    given = parser.parse_args()
    plan = Plan(given.pages, given.pdfs, given.hosts, given.seed)
    if shutil.which(WGET) is None:
        sys.exit("wget is not installed (apt-get install wget): there is nothing to compare with")
    with running(plan) as site, tempfile.TemporaryDirectory(prefix="crawl-bench-") as place:
        done = measure(site, plan, [WGET, *given.ways], given.rounds, Path(place))
    for one in done:
        if one.responses != plan.pages + plan.pdfs:
            print(f"round {one.number + 1} of {one.name} kept {one.responses} responses only", file=sys.stderr)
    print(f"{plan.pages:,} pages, {plan.pdfs} PDFs, {plan.hosts} hosts; {given.rounds} rounds; {machine()}\n")
    print(report(done, plan))
    if given.json:
        told = {"plan": asdict(plan), "machine": machine(), "rounds": [asdict(one) for one in done]}
        given.json.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
