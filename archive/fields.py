"""Named fields of WARC records: the one function that every value passes, dates, digests, and reading them back."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address

Field = tuple[str, str]

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z")
_RECORD_ID = re.compile(r"<?([A-Za-z][A-Za-z0-9+.\-]*:[^\s<>]+)>?")
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# A header without folds or odd line ends, told in one look: nearly all are, and they are the most of a file's records.
_USUAL = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++:[^\r\n]*+\r\n)*+(?:\r\n)?")
_LINE = re.compile(r"([^:\r\n]++):[ \t]*+([^\r\n]*+)\r\n")


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=4096)
def header_value(text: str) -> str:
    """`text` as a WARC header value: control characters, non-ASCII and lone surrogates percent-encoded.

    Encoded rather than rejected: a hostile URL must not cost the capture, and may not forge a header either.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(c if " " <= c <= "~" else _percent(c) for c in text).strip()


@lru_cache(maxsize=4096)
def uri_value(text: str) -> str:
    """`text` as a `WARC-Target-URI`: as `header_value`, and blanks and angle brackets percent-encoded as well."""
    plain = header_value(text)
    return plain.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")


@lru_cache(maxsize=4096)
def field_text(text: str) -> str:
    """`text` as a value of an `application/warc-fields` block (UTF-8): only what is not printable is encoded."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _percent(c) for c in text)
    return text.strip()


def fields_block(fields: Iterable[Field]) -> bytes:
    """An `application/warc-fields` block, one line a field; empty values are left out."""
    lines = ((name, field_text(value)) for name, value in fields)
    return "".join(f"{name}: {value}\r\n" for name, value in lines if value).encode()


@lru_cache(maxsize=64)  # the records of one event share theirs
def date_text(moment: datetime) -> str:
    """An aware time as `WARC-Date`, always with six digits of the second, so that it sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@lru_cache(maxsize=64)  # the records of one event share theirs
def parse_date(text: str) -> datetime | None:
    """The time of a `WARC-Date` (WARC/1.1 §5.4: 0 to 9 digits of the second), or None when it is none."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    micro = int((found[7] or "0").ljust(9, "0")[:6])
    if second == 60:  # a leap second counts as the last microsecond before the next minute
        second, micro = 59, 999_999
    try:
        return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def address_text(peer: str | None) -> str | None:
    """A peer as `WARC-IP-Address` (IPv6 in RFC 5952 form, no zone), or None when it is no address."""
    if peer is None:
        return None
    try:
        return str(ip_address(peer.strip("[]").split("%", 1)[0]))
    except ValueError:
        return None


def record_id(text: str | None) -> str | None:
    """`<urn:uuid:…>` without its brackets, or None when it is no URI."""
    found = _RECORD_ID.fullmatch(text.strip()) if text else None
    return found[1] if found else None


_lower = lru_cache(maxsize=4096)(str.lower)  # the same few names again and again


class Fields:
    """The fields of one record or block, in order; names compare without case.

    `first` has the first value of each by its name in lower case, for who asks often; `kind` is the WARC-Type in
    lower case, or an empty text.
    """

    __slots__ = ("first", "kind", "pairs")

    def __init__(self, pairs: Sequence[Field]) -> None:
        self.pairs = pairs
        self.first = {_lower(name): value for name, value in reversed(pairs)}
        self.kind = self.first.get("warc-type", "").lower()

    def get(self, name: str) -> str | None:
        """The first value of `name`, or None."""
        return self.first.get(name.lower())

    def all(self, name: str) -> list[str]:
        """Every value of `name`, in order."""
        wanted = name.lower()
        return [value for key, value in self.pairs if _lower(key) == wanted]


def parse_fields(block: bytes) -> Fields | None:
    """The fields of a record header or warc-fields block, or None when a line is no field.

    Folded lines (WARC/1.0) are joined by a blank; values are UTF-8, undecodable bytes read as Latin-1.
    """
    if _USUAL.fullmatch(block):
        return usual_fields(block)
    pairs: list[Field] = []
    for raw in block.split(b"\n"):
        line = raw.rstrip(b"\r")
        if not line:
            continue
        if line[:1] in b" \t" and pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {_text(line.strip())}")
            continue
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.fullmatch(name.rstrip()):
            return None
        pairs.append((name.rstrip().decode("ascii"), _text(value.strip(b" \t"))))
    return Fields(pairs)


def usual_fields(block: bytes) -> Fields:
    """The fields of a header that is known to have no folds and no odd line ends."""
    text = _text(block)
    lines = _LINE.findall(text)
    if " \r" in text or "\t\r" in text:
        lines = [(name, value.rstrip(" \t")) for name, value in lines]
    return Fields(lines)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


KNOWN_DIGESTS = {"sha1": 20, "sha256": 32, "md5": 16, "sha512": 64}  # bytes each
# hashlib.new looks them up each time, which costs a microsecond.
_CONSTRUCTORS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "md5": hashlib.md5, "sha512": hashlib.sha512}
_URL_SAFE = str.maketrans("-_", "+/")


@lru_cache(maxsize=64)
def parse_digest(text: str) -> tuple[str, bytes] | None:
    """`algorithm:value` as (algorithm, raw digest); None when the algorithm is not known or the value none of it.

    Writers differ: `sha-1` means `sha1`, values are hexadecimal, Base32 or Base64 (either alphabet), padding and case
    of the first two are free on reading (WARC annotations #48, #80).
    """
    algorithm, value = _split_digest(text)
    size = KNOWN_DIGESTS.get(algorithm, 0)
    value = value.rstrip("=")
    try:
        if len(value) == 2 * size:
            raw = bytes.fromhex(value)
        elif len(value) == -(-size * 8 // 5):
            raw = base64.b32decode(value.upper() + "=" * (-len(value) % 8))
        else:
            raw = base64.b64decode(value.translate(_URL_SAFE) + "=" * (-len(value) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None
    return (algorithm, raw) if size and len(raw) == size else None


def is_malformed_digest(text: str) -> bool:
    """True when an algorithm is named that is known here and the value can be none of its digests."""
    return _split_digest(text)[0] in KNOWN_DIGESTS and parse_digest(text) is None


def _split_digest(text: str) -> tuple[str, str]:
    label, _, value = text.strip().partition(":")
    return label.lower().replace("sha-", "sha"), value


def new_hash(algorithm: str) -> "hashlib._Hash":
    """A fresh hash of a name in KNOWN_DIGESTS; SHA-1 and MD5 serve to check what others wrote, not for safety."""
    return _CONSTRUCTORS[algorithm](usedforsecurity=False)


def sha256_of(*parts: bytes | memoryview) -> str:
    """`sha256:` and the lower-case hex digest of `parts` in a row."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return f"sha256:{digest.hexdigest()}"
