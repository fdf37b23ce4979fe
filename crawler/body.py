"""What an answer holds: the entity without its framing, its coding taken off in bounded memory."""

import asyncio
import zlib
from collections.abc import Iterator

from archive.capture import Exchange, Framing
from archive.payload import entity_body, entity_parts
from extract.coding import CAP, RATIO, RATIO_FROM
from extract.glance import OPENING, Glance

# The request asks for gzip alone, so others come only from servers that do not listen.
_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 47}
STEP = 64 * 1024


def entity(exchange: Exchange, most: int | None = None) -> bytes | memoryview:
    """The entity body as sent, without chunk framing; of its framed bytes only the first `most` are looked at."""
    end = exchange.end_at if most is None else min(exchange.end_at, exchange.body_at + most)
    if exchange.framing is Framing.NONE or end <= exchange.body_at:
        return b""
    return entity_body(exchange.received, exchange.body_at, end, exchange.framing)


def is_long(exchange: Exchange) -> bool:
    """True if looking through the body takes too long for the loop's thread."""
    return exchange.end_at - exchange.body_at > STEP


async def entity_aside(exchange: Exchange, most: int) -> bytes | memoryview:
    """As `entity`, for the loop: what lies in chunks is taken out in a thread, since there may be a million of them."""
    if exchange.framing is not Framing.CHUNKED or not is_long(exchange):
        return entity(exchange, most)
    return await asyncio.to_thread(entity, exchange, most)


def is_shorter(exchange: Exchange, length: int) -> bool:
    """True if the entity has fewer than `length` bytes; no more of it is looked at than that takes."""
    for part in _parts(exchange):
        length -= len(part)
        if length <= 0:
            return False
    return True


def _parts(exchange: Exchange) -> Iterator[memoryview]:
    if exchange.framing is not Framing.NONE:
        yield from entity_parts(exchange.received[exchange.body_at : exchange.end_at], exchange.framing)


def opening(exchange: Exchange) -> bytes:
    """The first bytes (at most 8 KiB) of the decoded entity; b"" when its coding cannot be taken off."""
    return _decoded(exchange, entity(exchange, OPENING), OPENING) or b""


def glance_at(exchange: Exchange, redirected: bool = False) -> Glance:
    """The answer as far as it is looked at; `redirected` when a redirect led to it. The exchange must have a status."""
    assert exchange.status is not None

    def read(most: int) -> bytes:
        return _decoded(exchange, entity(exchange, max(most, OPENING)), most) or b""

    size = exchange.end_at - exchange.body_at
    if size <= OPENING:  # of few bytes it matters that framing is none of them
        size = len(entity(exchange))
    return Glance(exchange.status, exchange.url, exchange.headers, size, read, redirected)


def plain(exchange: Exchange, most: int) -> bytes | None:
    """The decoded entity, cut at `most` bytes; None when its coding is unknown or broken from the start.

    Of what came, framing included, twice as many bytes are looked at: nobody is held up by more.
    """
    return _decoded(exchange, entity(exchange, 2 * most), most)


def coding(exchange: Exchange) -> str:
    """The declared content coding in lower case; "" for none (also for the token `identity`)."""
    named = (exchange.header("Content-Encoding") or "").lower()
    return "" if named == "identity" else named


def is_coded(exchange: Exchange) -> bool:
    """True if the entity is in a coding that can be taken off here."""
    return coding(exchange) in _WINDOW


def _decoded(exchange: Exchange, content: bytes | memoryview, most: int) -> bytes | None:
    named = coding(exchange)
    if not named:
        return bytes(content[:most])
    window = _WINDOW.get(named)
    if window is None:
        return None
    try:
        return zlib.decompressobj(window).decompress(content, most)
    except zlib.error:
        return None


def ends_early(exchange: Exchange) -> bool:
    """True if the gzip or deflate data stops before its end, though no byte of the body is missing.

    So it is when a server cuts a stream and states the length of what is left: only the coding tells that the thing is
    not whole. What is no such data, or grows beyond what a reader takes, is none of that. Only for what `is_coded`, and
    not on the loop's thread: a long body takes long.
    """
    window = _WINDOW[coding(exchange)]
    stream = zlib.decompressobj(window)
    left = min(CAP, max(RATIO_FROM, RATIO * (exchange.end_at - exchange.body_at)))
    began = False
    try:
        for piece in _pieces(exchange):
            rest: bytes | memoryview = piece
            began = True
            while rest:
                if stream.eof:
                    if not _is_next_member(rest, window):
                        return False
                    stream = zlib.decompressobj(window)
                left -= len(stream.decompress(rest, STEP))
                if left < 0:
                    return False
                rest = stream.unconsumed_tail or stream.unused_data
        while not stream.eof and stream.decompress(b"", STEP):
            continue
    except zlib.error:
        return False
    return began and not stream.eof


def _pieces(exchange: Exchange) -> Iterator[memoryview]:
    for part in _parts(exchange):
        for at in range(0, len(part), STEP):
            yield part[at : at + STEP]


def _is_next_member(rest: bytes | memoryview, window: int) -> bool:
    """True if another gzip member follows (RFC 1952 §2.2), and not padding or something else."""
    return window == _WINDOW["gzip"] and rest[0] == 0x1F
