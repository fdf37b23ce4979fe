"""Dialling: names that do not exist, hosts that do not answer, and several addresses at once."""

import asyncio
import socket
import time
from collections.abc import Callable, Sequence

import pytest

from archive.capture import Fault
from crawler import dial
from crawler.connect_to import ConnectTo
from crawler.connection import Connection, Scratch
from crawler.dial import alternate, connect_first
from crawler.guard import Guard
from crawler.resolver import NotReached, Resolver
from crawler.wire import Engine, WireRequest
from tests.crawler.peer import Answer, serving


class Fake:
    """A look-up that fails or answers as told, and counts."""

    def __init__(self, answer: Sequence[str] | Exception, seconds: float = 0.0) -> None:
        self.answer = answer
        self.seconds = seconds
        self.asked = 0

    def __call__(self, host: str) -> Sequence[str]:
        self.asked += 1
        time.sleep(self.seconds)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), Fault.DNS),
        (socket.gaierror(socket.EAI_NODATA, "No address associated with hostname"), Fault.DNS),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), Fault.DNS_TEMPORARY),
        (socket.gaierror(socket.EAI_FAIL, "Non-recoverable failure"), Fault.DNS_TEMPORARY),
        (OSError("no resolver"), Fault.DNS_TEMPORARY),
        (UnicodeError("label too long"), Fault.DNS),
    ],
)
async def test_no_such_name_is_told_from_no_answer_now(error: Exception, fault: Fault) -> None:
    engine = Engine(guard=Guard(), resolve=Resolver(lookup=Fake(error)))
    exchange = await engine.fetch(WireRequest("http://name.example/"))
    await engine.close()
    assert (exchange.fault, exchange.sent, len(exchange.received)) == (fault, b"", 0)
    assert "name.example" in exchange.fault_detail


async def test_a_name_without_addresses_does_not_exist() -> None:
    engine = Engine(guard=Guard(), resolve=Resolver(lookup=Fake([])))
    assert (await engine.fetch(WireRequest("http://name.example/"))).fault is Fault.DNS
    await engine.close()


async def test_one_look_up_serves_all_who_ask_at_once_and_for_a_while() -> None:
    lookup = Fake(["192.0.2.1", "192.0.2.2", "192.0.2.1"], seconds=0.02)
    resolver = Resolver(lookup=lookup)
    answers = await asyncio.gather(*(resolver("name.example") for _ in range(5)))
    answers.append(await resolver("name.example"))
    assert (set(answers), lookup.asked) == ({("192.0.2.1", "192.0.2.2")}, 1)


async def test_a_failed_look_up_is_not_remembered() -> None:
    lookup = Fake(socket.gaierror(socket.EAI_AGAIN, "later"))
    resolver = Resolver(lookup=lookup)
    for _ in range(2):
        with pytest.raises(NotReached):
            await resolver("name.example")
    assert lookup.asked == 2


async def test_a_slow_look_up_holds_up_no_other_host() -> None:
    resolver = Resolver(lookup=lambda host: Fake(["192.0.2.1"], 0.2 if host == "slow.example" else 0.0)(host))
    slow = asyncio.ensure_future(resolver("slow.example"))
    began = time.monotonic()
    await asyncio.gather(*(resolver(f"n{n}.example") for n in range(10)))
    assert time.monotonic() - began < 0.15
    await slow


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def maker(made: list[Connection]) -> Callable[[], Connection]:
    def make() -> Connection:
        made.append(Connection(Scratch(), made.remove))
        return made[-1]

    return make


async def test_a_refused_connection_is_a_fault_of_connecting() -> None:
    with pytest.raises(NotReached) as caught:
        await connect_first(["127.0.0.1"], unused_port(), maker([]))
    assert (caught.value.fault, caught.value.detail[:11]) == (Fault.CONNECT, "127.0.0.1: ")


async def test_every_address_that_failed_is_named() -> None:
    with pytest.raises(NotReached) as caught:
        await connect_first(["127.0.0.2", "127.0.0.3"], unused_port(), maker([]))
    assert "127.0.0.2: " in caught.value.detail
    assert "127.0.0.3: " in caught.value.detail


async def test_the_next_address_is_tried_when_one_refuses() -> None:
    async with serving({}) as peer:
        connection = await connect_first(["127.0.0.2", "127.0.0.1"], peer.port, maker([]))
        assert connection.peer == "127.0.0.1"
        connection.abort()


async def test_a_silent_address_is_overtaken_and_its_attempt_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    really = dial._connect

    async def connect(address: str, port: int, make: Callable[[], Connection]) -> Connection:
        if address == "127.0.0.1":
            return await really(address, port, make)
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(address)
        raise AssertionError

    monkeypatch.setattr(dial, "_connect", connect)
    monkeypatch.setattr(dial, "STAGGER_S", 0.02)
    async with serving({}) as peer:
        connection = await connect_first(["127.0.0.9", "127.0.0.1", "127.0.0.8"], peer.port, maker([]))
        assert (connection.peer, ended) == ("127.0.0.1", ["127.0.0.9"])
        connection.abort()


async def test_of_two_that_answer_at_once_one_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dial, "STAGGER_S", 0.0)
    made: list[Connection] = []
    async with serving({}) as peer:
        connection = await connect_first(["127.0.0.1", "127.0.0.1"], peer.port, maker(made))
        await asyncio.sleep(0.02)
        assert made == [connection]
        connection.abort()


def test_families_take_turns_and_the_systems_choice_goes_first() -> None:
    assert alternate(["::1", "::2", "::3", "1.1.1.1"]) == ["::1", "1.1.1.1", "::2", "::3"]
    assert alternate(["1.1.1.1", "::1"]) == ["1.1.1.1", "::1"]


async def test_a_host_of_ipv6_alone_is_reached() -> None:
    async def leave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    try:
        server = await asyncio.start_server(leave, "::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    connection = await connect_first(["::1"], server.sockets[0].getsockname()[1], maker([]))
    assert connection.peer == "::1"
    connection.abort()
    server.close()
    await asyncio.sleep(0.01)


async def test_a_refused_connection_ends_as_an_exchange() -> None:
    class AnyAddress(Guard):
        def check_address(self, ip_text: str) -> str | None:
            return None

    engine = Engine(guard=AnyAddress(high_ports=True), resolve=Resolver(lookup=Fake(["127.0.0.1"])))
    exchange = await engine.fetch(WireRequest(f"http://name.example:{unused_port()}/"))
    await engine.close()
    assert (exchange.fault, exchange.truncated, exchange.status) == (Fault.CONNECT, None, None)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", ((b"X", b"a\r\nY: b"),)),
        ("GET", ((b"X\n", b"a"),)),
        ("GET", ((b"X", b"a\0"),)),
        ("GET", ((b"", b"a"),)),
        ("GET", ((b"X: y", b"a"),)),
        ("GET / HTTP/1.1\r\nX", ()),
        ("", ()),
    ],
)
def test_no_header_forges_another(method: str, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    with pytest.raises(ValueError, match=r"is no method|cannot be sent"):
        WireRequest("http://example.org/", method=method, headers=headers)


async def test_head_is_asked_and_has_no_body() -> None:
    content = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    async with serving({"/": Answer(content, keeps=True)}) as peer:
        engine = Engine(guard=Guard(), connect_to=ConnectTo.of([f"*={peer.origin}"]))
        exchange = await engine.fetch(WireRequest("http://site.example/", method="HEAD"))
        await engine.close()
    assert exchange.sent == b"HEAD / HTTP/1.1\r\nHost: site.example\r\n\r\n"
    assert (exchange.status, exchange.fault, exchange.end_at) == (200, None, len(content))
