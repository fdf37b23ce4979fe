"""The gate: one request a host at a time, and never sooner than the host or our own manners allow."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from archive.clock import SYSTEM, Seams
from archive.host import HostState, RobotsCopy

LEAST_RETRY_S, MOST_RETRY_S = 1.0, 24 * 3600.0
BACKOFF_S = 30.0
JITTER = 0.1
# So many failures in a row, and the host is left alone for the rest of the run (or this long, if it goes on).
CIRCUIT_AFTER, CIRCUIT_S = 5, 900.0
# A pause is so many times as long as the host took to answer: the rule of Heritrix' delayFactor, there 5 and at most
# 30 s as well. With 1 a host is at work for us half of the time at most; quick ones have the delay above it anyway.
DELAY_FACTOR, MOST_ADAPTED_S = 1.0, 30.0


class Ledger(Protocol):
    """What is remembered of hosts between runs; the desk implements it over the catalogue."""

    async def load(self, hosts: Collection[str]) -> Sequence[HostState]:
        """What is known of these hosts (keys: `archive.url.host_key`); nothing of one that was never asked."""

    async def save(self, states: Sequence[HostState]) -> None:
        """Remember these, in one transaction."""

    async def load_robots(self, origin: str) -> RobotsCopy | None:
        """The last copy of an origin's robots.txt (`https://example.org`), or None."""

    async def save_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Remember this copy."""


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
        self._unsaved: set[str] = set()
        self._connections = asyncio.Semaphore(connections)

    @asynccontextmanager
    async def turn(self, host: str, delay_s: float = 0.0) -> AsyncIterator[None]:
        """Wait for the host's turn and hold it; TooLong when that would take longer than this run grants.

        delay_s: what the publisher or the host's robots.txt ask for. The pause after it is the longest of that, our
        own delay, and DELAY_FACTOR times what the host took now, 30 s at most; none where neither asks for any.
        """
        state = self._hosts.setdefault(host, _Host())
        async with state.lock:
            await self.recall((host,))
            await self._wait(state)
            async with self._connections:
                began = self._seams.monotonic()
                try:
                    yield
                finally:
                    now = self._seams.monotonic()
                    pause = self._pause_s(delay_s, now - began) * (1 + JITTER * self._seams.chance.random())
                    state.next_allowed = max(state.next_allowed, now + pause)
                    self._unsaved.add(host)

    def _pause_s(self, delay_s: float, took_s: float) -> float:
        asked = max(self._delay_s, delay_s)
        return max(asked, min(DELAY_FACTOR * took_s, MOST_ADAPTED_S)) if asked else 0.0

    async def _wait(self, state: _Host) -> None:
        while True:
            wait_s = state.until - self._seams.monotonic()
            if wait_s <= 0:
                return
            if wait_s > self._max_wait_s:
                raise TooLong(wait_s, state.reason or "the host's delay is longer than this run waits")
            await asyncio.sleep(wait_s)

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
        hosts, self._unsaved = self._unsaved, set()
        if hosts:
            await self._ledger.save([self._state(host) for host in sorted(hosts)])

    async def recall(self, hosts: Collection[str]) -> None:
        """Learn from the ledger what it knows of these hosts, all at once; once for each."""
        states = {host: self._hosts.setdefault(host, _Host()) for host in hosts}
        fresh = [host for host, state in states.items() if not state.loaded]
        if not fresh:
            return
        known = {one.host: one for one in await self._ledger.load(fresh)}
        for host in fresh:
            if not states[host].loaded:  # nor by another meanwhile
                self._recalled(states[host], known.get(host))

    def ready_at(self, host: str) -> float:
        """When the host may be asked (monotonic seconds), as far as is known here.

        The past for one whose wait is longer than this run grants: its seeds are to end and not to wait.
        """
        state = self._hosts.get(host)
        until = state.until if state is not None else 0.0
        return until if until - self._seams.monotonic() <= self._max_wait_s else 0.0

    def _recalled(self, state: _Host, known: HostState | None) -> None:
        state.loaded = True
        if known is None:
            return
        state.failures, state.last_status, state.reason = (
            min(known.failures, CIRCUIT_AFTER - 1),
            known.last_status,
            known.reason,
        )
        if known.next_allowed is not None:
            wait = (known.next_allowed - self._seams.now()).total_seconds()
            state.next_allowed = self._seams.monotonic() + min(max(wait, 0.0), MOST_RETRY_S)

    def _state(self, host: str) -> HostState:
        state = self._hosts[host]
        # The circuit is not kept: after a failure of one's own network the next run must not skip every host.
        wait = max(state.next_allowed, state.later_until) - self._seams.monotonic()
        allowed: datetime = self._seams.now() + timedelta(seconds=wait)
        return HostState(host, allowed, self._delay_s, state.failures, state.last_status, state.reason)
