"""Content codings undone (RFC 9110 §8.4), with a bound on what comes out; what is cut short is kept and told."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CAP = 200 << 20  # bytes
MAX_CODINGS = 4  # a real answer has one; 200 times gzip is an attack
RATIO, RATIO_FROM = 250, 16 << 20  # beyond 16 MiB no document shrinks to less than a 250th
STEP = 1 << 18
ZSTD_WINDOW = 8 << 20  # RFC 9659 §3
ZSTD_STEP = 1 << 10  # bytes in; a block of 4 bytes may give 128 KiB (RFC 8878 §3.1.1.2), so 32 MiB at most come out


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came out. `whole` is False when the coded bytes were cut, damaged or too much; `reason` says which."""

    content: bytes
    whole: bool = True
    reason: str = ""


class TooMuch(ValueError):
    """More comes out than is taken."""


class CutShort(ValueError):
    """The coded bytes end before the coding does."""


def decode(content: bytes, coding: str | None, cap: int = CAP) -> Decoded:
    """The content without its codings (the value of Content-Encoding: gzip, deflate, br, zstd, several with commas).

    Nothing raises. A cut or damaged stream gives what could be had; one that grows beyond `cap` bytes gives nothing.
    A label that is not true (plain bytes called gzip) gives the bytes as they are, with `whole` False.
    """
    names = [name.strip().lower() for name in (coding or "").split(",")]
    names = [name for name in names if name not in ("", "identity", "none", "utf-8")]
    if len(names) > MAX_CODINGS:
        return Decoded(b"", False, f"undecodable: {len(names)} codings upon each other")
    result = Decoded(content)
    for name in reversed(names):
        step = _decode_one(result.content, name, cap)
        result = Decoded(step.content, result.whole and step.whole, result.reason or step.reason)
    return result


def _decode_one(content: bytes, name: str, cap: int) -> Decoded:
    if name not in _STREAMS:
        return Decoded(b"", False, f"undecodable: unknown coding {name[:40]!r}")
    if not content:
        return Decoded(b"")
    out, size = [], 0
    bound = min(cap, max(RATIO_FROM, RATIO * len(content)))
    try:
        for piece in _STREAMS[name](content):
            size += len(piece)
            if size > bound:
                raise TooMuch(f"decoded size: more than {bound:,} bytes come out of {len(content):,}")
            out.append(piece)
    except TooMuch as error:
        return Decoded(b"", False, str(error))
    except CutShort as error:
        return Decoded(b"".join(out), False, str(error))
    except _damage() as error:
        if not out:
            return Decoded(content, False, f"declared as {name}, but is not")
        return Decoded(b"".join(out), False, f"the {name} data is damaged after {size:,} bytes: {error}")
    return Decoded(b"".join(out))


def _damage() -> tuple[type[Exception], ...]:
    import brotli
    import zstandard

    return (zlib.error, brotli.error, zstandard.ZstdError)


def _inflate(content: bytes, window_bits: int) -> Iterator[bytes]:
    rest = content
    while rest:  # gzip may have several members, with zeros behind the last
        stream = zlib.decompressobj(window_bits)
        while not stream.eof:
            piece = stream.decompress(rest, STEP)
            rest = stream.unconsumed_tail
            if piece:
                yield piece
            elif not rest and not stream.eof:
                raise CutShort("the compressed data ends early")
        rest = stream.unused_data.lstrip(b"\0")
        if not rest.startswith(b"\x1f\x8b"):
            return


def _gzip(content: bytes) -> Iterator[bytes]:
    return _inflate(content, 31)


def _deflate(content: bytes) -> Iterator[bytes]:
    """Zlib format as RFC 9110 §8.4.1.2 wants it, or bare deflate as some servers send it."""
    zlib_head = len(content) > 1 and content[0] & 15 == 8 and (content[0] << 8 | content[1]) % 31 == 0
    return _inflate(content, 15 if zlib_head else -15)


def _brotli(content: bytes) -> Iterator[bytes]:
    import brotli

    stream = brotli.Decompressor()
    piece = stream.process(content, output_buffer_limit=STEP)
    while piece or not stream.can_accept_more_data():
        yield piece
        piece = stream.process(b"", output_buffer_limit=STEP)
    if not stream.is_finished():
        raise CutShort("the compressed data ends early")


def _zstd(content: bytes) -> Iterator[bytes]:
    import zstandard

    rest = content
    while rest:
        stream = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
        for at in range(0, len(rest), ZSTD_STEP):
            piece = stream.decompress(rest[at : at + ZSTD_STEP])
            if piece:
                yield piece
            if stream.eof:
                rest = stream.unused_data + rest[at + ZSTD_STEP :]
                break
        else:
            raise CutShort("the compressed data ends early")


_STREAMS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
