"""Content codings that burst, lie, end early, or that nobody knows."""

import gzip
import zlib
from functools import cache

from archive.capture import Truncation
from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, at, does
from tests.site import Answer, Request, Talk, answer

MIB = 1 << 20
LONG = b"".join(b"<p>Paragraph %d of a report that is long enough to be compressed.</p>" % n for n in range(500))
EARLY = "the compressed data ends early"


def coded(body: bytes, coding: str, mime: str = "text/html") -> Answer:
    return answer(200, body, mime, Content_Encoding=coding)


def upon_itself(times: int) -> bytes:
    body = BODY
    for _ in range(times):
        body = gzip.compress(body)
    return body


at("/gzip-cut", K.TRUNCATED, coded(gzip.compress(LONG)[:900], "gzip"), EARLY, Truncation.UNSPECIFIED)
at("/gzip-cut-at-the-end", K.TRUNCATED, coded(gzip.compress(LONG)[:-1], "gzip"), EARLY, Truncation.UNSPECIFIED)
at("/gzip-only-begun", K.TRUNCATED, coded(gzip.compress(LONG)[:5], "gzip"), EARLY, Truncation.UNSPECIFIED)
at("/deflate-cut", K.TRUNCATED, coded(zlib.compress(LONG)[:900], "deflate"), EARLY, Truncation.UNSPECIFIED)
at("/gzip-garbage", K.CAPTURED, coded(b"this is no gzip", "gzip"))
at("/gzip-damaged", K.CAPTURED, coded(gzip.compress(LONG)[:-8] + bytes(8), "gzip"))
at("/gzip-padded", K.CAPTURED, coded(gzip.compress(BODY) + bytes(1000), "gzip"))
at("/gzip-not-told", K.CAPTURED, answer(200, gzip.compress(BODY), "text/html"))
at("/gzip-of-gzip", K.CAPTURED, coded(upon_itself(2), "gzip, gzip"))
at("/gzip-200-times", K.CAPTURED, coded(upon_itself(200), ", ".join(["gzip"] * 200)))
at("/coding-unknown", K.CAPTURED, coded(BODY, "x-own-invention"))
at("/coding-garbage", K.CAPTURED, coded(BODY, ",;, =\x7f"))


@does("/bomb-gzip", K.CAPTURED)
def _gzip_bomb(_: Request, __: Talk) -> Answer:
    return coded(gzip.compress(bytes(MIB)) * 1024, "gzip")  # a GiB, in as many members


@does("/bomb-pdf", K.CAPTURED)
def _pdf_bomb(_: Request, __: Talk) -> Answer:
    return coded(gzip.compress(b"%PDF-1.7\n" + bytes(MIB)) * 1024, "gzip", "application/pdf")


@does("/bomb-deflate", K.CAPTURED)
def _deflate_bomb(_: Request, __: Talk) -> Answer:
    packer = zlib.compressobj()
    packer.compress(b"")
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    start, block = block[:2], block[2:]
    total = 1024 * MIB
    checksum = (total % 65521) << 16 | 1  # Adler-32 of zeros (RFC 1950 §9)
    return coded(start + block * 1024 + b"\x03\x00" + checksum.to_bytes(4), "deflate")


@does("/bomb-br", K.CAPTURED)
def _brotli_bomb(_: Request, __: Talk) -> Answer:
    return coded(_brotli_of_zeros(), "br")


@does("/bomb-zstd", K.CAPTURED)
def _zstd_bomb(_: Request, __: Talk) -> Answer:
    import zstandard

    return coded(zstandard.compress(bytes(16 * MIB)) * 64, "zstd")


@cache
def _brotli_of_zeros() -> bytes:
    """A quarter of a GiB."""
    import brotli

    packer = brotli.Compressor(quality=1)
    packed = b"".join(packer.process(bytes(16 * MIB)) for _ in range(16))
    return packed + packer.finish()
