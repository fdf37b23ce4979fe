"""Seeds wait host by host, and a host that must wait holds up no other."""

import threading
import time
from datetime import timedelta

import pytest

from archive.clock import utc_now
from archive.host import HostState
from archive.seed import Outcome
from crawler.memory import MemorySupply
from crawler.queues import Queues
from tests.crawler.bench import Trial, seed
from tests.site import Site, page


class Clock:
    """Time that moves when it is told to."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


def filled(clock: Clock, *urls: str) -> Queues:
    queues = Queues(clock)
    for url in urls:
        queues.put(seed(f"http://{url}"))
    return queues


def taken(queues: Queues) -> list[str]:
    """What goes now, in order."""
    found = []
    while (one := queues.take()) is not None:
        found.append(one.url.removeprefix("http://"))
    return found


def test_hosts_take_turns_and_one_seed_of_each_is_out() -> None:
    queues = filled(Clock(), "a.test/1", "a.test/2", "b.test/1", "a.test/3", "b.test/2")
    assert taken(queues) == ["a.test/1", "b.test/1"]
    queues.freed("b.test")
    queues.freed("a.test")
    assert taken(queues) == ["b.test/2", "a.test/2"]
    queues.freed("b.test")
    queues.freed("a.test")
    assert taken(queues) == ["a.test/3"]
    assert (len(queues), queues.next_at) == (0, float("inf"))


def test_a_host_goes_when_its_time_has_come_also_when_that_was_put_off() -> None:
    clock = Clock()
    queues, times = Queues(clock), {"slow.test": 110.0, "quick.test": 105.0}
    queues.ready_at = lambda host: times.get(host, 0.0)
    for host in ("slow.test", "quick.test", "free.test"):
        queues.put(seed(f"http://{host}/"))
    assert taken(queues) == ["free.test/"]
    assert queues.next_at == 105
    clock.at, times["quick.test"] = 106.0, 107.0
    assert queues.has_ready
    assert taken(queues) == []
    clock.at = 111.0
    assert taken(queues) == ["quick.test/", "slow.test/"]


def test_a_host_that_is_freed_twice_is_in_turn_once() -> None:
    queues = filled(Clock(), "a.test/1", "a.test/2", "a.test/3")
    assert taken(queues) == ["a.test/1"]
    queues.freed("a.test")
    queues.freed("a.test")
    assert taken(queues) == ["a.test/2"]


@pytest.mark.parametrize("spiders", [True, False])
def test_a_thousand_hosts_that_wait_hold_up_no_other(spiders: bool) -> None:
    slow = [f"h{number}.test" for number in range(1100)]
    wanted = [seed(f"http://{host}/page") for host in slow]
    quick = {f"http://quick.test/page-{number}" for number in range(8)}
    stop, ended = threading.Event(), set[str]()

    def told(outcome: Outcome) -> None:
        ended.add(outcome.seed.url)
        if ended >= quick:
            stop.set()

    supply = MemorySupply([*wanted, *map(seed, sorted(quick))], told=told)
    with Site() as site:
        for url in quick:
            site.add("quick.test", url.removeprefix("http://quick.test"), page("<title>Here</title>"))
        trial, began = Trial(site), time.monotonic()
        trial.ledger.hosts |= {host: HostState(host, utc_now() + timedelta(seconds=30)) for host in slow}
        trial.run([], supply=supply, stop=stop, spiders=spiders, max_wait_s=60)
    assert ended == quick
    assert time.monotonic() - began < 10
    assert {one.host for one in site.requests} == {"quick.test"}
