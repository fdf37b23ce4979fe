"""Connections: kept where that is safe, asked again only where nothing was said, and none left behind."""

import asyncio
import gc
import ssl

import pytest

from archive.capture import Fault
from crawler.guard import Guard
from crawler.wire import Engine, Limits, WireRequest
from tests.crawler.conftest import MakeEngine
from tests.crawler.peer import Answer, Peer, serving

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def get(path: str = "/", host: str = "site.example", method: str = "GET") -> WireRequest:
    return WireRequest(f"http://{host}{path}", method=method)


async def test_one_connection_carries_many_requests(make_engine: MakeEngine) -> None:
    async with serving({"/": Answer(HELLO, keeps=True)}) as peer:
        engine = make_engine(peer.origin)
        exchanges = [await engine.fetch(get()) for _ in range(5)]
    assert peer.connections == 1
    assert [exchange.reused for exchange in exchanges] == [False, True, True, True, True]


async def test_two_hosts_never_share_a_connection(make_engine: MakeEngine) -> None:
    async with serving({"/": Answer(HELLO, keeps=True)}) as peer:
        engine = make_engine(peer.origin)
        for host in ("a.example", "b.example", "a.example"):
            await engine.fetch(get(host=host))
    assert peer.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        HELLO + b" and more",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
async def test_a_connection_is_not_used_again_when_in_doubt(answer: bytes, make_engine: MakeEngine) -> None:
    async with serving({"/": Answer(answer, keeps=True)}) as peer:
        engine = make_engine(peer.origin)
        for _ in range(2):
            assert not (await engine.fetch(get())).reused
    assert peer.connections == 2


async def test_bytes_that_nobody_asked_for_end_a_waiting_connection(make_engine: MakeEngine) -> None:
    async with serving({"/": Answer(HELLO + b"late", keeps=True, piece=len(HELLO), pause_s=0.01)}) as peer:
        engine = make_engine(peer.origin)
        assert (await engine.fetch(get())).fault is None
        await asyncio.sleep(0.05)
        assert not (await engine.fetch(get())).reused


class Forgetful(Peer):
    """Answers the first request of a connection and drops the connection at the second, saying nothing."""

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if self.requests.count(b"served"):
            await reader.readuntil(b"\r\n\r\n")
            self.requests.remove(b"served")
            return False
        self.requests.append(b"served")
        return await super()._answer_one(reader, writer)


async def serve_forgetful(peer: Peer) -> asyncio.Server:
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    peer.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    return server


@pytest.mark.parametrize(("method", "fault"), [("GET", None), ("HEAD", None), ("POST", Fault.CLOSED)])
async def test_only_get_and_head_are_asked_again_on_a_dead_connection(
    method: str, fault: Fault | None, make_engine: MakeEngine
) -> None:
    peer = Forgetful({"/": Answer(HELLO if method != "HEAD" else HELLO[:-5], keeps=True)})
    server = await serve_forgetful(peer)
    engine = make_engine(peer.origin)
    assert (await engine.fetch(get(method=method))).fault is None
    second = await engine.fetch(get(method=method))
    assert (second.fault, second.reused) == (fault, fault is not None)
    assert peer.connections == (2 if fault is None else 1)
    await engine.close()
    server.close()
    await peer.leave()


async def test_a_fresh_connection_that_closes_silently_is_not_asked_again(make_engine: MakeEngine) -> None:
    async with serving({"/": Answer(b"")}) as peer:
        exchange = await make_engine(peer.origin).fetch(get())
    assert (exchange.fault, exchange.truncated, peer.connections) == (Fault.CLOSED, None, 1)


@pytest.mark.parametrize(
    ("banner", "faults"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", {Fault.NOT_HTTP}),
        (b"HTTP/1.1 408 Too Late\r\n\r\n", {None, Fault.RESET}),
        (b"", {Fault.CLOSED, Fault.RESET}),
    ],
)
@pytest.mark.parametrize("secured", [False, True])
async def test_a_server_that_speaks_first_is_heard(
    banner: bytes, faults: set[Fault | None], secured: bool, make_engine: MakeEngine, server_tls: ssl.SSLContext
) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner)
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=server_tls if secured else None)
    port = server.sockets[0].getsockname()[1]
    engine = make_engine(f"{'https' if secured else 'http'}://127.0.0.1:{port}")
    for exchange in await asyncio.gather(*(engine.fetch(get(host=f"h{n}.example")) for n in range(20))):
        assert bytes(exchange.received) == banner
        assert exchange.fault in faults
    await engine.close()
    server.close()
    await asyncio.sleep(0.02)


async def test_an_answer_cut_on_a_kept_connection_is_not_asked_again(make_engine: MakeEngine) -> None:
    cut = Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nonly")
    async with serving({"/": Answer(HELLO, keeps=True), "/cut": cut}) as peer:
        engine = make_engine(peer.origin)
        await engine.fetch(get())
        exchange = await engine.fetch(get("/cut"))
    assert (exchange.reused, exchange.fault) == (True, Fault.CLOSED)
    assert len(peer.requests) == 2


async def test_closing_leaves_no_socket_and_no_task(make_engine: MakeEngine, server_tls: ssl.SSLContext) -> None:
    async with serving({"/": Answer(HELLO, keeps=True)}, server_tls) as peer:
        engine = make_engine(peer.origin)
        await asyncio.gather(*(engine.fetch(get(host=f"h{n}.example")) for n in range(10)))
        tasks = asyncio.all_tasks() - peer.tasks
        await engine.close()
        assert asyncio.all_tasks() - peer.tasks == tasks
        assert not engine._open
        gc.collect()  # an unclosed socket would warn now


async def test_closing_gives_back_what_is_in_flight(make_engine: MakeEngine) -> None:
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nonly this"
    async with serving({"/": Answer(begun, silent_after=True)}) as peer:
        engine = make_engine(peer.origin)
        flying = asyncio.ensure_future(engine.fetch(get()))
        await asyncio.sleep(0.05)
        await engine.close()
        exchange = await flying
        after = await engine.fetch(get())
    assert bytes(exchange.received) == begun
    assert (exchange.fault, exchange.fault_detail) == (Fault.CLOSED, "the engine was closed")
    assert after.fault is Fault.CLOSED


async def test_closing_ends_a_look_up_that_hangs() -> None:
    async def hang(host: str) -> list[str]:
        await asyncio.sleep(30)
        return []

    engine = Engine(guard=Guard(), resolve=hang)
    flying = asyncio.ensure_future(engine.fetch(get()))
    await asyncio.sleep(0.01)
    await asyncio.wait_for(engine.close(), 1)
    assert (await flying).fault is Fault.CLOSED


async def test_a_cancelled_fetch_frees_its_connection(make_engine: MakeEngine) -> None:
    async with serving({"/": Answer(HELLO[:-2], silent_after=True)}) as peer:
        engine = make_engine(peer.origin, Limits())
        flying = asyncio.ensure_future(engine.fetch(get()))
        await asyncio.sleep(0.03)
        flying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flying
        await asyncio.sleep(0.01)
        assert not engine._open


async def test_connections_kept_too_long_are_closed(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.idle.KEPT_S", 0.02)
    async with serving({"/": Answer(HELLO, keeps=True)}) as peer:
        engine = make_engine(peer.origin)
        await engine.fetch(get())
        await asyncio.sleep(0.06)
        assert not engine._open


async def test_not_too_many_connections_are_kept(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.idle.KEPT_AT_MOST", 2)
    async with serving({"/": Answer(HELLO, keeps=True)}) as peer:
        engine = make_engine(peer.origin)
        for n in range(5):
            await engine.fetch(get(host=f"h{n}.example"))
        await asyncio.sleep(0.01)
        assert len(engine._open) == 2


async def test_proxies_named_in_the_environment_are_not_used(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving({"/": Answer(HELLO)}) as peer:
        assert (await make_engine(peer.origin).fetch(get())).status == 200
