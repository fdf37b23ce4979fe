"""Head: the status line and header fields of an HTTP answer, read leniently and only to look at them."""

import re
from dataclasses import dataclass

LONGEST_HEAD = 1 << 20  # bytes after which a block without an empty line has no head

_STATUS = re.compile(rb"HTTP/(\d)(?:\.(\d+))?[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Head:
    """What an answer says of itself. `body_at` is where its body starts; `status` None when the first line is none."""

    status: int | None
    version: str
    headers: tuple[tuple[bytes, bytes], ...]
    body_at: int

    def header(self, name: str) -> str | None:
        """The first value of header `name` (any case), Latin-1 decoded and stripped, or None."""
        wanted = name.lower().encode("ascii")
        for key, value in self.headers:
            if key.lower() == wanted:
                return value.decode("latin-1").strip()
        return None

    def mime(self) -> str | None:
        """The declared media type without its parameters, in lower case, or None."""
        declared = (self.header("content-type") or "").split(";", 1)[0].strip().lower()
        return declared or None

    def codings(self) -> list[str]:
        """The codings the entity is still in after de-chunking, in the order in which they were applied."""
        listed = [self.header("content-encoding"), self.header("transfer-encoding")]
        names = [name.strip().lower() for value in listed if value for name in value.split(",")]
        return [name for name in names if name not in ("", "identity", "chunked")]

    def is_chunked(self) -> bool:
        """True when chunked is the last transfer coding, which then wins over Content-Length (RFC 9112 §6.3)."""
        values = [value for key, value in self.headers if key.lower() == b"transfer-encoding"]
        return bool(values) and values[-1].strip().lower().endswith(b"chunked")

    def stated_length(self) -> int | None:
        """Content-Length when all that are given agree on one number, else None."""
        values = {value.strip() for key, value in self.headers if key.lower() == b"content-length"}
        if len(values) != 1 or not (only := values.pop()).isdigit() or len(only) > 18:
            return None
        return int(only)

    def is_bodiless(self) -> bool:
        """True for the answers that have no body whatever follows (RFC 9112 §6.3)."""
        return self.status in (204, 304)


def head_end(block: bytes | bytearray | memoryview, start: int = 0) -> int | None:
    """Where the first empty line of `block` ends, or None."""
    found = _END.search(block, start)
    return found.end() if found else None


def read_head(block: bytes | memoryview) -> Head | None:
    """The head at the start of an answer's bytes, or None when they do not start as HTTP does.

    Lenient, as what the web sends: line ends without CR, lines without a colon (ignored), folded lines (joined),
    blank lines in front. A head that was cut before its empty line is read as far as it goes.
    """
    view = memoryview(block)[:LONGEST_HEAD]
    start = 0
    while start < len(view) and view[start] in b"\r\n":
        start += 1
    line = _STATUS.match(view, start)
    if line is None:
        return None
    end = head_end(view, line.end()) or len(view)
    version = f"http/{line[1].decode()}" + (f".{line[2].decode()}" if line[2] else "")
    return Head(int(line[3]), version, headers_of(bytes(view[start:end])), end)


def headers_of(head: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """The fields of a head's bytes after its first line: names and values as sent, folds joined by a blank."""
    found: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n")[1:]:
        if line[:1] in (b" ", b"\t") and found:
            name, value = found[-1]
            found[-1] = (name, value + b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        if colon:
            found.append((name.strip(), value.strip()))
    return tuple(found)
