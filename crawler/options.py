"""CrawlOptions: how a crawl behaves, and the fetcher that behaves so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from archive.clock import SYSTEM, Seams
from crawler.asking import Asker, Keep
from crawler.connect_to import ConnectTo
from crawler.fetcher import Fetcher
from crawler.gate import Gate
from crawler.guard import Guard
from crawler.holds import Ledger
from crawler.limits import Limits
from crawler.permission import Permission
from crawler.publisher import for_host
from crawler.recall import Recall
from crawler.renderer import Renderer, Showing
from crawler.target import parse_target
from crawler.trust import Trust
from crawler.wire import Engine


@dataclass(frozen=True)
class CrawlOptions:
    """How a crawl behaves.

    user_agent: product token first, with where to find out more. delay_s: least time between two requests to a
    host. max_wait_s: a host that asks for a longer wait has its URLs skipped in this run. connections: most
    requests under way at once, over all hosts. trust: whose certificates are believed; None for the usual roots.
    data: the folder of the archive that answers seeds with a `kept` capture; None: they are asked for like all.
    showing: which pages are shown in a browser; None: none is.
    """

    user_agent: str
    limits: Limits = field(default_factory=Limits)
    delay_s: float = 1.0
    max_wait_s: float = 60.0
    connections: int = 64
    connect_to: ConnectTo = field(default_factory=ConnectTo)
    guard: Guard = field(default_factory=Guard)
    trust: Trust | None = None
    data: Path | None = None
    showing: Showing | None = None
    seams: Seams = SYSTEM


@dataclass(frozen=True)
class Means:
    """What a crawl fetches with; `close` ends its connections and tells the ledger what was learnt."""

    engine: Engine
    gate: Gate
    permission: Permission
    fetcher: Fetcher
    renderer: Renderer | None = None

    async def close(self) -> None:
        """End the browser and every connection; the ledger knows all hosts afterwards."""
        if self.renderer is not None:
            await self.renderer.close()
        await self.permission.close()
        await self.engine.close()
        await self.gate.remember()


def make_means(
    options: CrawlOptions,
    *,
    keep: Keep,
    ledger: Ledger,
    lost: Callable[[BaseException], None],
    backlog: Callable[[], int] | None = None,
) -> Means:
    """The fetcher and what it stands on; within a running loop. `lost` hears of errors that end the crawl."""
    seams = options.seams
    engine = Engine(
        guard=options.guard,
        limits=options.limits,
        connect_to=options.connect_to,
        trust=options.trust,
        seams=seams,
    )
    gate = Gate(
        ledger,
        delay_s=options.delay_s,
        max_wait_s=options.max_wait_s,
        connections=options.connections,
        seams=seams,
    )
    asker = Asker(engine, gate, keep, user_agent=options.user_agent, lost=lost, backlog=backlog)

    @lru_cache(maxsize=4096)
    def host_delay_s(host: str) -> float | None:
        if options.delay_s == 0 and options.connect_to.find(host):
            return None  # a stand-in, and the caller asked for no waiting
        return float(for_host(host).delay_s)

    def delay_s(url: str) -> float:
        return host_delay_s(parse_target(url).host) or 0.0

    def waits(url: str) -> bool:
        return host_delay_s(parse_target(url).host) is not None

    permission = Permission(
        asker, ledger, user_agent=options.user_agent, delay_s=delay_s, limits=options.limits, seams=seams
    )
    recall = Recall(options.data, options.limits) if options.data is not None else None
    showing = options.showing
    whole = showing.covers if showing is not None else lambda url: False
    fetcher = Fetcher(asker, permission, delay_s=delay_s, waits=waits, recall=recall, whole=whole)
    renderer = Renderer(showing, fetcher, limits=options.limits, agent=options.user_agent) if showing else None
    return Means(engine, gate, permission, fetcher, renderer)
