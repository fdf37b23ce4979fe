"""What a record's block measures: its digests and lengths, taken while it passes by in pieces."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from archive.fields import new_hash
from archive.head import LONGEST_HEAD, Head, head_end, read_head
from archive.payload import Dechunker

LONGEST_KEPT = 4 << 20  # bytes of a warc-fields block that are kept; one with a long TLS chain has 20 KB


class Tally:
    """Counts and digests what is fed to it."""

    def __init__(self, algorithms: Iterable[str]) -> None:
        self._hashes = {name: new_hash(name) for name in algorithms}
        self.length = 0

    def feed(self, piece: memoryview) -> None:
        """Add a piece."""
        self.length += len(piece)
        for digest in self._hashes.values():
            digest.update(piece)

    def copy(self) -> "Tally":
        """The same state, to go another way from here."""
        twin = Tally(())
        twin.length = self.length
        twin._hashes = {name: digest.copy() for name, digest in self._hashes.items()}
        return twin

    def digest(self, algorithm: str) -> bytes:
        """The raw digest so far; KeyError for an algorithm that was not asked for."""
        return self._hashes[algorithm].digest()


class Found(Tally):
    """A length and a digest (hexadecimal) that were found right before; nothing is fed to it."""

    def __init__(self, length: int, algorithm: str, digest: bytes) -> None:
        self.length = length
        self._algorithm, self._digest = algorithm, digest

    def digest(self, algorithm: str) -> bytes:
        """The raw digest; KeyError for another algorithm."""
        if algorithm != self._algorithm:
            raise KeyError(algorithm)
        return bytes.fromhex(self._digest.decode())


@lru_cache(maxsize=64)
def _nothing(algorithms: frozenset[str]) -> Tally:
    """The tally of no bytes, which many share and nobody feeds."""
    return Tally(algorithms)


@dataclass(frozen=True, slots=True)
class Measure:
    """A block's length and digests, its HTTP head if it has one, and the ways in which its payload may be read.

    `payloads` begins with the reading that the head's own framing gives; then all that follows the head; then nothing.
    The one whose digest the record names is the one its writer meant: writers differ on chunk framing, on bytes sent
    beyond Content-Length, on bodies where there can be none. `content` is kept for small field blocks only.
    """

    block: Tally
    head: Head | None
    payloads: tuple[Tally, ...]
    content: bytes

    def payload_matching(self, algorithm: str, digest: bytes) -> Tally | None:
        """The reading of the payload that has this digest, or None."""
        return next((tally for tally in self.payloads if tally.digest(algorithm) == digest), None)


class BlockMeter:
    """Takes the measure of one block. `http` says whether it starts with an HTTP head."""

    def __init__(self, *, block_digests: set[str], payload_digests: set[str], http: bool, keep: bool) -> None:
        self._block = Tally(block_digests)
        self._all = Tally(payload_digests)
        self._framed: Tally | None = None
        self._empty = _nothing(frozenset(payload_digests))
        self._keep = keep
        self._content = bytearray()
        self._waiting: bytearray | None = bytearray() if http else None  # the head, until its end is seen
        self._head: Head | None = None
        self._dechunker: Dechunker | None = None
        self._limit: int | None = None

    def feed(self, piece: memoryview) -> None:
        """Add a piece of the block."""
        self._block.feed(piece)
        if self._keep and len(self._content) < LONGEST_KEPT:
            self._content += piece
        if self._waiting is None:
            self._feed_body(piece)
            return
        if not self._waiting and (end := head_end(piece)) is not None:
            self._begin_body(end, piece)  # the head came in one piece, which is the rule: nothing is copied
            return
        searched = max(0, len(self._waiting) - 3)
        self._waiting += piece
        end = head_end(self._waiting, searched)
        if end is not None or len(self._waiting) > LONGEST_HEAD:
            self._begin_body(end, memoryview(bytes(self._waiting)))

    def finish(self) -> Measure:
        """The measure of all that was fed."""
        if self._waiting is not None:
            self._begin_body(None, memoryview(bytes(self._waiting)))
        if self._dechunker is not None and self._framed is not None:
            self._count(self._dechunker.finish())
        framed = self._all if self._framed is None else self._framed
        payloads = (framed, self._empty) if framed is self._all else (framed, self._all, self._empty)
        return Measure(self._block, self._head, payloads, bytes(self._content))

    def _begin_body(self, end: int | None, seen: memoryview) -> None:
        """The head is complete at `end`; or there is no end to it, and then no body either if it is one at all."""
        self._waiting = None
        self._head = read_head(seen)
        start = end if end is not None else len(seen) if self._head else 0
        if self._head is not None:
            start = self._head.body_at
            if self._head.is_bodiless():
                self._framed = self._empty
            elif self._head.is_chunked():
                self._dechunker, self._framed = Dechunker(), self._empty.copy()
            else:
                self._limit = self._head.stated_length()
        if self._limit == 0:
            self._framed = self._empty
        self._feed_body(seen[start:])

    def _feed_body(self, piece: memoryview) -> None:
        if self._dechunker is not None:
            self._count(self._dechunker.feed(piece))
        elif self._limit is not None and self._framed is None and self._all.length + len(piece) > self._limit:
            cut = self._limit - self._all.length
            self._all.feed(piece[:cut])
            self._framed = self._all.copy()
            piece = piece[cut:]
        self._all.feed(piece)

    def _count(self, parts: Iterator[memoryview]) -> None:
        if self._framed is not None:
            for part in parts:
                self._framed.feed(part)
