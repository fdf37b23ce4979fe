"""Meeting the hostile web: the whole table at once, in the crawler alone or by the program, and what came of it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from archive.capture import Exchange
from crawler.connect_to import ConnectTo
from crawler.limits import Limits
from crawler.memory import MemorySupply
from tests.conftest import ROOT
from tests.crawler.bench import Trial, seed
from tests.hostile import HELLOS, MOST_BODY_MIB, URLS, contexts
from tests.site import Served, Site

TOTAL_S, IDLE_S, GRACE_S, MOST_WAIT_S = 5.0, 1.5, 2.0, 3.0
REFUSED, UNKNOWN = "http://refused.test/page", "http://nowhere.invalid/page"


@dataclass(frozen=True)
class Kept:
    """A record: all that was received for it, why it is not whole (""), and how long the exchange took."""

    received: bytes
    truncated: str
    seconds: float


@dataclass
class Meeting:
    """By URL: the outcomes (there must be one), the records, and what the servers sent.

    slowness: by how much the machine was too busy for the usual times, which were granted so many times over.
    """

    slowness: float
    outcomes: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    kept: defaultdict[str, list[Kept]] = field(default_factory=lambda: defaultdict(list))
    served: dict[str, list[Served]] = field(default_factory=dict)
    peak_bytes: int = 0
    errors: str = ""


@dataclass(frozen=True)
class Web:
    """The sites of the table, plain and secure, with the rules that lead to them."""

    sites: dict[str, Site]
    rules: list[str]

    def served(self) -> dict[str, list[Served]]:
        found: dict[str, list[Served]] = defaultdict(list)
        for scheme, site in self.sites.items():
            for one in site.served:
                found[f"{scheme[:5].rstrip(':')}://{one.request.host}{one.request.path}"].append(one)
        return found


def slowness() -> float:
    """How many times longer than alone a process takes now, since others want the processor too: 1 to 6."""
    began, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < 0.2:
        continue
    return min(max((time.monotonic() - began) / 0.2, 1.0), 6.0)


@contextmanager
def hostile_web() -> Iterator[Web]:
    """The sites, running; also a port at which nobody listens."""
    with ExitStack() as closing:
        plain = closing.enter_context(Site())
        deaf = closing.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        sites, rules = {"http": plain}, [f"refused.test=http://127.0.0.1:{deaf.getsockname()[1]}"]
        shown = contexts()
        for context in dict.fromkeys(shown.values()):
            secure = closing.enter_context(Site(context=context))
            sites[f"https:{len(sites)}"] = secure
            rules += [f"{host}={secure.origin}" for host, its in shown.items() if its is context]
        rules += [f"{host}={plain.origin.replace('http:', 'https:')}" for host in HELLOS]
        rules += [f"*.test={plain.origin}", f"*.example={plain.origin}"]
        yield Web(sites, rules)


def meet_in_process() -> Meeting:
    """The crawler alone as a link check uses it, without Scrapy; no page is read, no redirect followed."""
    meeting = Meeting(slowness())
    with hostile_web() as web:
        trial = Trial(web.sites["http"])
        supply = MemorySupply([seed(url) for url in URLS], follows=lambda found: False)
        times = {"total_s": TOTAL_S * meeting.slowness, "idle_s": IDLE_S * meeting.slowness}
        limits = Limits(**times, body_bytes=MOST_BODY_MIB << 20)
        ended = trial.run([], supply=supply, spiders=False, limits=limits, connect_to=ConnectTo.of(web.rules))
    for url, outcome in ended.items():
        meeting.outcomes[url].append((outcome.kind, outcome.reason))
    for exchange, _, _ in trial.archive.kept:
        meeting.kept[exchange.url].append(_kept(exchange))
    meeting.served = web.served()
    return meeting


def _kept(exchange: Exchange) -> Kept:
    return Kept(bytes(exchange.received), exchange.truncated or "", exchange.seconds)


def meet_by_program(folder: Path) -> Meeting:
    """The whole program in a process of its own, with Scrapy, its readers, its archive and its catalogue."""
    meeting = Meeting(slowness())
    (folder / "urls.txt").write_text("".join(f"{url}\n" for url in (*URLS, REFUSED, UNKNOWN)))
    with hostile_web() as web:
        command = [sys.executable, "-m", "tests.crawler.measured", "peak", "archive", "urls.txt", "--json"]
        command += [word for rule in web.rules for word in ("--connect-to", rule)]
        done = subprocess.run(
            command,
            env=os.environ | _settings(folder, meeting.slowness),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=110,
        )
        assert done.returncode == 1, f"exit {done.returncode}: {done.stderr[-3000:]}"
    for row in json.loads(done.stdout)["outcomes"]:
        meeting.outcomes[row["url"]].append((row["outcome"], row["reason"] or ""))
    for path in sorted((folder / "data" / "warc").glob("*.warc.gz")):
        for url, kept in _records(path):
            meeting.kept[url].append(kept)
    meeting.served, meeting.errors = web.served(), done.stderr
    meeting.peak_bytes = int((folder / "peak").read_text())
    return meeting


def _settings(folder: Path, slowness: float) -> dict[str, str]:
    crawl = {
        "CONTACT": "archive@sourcekeep.example",  # REFUSED and UNKNOWN are hosts of the live web
        "DELAY_S": 0,
        "TOTAL_S": TOTAL_S * slowness,
        "IDLE_S": IDLE_S * slowness,
        "MAX_WAIT_S": MOST_WAIT_S,
        "MAX_BODY_MIB": MOST_BODY_MIB,
    }
    wanted = {f"SOURCEKEEP_CRAWL__{name}": str(value) for name, value in crawl.items()}
    path = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)])
    return {**wanted, "SOURCEKEEP_READING__WALL_S": "1", "SOURCEKEEP_DATA": str(folder / "data"), "PYTHONPATH": path}


def _records(path: Path) -> Iterator[tuple[str, Kept]]:
    """What another reader than ours finds: each response with the metadata record that stands before it."""
    notes: dict[str, str] = {}
    with path.open("rb") as file:
        for record in ArchiveIterator(file, no_record_parse=True):
            block = record.raw_stream.read()
            if record.rec_type == "metadata":
                notes = dict(re.findall(r"^(\w+): (.*?)\r?$", block.decode("utf-8", "replace"), re.MULTILINE))
            elif record.rec_type == "response":
                interim = b64decode(notes.get("interim", ""))
                cut = record.rec_headers.get_header("WARC-Truncated") or ""
                seconds = int(notes["fetchTimeMs"]) / 1000
                yield record.rec_headers.get_header("WARC-Target-URI"), Kept(interim + block, cut, seconds)
