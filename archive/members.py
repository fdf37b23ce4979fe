"""Gzip members: one record compressed as one member, and members inflated piece by piece within bounds."""

import zlib
from collections.abc import Iterable, Iterator
from io import RawIOBase
from typing import Any

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.fields import sha256_of
from archive.records import Record

try:
    from isal import isal_zlib
except ImportError:  # no wheel for this machine
    isal_zlib = None  # type: ignore[assignment]

_fast: Any = isal_zlib
_DAMAGE: tuple[type[Exception], ...] = (zlib.error, _fast.error) if _fast else (zlib.error,)

# Measured on HTML pages of 20 KB: isal level 2 takes 32 µs, zlib level 6 197 µs, for an output 3 % smaller.
ISAL_LEVEL = 2
ZLIB_LEVEL = 6
_GZIP = zlib.MAX_WBITS + 16
MAGIC = b"\x1f\x8b\x08"
PIECE = 1 << 18  # bytes read or inflated at once
_FED = 1 << 13  # bytes given to inflate at first: records are small, and what is beyond a member's end is copied


def _compressor() -> Any:
    if _fast is not None:
        return _fast.compressobj(ISAL_LEVEL, _fast.DEFLATED, _GZIP)
    return zlib.compressobj(ZLIB_LEVEL, zlib.DEFLATED, _GZIP)


class _Block(RawIOBase):
    """A block as warcio reads it: slices, no copies."""

    def __init__(self, block: memoryview | bytes) -> None:
        self._view = memoryview(block)
        self._at = 0

    def read(self, size: int = -1) -> Any:
        piece = self._view[self._at : self._at + PIECE]
        self._at += len(piece)
        return piece

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset
        return offset


class _Member:
    """Where warcio writes a record: compressed pieces of one gzip member."""

    def __init__(self) -> None:
        self._compressor = _compressor()
        self.pieces: list[bytes] = []

    def write(self, data: bytes | memoryview) -> None:
        piece = self._compressor.compress(data)
        if piece:
            self.pieces.append(piece)

    def flush(self) -> None:
        self.pieces.append(self._compressor.flush())


def member_of(record: Record) -> list[bytes]:
    """The record as one gzip member, in pieces; its block digest is added, its block written as it is."""
    fields = [*record.headers, ("WARC-Block-Digest", sha256_of(record.block)), ("Content-Type", record.content_type)]
    headers = StatusAndHeaders("", fields, protocol="WARC/1.1")
    # http_headers=None: warcio then copies the block; given parsed headers it would write them anew. To warcio every
    # record is a warcinfo, the one type to which it adds no digest of its own and of which it leaves nothing out.
    block = _Block(record.block)
    ready = ArcWarcRecord("warc", "warcinfo", headers, block, None, record.content_type, len(record.block))
    member = _Member()
    WARCWriter(member, gzip=False, warc_version="WARC/1.1").write_record(ready)
    return member.pieces


def zipped(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """The pieces as one gzip member, compressed as they come."""
    compressor = _compressor()
    for piece in pieces:
        if packed := compressor.compress(piece):
            yield packed
    yield compressor.flush()


def compressed(content: bytes) -> bytes:
    """`content` as one gzip member."""
    return b"".join(zipped([content]))


GZIP_HEADER = compressed(b"")[:10]  # the same ten bytes open every member: no name, no time


def small_member(data: memoryview, start: int) -> tuple[bytes, int] | None:
    """The content of the gzip member at `start` and where it ends, when it is whole and at most PIECE bytes inflated.

    None for any other: an Inflater tells what it is. Nearly all records are small, and need no more than this.
    """
    inflate = (_fast or zlib).decompressobj(_GZIP)
    fed = start + _FED
    try:
        content = inflate.decompress(data[start:fed], PIECE)
        while not inflate.eof and len(content) < PIECE and fed < len(data):
            waiting = inflate.unconsumed_tail or data[fed : fed + _FED]
            fed += 0 if inflate.unconsumed_tail else len(waiting)
            content += inflate.decompress(waiting, PIECE - len(content))
    except _DAMAGE:
        return None
    return (content, min(fed, len(data)) - len(inflate.unused_data)) if inflate.eof else None


class Inflater:
    """One gzip member of `data` from `start` on, inflated in pieces of at most PIECE bytes.

    After the pieces ran out: `whole` says whether the member ended properly (end mark, CRC, length), `end` where the
    next byte after it is, `what` what is wrong otherwise.
    """

    def __init__(self, data: memoryview, start: int) -> None:
        self._data = data
        self._fed = start
        self._inflate: Any = (_fast or zlib).decompressobj(_GZIP)
        self.end = start
        self.whole = False
        self.what = ""

    def pieces(self) -> Iterator[bytes]:
        """The member's content; ends early, with `what` set, where the member is damaged."""
        feed = 1 << 14  # small records are the rule: what is fed beyond a member's end is copied back
        while not self._inflate.eof:
            waiting = self._inflate.unconsumed_tail
            if not waiting:
                waiting = self._data[self._fed : self._fed + feed]
                self._fed += len(waiting)
                feed = min(2 * feed, PIECE)
            try:
                piece = self._inflate.decompress(waiting, PIECE)
            except _DAMAGE as error:
                self.what = f"the gzip member is damaged ({error})"
                return
            if piece:
                yield piece
            elif not len(waiting) and not self._inflate.eof:
                self.what = "the gzip member is cut"
                return
        self.whole = True
        self.end = self._fed - len(self._inflate.unused_data)
