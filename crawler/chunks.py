"""Where a chunked body ends, told piece by piece and forgiving small faults (RFC 9112 §7.1)."""

import re

SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}\Z")
LINE_BYTES = 16 * 1024  # a chunk extension is almost never used; a longer line is no chunk line
TRAILER_BYTES = 64 * 1024
PEEK = 64  # nearly every chunk line ends within so many bytes


class Chunks:
    """Follows chunk framing over pieces of any size; keeps none of the body.

    `ended` is True once the last chunk and its trailers were seen. `doubt` says why the framing cannot be
    followed any further (the body then goes on until the connection closes); it is empty while all is well.
    """

    __slots__ = ("_expects", "_left", "_line", "_trailer_bytes", "doubt", "ended")

    def __init__(self) -> None:
        self.ended = False
        self.doubt = ""
        self._line = bytearray()
        self._left = 0
        self._trailer_bytes = 0
        self._expects = self._size

    def feed(self, piece: memoryview) -> int:
        """Follows `piece` and gives how many of its bytes belong to the body: fewer than all when it ended."""
        at = 0
        total = len(piece)
        while at < total and not self.ended and not self.doubt:
            if self._left:
                step = min(self._left, total - at)
                self._left -= step
                at += step
                continue
            ahead = bytes(piece[at : at + PEEK])
            line_end = ahead.find(b"\n")
            if line_end < 0 or self._line:
                at = self._collect(piece, at)
            else:
                at += line_end + 1
                self._expects(ahead[:line_end])
        return at if self.ended else total

    def _collect(self, piece: memoryview, at: int) -> int:
        """Takes bytes up to the next line feed, acts on the line when it is whole, gives where to go on."""
        ahead = bytes(piece[at : at + LINE_BYTES])
        taken, line_end, _ = ahead.partition(b"\n")
        self._line += taken
        if len(self._line) > LINE_BYTES:
            self.doubt = f"a chunk line is longer than {LINE_BYTES} bytes"
        elif line_end:
            line = bytes(self._line)
            self._line.clear()
            self._expects(line)
        return at + len(taken) + len(line_end)

    def _size(self, line: bytes) -> None:
        digits = line.partition(b";")[0].strip(b" \t\r")
        if not SIZE.match(digits):
            self.doubt = f"{digits[:20].decode('latin-1')!r} is no chunk size"
            return
        self._left = int(digits, 16)
        self._expects = self._after_data if self._left else self._trailer

    def _after_data(self, line: bytes) -> None:
        if line.strip(b"\r"):
            self.doubt = "a chunk is not followed by a line end"
        self._expects = self._size

    def _trailer(self, line: bytes) -> None:
        self._trailer_bytes += len(line)
        if not line.strip(b"\r"):
            self.ended = True
        elif self._trailer_bytes > TRAILER_BYTES:
            self.doubt = f"trailers of more than {TRAILER_BYTES} bytes"
