"""Processes share the hosts of a run: one asks a host at a time, and none keeps what it does not need."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from archive.host import HostState
from archive.seed import Seed, Why
from store import holding, hosts
from store.database import Database
from store.frontier import Wanted, add_seeds, claim, is_waiting, release, release_all, settle
from store.holding import HOLD_S, Share
from tests.store.making import NOW, captured

ONE, TWO = Share("one", 2), Share("two", 2)
GONE = NOW + timedelta(seconds=HOLD_S + 1)


def want(db: Database, run: int, hosts: int, urls: int = 3) -> None:
    wanted = [Wanted(f"https://h{host:02}.example/{url}", Why.CITED) for host in range(hosts) for url in range(urls)]
    add_seeds(db, run, wanted, now=NOW)


def of(seeds: Iterable[Seed]) -> set[str]:
    return {seed.host for seed in seeds}


def names(states: Iterable[HostState]) -> list[str]:
    return [state.host for state in states]


def allowed(db: Database, host: str) -> datetime | None:
    return hosts.load(db, [host])[0].next_allowed


def test_two_claim_from_hosts_of_their_own_half_of_them_each(db: Database, run: int) -> None:
    want(db, run, hosts=10)
    first, second = claim(db, run, 100, NOW, share=ONE), claim(db, run, 100, NOW, share=TWO)
    assert (len(of(first)), len(of(second)), len(first), len(second)) == (5, 5, 15, 15)
    assert not of(first) & of(second)
    assert claim(db, run, 100, NOW, share=ONE) == []
    assert is_waiting(db, run)


def test_who_holds_a_host_is_given_what_becomes_due_there(db: Database, run: int) -> None:
    want(db, run, hosts=4)
    mine = of(claim(db, run, 100, NOW, share=ONE))
    claim(db, run, 100, NOW, share=TWO)
    add_seeds(db, run, [Wanted(f"https://h{host:02}.example/more", Why.CITED) for host in range(4)], now=NOW)
    assert of(claim(db, run, 100, NOW, share=ONE)) == mine
    assert not of(claim(db, run, 100, NOW, share=TWO)) & mine


def test_a_host_that_is_held_is_lent_to_nobody_else_until_it_is_given_back(db: Database) -> None:
    assert names(holding.borrow(db, "one", ["a.example", "b.example"], NOW)) == ["a.example", "b.example"]
    assert names(holding.borrow(db, "two", ["b.example", "c.example"], NOW)) == ["c.example"]
    assert holding.renew(db, "one", ["a.example", "b.example"], NOW).asked == {"b.example"}
    state = HostState("b.example", NOW + timedelta(seconds=9), 2.0, 1, 503, "later")
    holding.give_back(db, "one", [state], NOW)
    assert holding.borrow(db, "two", ["b.example"], NOW) == [state]
    assert holding.borrow(db, "one", ["b.example"], NOW) == []


def test_what_nobody_uses_is_given_back_with_the_next_renewal(db: Database, run: int) -> None:
    want(db, run, hosts=2, urls=1)
    alone = Share("one", 1)
    seeds = claim(db, run, 100, NOW, share=alone)
    holding.borrow(db, "one", ["robots.example", "elsewhere.example"], NOW)
    held = holding.renew(db, "one", ["robots.example"], NOW)
    assert held.hosts == {"h00.example", "h01.example", "robots.example"}
    settle(db, run, [captured(seeds[0])], NOW)
    assert holding.renew(db, "one", [], NOW).hosts == {seeds[1].host}
    assert names(holding.borrow(db, "two", [seeds[0].host, "robots.example"], NOW)) == [seeds[0].host, "robots.example"]


def test_only_the_holder_says_when_a_host_may_be_asked(db: Database) -> None:
    holding.borrow(db, "one", ["a.example"], NOW)
    holding.save(db, "one", [HostState("a.example", NOW)])
    holding.give_back(db, "one", [HostState("a.example", NOW + timedelta(seconds=5))], NOW)
    holding.borrow(db, "two", ["a.example"], NOW)
    holding.save(db, "one", [HostState("a.example", NOW)])
    holding.give_back(db, "one", [HostState("a.example", NOW)], NOW)
    assert allowed(db, "a.example") == NOW + timedelta(seconds=5)
    assert holding.borrow(db, "three", ["a.example"], NOW) == []


@pytest.mark.parametrize("delay_s", [None, 7.0])
def test_a_holder_that_is_gone_loses_its_hosts_and_urls_and_those_it_asked_have_a_pause(
    db: Database, run: int, delay_s: float | None
) -> None:
    want(db, run, hosts=1)
    seeds = claim(db, run, 100, NOW, share=ONE)
    if delay_s is not None:
        holding.save(db, "one", [HostState("h00.example", NOW, delay_s)])
    assert claim(db, run, 100, GONE - timedelta(seconds=2), share=TWO) == []
    assert [seed.url for seed in claim(db, run, 100, GONE, share=TWO)] == [seed.url for seed in seeds]
    assert allowed(db, "h00.example") == (GONE + timedelta(seconds=delay_s) if delay_s is not None else None)


def test_a_holder_that_renews_loses_nothing(db: Database, run: int) -> None:
    want(db, run, hosts=1)
    claim(db, run, 100, NOW, share=ONE)
    for seconds in range(0, 90, 9):
        now = NOW + timedelta(seconds=seconds)
        assert holding.renew(db, "one", [], now).hosts == {"h00.example"}
        assert claim(db, run, 100, now, share=TWO) == []


def test_a_holder_that_was_seen_to_die_is_buried_at_once(db: Database, run: int) -> None:
    want(db, run, hosts=2)
    dead, alive = claim(db, run, 100, NOW, share=ONE), claim(db, run, 100, NOW, share=TWO)
    holding.borrow(db, "one", [alive[0].host], NOW)
    holding.save(db, "one", [HostState(dead[0].host, NOW, 3.0)])
    holding.bury(db, "one", NOW)
    heir = Share("heir", 2)
    assert of(claim(db, run, 100, NOW, share=heir)) == of(dead)
    assert allowed(db, dead[0].host) == NOW + timedelta(seconds=3)
    assert holding.renew(db, "two", [], NOW) == holding.Held(frozenset(of(alive)))


def test_who_leaves_in_order_leaves_no_pause(db: Database, run: int) -> None:
    want(db, run, hosts=1)
    claim(db, run, 100, NOW, share=ONE)
    holding.save(db, "one", [HostState("h00.example", NOW, 3.0)])
    holding.leave(db, "one")
    assert len(claim(db, run, 100, NOW, share=TWO)) == 3
    assert allowed(db, "h00.example") == NOW


def test_the_next_run_finds_no_host_held_and_spares_those_that_were(db: Database, run: int) -> None:
    want(db, run, hosts=1)
    claim(db, run, 100, NOW, share=ONE)
    holding.save(db, "one", [HostState("h00.example", NOW, 3.0)])
    release_all(db, NOW)
    assert names(holding.borrow(db, "two", ["h00.example"], NOW)) == ["h00.example"]
    assert allowed(db, "h00.example") == NOW + timedelta(seconds=3)


def test_a_run_of_one_process_holds_nothing(db: Database, run: int) -> None:
    want(db, run, hosts=2)
    assert len(claim(db, run, 100, NOW)) == 6
    assert hosts.load(db, ["h00.example", "h01.example"]) == []
    release(db, run)
    assert is_waiting(db, run)
    settle(db, run, [captured(seed) for seed in claim(db, run, 100, NOW)], NOW)
    assert not is_waiting(db, run)
