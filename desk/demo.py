"""The first run: the whole job on the packaged sample web, on this machine only."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desk import archiving, checking
from desk.archiving import archive, missed
from desk.asking import search
from desk.checking import check
from desk.config import Config
from desk.dossier import print_run
from desk.fixity import faults_of
from desk.output import console, safe
from desk.sample import PAGE_URL, SampleWeb, sample_answers
from desk.verifying import verify_folder

FOLDER = Path("sourcekeep-demo")
QUERY = '"eight of 42"'


def demo_config(config: Config, folder: Path | None, origin: str) -> Config:
    """The settings of the demo: every host answered by the sample web, and nobody to be polite to."""
    crawl = config.crawl.model_copy(update={"delay_s": 0.0})
    data = folder or FOLDER
    return config.model_copy(update={"data": data, "database": "", "connect_to": {"*": origin}, "crawl": crawl})


def demo(config: Config, folder: Path | None) -> dict[str, Any]:
    """Archives the sample incident page, checks its links, re-reads every record and searches.

    Answers the run object with `surprises` beside it: sentences about what did not go as the sample web promises.
    """
    with SampleWeb() as web:
        settings = demo_config(config, folder, web.origin)
        run = archive(settings, [PAGE_URL])
        archiving.raise_if_stopped(run)
        links = check(settings)
        checking.raise_if_stopped(links)
    verified = verify_folder(settings)
    found = search(settings, QUERY)
    return {**run, "check": links, "verify": verified, "search": found, "surprises": surprises(run, verified, found)}


def surprises(run: dict[str, Any], verified: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What did not go as the sample web promises; a link that is meant to fail there is no surprise."""
    told = [f"{row['url'] or row['source']}: {row['outcome']}" for row in missed(run) if not _as_promised(row)]
    if faults_of(verified):
        told.append("verify found faults")
    if not any(QUERY.strip('"') in _unmarked(hit["snippet"]) for hit in found["hits"]):
        told.append(f"{QUERY} was not found")
    return told


def _unmarked(snippet: str) -> str:
    return snippet.replace("[", "").replace("]", "")


def _as_promised(row: dict[str, Any]) -> bool:
    if not row["url"]:
        return False
    parts = urlsplit(row["url"])
    served = sample_answers().get((parts.netloc, parts.path + (f"?{parts.query}" if parts.query else "")))
    return served is None or served.status >= 400


def print_demo(answer: dict[str, Any], data: Path) -> None:
    """Prints what the demo did, station by station, and what to type next."""
    out = console()
    out.print("1. The run: every source of the sample incident page, fetched and kept", style="bold")
    print_run(answer)
    out.print("\n2. The links, judged", style="bold")
    print(", ".join(f"{count} {status}" for status, count in answer["check"]["counts"].items()))
    out.print("\n3. Every record read again", style="bold")
    print(f"{answer['verify']['records']} records, {answer['verify']['bytes']:,} bytes, nothing damaged or missing"
          if not answer["surprises"] else "see below")  # fmt: skip
    out.print(f"\n4. Which source says {QUERY}, on which page?", style="bold")
    for hit in answer["search"]["hits"][:1]:
        out.print(f"{safe(hit['title'])}, page {hit['page']} of {hit['pages']}", markup=False)
        out.print(f"   {safe(hit['snippet'])}", markup=False)
    for surprise in answer["surprises"]:
        print(f"not as promised: {safe(surprise)}")
    key = next((key for hit in answer["search"]["hits"] for key in hit["incidents"]), "KEY")
    out.print("\nTry next", style="bold")
    for words in (f"show {key}", "search 'threshold -panel' --type pdf", "verify", f"export {key} -o met.wacz"):
        print(f"  sourcekeep --data {data} {words}")
    print("\nAll texts are samples made for this demo; the hosts were answered on this machine.")
