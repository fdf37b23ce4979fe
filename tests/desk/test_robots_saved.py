"""The ledger of a run: robots.txt copies that come together are saved together, and a fault is told to each."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from archive.errors import StoreError
from archive.host import RobotsCopy
from desk.config import Config
from desk.ledger import CatalogueLedger
from desk.place import Place, held
from store import hosts
from store.database import Database

ORIGINS = [f"https://h{at}.example" for at in range(40)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with held(Config(data=tmp_path / "data", reading={"workers": 1})) as place:
        yield place


def copy_of(place: Place, body: bytes) -> RobotsCopy:
    now = place.seams.now()
    return RobotsCopy(200, body, now, now + timedelta(hours=1), "")


async def test_robots_copies_that_come_together_share_a_transaction(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    save = hosts.save_robots

    def counted(db: Database, copies: Mapping[str, RobotsCopy]) -> None:
        sizes.append(len(copies))
        save(db, copies)

    monkeypatch.setattr(hosts, "save_robots", counted)
    ledger, copy = CatalogueLedger(place), copy_of(place, b"User-agent: *")
    await asyncio.gather(*(ledger.save_robots(origin, copy) for origin in ORIGINS))
    assert sum(sizes) == len(ORIGINS)
    assert len(sizes) == 2, "the first alone, then all that came meanwhile"
    assert [await ledger.load_robots(origin) for origin in ORIGINS] == [copy] * len(ORIGINS)


async def test_a_fault_of_the_catalogue_is_told_to_each_who_waits(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(hosts, "save_robots", full)
    ledger, copy = CatalogueLedger(place), copy_of(place, b"")
    told = await asyncio.gather(*(ledger.save_robots(origin, copy) for origin in ORIGINS), return_exceptions=True)
    assert [type(one) for one in told] == [StoreError] * len(ORIGINS)
