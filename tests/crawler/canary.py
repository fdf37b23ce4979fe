"""A canary: the crawler in a network where every address is this machine's, which notes each one that is dialled.

Run in a network namespace of its own, as `unshare -rn python -m tests.crawler.canary`, it goes every way to every
address, with the guard and without one, and answers what was dialled and how each URL ended, as JSON.
"""

import asyncio
import json
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Self
from unittest import mock

from archive.seed import Seed, Why
from crawler import resolver
from crawler.guard import Guard
from crawler.memory import MemoryLedger, MemorySupply
from crawler.run import CrawlOptions, check, crawl
from crawler.spiders.any_page import AnyPage
from crawler.target import Target
from crawler.wire import Engine, Limits, WireRequest
from tests.answers import page, redirect
from tests.crawler.addresses import NEVER_DIALLED, addresses, inside
from tests.crawler.bench import AGENT, Archive, Reader

PUBLIC = ("93.184.216.34", "2606:4700::1111")
PORTS = (22, 80, 443, 1023, 6379, 8080, 8443, 9200)
LIMITS = Limits(total_s=5, idle_s=2, connect_s=5)
TRICKS = [url for url in NEVER_DIALLED if "127.0.0.1" in url]
INSIDE, ADDRESSES = [*inside()], [*dict.fromkeys(addresses())]
Ended = dict[str, tuple[str, str]]
Fetch = Callable[[Iterable[str], Guard], Ended]


class NoGuard(Guard):
    """Lets everything be dialled: what the canary must then see shows that it sees."""

    def check_target(self, target: Target) -> None:
        return

    def check_address(self, ip_text: str) -> str | None:
        return None


class Names:
    """The system's resolver: a host `WAY-N.example` means what the way says of the N-th address, others are public."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def __call__(self, host: str) -> list[str]:
        way, _, number = host.removesuffix(".example").partition("-")
        self._asked[host] += 1
        if way.startswith("localhost"):
            return ["127.0.0.1"]
        if way not in ("name", "mixed", "rebinding") or (way == "rebinding" and self._asked[host] == 1):
            return [*PUBLIC]
        address = ADDRESSES[int(number)]
        if way == "mixed":
            return [*PUBLIC, address] if int(number) % 2 else [address, *PUBLIC]
        return [address]


class Canary:
    """Listens on every address there is."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._dialled: Counter[str] = Counter()
        self._servers: list[asyncio.Server] = []
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def __enter__(self) -> Self:
        for words in ("link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"):
            subprocess.run(["ip", *words.split()], check=True)
        for port in PORTS:
            for any_address in ("0.0.0.0", "::"):
                self._servers.append(self._do(asyncio.start_server(self._serve, any_address, port)))
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            self._loop.call_soon_threadsafe(server.close)

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, port = writer.get_extra_info("sockname")[:2]
        self._dialled[f"{address} {port}"] += 1
        request = await reader.read(65536)
        if request.startswith(b"GET "):  # and no TLS
            writer.write(answered(request))
        writer.close()

    def seen(self) -> dict[str, int]:
        """What was dialled since the last time, `ADDRESS PORT`, and how often."""
        self._do(asyncio.sleep(0.05))  # what was dialled until now is noted
        dialled, self._dialled = self._dialled, Counter()
        return dict(dialled)


def answered(request: bytes) -> bytes:
    """Pages, and redirects inside: of the page at `redirect-N.example`, of the robots.txt at `robots-N.example`."""
    path = request.split(b" ")[1]
    host = request.partition(b"\r\nHost: ")[2].partition(b"\r\n")[0].decode()
    way, _, number = host.removesuffix(".example").partition("-")
    is_robots = path == b"/robots.txt"
    if (way, is_robots) in (("redirect", False), ("robots", True)):
        target = [*INSIDE, *TRICKS][int(number)]
        return redirect(target.encode().decode("latin-1")).wire()
    return page("<title>A report</title><p>What the auditors found.", 404 if is_robots else 200).wire()


def hosts(way: str, number: int) -> list[str]:
    """A URL of each of so many hosts that go this way."""
    return [f"http://{way}-{one}.example/page" for one in range(number)]


NAMED = {way: hosts(way, len(ADDRESSES)) for way in ("name", "mixed", "rebinding")}
REDIRECTED = {"redirect": hosts("redirect", len(INSIDE + TRICKS)), "robots": hosts("robots", len(INSIDE))}
OUTSIDE = {"public": [*hosts("public", 1), *(f"http://{host}/page" for host in (PUBLIC[0], f"[{PUBLIC[1]}]"))]}
# Redirects are no matter of the engine. It asks a name once and once more; a crawl does so for its robots.txt.
BY_ENGINE = {"direct": INSIDE + NEVER_DIALLED, **NAMED, "rebinding": NAMED["rebinding"] * 2, **OUTSIDE}
BY_CRAWL = {"direct": INSIDE, **REDIRECTED, **NAMED, **OUTSIDE}


def by_engine(urls: Iterable[str], guard: Guard) -> Ended:
    """How the engine's last fetch of each URL ended: its fault, if any, and the words for it."""

    async def fetch() -> Ended:
        engine = Engine(guard=guard, limits=LIMITS)
        exchanges = [await engine.fetch(WireRequest(url)) for url in urls]
        await engine.close()
        return {one.url: (one.fault or "", one.fault_detail) for one in exchanges}

    return asyncio.run(fetch())


def by_crawl(urls: Iterable[str], guard: Guard) -> Ended:
    """How a whole crawl, spiders and all, ended for each URL and what it led to: outcome and reason."""
    supply, options = crawled(urls, guard)
    crawl(supply, keep=Archive().keep, pool=Reader(), ledger=MemoryLedger(), options=options)  # type: ignore[arg-type]
    return {one.seed.url: (one.kind, one.reason) for one in supply.outcomes}


def by_check(urls: Iterable[str], guard: Guard) -> Ended:
    """The same of a link check, which takes half the time."""
    supply, options = crawled(urls, guard)
    check(supply, keep=Archive().keep, ledger=MemoryLedger(), options=options)
    return {one.seed.url: (one.kind, one.reason) for one in supply.outcomes}


def crawled(urls: Iterable[str], guard: Guard) -> tuple[MemorySupply, CrawlOptions]:
    """The URLs each in a line of its own, for options without delays."""
    supply = MemorySupply(Seed(url, Why.CITED, host=f"line {number}") for number, url in enumerate(urls))
    return supply, CrawlOptions(AGENT, limits=LIMITS, delay_s=0, guard=guard)


def main() -> None:
    """Every way with the guard, and each once without, told on standard output."""
    trials: list[tuple[str, Fetch, Guard, dict[str, list[str]]]] = [
        ("engine", by_engine, Guard(), BY_ENGINE),
        ("crawl", by_crawl, Guard(), BY_CRAWL),
        ("engine unguarded", by_engine, NoGuard(), BY_ENGINE),
        ("check unguarded", by_check, NoGuard(), REDIRECTED),
    ]
    told: dict[str, Any] = {}
    with Canary() as canary, mock.patch.object(AnyPage, "delay_s", 0), mock.patch.object(resolver, "REMEMBERED_S", 0.0):
        for name, fetch, guard, ways in trials:
            for way, urls in ways.items():
                with mock.patch.object(resolver, "system_lookup", Names()):
                    ended = fetch(urls, guard)
                told[f"{way} by {name}"] = {"urls": urls, "ended": ended, "dialled": canary.seen()}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
