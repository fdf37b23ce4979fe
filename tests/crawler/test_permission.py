"""Permission: no robots.txt holds up another host or fills the memory, and one that cannot be had stays a no."""

import asyncio
import ssl
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.capture import Exchange, Fault, Framing
from archive.clock import Seams
from archive.seed import OutcomeKind
from crawler.connect_to import ConnectTo
from crawler.leisure import SLICE_S, Sliced, at_leisure, at_once
from crawler.memory import MemoryLedger
from crawler.permission import Permission, Permit
from crawler.robots import MOST_BYTES, product_token, read
from crawler.rulebook import NO_RULES, Rulebook, is_plain, matches, path_of
from crawler.shelf import Known, Shelf
from tests.crawler.bench import AGENT, Trial
from tests.site import Site, answer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOKEN = product_token(AGENT)


def filled(line: bytes) -> bytes:
    """512 KiB of rules, each another one."""
    rules = (line % number for number in range(MOST_BYTES // (len(line) + 4)))
    return b"User-agent: *\n" + b"\n".join(rules)


LONG = {
    "plain rules": filled(b"Disallow:/-%x"),
    "stars": filled(b"Disallow:/*a*a*a*b%x"),
    "needles": filled(b"Disallow:/*" + b"a" * 40 + b"b%x"),
    "escapes": filled(b"Disallow:/" + b"\xc3" * 16000 + b"%x"),
    "groups": filled(b"User-agent: a%x\nDisallow: /x"),
    "stars alone": b"User-agent: *\n" + b"\n".join(b"Disallow: /" + b"*a" * 8000 + b"b" for _ in range(30)),
    "blanks": b"User-agent: *\nDisallow: /no" + b" " * MOST_BYTES,
    "line ends": b"User-agent: *\nDisallow: /no" + b"\r\n" * (MOST_BYTES // 2),
}
HARDEST = "/" + "a" * 1900


@dataclass
class Asker:
    """Answers each robots.txt from a function of its origin: a body, a status, or a fault."""

    answers: Callable[[str], bytes | int | Fault]
    asked: list[str] = field(default_factory=list)

    async def ask(self, url: str, origin: object, **_: object) -> Any:
        self.asked.append(url)
        said = self.answers(url.removesuffix("/robots.txt"))
        body = said if isinstance(said, bytes) else b""
        status = None if isinstance(said, Fault) else said if isinstance(said, int) else 200
        exchange = Exchange(
            url=url, method="GET", sent=b"", received=memoryview(body), head_at=0, body_at=0, end_at=len(body),
            status=status, reason=b"", headers=(), framing=Framing.LENGTH, started=NOON, seconds=0.0,
            fault=said if isinstance(said, Fault) else None,
        )  # fmt: skip
        return AskedReply(exchange)


@dataclass
class AskedReply:
    exchange: Exchange
    capture: None = None
    later_s: float | None = None
    told: bool = False


def permission(asker: Asker, ledger: MemoryLedger, now: Callable[[], datetime] = lambda: NOON) -> Permission:
    return Permission(asker, ledger, user_agent=AGENT, seams=Seams(now=now))  # type: ignore[arg-type]


async def longest_turn(ending: asyncio.Event) -> float:
    """The most processor time that this thread spent between two turns of one who always wants his."""
    longest, before = 0.0, time.thread_time()
    while not ending.is_set():
        await asyncio.sleep(0)
        now = time.thread_time()
        longest, before = max(longest, now - before), now
    return longest


@pytest.mark.parametrize("hosts", [len(LONG), pytest.param(100, marks=pytest.mark.torture)])
async def test_many_hosts_with_long_rules_hold_up_nobody(hosts: int) -> None:
    bodies = list(LONG.values())
    asker = Asker(lambda origin: bodies[int(origin.rpartition("h")[2]) % len(bodies)])
    permitting = permission(asker, MemoryLedger())
    ending = asyncio.Event()
    watching = asyncio.ensure_future(longest_turn(ending))
    await asyncio.sleep(0)
    permits = await asyncio.gather(*(permitting.of(f"http://h{number}{HARDEST}") for number in range(hosts)))
    ending.set()
    assert await watching < 0.2
    assert all(permit == Permit() for permit in permits)
    assert len(asker.asked) == hosts


async def test_no_verdict_waits_for_the_reading_of_other_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules are large, and stay in memory until their verdict is given."""
    body = b"User-agent: *\n" + b"\n".join(b"Disallow:/*a*b%x" % number for number in range(5000))
    permitting, held, most = permission(Asker(lambda origin: body), MemoryLedger()), 0, 0
    read_long, allows = permitting._read_long, permitting._allows

    async def reading(origin: str) -> Rulebook:
        nonlocal held, most
        rules = await read_long(origin)
        assert rules.is_long
        held += 1
        most = max(most, held)
        return rules

    async def judging(rules: Rulebook, url: str) -> bool:
        nonlocal held
        allowed = await allows(rules, url)
        held -= 1
        return allowed

    monkeypatch.setattr(permitting, "_read_long", reading)
    monkeypatch.setattr(permitting, "_allows", judging)
    await asyncio.gather(*(permitting.of(f"http://h{number}/page") for number in range(8)))
    assert most <= 3


@pytest.mark.parametrize("name", ["plain rules", "stars", "groups"])
def test_a_rulebook_knows_about_how_much_memory_it_takes(name: str) -> None:
    tracemalloc.start()
    book = at_once(read(LONG[name], TOKEN))
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert taken < 1.5 * book.size + 10_000
    assert book.size < 8 << 20


def test_rules_for_others_are_not_kept() -> None:
    ours = f"User-agent: {TOKEN}\nDisallow: /b\n\n".encode()
    body = b"User-agent: *\nDisallow: /a\n\n" + ours + LONG["plain rules"]
    assert at_once(read(body, TOKEN)) == Rulebook.of({b"/b": False}, {}, None)


RULES = st.dictionaries(st.text(alphabet="ab/*$", min_size=1, max_size=5).map(str.encode), st.booleans(), max_size=12)


@given(RULES, st.text(alphabet="ab/$", max_size=8))
def test_the_longest_rule_wins_and_allow_wins_ties_as_the_plain_definition_says(
    rules: dict[bytes, bool], rest: str
) -> None:
    path = path_of(f"http://a.test/{rest}")
    fitting = [(len(pattern), allows) for pattern, allows in rules.items() if matches(pattern, path)]
    plain = {pattern: allows for pattern, allows in rules.items() if is_plain(pattern)}
    patterns = {pattern: allows for pattern, allows in rules.items() if not is_plain(pattern)}
    told = at_once(Rulebook.of(plain, patterns, None).verdict(f"http://a.test/{rest}"))
    assert told is max(fitting, default=(0, True))[1]


def shelved(size: int) -> Known:
    return Known(Rulebook({}, (), (), None, size), NOON)


def test_the_shelf_holds_what_was_used_last_within_its_bytes() -> None:
    shelf = Shelf(most_bytes=10_000)
    for name in "abc":
        shelf.put(name, shelved(2000))
    assert shelf.get("a") is not None
    shelf.put("d", shelved(2000))
    assert [name for name in "abcd" if shelf.get(name)] == ["a", "c", "d"]
    assert shelf.bytes == 9000
    shelf.put("d", shelved(0))
    assert shelf.bytes == 7000
    shelf.put("huge", shelved(10**6))
    assert [name for name in ("a", "c", "d", "huge") if shelf.get(name)] == ["huge"]


async def test_what_was_pushed_off_the_shelf_is_read_again_and_not_asked_for_again() -> None:
    asker = Asker(lambda origin: b"User-agent: *\nDisallow: /x")
    shelf = Shelf(most_bytes=5000)
    permitting = Permission(asker, MemoryLedger(), user_agent=AGENT, shelf=shelf)  # type: ignore[arg-type]
    hosts = [f"http://h{number}" for number in range(8)]
    for _ in range(2):
        for host in hosts:
            assert (await permitting.of(f"{host}/x")).denied is OutcomeKind.ROBOTS_DENIED
    assert sum(shelf.get(host) is not None for host in hosts) == 4
    assert len(asker.asked) == len(hosts)


async def test_work_at_leisure_lets_others_go_in_between() -> None:
    def work() -> Sliced[str]:
        for _ in range(20):  # four to a slice, fewer on a busy machine
            time.sleep(SLICE_S / 4)
            yield
        return "done"

    working = asyncio.ensure_future(at_leisure(work()))
    turns = 0
    while not working.done():
        await asyncio.sleep(0)
        turns += 1
    assert await working == "done"
    assert 5 <= turns <= 22


async def test_an_error_of_the_work_is_told() -> None:
    def fails() -> Sliced[None]:
        yield
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await at_leisure(fails())
    with pytest.raises(ValueError, match="no"):
        at_once(fails())
    assert await at_leisure(read(b"", TOKEN)) == NO_RULES


class Days:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(days=self.passed)


RULES_THEN_SILENCE = b"User-agent: *\nDisallow: /private"


@pytest.mark.parametrize("failing", [503, Fault.RESET])
async def test_after_thirty_days_out_of_reach_the_last_known_rules_hold(failing: int | Fault) -> None:
    days, ledger = Days(), MemoryLedger()
    said: list[bytes | int | Fault] = [RULES_THEN_SILENCE]
    asker = Asker(lambda origin: said[0])
    assert (await permission(asker, ledger, days.now).of("http://a/public")).denied is None
    said[0] = failing
    for days.passed in (2, 15, 31):  # out of reach since day 2
        permit = await permission(asker, ledger, days.now).of("http://a/public")
        assert permit.denied is OutcomeKind.ROBOTS_DENIED
        assert permit.reason.startswith("robots.txt unreachable (")
    days.passed = 33
    permit = await permission(asker, ledger, days.now).of("http://a/public")
    assert permit.denied is None
    assert permit.reason.startswith("robots.txt unreachable for 31 days (")
    assert permit.reason.endswith("): its last known rules hold")
    forbidden = await permission(asker, ledger, days.now).of("http://a/private")
    assert (forbidden.denied, forbidden.reason) == (OutcomeKind.ROBOTS_DENIED, "robots.txt forbids it")
    said[0] = b""
    days.passed = 34
    assert await permission(asker, ledger, days.now).of("http://a/private") == Permit()


async def test_rules_that_were_never_had_stay_a_no_however_long() -> None:
    days, ledger = Days(), MemoryLedger()
    for days.passed in (0, 31, 400):
        permit = await permission(Asker(lambda origin: 500), ledger, days.now).of("http://a/public")
        assert (permit.denied, permit.reason) == (OutcomeKind.ROBOTS_DENIED, "robots.txt unreachable (500)")


async def test_a_host_that_came_back_is_counted_anew() -> None:
    days, ledger = Days(), MemoryLedger()
    said: list[bytes | int | Fault] = [RULES_THEN_SILENCE]
    for days.passed, said[0] in ((0, RULES_THEN_SILENCE), (2, 500), (20, RULES_THEN_SILENCE), (25, 500), (40, 500)):
        permit = await permission(Asker(lambda origin: said[0]), ledger, days.now).of("http://a/public")
        assert (permit.denied is None) is (said[0] == RULES_THEN_SILENCE)


def test_a_page_whose_robots_cannot_be_asked_for_ends_as_it_would_itself(server_tls: ssl.SSLContext) -> None:
    with Site() as site, Site(context=server_tls) as secure:
        for one in (site, secure):
            one.add("*", "/robots.txt", answer(200, b"User-agent: *\nDisallow: /private"))
            one.add("*", "/page", "<p>A page")
        garbled = ConnectTo.of([site.connect_to.replace("http:", "https:")])
        ended = Trial(site).run(["https://a.test/page", "https://a.test/private"], connect_to=garbled)
        assert {outcome.kind for outcome in ended.values()} == {OutcomeKind.TLS_ERROR}
        untrusted = Trial(site).run(
            ["https://a.test/page", "https://a.test/private"], connect_to=ConnectTo.of([secure.connect_to])
        )
        assert untrusted["https://a.test/page"].kind is OutcomeKind.CAPTURED
        assert untrusted["https://a.test/private"].kind is OutcomeKind.ROBOTS_DENIED
