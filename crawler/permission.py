"""Permission: whether a URL may be fetched, by its origin's robots.txt, had once and kept for a day at most."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from archive.capture import Fault, Origin
from archive.clock import SYSTEM, Seams
from archive.host import RobotsCopy
from archive.seed import OutcomeKind, Seed, Why
from crawler.asking import Asker, Reply
from crawler.body import coding, plain
from crawler.holds import Ledger
from crawler.leisure import at_leisure, at_once
from crawler.limits import Limits
from crawler.outcomes import classify, leads_to
from crawler.robots import MOST_BYTES, MOST_DELAY_S, origin_of, product_token, read
from crawler.rulebook import Rulebook
from crawler.shelf import Known, Shelf

KEPT = timedelta(hours=24)  # RFC 9309 §2.4
# "Unreachable" holds so long, or as long as the server says, an hour at most.
UNREACHABLE_KEPT, LONGEST_UNREACHABLE = timedelta(minutes=15), timedelta(hours=1)
# RFC 9309 §2.3.1.4: after "a reasonably long period of time (for example, 30 days)" the last copy may be gone by.
LONG_UNREACHABLE = timedelta(days=30)
SHORT = 16 * 1024  # so many bytes are read at one go, in two milliseconds at most
MOST_HOPS = 5  # RFC 9309 §2.3.1.2
HEADERS = ((b"Accept", b"text/plain,*/*;q=0.5"), (b"Accept-Encoding", b"identity"))
# The page would fail as its robots.txt did, so its outcome says how, and not that robots.txt forbade it.
_SAME_FATE = frozenset({Fault.DNS, Fault.DNS_TEMPORARY, Fault.CONNECT, Fault.TLS, Fault.REFUSED_ADDRESS})


@dataclass(frozen=True, slots=True)
class Permit:
    """The answer: `denied` is None when the URL may be fetched, else the outcome it gets, with the reason.

    delay_s: the host's Crawl-delay, where it is believed (30 s at most). fault: why the host could not be reached.
    """

    denied: OutcomeKind | None = None
    reason: str = ""
    delay_s: float = 0.0
    fault: Fault | None = None


class Permission:
    """Asks for each robots.txt once, whoever wants it, keeps every answer in the archive and the copy in the ledger."""

    def __init__(
        self,
        asker: Asker,
        ledger: Ledger,
        *,
        user_agent: str,
        delay_s: Callable[[str], float] = lambda url: 0.0,
        limits: Limits = Limits(),  # noqa: B008  (a frozen value)
        seams: Seams = SYSTEM,
        shelf: Shelf | None = None,
    ) -> None:
        self._asker, self._ledger, self._seams = asker, ledger, seams
        self._token = product_token(user_agent)
        self._delay_s = delay_s
        self._shelf = shelf or Shelf()
        # Two lines, or those who wait for a verdict with their rules in hand wait for all who have none yet.
        self._long_readings, self._long_verdicts = asyncio.Lock(), asyncio.Lock()
        self._asking: dict[str, asyncio.Task[Known]] = {}
        # Some servers send robots.txt without end: what counts are its first 512 KiB (RFC 9309 §2.5).
        self._limits = replace(
            limits, body_bytes=2 * MOST_BYTES, total_s=min(limits.total_s, 30.0), idle_s=min(limits.idle_s, 15.0)
        )

    async def of(self, url: str) -> Permit:
        """Whether `url` may be fetched. TooLong when its host may not be asked for robots.txt now."""
        known = await self._have(origin_of(url))
        if known.fate is not None:
            kind, fault = known.fate
            return Permit(kind, f"{known.reason} (asked for robots.txt)", fault=fault)
        told = []
        if known.unreachable_since is not None:
            lasted = self._seams.now() - known.unreachable_since
            if lasted < LONG_UNREACHABLE or known.rules is None:
                return Permit(OutcomeKind.ROBOTS_DENIED, f"robots.txt unreachable ({known.reason})")
            told.append(f"robots.txt unreachable for {lasted.days} days ({known.reason}): its last known rules hold")
        assert known.rules is not None  # it could be had
        asked = known.rules.delay_s or 0.0
        if not await self._allows(known.rules, url):
            return Permit(OutcomeKind.ROBOTS_DENIED, "robots.txt forbids it", delay_s=min(asked, MOST_DELAY_S))
        if asked > MOST_DELAY_S:
            told.append(f"Crawl-delay of {asked:.0f} s is more than we wait")
        return Permit(None, "; ".join(told), min(asked, MOST_DELAY_S))

    async def _allows(self, rules: Rulebook, url: str) -> bool:
        if not rules.is_long:
            return at_once(rules.verdict(url))
        async with self._long_verdicts:
            return await at_leisure(rules.verdict(url))

    async def _have(self, origin: str) -> Known:
        known = self._shelf.get(origin)
        if known is not None and known.expires > self._seams.now():
            return known
        task = self._asking.get(origin)
        if task is None:
            task = self._asking[origin] = asyncio.ensure_future(self._learn(origin))
            task.add_done_callback(lambda task: self._learnt(origin, task))
        return await asyncio.shield(task)  # others may wait for the same file

    def _learnt(self, origin: str, task: "asyncio.Task[Known]") -> None:
        """Whoever waits gets the error; when all have gone, as in a run that ends, nobody is left to tell it to."""
        self._asking.pop(origin, None)
        if not task.cancelled():
            task.exception()

    async def _learn(self, origin: str) -> Known:
        copy, fate = await self._copy_of(origin)
        since = copy.fetched if copy.status is None else None
        known = Known(None, copy.expires, copy.reason, since, fate)
        if len(copy.body) > SHORT:
            del copy  # a thousand may wait for their turn, half a MiB each: till then it lies in the ledger
            known = replace(known, rules=await self._read_long(origin))
        elif copy.body or copy.status is not None:
            known = replace(known, rules=at_once(read(copy.body, self._token)))
        self._shelf.put(origin, known)
        return known

    async def _copy_of(self, origin: str) -> tuple[RobotsCopy, tuple[OutcomeKind, Fault] | None]:
        """The copy of the ledger while it holds, else a fresh one; and the fate of an origin that cannot be reached."""
        earlier = await self._ledger.load_robots(origin)
        if earlier is not None and earlier.expires > self._seams.now():
            return earlier, None
        fresh, fate = await self._fetch(origin)
        copy = _carried_on(fresh, earlier)
        if fate is None:
            await self._ledger.save_robots(origin, copy)
        return copy, fate

    async def _read_long(self, origin: str) -> Rulebook:
        async with self._long_readings:
            copy = await self._ledger.load_robots(origin)
            assert copy is not None, "it was there just now"
            return await at_leisure(read(copy.body, self._token))

    async def _fetch(self, origin: str) -> tuple[RobotsCopy, tuple[OutcomeKind, Fault] | None]:
        url = f"{origin}/robots.txt"
        seed = Seed(url, Why.ROBOTS, "")
        for hop in range(MOST_HOPS + 1):
            came = Origin(Why.ROBOTS.value, via=seed.via, hops="P" + "R" * hop)
            reply = await self._asker.ask(
                seed.url, came, headers=HEADERS, delay_s=self._delay_s(seed.url), limits=self._limits
            )
            onward = leads_to(reply.exchange, seed)
            if not onward:
                return await self._copy(reply, seed)
            seed = replace(seed, url=onward[0].url, via=seed.url)
        return self._made(404, b"", f"more than {MOST_HOPS} redirects", KEPT), None

    def give_up(self) -> None:
        """Asks for nothing more, also when nobody else would: those who waited have gone."""
        for task in self._asking.values():
            task.cancel()

    async def close(self) -> None:
        """Give up what is being asked for; returns when it is."""
        self.give_up()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _copy(self, reply: Reply, seed: Seed) -> tuple[RobotsCopy, tuple[OutcomeKind, Fault] | None]:
        """What an answer means (RFC 9309 §2.3.1): rules, no rules, or "unreachable: nothing may be fetched"."""
        exchange, status = reply.exchange, reply.exchange.status
        kind, reason, _ = classify(exchange, seed)
        fault = exchange.fault
        if fault and (fault in _SAME_FATE or (fault is Fault.TIMEOUT and not exchange.sent)):
            return self._made(None, b"", reason, UNREACHABLE_KEPT), (kind, fault)
        whole = exchange.fault is None and exchange.truncated is None
        if status is None or not (whole or exchange.fault is Fault.TOO_LARGE):
            return self._made(None, b"", reason or kind.value, UNREACHABLE_KEPT), None
        if 200 <= status < 300:
            body = await asyncio.to_thread(plain, exchange, MOST_BYTES)  # may lie in a million chunks
            if body is None:
                return self._made(None, b"", f"coded as {coding(exchange)}", UNREACHABLE_KEPT), None
            return self._made(status, body, "", KEPT), None
        if 300 <= status < 500 and status != 429:
            return self._made(status, b"", "", KEPT), None
        named = timedelta(seconds=reply.later_s) if reply.told and reply.later_s else UNREACHABLE_KEPT
        return self._made(None, b"", str(status), min(named, LONGEST_UNREACHABLE)), None

    def _made(self, status: int | None, body: bytes, reason: str, kept: timedelta) -> RobotsCopy:
        now = self._seams.now()
        return RobotsCopy(status, body, now, now + kept, reason)


def _carried_on(copy: RobotsCopy, earlier: RobotsCopy | None) -> RobotsCopy:
    """A copy that says "unreachable" keeps the body that was had last, and the time since when it says so."""
    if copy.status is not None or earlier is None:
        return copy
    return replace(copy, body=earlier.body, fetched=earlier.fetched if earlier.status is None else copy.fetched)
