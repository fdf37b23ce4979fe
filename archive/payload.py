"""The payload of a record: the entity body after chunk framing is removed, before any content coding is."""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.capture import Framing
from archive.fields import new_hash, parse_digest
from archive.head import Head

_SIZE_LINE = rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]{0,16384})?\r?\n"
_FIRST = re.compile(_SIZE_LINE)
_NEXT = re.compile(rb"(?:\r?\n)?" + _SIZE_LINE)
_SHA1_TEXT = re.compile("sha1:[A-Z2-7]{32}")
_MAY_BECOME = re.compile(rb"[ \t\r\n]{0,64}[0-9A-Fa-f]{0,15}[ \t]{0,64}(?:\r?|;[^\n]{0,16384})\Z")


class Dechunker:
    """Takes chunk framing off a body that arrives in pieces of any size, and never raises.

    A body whose first line is no chunk size was never chunked: it is given whole. Framing that breaks later ends the
    entity there; a last chunk that was cut gives what came of it. `complete` tells whether the last chunk was seen.
    """

    def __init__(self) -> None:
        self.complete = False
        self._plain = False
        self._broken = False
        self._first = True
        self._left = 0  # bytes of the current chunk still to come
        self._held = b""  # the start of a size line, whose rest is in the next piece

    def feed(self, piece: memoryview) -> Iterator[memoryview]:
        """The parts of the entity that lie in `piece`, as views of it."""
        if self._held:
            piece = memoryview(self._held + bytes(piece))
            self._held = b""
        at = 0
        while at < len(piece) and not self.complete and not self._broken:
            if self._plain:
                yield piece[at:]
                return
            if self._left:
                part = piece[at : at + self._left]
                self._left -= len(part)
                at += len(part)
                yield part
                continue
            line = (_FIRST if self._first else _NEXT).match(piece, at)
            if line is not None:
                self._first = False
                self._left = int(line[1], 16)
                self.complete = self._left == 0
                at = line.end()
            elif _MAY_BECOME.match(piece, at):
                self._held = bytes(piece[at:])
                return
            else:
                self._plain, self._broken = self._first, not self._first

    def finish(self) -> Iterator[memoryview]:
        """What was held back in the hope of a size line: part of the entity only if nothing was ever chunked."""
        if self._first and self._held:
            yield memoryview(self._held)


def entity_parts(body: memoryview, framing: Framing) -> Iterator[memoryview]:
    """The entity in `body` as views, copying nothing."""
    if framing is not Framing.CHUNKED:
        yield body
        return
    dechunker = Dechunker()
    yield from dechunker.feed(body)
    yield from dechunker.finish()


def entity_body(message: memoryview, body_at: int, end_at: int, framing: Framing) -> memoryview | bytes:
    """The entity of `message[body_at:end_at]`: a view when it lies in one piece, else a copy in one piece.

    Never raises on odd framing; what counts as entity then is told at `Dechunker`.
    """
    parts = entity_parts(message[body_at:end_at], framing)
    first = next(parts, b"")
    rest = bytearray()
    for part in parts:  # copied as it comes: views of a million chunks of one byte take more room than their bytes
        rest += part
    return b"".join((first, rest)) if rest else first


@dataclass(frozen=True, slots=True)
class Digests:
    """What a payload is known by: `sha256:` and hex digits, which we go by; `sha1:` and Base32, by which the Wayback
    Machine, Common Crawl and Heritrix know it. `length` is in bytes; both digests are None where there is no payload.
    """

    sha256: str | None
    sha1: str | None
    length: int


NO_PAYLOAD = Digests(None, None, 0)


def digests_of(parts: Iterable[memoryview | bytes]) -> Digests:
    """The digests of the payload that `parts` in a row are, taken in one pass that copies nothing."""
    sha256, sha1 = new_hash("sha256"), new_hash("sha1")
    length = 0
    for part in parts:
        sha256.update(part)
        sha1.update(part)
        length += len(part)
    return Digests(f"sha256:{sha256.hexdigest()}", _sha1_text(sha1.digest()), length)


def known_sha1(text: str | None) -> str | None:
    """A labelled digest as `sha1:` and upper-case Base32 (WARC annotation #80), or None when it is no SHA-1."""
    if text is None or _SHA1_TEXT.fullmatch(text):
        return text
    known = parse_digest(text)
    return _sha1_text(known[1]) if known and known[0] == "sha1" else None


def _sha1_text(raw: bytes) -> str:
    return f"sha1:{base64.b32encode(raw).decode('ascii')}"


def framed_parts(head: Head, body: memoryview) -> Iterator[memoryview]:
    """The entity as the answer's own head frames it (RFC 9112 §6.3): chunked, then length, then all there is."""
    if head.is_bodiless():
        return
    if head.is_chunked():
        yield from entity_parts(body, Framing.CHUNKED)
        return
    length = head.stated_length()
    yield body if length is None else body[:length]
