"""Two processes at one host, as two gates over one catalogue: never at once, never too soon, and neither for long."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.clock import SYSTEM
from crawler.gate import Gate, TooLong
from desk.ledger import SharedLedger
from store import hosts
from store.database import Database, open_database

DELAY_S = 0.05


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{tmp_path / 'catalog.sqlite'}") as opened:
        yield opened


@dataclass
class Web:
    """What hosts see: when each request began and ended."""

    seen: list[tuple[str, str, float, float]] = field(default_factory=list)

    async def ask(self, gate: Gate, who: str, host: str, delay_s: float = 0.0) -> None:
        async with gate.turn(host, delay_s):
            began = time.monotonic()
            await asyncio.sleep(0.01)
            self.seen.append((host, who, began, time.monotonic()))

    def gaps(self, host: str) -> list[float]:
        of_host = [one for one in self.seen if one[0] == host]
        return [later[2] - earlier[3] for earlier, later in pairwise(of_host)]

    def by(self, host: str) -> list[str]:
        return [who for of, who, _, _ in self.seen if of == host]


def gate(database: Database, holder: str, **more: Any) -> Gate:
    place: Any = SimpleNamespace(database=database, seams=SYSTEM)
    return Gate(SharedLedger(place, holder), delay_s=DELAY_S, **more)


@asynccontextmanager
async def renewed(*gates: Gate) -> Any:
    """What a crawl does each second, done more often."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(0.05)
            for one in gates:
                await one.renew()

    renewing = asyncio.ensure_future(renew())
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def test_a_host_goes_from_one_to_the_other_and_keeps_its_delay(database: Database) -> None:
    web, one, two = Web(), gate(database, "one"), gate(database, "two")
    await web.ask(one, "one", "a.example")

    async def go_on(of: Gate, who: str) -> None:
        for _ in range(12):
            await web.ask(of, who, "a.example")

    async with renewed(one, two):
        await asyncio.wait_for(asyncio.gather(go_on(one, "one"), go_on(two, "two")), 20)
    assert min(web.gaps("a.example")) >= DELAY_S - 0.001
    order = web.by("a.example")
    assert sorted(order) == ["one"] * 13 + ["two"] * 12
    assert order.index("two") < 13, "who asks does not wait until the other has no use for it"


async def test_a_host_that_nobody_uses_is_there_for_others(database: Database) -> None:
    web, one, two = Web(), gate(database, "one"), gate(database, "two")
    async with renewed(one, two):
        await web.ask(one, "one", "a.example")
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await web.ask(two, "two", "a.example")
    assert time.monotonic() - began < 0.15
    assert min(web.gaps("a.example")) >= DELAY_S


async def test_what_one_was_told_holds_for_the_other(database: Database) -> None:
    one, two = gate(database, "one"), gate(database, "two", max_wait_s=10)
    async with renewed(one, two):
        async with one.turn("a.example"):
            one.answered("a.example", 503, "3600")
        with pytest.raises(TooLong) as wait:
            await asyncio.wait_for(Web().ask(two, "two", "a.example"), 5)
    assert wait.value.wait_s > 3500


async def test_a_delay_is_in_the_ledger_before_it_is_first_kept(database: Database) -> None:
    one = gate(database, "one")
    for delay_s, told_s in ((0.1, 0.1), (0.4, 0.4), (0.2, 0.4)):
        async with one.turn("a.example", delay_s):
            assert hosts.load(database, ["a.example"])[0].delay_s == told_s


async def test_where_hosts_are_not_shared_none_is_held(database: Database) -> None:
    from desk.ledger import CatalogueLedger

    place: Any = SimpleNamespace(database=database, seams=SYSTEM)
    alone = Gate(CatalogueLedger(place), delay_s=DELAY_S)
    await Web().ask(alone, "alone", "a.example")
    await alone.renew()
    await alone.remember()
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT host, held_by FROM host").all() == [("a.example", None)]
