"""One request a host at a time, never sooner than allowed, and remembered beyond the process."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clock import Seams
from archive.host import HostState
from crawler.gate import Gate, TooLong
from crawler.memory import MemoryLedger

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    """Time that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.seams = Seams(
            now=lambda: NOON + timedelta(seconds=self.at - 1000), monotonic=lambda: self.at, chance=random.Random(0)
        )

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(asyncio, "sleep", clock.sleep)
    return clock


async def test_the_second_request_to_a_host_waits_for_the_delay(clock: Clock) -> None:
    gate = Gate(MemoryLedger(), delay_s=2, seams=clock.seams)
    starts = []
    for host in ("a", "a", "b", "a"):
        async with gate.turn(host):
            starts.append((host, clock.at))
    assert [host for host, _ in starts] == ["a", "a", "b", "a"]
    assert starts[1][1] - starts[0][1] >= 2
    assert starts[2][1] == starts[1][1]
    assert starts[3][1] - starts[1][1] >= 2


async def test_the_longest_of_the_delays_holds(clock: Clock) -> None:
    gate = Gate(MemoryLedger(), delay_s=2, seams=clock.seams)
    async with gate.turn("a", 10):
        before = clock.at
    async with gate.turn("a", 1):
        assert clock.at - before >= 10


@pytest.mark.parametrize(("took_s", "least_s"), [(0.5, 2), (7, 7), (300, 30)])
async def test_a_host_that_answers_slowly_is_asked_less_often(clock: Clock, took_s: float, least_s: float) -> None:
    gate = Gate(MemoryLedger(), delay_s=2, seams=clock.seams)
    async with gate.turn("a"):
        await clock.sleep(took_s)
    before = clock.at
    async with gate.turn("a"):
        assert least_s <= clock.at - before <= least_s * 1.1


async def test_where_nobody_asks_for_a_delay_a_slow_answer_makes_none(clock: Clock) -> None:
    gate = Gate(MemoryLedger(), delay_s=0, seams=clock.seams)
    async with gate.turn("stand-in"):
        await clock.sleep(7)
    before = clock.at
    async with gate.turn("stand-in"):
        assert clock.at == before
    async with gate.turn("public", 2):
        await clock.sleep(7)
    async with gate.turn("public", 2):
        assert clock.at - before >= 14


async def test_only_one_request_a_host_is_under_way() -> None:
    gate = Gate(MemoryLedger(), delay_s=0)
    under_way = most = 0

    async def ask() -> None:
        nonlocal under_way, most
        async with gate.turn("a"):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1

    await asyncio.gather(*(ask() for _ in range(20)))
    assert most == 1


async def test_no_more_connections_than_allowed_over_all_hosts() -> None:
    gate = Gate(MemoryLedger(), delay_s=0, connections=3)
    under_way = most = 0

    async def ask(host: str) -> None:
        nonlocal under_way, most
        async with gate.turn(host):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1

    await asyncio.gather(*(ask(str(number)) for number in range(20)))
    assert most == 3


async def test_retry_after_holds_for_the_whole_host(clock: Clock) -> None:
    gate = Gate(MemoryLedger(), delay_s=1, seams=clock.seams)
    async with gate.turn("a"):
        assert gate.answered("a", 429, "30") == 30
    before = clock.at
    async with gate.turn("a"):
        assert clock.at - before >= 30


async def test_a_wait_longer_than_the_run_grants_is_refused(clock: Clock) -> None:
    gate = Gate(MemoryLedger(), max_wait_s=60, seams=clock.seams)
    gate.answered("a", 503, "3600")
    with pytest.raises(TooLong, match="answered 503") as wait:
        async with gate.turn("a"):
            raise AssertionError
    assert 3590 < wait.value.wait_s <= 3600


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 1),
        ("99999999999", 86400),
        (format_datetime(NOON + timedelta(minutes=5), usegmt=True), 300),
        (format_datetime(NOON - timedelta(minutes=5), usegmt=True), None),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("٣", None),
        (None, None),
    ],
)
def test_retry_after_is_clamped_and_garbage_is_none(clock: Clock, text: str | None, seconds: float | None) -> None:
    assert Gate(MemoryLedger(), seams=clock.seams).retry_after_s(text) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_breaks_the_gate(text: str) -> None:
    seconds = Gate(MemoryLedger()).retry_after_s(text)
    assert seconds is None or 1 <= seconds <= 86400


def test_without_retry_after_the_backoff_doubles_and_a_good_answer_ends_it(clock: Clock) -> None:
    gate = Gate(MemoryLedger(), seams=clock.seams)
    waits = [gate.answered("a", 429) or 0 for _ in range(3)]
    assert 30 <= waits[0] <= 33
    assert 60 <= waits[1] <= 66
    assert 120 <= waits[2] <= 132
    assert gate.answered("a", 200) is None
    assert 30 <= (gate.answered("a", 429) or 0) <= 33


async def test_five_failures_in_a_row_open_the_circuit(clock: Clock) -> None:
    gate = Gate(MemoryLedger(), delay_s=0, seams=clock.seams)
    for _ in range(4):
        gate.failed("a", "reset")
    async with gate.turn("a"):
        gate.failed("a", "reset")
    with pytest.raises(TooLong, match="failed 5 times in a row, last: reset"):
        async with gate.turn("a"):
            raise AssertionError


async def test_the_next_run_keeps_the_delay_of_this_one(clock: Clock) -> None:
    ledger = MemoryLedger()
    gate = Gate(ledger, delay_s=5, seams=clock.seams)
    async with gate.turn("a"):
        gate.answered("a", 200)
    await gate.remember()
    assert ledger.hosts["a"].last_status == 200
    before = clock.at
    async with Gate(ledger, delay_s=5, seams=clock.seams).turn("a"):
        assert clock.at - before >= 5


async def test_a_ledger_of_a_clock_that_ran_ahead_costs_a_day_at_most(clock: Clock) -> None:
    ledger = MemoryLedger()
    await ledger.save([HostState("a", NOON + timedelta(days=4000))])
    with pytest.raises(TooLong) as wait:
        async with Gate(ledger, seams=clock.seams).turn("a"):
            raise AssertionError
    assert wait.value.wait_s <= 86400


async def test_an_opened_circuit_is_forgotten_with_the_run(clock: Clock) -> None:
    ledger = MemoryLedger()
    gate = Gate(ledger, delay_s=0, seams=clock.seams)
    async with gate.turn("a"):
        for _ in range(9):
            gate.failed("a", "no route")
    await gate.remember()
    async with Gate(ledger, delay_s=0, seams=clock.seams).turn("a"):
        assert ledger.hosts["a"].failures == 9
