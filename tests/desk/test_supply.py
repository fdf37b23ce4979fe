"""What a run asks of one host has a measure; what a record names is never over it; claims are not made for nothing."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from archive.seed import Found, OutcomeKind, Seed, Why
from desk.config import Config
from desk.place import Place, held
from desk.supply import CatalogueSupply, is_found
from store import frontier, runs
from store.frontier import Wanted
from tests.store.making import captured

LANDING, OTHER = "https://a.example/landing", "https://b.example/landing"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    config = Config(data=tmp_path / "data", crawl={"host_budget": 3}, reading={"workers": 1})
    with held(config) as place:
        yield place


def begun(place: Place, *urls: str) -> tuple[int, CatalogueSupply]:
    now = place.seams.now()
    run = runs.start_run(place.database, "archive", [], now)
    frontier.add_seeds(place.database, run, [Wanted(url, Why.CITED) for url in urls], now=now)
    return run, CatalogueSupply(place, run)


def links(host: str, number: int) -> list[Found]:
    return [Found(f"https://{host}/{at}.pdf", Why.DOCUMENT, "L") for at in range(number)]


async def fetched(supply: CatalogueSupply, leads: dict[str, Sequence[Found]]) -> list[Seed]:
    """All that goes out, until nothing is left."""
    out: list[Seed] = []
    while seeds := await supply.claim(100):
        await supply.settle([captured(seed, *leads.get(seed.url, ())) for seed in seeds])
        out += seeds
    return out


def ended(place: Place, run: int) -> dict[str, tuple[str, str]]:
    told = runs.run_object(place.database, run)["outcomes"]
    return {row["url"]: (row["outcome"], row["reason"]) for row in told}


async def test_a_host_is_asked_for_so_many_that_pages_lead_to_and_the_others_stay_due(place: Place) -> None:
    run, supply = begun(place, LANDING, OTHER)
    leads = {LANDING: [*links("a.example", 5), *links("c.example", 2)], OTHER: links("a.example", 7)}
    out = await fetched(supply, leads)
    supply.close()
    found = [seed.url for seed in out if is_found(seed)]
    assert len([url for url in found if "a.example" in url]) == 3
    assert len([url for url in found if "c.example" in url]) == 2
    skipped = {url: reason for url, (kind, reason) in ended(place, run).items() if kind == OutcomeKind.SKIPPED}
    assert set(skipped) == {one.url for one in links("a.example", 7)} - set(found)
    assert set(skipped.values()) == {
        "3 addresses that pages led to were asked of this host in this run (crawl.host_budget)"
    }
    later = place.seams.now()
    again = runs.start_run(place.database, "archive", [], later)
    assert frontier.add_due(place.database, again, later) == 0, "an hour is waited first"
    assert frontier.add_due(place.database, again, later.replace(year=later.year + 1)) == len(out) + 4


async def test_what_is_named_and_where_it_redirects_is_beyond_the_measure(place: Place) -> None:
    named = [f"https://a.example/{at}" for at in range(9)]
    _, supply = begun(place, *named)
    leads = {url: [Found(f"{url}/moved", Why.CITED, "R")] for url in named}
    out = await fetched(supply, leads)
    supply.close()
    assert len(out) == 18
    assert not any(is_found(seed) for seed in out)


def test_what_a_found_address_redirects_to_was_found_too() -> None:
    seeds = [Seed("https://a.example/", Why.CITED, "a.example", hops=hops) for hops in ("", "R", "RR", "L", "LR", "RL")]
    assert [is_found(seed) for seed in seeds] == [False, False, False, True, True, True]


async def test_while_many_are_out_claims_wait_a_moment_and_with_few_they_do_not(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = 0

    def counted(*_: object, **__: object) -> list[Seed]:
        nonlocal claims
        claims += 1
        return [Seed(f"https://h{at}.example/{claims}", Why.CITED, f"h{at}.example") for at in range(60)]

    monkeypatch.setattr(frontier, "claim", counted)
    monkeypatch.setattr(frontier, "settle", lambda *_, **__: None)
    monkeypatch.setattr("desk.supply.PAUSE_S", 60.0)
    _, supply = begun(place)
    first = [*await supply.claim(60), *await supply.claim(60)]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(supply.claim(60), 0.05)
    assert claims == 2
    await supply.settle([captured(seed) for seed in first[:50]])
    await asyncio.wait_for(supply.claim(60), 5)
    assert claims == 3
    supply.close()
