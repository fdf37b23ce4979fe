"""What the crawler's tests put in the place of archive, catalogue and reading processes."""

import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from archive.capture import Capture, Exchange, Origin, RecordType
from archive.errors import WriteFailed
from archive.event import Making
from archive.seed import Outcome, Seed, Why
from archive.url import host_key
from crawler.connect_to import ConnectTo
from crawler.limits import Limits
from crawler.memory import MemoryLedger, MemorySupply
from crawler.run import CrawlOptions, check, crawl
from extract.pool import Answer
from tests.site import Site

AGENT = "sourcekeep/0.1 (+https://sourcekeep.example/bot)"


@dataclass
class Archive:
    """Keeps exchanges in a list; `durable` after `delay_s` in another thread, or at once; full after `room` records."""

    delay_s: float = 0.0
    room: int = 10**9
    kept: list[tuple[Exchange, Origin, object]] = field(default_factory=list)
    resources: dict[str, tuple[bytes, Origin, Making | None]] = field(default_factory=dict)

    def keep(
        self, exchange: Exchange, origin: Origin, *, previous: Capture | None = None, ticket: object = None
    ) -> Future[Capture]:
        future: Future[Capture] = Future()
        self.kept.append((exchange, origin, ticket))
        if len(self.kept) > self.room:
            future.set_exception(WriteFailed("the disk is full"))
        elif self.delay_s:
            threading.Timer(self.delay_s, future.set_result, [self._capture(exchange, origin, previous)]).start()
        else:
            future.set_result(self._capture(exchange, origin, previous))
        return future

    def keep_resource(
        self, url: str, mime: str, content: bytes, origin: Origin, *, made_of: Making | None = None
    ) -> Future[Capture]:
        future: Future[Capture] = Future()
        self.resources[url] = content, origin, made_of
        if len(self.kept) + len(self.resources) > self.room:
            future.set_exception(WriteFailed("the disk is full"))
        else:
            future.set_result(None)  # type: ignore[arg-type]
        return future

    def _capture(self, exchange: Exchange, origin: Origin, previous: Capture | None) -> Capture:
        body = bytes(exchange.received[exchange.body_at : exchange.end_at])
        digest = f"sha256:{hash(body):x}"
        same = previous is not None and (exchange.status == 304 or previous.payload_digest == digest)
        return Capture(
            record_id=f"urn:uuid:{len(self.kept)}",
            record_type=RecordType.REVISIT if same else RecordType.RESPONSE,
            url=exchange.url,
            timestamp=exchange.started,
            http_status=exchange.status,
            mime=None,
            payload_digest=digest,
            payload_length=len(body),
            warc="a.warc.gz",
            offset=0,
            length=1,
            etag=exchange.header("ETag"),
            last_modified=exchange.header("Last-Modified"),
            origin=origin,
        )

    def urls(self, why: Why | None = None) -> list[str]:
        return [exchange.url for exchange, origin, _ in self.kept if why is None or origin.why == why.value]


class Reader:
    """A pool that answers from a table `function -> value`; an Answer or an exception is passed on as it is."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.orders: list[tuple[str, bytes, dict[str, Any]]] = []

    def submit(self, name: str, content: bytes = b"", limits: Any = None, **args: Any) -> "Future[Answer]":
        self.orders.append((name, bytes(content), args))
        future: Future[Answer] = Future()
        value = self.answers.get(name.rpartition(":")[2], [])
        if isinstance(value, Exception):
            future.set_exception(value)
        else:
            future.set_result(value if isinstance(value, Answer) else Answer(value, None, "", 0.0))
        return future


def seed(url: str, why: Why = Why.CITED, **more: Any) -> Seed:
    return Seed(url, why, host_key(url), **more)


def options(site: Site, **more: Any) -> CrawlOptions:
    """Quick and impolite, unless told otherwise."""
    limits = Limits(total_s=2, idle_s=0.6, connect_s=2, body_bytes=1 << 20)
    wanted = {"user_agent": AGENT, "limits": limits, "delay_s": 0, "max_wait_s": 3}
    return CrawlOptions(**{**wanted, "connect_to": ConnectTo.of([site.connect_to]), **more})


@dataclass
class Trial:
    """One crawl with all it needs; `run` gives the outcomes by URL."""

    site: Site
    archive: Archive = field(default_factory=Archive)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    reader: Reader = field(default_factory=Reader)

    def run(self, seeds: Iterable[Seed | str], *, spiders: bool = True, **more: Any) -> dict[str, Outcome]:
        wanted = [seed(one) if isinstance(one, str) else one for one in seeds]
        supply = more.pop("supply", None) or MemorySupply(wanted)
        given = {"keep": self.archive.keep, "ledger": self.ledger}
        given |= {name: more.pop(name) for name in ("progress", "stop", "backlog") if name in more}
        given["options"] = replace(options(self.site), **more)
        if spiders:
            crawl(supply, pool=self.reader, **given)
        else:
            check(supply, **given)
        outcomes = {outcome.seed.url: outcome for outcome in supply.outcomes}
        assert len(outcomes) == len(supply.outcomes), "a seed ended twice"
        return outcomes
