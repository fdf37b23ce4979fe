"""What an answer holds: told without copying it, and whether its compressed data came to an end."""

import gzip
import random
import time
import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest

from archive.capture import Exchange, Framing
from crawler.body import ends_early, entity, is_coded, is_shorter

DICE = random.Random(4)
TEXT = b"".join(b"line %d says %d\n" % (number, DICE.randrange(10**6)) for number in range(4000))
CODED = {
    "gzip": ("gzip", gzip.compress(TEXT)),
    "two members": ("x-gzip", gzip.compress(TEXT) + gzip.compress(b"and more")),
    "stored": ("gzip", gzip.compress(DICE.randbytes(100_000), 0)),
    "one long run": ("gzip", gzip.compress(bytes(3_000_000))),
    "nothing": ("gzip", gzip.compress(b"")),
    "deflate": ("deflate", zlib.compress(TEXT)),
}


def answered(body: bytes, coding: str, framing: Framing = Framing.LENGTH) -> Exchange:
    return Exchange(
        url="http://a.test/", method="GET", sent=b"", received=memoryview(body), head_at=0, body_at=0, end_at=len(body),
        status=200, reason=b"", headers=((b"Content-Encoding", coding.encode()),), framing=framing,
        started=datetime.now(UTC), seconds=0.0,
    )  # fmt: skip


def chunked(body: bytes, size: int) -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize("name", CODED)
def test_data_that_is_whole_does_not_end_early(name: str) -> None:
    coding, body = CODED[name]
    assert is_coded(answered(body, coding))
    for behind in (b"", b"\0" * 64, b"advertisement", b"\x1f"[: name != "deflate"]):
        assert not ends_early(answered(body + behind, coding)) or behind == b"\x1f"
    assert not ends_early(answered(chunked(body, 7), coding, Framing.CHUNKED))


@pytest.mark.parametrize("name", CODED)
def test_data_that_is_cut_anywhere_ends_early(name: str) -> None:
    coding, body = CODED[name]
    members = {len(gzip.compress(TEXT))} if name == "two members" else set()
    places = {1, len(body) - 1, *(DICE.randrange(1, len(body)) for _ in range(60))} - members
    assert [at for at in places if not ends_early(answered(body[:at], coding))] == []
    half = body[: len(body) // 2 + 1]
    assert ends_early(answered(chunked(half, 7), coding, Framing.CHUNKED))


def test_what_is_no_such_data_does_not_end_early() -> None:
    assert not ends_early(answered(b"plain text, called gzip", "gzip"))
    assert not ends_early(answered(b"", "gzip"))
    assert not is_coded(answered(TEXT, "br"))
    assert not is_coded(answered(TEXT, "identity"))


def test_a_bomb_is_not_unpacked_to_its_end() -> None:
    bomb = gzip.compress(bytes(1 << 20)) * 64
    assert not ends_early(answered(bomb[:-5], "gzip")), "that it is cut is not seen, since nobody looks so far"


def test_a_body_in_chunks_of_one_byte_takes_no_more_memory_than_its_bytes() -> None:
    body = chunked(b"x" * 30_000, 1)
    exchange = answered(body, "identity", Framing.CHUNKED)
    tracemalloc.start()
    assert entity(exchange) == b"x" * 30_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(body)


def test_whether_a_body_is_short_is_told_from_its_beginning() -> None:
    body = chunked(b"x" * 300_000, 1)
    exchange = answered(body, "identity", Framing.CHUNKED)
    began = time.process_time()
    for _ in range(20):
        assert (is_shorter(exchange, 1), is_shorter(exchange, 1024)) == (False, False)
    assert time.process_time() - began < 1  # all of it 20 times takes six seconds and more
    assert is_shorter(answered(b"", "identity"), 1)
    assert is_shorter(answered(b"12", "identity"), 3)
    assert not is_shorter(answered(b"123", "identity"), 3)
    assert is_shorter(answered(b"123", "identity", Framing.NONE), 1)
