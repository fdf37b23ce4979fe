"""What an answer holds: the entity without its framing, its coding taken off in bounded memory."""

import zlib

from archive.capture import Exchange, Framing
from archive.payload import entity_body

# The request asks for gzip alone, so others come only from servers that do not listen.
_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 47}
OPENING = 8 * 1024


def entity(exchange: Exchange, most: int | None = None) -> bytes | memoryview:
    """The entity body as sent, without chunk framing; of its framed bytes only the first `most` are looked at."""
    end = exchange.end_at if most is None else min(exchange.end_at, exchange.body_at + most)
    if exchange.framing is Framing.NONE or end <= exchange.body_at:
        return b""
    return entity_body(exchange.received, exchange.body_at, end, exchange.framing)


def opening(exchange: Exchange) -> bytes:
    """The first bytes (at most 8 KiB) of the decoded entity; b"" when its coding cannot be taken off."""
    return _decoded(exchange, entity(exchange, OPENING), OPENING) or b""


def plain(exchange: Exchange, most: int) -> bytes | None:
    """The decoded entity, cut at `most` bytes; None when its coding is unknown or broken from the start."""
    return _decoded(exchange, entity(exchange), most)


def coding(exchange: Exchange) -> str:
    """The declared content coding in lower case; "" for none (also for the token `identity`)."""
    named = (exchange.header("Content-Encoding") or "").lower()
    return "" if named == "identity" else named


def looks_like_html(beginning: bytes) -> bool:
    """True if these first bytes are markup, whatever the server called them. No parser is involved."""
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:256].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--", b"<script", b"<title", b"<?xml"))


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
