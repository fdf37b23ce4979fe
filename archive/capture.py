"""Exchange (what crossed the wire), Capture (where it is kept) and Conversion (where its text is kept)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Truncation(StrEnum):
    """Why a response is not whole: the values of `WARC-Truncated` (WARC/1.1 §5.13)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


TRUNCATIONS = {reason.value: reason for reason in Truncation}  # by what records say


class Fault(StrEnum):
    """Why an exchange did not end well; the crawler maps it to an outcome."""

    DNS = "dns"
    DNS_TEMPORARY = "dns_temporary"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    REFUSED_ADDRESS = "refused_address"
    TOO_LARGE = "too_large"
    HEADERS_TOO_LARGE = "headers_too_large"
    NOT_HTTP = "not_http"
    CLOSED = "closed"


class Framing(StrEnum):
    """How the end of the body was told (RFC 9112 §6.3)."""

    NONE = "none"
    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Tls:
    """What the handshake showed. `chain` is DER, leaf first; `verdict` is "ok" or why it is not trusted."""

    version: str
    cipher: str
    chain: tuple[bytes, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response, as bytes.

    `sent` and `received` are all that went over the connection for this request, in order. `received` is a
    view over memory or over a mapped spool file; slicing it copies nothing. `head_at`, `body_at` and `end_at`
    are offsets into it: the final status line (after any 1xx answers), the first body byte, the end of the
    message (bytes after it, `excess` in number, were sent beyond the framing). When no head could be read, `status`
    is None, the first two are where the unreadable message begins and `end_at` is where the bytes end. `headers` is
    the parsed view only; the bytes are the truth. `fault_detail` may tell of odd framing though there is no fault.
    """

    url: str
    method: str
    sent: bytes
    received: memoryview
    head_at: int
    body_at: int
    end_at: int
    status: int | None
    reason: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    framing: Framing
    started: datetime
    seconds: float
    peer: str | None = None
    port: int | None = None
    tls: Tls | None = None
    truncated: Truncation | None = None
    fault: Fault | None = None
    fault_detail: str = ""
    reused: bool = False

    @property
    def excess(self) -> int:
        """How many bytes came beyond the end of the message."""
        return len(self.received) - self.end_at

    def header(self, name: str) -> str | None:
        """The first value of header `name` (any case), Latin-1 decoded and stripped, or None."""
        wanted = name.lower().encode("ascii")
        for key, value in self.headers:
            if key.lower() == wanted:
                return value.decode("latin-1").strip()
        return None


class RecordType(StrEnum):
    """The WARC record types a capture may be."""

    RESPONSE = "response"
    REVISIT = "revisit"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True)
class Origin:
    """Why something was fetched: goes into the metadata record, so the catalogue can be made again from it.

    `why` is the value of a `Why`; `via` the URL or file it was found in; `hops` is hopsFromSeed in Heritrix
    letters (L link, E embed, R redirect, P robots and other prerequisites; empty for a seed). `imported` names the
    archive file of others that a capture was brought in from, with its hash; None for what was captured here.
    """

    why: str
    via: str | None = None
    hops: str = ""
    imported: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """One archived answer of one URL at one time, and where it lies.

    `timestamp` is aware UTC with microseconds. Digests are `algorithm:value` (`sha256:` + lower-case hex);
    `payload_sha1` is the same payload's `sha1:` + Base32, by which other archives know it, None where it is unknown.
    `warc` is the file's name inside the data folder's `warc/`; `offset` and `length` are bytes of the gzip
    member. `mime` is what the server declared. `revisit_of` is the record id of the response it repeats.
    """

    record_id: str
    record_type: RecordType
    url: str
    timestamp: datetime
    http_status: int | None
    mime: str | None
    payload_digest: str | None
    payload_length: int
    warc: str
    offset: int
    length: int
    truncated: Truncation | None = None
    revisit_of: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    location: str | None = None
    origin: Origin = Origin("unknown")
    payload_sha1: str | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """The text that was read from a payload, kept as a WARC record of its own, and where it lies.

    `source` is the record id of the capture that was read, `payload_digest` that of its payload, `text_digest` that of
    the text; `reader` is who read it, with its version. Place as in Capture.
    """

    record_id: str
    source: str
    payload_digest: str
    text_digest: str
    reader: str
    warc: str
    offset: int
    length: int
