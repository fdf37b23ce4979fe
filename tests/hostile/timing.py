"""Servers that are slow, silent, or gone."""

from archive.capture import Truncation
from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, does, raw
from tests.site import Request, Talk

BEGUN = raw(b"200 OK\nContent-Type: text/html\nContent-Length: 5000", BODY)


@does("/close-at-once", K.CONNECT_ERROR, "closed")
def _close_at_once(_: Request, talk: Talk) -> None:
    talk.end()


@does("/reset", K.CONNECT_ERROR, "reset")
def reset(_: Request, talk: Talk) -> None:
    talk.reset()


@does("/reset-in-body", K.TRUNCATED, "the connection ended before the body did", Truncation.DISCONNECT)
def _reset_in_body(_: Request, talk: Talk) -> None:
    talk.send(BEGUN)
    talk.wait(0.3)  # else the bytes are lost with the connection
    talk.reset()


@does("/reset-in-head", K.CONNECT_ERROR, "reset", Truncation.DISCONNECT)
def _reset_in_head(_: Request, talk: Talk) -> None:
    talk.send(BEGUN[:30])
    talk.wait(0.3)
    talk.reset()


@does("/silent", K.TIMEOUT, "silent for")
def silent(_: Request, talk: Talk) -> None:
    talk.wait(60)


@does("/silent-in-head", K.TIMEOUT, "silent for", Truncation.TIME)
def _silent_in_head(_: Request, talk: Talk) -> None:
    talk.send(BEGUN[:30])
    talk.wait(60)


@does("/silent-in-body", K.TIMEOUT, "silent for", Truncation.TIME)
def _silent_in_body(_: Request, talk: Talk) -> None:
    talk.send(BEGUN)
    talk.wait(60)


@does("/silent-after-chunk", K.TIMEOUT, "silent for", Truncation.TIME)
def _silent_after_chunk(_: Request, talk: Talk) -> None:
    talk.send(raw(b"200 OK\nTransfer-Encoding: chunked", b"5\r\nhello\r\n"))
    talk.wait(60)


@does("/drip", K.TIMEOUT, "not whole after", Truncation.TIME)
def _drip(_: Request, talk: Talk) -> None:
    talk.drip(raw(b"200 OK\nContent-Length: 5000", BODY * 50), 0.2)


@does("/drip-headers", K.TIMEOUT, "not whole after", Truncation.TIME)
def _drip_headers(_: Request, talk: Talk) -> None:
    talk.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: y\r\n" * 100, 0.2)


@does("/drip-until-close", K.TIMEOUT, "not whole after", Truncation.TIME)
def _drip_until_close(_: Request, talk: Talk) -> None:
    talk.send(raw(b"200 OK\nContent-Type: text/html"))
    talk.drip(BODY * 50, 0.2)
