"""Limits: an answer is cut where it should be, what came is kept, and the exchange says why."""

import asyncio
import errno
import mmap
import os
import time
from pathlib import Path

import pytest

from archive.capture import Exchange, Fault, Truncation
from archive.errors import WriteFailed
from crawler.guard import Guard
from crawler.spool import Spool
from crawler.wire import Engine, Limits, WireRequest
from tests.crawler.conftest import MakeEngine
from tests.crawler.peer import Answer, serving

URL = "http://site.example/"
HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
STATED = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def fetch(make_engine: MakeEngine, answer: Answer, limits: Limits, **more: object) -> Exchange:
    async with serving({"/": answer}) as peer:
        return await make_engine(peer.origin, limits, **more).fetch(WireRequest(URL))


@pytest.mark.parametrize("piece", [0, 7])
@pytest.mark.parametrize(
    "content", [HEAD + b"x" * 5000, STATED % 5000 + b"x" * 5000, CHUNKED + b"1388\r\n" + b"x" * 5000 + b"\r\n0\r\n\r\n"]
)
async def test_a_body_is_cut_at_exactly_its_limit(content: bytes, piece: int, make_engine: MakeEngine) -> None:
    exchange = await fetch(make_engine, Answer(content, piece=piece), Limits(body_bytes=1000))
    assert bytes(exchange.received) == content[: exchange.body_at + 1000]
    assert (exchange.status, exchange.truncated, exchange.fault) == (200, Truncation.LENGTH, Fault.TOO_LARGE)
    assert exchange.end_at == len(exchange.received)


@pytest.mark.parametrize("content", [HEAD + b"x" * 1000, STATED % 1000 + b"x" * 1000])
async def test_a_body_that_just_fits_is_whole(content: bytes, make_engine: MakeEngine) -> None:
    exchange = await fetch(make_engine, Answer(content), Limits(body_bytes=1000))
    assert bytes(exchange.received) == content
    assert (exchange.truncated, exchange.fault) == (None, None)


async def test_an_endless_head_is_cut_and_kept(make_engine: MakeEngine) -> None:
    endless = b"HTTP/1.1 200 OK\r\n" + b"X-Field: value\r\n" * 200_000
    exchange = await fetch(make_engine, Answer(endless, silent_after=True), Limits())
    assert bytes(exchange.received) == endless[: 1024 * 1024]
    assert (exchange.status, exchange.truncated) == (None, Truncation.LENGTH)
    assert exchange.fault is Fault.HEADERS_TOO_LARGE


async def test_endless_interim_answers_are_cut(make_engine: MakeEngine) -> None:
    flood = b"HTTP/1.1 100 Continue\r\n\r\n" * 60_000
    exchange = await fetch(make_engine, Answer(flood, silent_after=True), Limits())
    assert (exchange.truncated, exchange.fault) == (Truncation.LENGTH, Fault.HEADERS_TOO_LARGE)
    assert "interim" in exchange.fault_detail


async def test_an_answer_that_is_no_http_is_cut_like_a_body(make_engine: MakeEngine) -> None:
    exchange = await fetch(make_engine, Answer(b"RADIO" * 1000, silent_after=True), Limits(body_bytes=100))
    assert (len(exchange.received), exchange.truncated) == (100, Truncation.LENGTH)
    assert exchange.fault is Fault.NOT_HTTP


async def test_silence_ends_by_the_idle_limit_and_keeps_what_came(make_engine: MakeEngine) -> None:
    begun = STATED % 50 + b"only this"
    exchange = await fetch(make_engine, Answer(begun, silent_after=True), Limits(idle_s=0.05))
    assert bytes(exchange.received) == begun
    assert (exchange.truncated, exchange.fault) == (Truncation.TIME, Fault.TIMEOUT)
    assert exchange.fault_detail == "silent for 0.05 s"


async def test_silence_from_the_start_keeps_nothing(make_engine: MakeEngine) -> None:
    exchange = await fetch(make_engine, Answer(b"", silent_after=True), Limits(idle_s=0.05))
    assert (len(exchange.received), exchange.truncated, exchange.fault) == (0, None, Fault.TIMEOUT)


@pytest.mark.parametrize("head", [HEAD, b"HTTP/1.1 200 OK\r\nX: ", CHUNKED + b"fffff\r\n"])
async def test_a_drip_ends_by_the_total_limit(head: bytes, make_engine: MakeEngine) -> None:
    drip = Answer(head + b"x" * 100_000, piece=len(head), pause_s=0.01)
    began = time.monotonic()
    exchange = await fetch(make_engine, drip, Limits(total_s=0.15, idle_s=0.1))
    assert time.monotonic() - began < 1
    assert (exchange.truncated, exchange.fault) == (Truncation.TIME, Fault.TIMEOUT)
    assert exchange.fault_detail == "not whole after 0.15 s"
    assert len(exchange.received) > len(head)
    assert bytes(exchange.received) == (head + b"x" * 100_000)[: len(exchange.received)]


async def test_limits_may_differ_from_request_to_request(make_engine: MakeEngine) -> None:
    async with serving({"/": Answer(STATED % 50 + b"x" * 50, keeps=True)}) as peer:
        engine = make_engine(peer.origin)
        assert (await engine.fetch(WireRequest(URL), Limits(body_bytes=10))).fault is Fault.TOO_LARGE
        assert (await engine.fetch(WireRequest(URL))).fault is None


@pytest.mark.parametrize("content", [HEAD, STATED % 3_000_000, CHUNKED + b"2dc6c0\r\n"])
async def test_a_long_answer_is_spooled_and_read_without_a_copy(
    content: bytes, make_engine: MakeEngine, tmp_path: Path
) -> None:
    body = bytes(range(256)) * 11719
    whole = content + body[:3_000_000] + (b"\r\n0\r\n\r\n" if b"chunked" in content else b"")
    exchange = await fetch(make_engine, Answer(whole), Limits(spool_at=100_000), spool_folder=tmp_path)
    assert bytes(exchange.received) == whole
    assert (type(exchange.received.obj), exchange.received.readonly) == (mmap.mmap, True)
    assert not os.listdir(tmp_path), "the spool file has a name"  # noqa: PTH208  (a folder just made)
    assert exchange.fault is None


async def test_short_answers_stay_in_memory(make_engine: MakeEngine) -> None:
    exchange = await fetch(make_engine, Answer(HEAD + b"x" * 1000), Limits())
    assert isinstance(exchange.received.obj, bytearray)


async def test_a_full_disk_is_no_fault_of_the_url(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(WriteFailed, match="No space left"):
        await fetch(make_engine, Answer(HEAD + b"x" * 3_000_000), Limits())


def test_a_spool_given_up_leaves_nothing(tmp_path: Path) -> None:
    spool = Spool(10, tmp_path)
    spool.append(memoryview(b"x" * 20))
    spool.drop()
    assert not list(tmp_path.iterdir())


async def test_time_in_the_resolver_counts(make_engine: MakeEngine) -> None:
    async def hang(host: str) -> list[str]:
        await asyncio.sleep(30)
        return []

    engine = Engine(guard=Guard(), resolve=hang)
    exchange = await engine.fetch(WireRequest(URL), Limits(connect_s=0.05))
    assert (exchange.fault, exchange.sent) == (Fault.TIMEOUT, b"")
    await engine.close()
