"""The fetcher: a seed in, the way it ended out; every fetch of the program goes through it, with or without Scrapy."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from archive.capture import Capture, Exchange, Fault, Origin, RecordType
from archive.errors import RefusedUrl
from archive.seed import Found, Outcome, OutcomeKind, Seed, Substitute
from crawler.asking import Asker, Headers, Reply
from crawler.gate import TooLong
from crawler.limits import Limits
from crawler.outcomes import classify, has_validator, leads_to, renamed
from crawler.permission import Permission

# A URL is asked so often in a run at most, and only when its host said when to come again.
MOST_TRIES = 3
# gzip alone: every archive tool can take it off, and so can the look at a wall's first bytes.
ACCEPT = (
    (b"Accept", b"text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8"),
    (b"Accept-Language", b"en,*;q=0.5"),
    (b"Accept-Encoding", b"gzip"),
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How a fetch ended so far; `capture` still has to become durable before this may be called an outcome."""

    seed: Seed
    kind: OutcomeKind
    reason: str
    exchange: Exchange | None = None
    capture: "asyncio.Future[Capture] | None" = None
    found: tuple[Found, ...] = ()
    retry_after_s: float | None = None
    fault: Fault | None = None
    substitute: Substitute | None = None

    async def outcome(self, found: tuple[Found, ...] = (), note: str = "") -> Outcome:
        """The outcome, once the record is durable; `found` and `note` are what reading the page added.

        Raises WriteFailed when the record could not be kept.
        """
        capture = await self.capture if self.capture is not None else None
        kind, reason = self.kind, self.reason
        if kind is OutcomeKind.CAPTURED and capture is not None and capture.record_type is RecordType.REVISIT:
            kind = OutcomeKind.UNCHANGED
            same = f"the same as at the last capture{renamed(self.seed, capture.etag)}"
            reason = "; ".join(filter(None, (same, reason)))
        reason = "; ".join(filter(None, (reason, note)))
        status, fault = (self.exchange.status, self.exchange.fault) if self.exchange is not None else (None, self.fault)
        return Outcome(
            self.seed, kind, reason, status, capture, self.found + found, self.retry_after_s, fault, self.substitute
        )


class Fetcher:
    """Robots, gate, wire and archive in their order, for one seed after another or many at once.

    delay_s: what the publisher of a URL asks for between requests, in seconds. waits: False for a URL whose host's
    own wish (Crawl-delay) is not waited for either: a stand-in, when the caller wants no delays. recall: how a seed
    ended whose answer is in the archive already (`crawler.recall`); None: it is asked for. whole: True for a URL that
    is always asked for whole, since "not modified" would be of no use.
    """

    def __init__(
        self,
        asker: Asker,
        permission: Permission,
        *,
        delay_s: Callable[[str], float] = lambda url: 0.0,
        waits: Callable[[str], bool] = lambda url: True,
        recall: Callable[[Seed], Awaitable["Fetched | None"]] | None = None,
        whole: Callable[[str], bool] = lambda url: False,
    ) -> None:
        self._asker, self._permission, self._recall = asker, permission, recall
        self._delay_s, self._waits, self._whole = delay_s, waits, whole

    async def fetch(self, seed: Seed, *, headers: Headers = ACCEPT, limits: Limits | None = None) -> Fetched:
        """How this seed ended. Never raises for what befalls the URL."""
        if seed.kept is not None and self._recall is not None and (recalled := await self._recall(seed)) is not None:
            return recalled
        try:
            permit = await self._permission.of(seed.url)
            if permit.denied is not None:
                return Fetched(seed, permit.denied, permit.reason, fault=permit.fault)
            delay_s = max(self._delay_s(seed.url), permit.delay_s) if self._waits(seed.url) else 0.0
            fetched = await self._ask(seed, delay_s, headers, limits)
        except TooLong as wait:
            return _skipped(seed, wait)
        except RefusedUrl as refused:
            return Fetched(seed, OutcomeKind.REFUSED_ADDRESS, str(refused), fault=Fault.REFUSED_ADDRESS)
        if permit.reason:
            fetched = replace(fetched, reason="; ".join(filter(None, (fetched.reason, permit.reason))))
        return fetched

    async def _ask(self, seed: Seed, delay_s: float, headers: Headers, limits: Limits | None) -> Fetched:
        origin = Origin(seed.why.value, seed.via, seed.hops)
        if not self._whole(seed.url):
            headers += _validators(seed)
        reply: Reply | None = None
        for _ in range(MOST_TRIES):
            try:
                reply = await self._asker.ask(
                    seed.url,
                    origin,
                    headers=headers,
                    delay_s=delay_s,
                    limits=limits,
                    previous=seed.previous,
                    ticket=seed,
                )
            except TooLong as wait:
                if reply is None:
                    raise
                return replace(_skipped(seed, wait), exchange=reply.exchange, capture=reply.capture)
            if reply.later_s is None or not reply.told:
                break
        assert reply is not None
        return _fetched(seed, reply)


def _fetched(seed: Seed, reply: Reply) -> Fetched:
    kind, reason, substitute = classify(reply.exchange, seed)
    if reply.later_s is not None and reply.told:
        kind = OutcomeKind.SKIPPED
        reason = f"the host answered {reply.exchange.status} {MOST_TRIES} times: it wants to be asked later"
    return Fetched(
        seed,
        kind,
        reason,
        reply.exchange,
        reply.capture,
        leads_to(reply.exchange, seed),
        reply.later_s,
        substitute=substitute,
    )


def _skipped(seed: Seed, wait: TooLong) -> Fetched:
    return Fetched(
        seed, OutcomeKind.SKIPPED, f"{wait}; to be asked again in {wait.wait_s:.0f} s", retry_after_s=wait.wait_s
    )


def _validators(seed: Seed) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of a conditional request (RFC 9110 §13.1), from the last good capture."""
    if not has_validator(seed):
        return ()
    assert seed.previous is not None
    pairs = ((b"If-None-Match", seed.previous.etag), (b"If-Modified-Since", seed.previous.last_modified))
    return tuple((name, value.encode("latin-1", "replace")) for name, value in pairs if value and value.isprintable())
