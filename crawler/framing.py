"""Where the head and the body of an answer lie in the bytes that came; lenient, and it never drops a byte."""

import re
from enum import Enum, auto

from archive.capture import Fault, Framing
from crawler.chunks import Chunks
from crawler.limits import Limits

# Any letter case, one digit of minor version or none (field practice; RFC 9112 §4 is stricter).
STATUS_LINE = re.compile(rb"HTTP/(\d)(?:\.(\d))?[ \t]+(\d{3})(?=[ \t\r]|\Z)", re.IGNORECASE)
LENGTH = re.compile(rb"\d{1,18}\Z")
START = b"http/"
BODYLESS = frozenset({204, 304})
SWITCHING = 101

Headers = tuple[tuple[bytes, bytes], ...]


class Phase(Enum):
    """What the next byte belongs to."""

    HEAD = auto()
    BODY = auto()
    ENDED = auto()
    UNFRAMED = auto()


class Framer:
    """Reads the framing of one answer while its bytes come in.

    While `phase` is HEAD the caller grows one buffer and calls `read_head`; afterwards it hands each new piece to
    `read_body`. `head_at` and `body_at` are offsets from the first byte of the answer; `end_at` is None until the
    end is known. In the phase UNFRAMED a doubt arose (`doubt` says which): all that comes until the connection
    closes belongs to the answer. A doubt may also arise over lengths that contradict each other, whatever the phase.
    `fault` is set when no head can be had at all.
    """

    __slots__ = (
        "_chunks", "_interims", "_limits", "_line_at", "_line_read", "_mark", "_method", "_seen", "body_at", "doubt",
        "end_at", "fault", "framing", "head_at", "headers", "keeps", "length", "phase", "reason", "status",
    )  # fmt: skip

    def __init__(self, method: str, limits: Limits) -> None:
        self._method = method
        self._limits = limits
        self._chunks: Chunks | None = None
        self._interims = 0
        self._line_read = False
        self._line_at = 0  # every line that ends before this offset is short enough
        self._mark = 0  # no head end lies before this offset
        self._seen = 0  # bytes framed so far, once the body began
        self.phase = Phase.HEAD
        self.status: int | None = None
        self.reason = b""
        self.headers: Headers = ()
        self.framing = Framing.NONE
        self.length = 0
        self.keeps = False
        self.head_at = 0
        self.body_at = 0
        self.end_at: int | None = None
        self.fault: Fault | None = None
        self.doubt = ""

    def read_head(self, buffer: bytearray) -> None:
        """Looks for the head in all bytes that came so far; what follows `body_at` is for `read_body`."""
        while self.phase is Phase.HEAD:
            self._skip_blank_lines(buffer)
            if not self._looks_like_http(buffer):
                self._give_up(Fault.NOT_HTTP, "the answer does not begin with an HTTP status line")
                return
            end = self._head_end(buffer)
            so_far, most = len(buffer) if end is None else end, self._limits.head_bytes
            if self._has_long_line(buffer, min(so_far, most)):
                self._give_up(Fault.HEADERS_TOO_LARGE, f"a header line of more than {self._limits.head_line} bytes")
            elif so_far > most:
                self._give_up(Fault.HEADERS_TOO_LARGE, f"a head of more than {most} bytes")
            elif end is None:
                return
            else:
                self._take_head(bytes(buffer[self.head_at : end]), end)

    def read_body(self, piece: memoryview) -> None:
        """Frames the next bytes after the head."""
        if self.phase is not Phase.BODY:
            return
        if self.framing is Framing.LENGTH:
            self._seen += len(piece)
            if self._seen >= self.body_at + self.length:
                self._end(self.body_at + self.length)
        elif self._chunks is not None:
            belonging = self._chunks.feed(piece)
            if self._chunks.ended:
                self._end(self._seen + belonging)
            elif self._chunks.doubt:
                self.phase, self.doubt = Phase.UNFRAMED, self._chunks.doubt
            self._seen += len(piece)

    def _skip_blank_lines(self, buffer: bytearray) -> None:
        if self._line_read:
            return
        at = self.head_at
        while at < len(buffer) and buffer[at] in b"\r\n":
            at += 1
        self.head_at = self.body_at = at
        self._mark = max(self._mark, at)

    def _looks_like_http(self, buffer: bytearray) -> bool:
        """False once the first line cannot be a status line any more."""
        if self._line_read:
            return True
        at = self.head_at
        beginning = bytes(buffer[at : at + len(START)]).lower()
        if not START.startswith(beginning):
            return False
        line_end = buffer.find(b"\n", self._mark, min(self._limits.head_bytes, at + self._limits.head_line + 1))
        if line_end < 0:
            self._mark = max(at, len(buffer))
            return True
        self._line_read, self._mark = True, line_end
        return STATUS_LINE.match(bytes(buffer[at:line_end])) is not None

    def _has_long_line(self, buffer: bytearray, end: int) -> bool:
        """True once a line of the head, the status line among them, is longer than its limit."""
        most = self._limits.head_line
        self._line_at = max(self._line_at, self.head_at)
        while end - self._line_at > most:
            line_end = buffer.find(b"\n", self._line_at, self._line_at + most + 1)
            if line_end < 0:
                return True
            self._line_at = line_end + 1
        return False

    def _head_end(self, buffer: bytearray) -> int | None:
        r"""The offset after `\r?\n\r?\n`, or None when it has not come yet."""
        if not self._line_read:
            return None
        strict = buffer.find(b"\n\r\n", self._mark)
        bare = buffer.find(b"\n\n", self._mark, len(buffer) if strict < 0 else strict + 1)
        if bare >= 0:
            return bare + 2
        if strict >= 0:
            return strict + 3
        self._mark = max(self._mark, len(buffer) - 2)
        return None

    def _take_head(self, head: bytes, end: int) -> None:
        first, _, rest = head.partition(b"\n")
        match = STATUS_LINE.match(first)
        assert match is not None  # _looks_like_http held this line against the same rule
        status = int(match[3])
        if 100 <= status < 200 and status != SWITCHING:
            self._skip_interim(end)
            return
        lines = rest.split(b"\n")
        if len(lines) - 2 > self._limits.head_fields:
            self._give_up(Fault.HEADERS_TOO_LARGE, f"{len(lines) - 2} header fields")
            return
        self.status, self.reason = status, first[match.end() :].strip(b" \t\r")
        self.headers = parse_fields(lines)
        self.body_at = self._seen = end
        self._frame_body(version=(int(match[1]), int(match[2] or 0)))

    def _skip_interim(self, end: int) -> None:
        self._interims += 1
        if self._interims > self._limits.interim:
            self._give_up(Fault.HEADERS_TOO_LARGE, f"more than {self._limits.interim} interim (1xx) answers")
            return
        self.head_at = self.body_at = self._mark = self._line_at = end
        self._line_read = False

    def _frame_body(self, version: tuple[int, int]) -> None:
        """Chooses the framing (RFC 9112 §6.3; a doubtful length means until close)."""
        self.phase = Phase.BODY
        tokens = _tokens(self.headers, b"connection")
        self.keeps = b"close" not in tokens and (version >= (1, 1) or b"keep-alive" in tokens)
        codings = [name for name in _tokens(self.headers, b"transfer-encoding") if name not in (b"", b"identity")]
        lengths = dict.fromkeys(_tokens(self.headers, b"content-length"))
        if self.status in BODYLESS or self._method == "HEAD":
            self._end(self.body_at)
        elif codings:
            self.framing = Framing.CHUNKED if codings[-1] == b"chunked" else Framing.CLOSE
            self._chunks = Chunks() if self.framing is Framing.CHUNKED else None
            self.doubt = "both Transfer-Encoding and Content-Length are stated" if lengths else ""
        elif self.status != SWITCHING and len(lengths) == 1 and LENGTH.match(stated := next(iter(lengths))):
            self.framing, self.length = Framing.LENGTH, int(stated)
        else:
            self.framing = Framing.CLOSE
            said = " and ".join(value[:20].decode("latin-1") for value in lengths)
            self.doubt = f"Content-Length is stated as {said!r}" if lengths else ""

    def _end(self, at: int) -> None:
        self.phase, self.end_at = Phase.ENDED, at

    def _give_up(self, fault: Fault, doubt: str) -> None:
        self.phase, self.fault, self.doubt = Phase.UNFRAMED, fault, doubt


def parse_fields(lines: list[bytes]) -> Headers:
    """The header fields of a head's lines, in order: folds joined by a blank, lines without a name left out."""
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if fields:
                name, value = fields[-1]
                fields[-1] = (name, b" ".join(filter(None, (value, line.strip(b" \t\r")))))
            continue
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")
        if colon and name:
            fields.append((name, value.strip(b" \t\r")))
    return tuple(fields)


def _tokens(headers: Headers, wanted: bytes) -> list[bytes]:
    """The comma-separated values of all fields of one name, lower-case."""
    return [
        token.strip(b" \t").lower()
        for name, value in headers
        if len(name) == len(wanted) and name.lower() == wanted
        for token in value.split(b",")
    ]
