"""Feed: bytes that come in pieces of any size, taken off in the portions that a record is made of."""

from collections.abc import Iterator

LONGEST_HEADER = 1 << 20  # bytes; a record header beyond that is damage


class Feed:
    """Reads forward over pieces; `taken` counts the bytes given out."""

    def __init__(self, pieces: Iterator[bytes] | Iterator[memoryview]) -> None:
        self._pieces = pieces
        self._held = memoryview(b"")
        self.taken = 0

    def at_end(self) -> bool:
        """True when no byte is left; may fetch the next piece to find out."""
        return not self._held and not self._more()

    def peek(self, size: int) -> bytes:
        """The next `size` bytes (fewer at the end) without taking them."""
        while len(self._held) < size and self._more():
            continue
        return bytes(self._held[:size])

    def take(self, size: int) -> bytes:
        """The next `size` bytes, or what is left."""
        found = self.peek(size)
        self._held = self._held[len(found) :]
        self.taken += len(found)
        return found

    def take_until(self, end: bytes, limit: int = LONGEST_HEADER) -> bytes | None:
        """The bytes up to and with `end`; None, and nothing taken, when it does not come within `limit` bytes."""
        size = 4_096
        while True:
            seen = self.peek(min(size, limit))
            at = seen.find(end)
            if at >= 0:
                return self.take(at + len(end))
            if len(seen) < size:
                return None
            size *= 4

    def views(self, size: int) -> Iterator[memoryview]:
        """The next `size` bytes (fewer at the end) as views, copying nothing."""
        while size > 0 and (self._held or self._more()):
            part = self._held[:size]
            self._held = self._held[len(part) :]
            self.taken += len(part)
            size -= len(part)
            yield part

    def skip_to_end(self) -> None:
        """Take all that is left."""
        while not self.at_end():
            self.taken += len(self._held)
            self._held = memoryview(b"")

    def _more(self) -> bool:
        for piece in self._pieces:
            if len(piece):
                self._held = memoryview(bytes(self._held) + bytes(piece)) if self._held else memoryview(piece)
                return True
        return False
