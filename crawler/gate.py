"""The gate: one request a host at a time, and never sooner than the host or our own manners allow."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from archive.clock import SYSTEM, Seams
from archive.host import HostState
from crawler.holds import ASK_EVERY_S, Holds, Ledger

LEAST_RETRY_S, MOST_RETRY_S = 1.0, 24 * 3600.0
BACKOFF_S = 30.0
JITTER = 0.1
# So many failures in a row, and the host is left alone for the rest of the run (or this long, if it goes on).
CIRCUIT_AFTER, CIRCUIT_S = 5, 900.0
# A pause is so many times as long as the host took to answer: the rule of Heritrix' delayFactor, there 5 and at most
# 30 s as well. With 1 a host is at work for us half of the time at most; quick ones have the delay above it anyway.
DELAY_FACTOR, MOST_ADAPTED_S = 1.0, 30.0


class TooLong(Exception):
    """A host asks for a longer wait than this run grants; `wait_s` says how long, the text says why."""

    def __init__(self, wait_s: float, why: str) -> None:
        super().__init__(why)
        self.wait_s = wait_s


@dataclass
class _Host:
    """A host within this run. Times are of the monotonic clock."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_allowed: float = 0.0
    circuit_until: float = 0.0
    later_until: float = 0.0
    failures: int = 0
    later: int = 0
    last_status: int | None = None
    reason: str = ""
    loaded: bool = False
    delay_s: float = 0.0  # the longest that was asked for
    told_s: float = float("inf")  # what the ledger knows of it

    @property
    def until(self) -> float:
        """When it may be asked."""
        return max(self.next_allowed, self.circuit_until, self.later_until)


class Gate:
    """Every request of the process passes here: page, redirect, robots.txt, link check.

    delay_s: least time between the end of a request and the start of the next to the same host. max_wait_s: a
    longer wait raises TooLong. connections: most requests under way at once, over all hosts.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        delay_s: float = 1.0,
        max_wait_s: float = 60.0,
        connections: int = 64,
        seams: Seams = SYSTEM,
    ) -> None:
        self._ledger, self._seams = ledger, seams
        self._delay_s, self._max_wait_s = delay_s, max_wait_s
        self._hosts: dict[str, _Host] = {}
        self._holds = Holds(ledger, seams.monotonic, self._state)
        self._unsaved: set[str] = set()
        self._remembering = asyncio.Lock()
        self._connections = asyncio.Semaphore(connections)

    @asynccontextmanager
    async def turn(self, host: str, delay_s: float = 0.0) -> AsyncIterator[None]:
        """Wait for the host's turn and hold it; TooLong when that would take longer than this run grants.

        delay_s: what the publisher or the host's robots.txt ask for. The pause after it is the longest of that, our
        own delay, and DELAY_FACTOR times what the host took now, 30 s at most; none where neither asks for any.
        """
        state = self._hosts.setdefault(host, _Host())
        with self._holds.use(host):
            async with state.lock:
                await self._come(host, state, max(self._delay_s, delay_s))
                with self._holds.asking(host):
                    async with self._connections:
                        began = self._seams.monotonic()
                        try:
                            yield
                        finally:
                            self._over(host, state, delay_s, began)

    def _over(self, host: str, state: _Host, delay_s: float, began: float) -> None:
        now = self._seams.monotonic()
        pause = self._pause_s(delay_s, now - began) * (1 + JITTER * self._seams.chance.random())
        state.next_allowed = max(state.next_allowed, now + pause)
        self._unsaved.add(host)

    def _pause_s(self, delay_s: float, took_s: float) -> float:
        asked = max(self._delay_s, delay_s)
        return max(asked, min(DELAY_FACTOR * took_s, MOST_ADAPTED_S)) if asked else 0.0

    async def _come(self, host: str, state: _Host, delay_s: float) -> None:
        """Returns when the host is ours and may be asked, with nothing awaited in between."""
        while True:
            await self._holds.hand_on(host)
            await self.recall((host,))
            wait_s = state.until - self._seams.monotonic()
            if not self._holds.has(host):
                await asyncio.sleep(ASK_EVERY_S)
            elif wait_s > self._max_wait_s:
                raise TooLong(wait_s, state.reason or "the host's delay is longer than this run waits")
            elif wait_s > 0:
                await asyncio.sleep(wait_s)
            elif delay_s > state.told_s:  # who has the host after us must keep it too, though we are killed now
                state.delay_s = max(state.delay_s, delay_s)
                self._unsaved.add(host)
                await self.remember()
            else:
                state.delay_s = max(state.delay_s, delay_s)
                return

    def answered(self, host: str, status: int | None, retry_after: str | None = None) -> float | None:
        """Note how the host answered; seconds for which it asked to be left alone, or None.

        429 and 503 hold the whole host: for what Retry-After says (seconds or HTTP date, clamped to 1 s … 24 h),
        else, and when that is garbage or past, for a back-off doubling from 30 s, with jitter.
        """
        state = self._hosts.setdefault(host, _Host())
        state.failures, state.last_status, state.reason = 0, status, ""
        if status not in (429, 503):
            state.later = 0
            return None
        state.later += 1
        asked = self.retry_after_s(retry_after)
        wait = asked or BACKOFF_S * 2 ** min(state.later - 1, 11) * (1 + JITTER * self._seams.chance.random())
        wait = min(wait, MOST_RETRY_S)
        state.reason = f"the host answered {status} and is left alone for {wait:.0f} s"
        state.later_until = self._seams.monotonic() + wait
        self._unsaved.add(host)
        return wait

    def retry_after_s(self, text: str | None) -> float | None:
        """Retry-After (RFC 9110 §10.2.3) in seconds, clamped to 1 s … 24 h; None when absent, past or garbage."""
        if not text:
            return None
        if text.strip().isascii() and text.strip().isdigit():
            return min(max(float(text), LEAST_RETRY_S), MOST_RETRY_S)
        try:
            when = parsedate_to_datetime(text)
        except (ValueError, IndexError, OverflowError):
            return None
        now = self._seams.now()
        wait = (when.replace(tzinfo=when.tzinfo or now.tzinfo) - now).total_seconds()
        return min(max(wait, LEAST_RETRY_S), MOST_RETRY_S) if wait > 0 else None

    def failed(self, host: str, reason: str) -> None:
        """Note that the host gave no answer; after five in a row the rest of its URLs is skipped."""
        state = self._hosts.setdefault(host, _Host())
        state.failures += 1
        if state.failures >= CIRCUIT_AFTER:
            state.reason = f"the host failed {state.failures} times in a row, last: {reason}"
            state.circuit_until = self._seams.monotonic() + CIRCUIT_S

    async def remember(self) -> None:
        """Hand what has changed to the ledger."""
        async with self._remembering:
            await self._remember()

    async def _remember(self) -> None:
        hosts, self._unsaved = self._unsaved, set()
        if hosts:
            states = [self._state(host) for host in sorted(hosts)]
            await self._ledger.save(states)
            if self._holds.are_shared:
                for saved in states:
                    self._hosts[saved.host].told_s = saved.delay_s or 0.0

    async def renew(self) -> None:
        """Remember, and keep the hosts that are ours where other processes crawl too; to be called each second."""
        async with self._remembering:
            await self._remember()
            await self._holds.renew(self._unsaved)

    async def recall(self, hosts: Collection[str]) -> None:
        """Make these hosts ours, all at once, and learn what the ledger knows of them; those we have cost nothing."""
        for known in await self._holds.borrow(hosts):
            self._recalled(self._hosts.setdefault(known.host, _Host()), known)

    def ready_at(self, host: str) -> float:
        """When the host may be asked (monotonic seconds), as far as is known here.

        The past for one whose wait is longer than this run grants: its seeds are to end and not to wait.
        """
        state = self._hosts.get(host)
        until = state.until if state is not None else 0.0
        return until if until - self._seams.monotonic() <= self._max_wait_s else 0.0

    def _recalled(self, state: _Host, known: HostState) -> None:
        if not state.loaded:
            state.loaded = True
            state.failures = max(state.failures, min(known.failures, CIRCUIT_AFTER - 1))
            state.last_status, state.reason = state.last_status or known.last_status, state.reason or known.reason
        if self._holds.are_shared:
            state.told_s = -1.0 if known.delay_s is None else known.delay_s
            state.delay_s = max(state.delay_s, state.told_s)
        if known.next_allowed is not None:
            wait_s = (known.next_allowed - self._seams.now()).total_seconds()
            until = self._seams.monotonic() + min(max(wait_s, 0.0), MOST_RETRY_S)
            state.next_allowed = max(state.next_allowed, until)

    def _state(self, host: str) -> HostState:
        state = self._hosts[host]
        # The circuit is not kept: after a failure of one's own network the next run must not skip every host.
        wait = max(state.next_allowed, state.later_until) - self._seams.monotonic()
        allowed: datetime = self._seams.now() + timedelta(seconds=wait)
        return HostState(host, allowed, state.delay_s, state.failures, state.last_status, state.reason)
