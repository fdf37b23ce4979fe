"""Glance: a record in the form that our own writer gives it, read whole and held against its digests in one look."""

import hashlib
import re

from archive.fields import Fields, parse_date, usual_fields
from archive.head import head_end, read_head
from archive.measure import Found, Measure

# The fields in the writer's order, none twice, nothing that could be read in two ways. What is written otherwise, by us
# or by others, is no less sound: it is left to the general reading, which takes four times as long.
_FORM = re.compile(
    rb"WARC/1\.1\r\n"
    rb"WARC-Type: (warcinfo|response|request|metadata|revisit|resource|conversion)\r\n"
    rb"WARC-Record-ID: <urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}>\r\n"
    rb"WARC-Date: ([0-9T:.\-]{26}Z)\r\n"
    rb"(?:WARC-Target-URI: ([!-;=?-~]++)\r\n)?+"
    rb"(?:WARC-(?:Filename|Warcinfo-ID|IP-Address|Protocol|Concurrent-To|Truncated|Profile|Refers-To(?:-Target-URI|-Date)?)"
    rb": [!-~][ -~]*+\r\n)*+"
    rb"(?:WARC-Payload-Digest: sha256:([0-9a-f]{64})\r\n)?+"
    rb"WARC-Block-Digest: sha256:([0-9a-f]{64})\r\n"
    rb"Content-Type: ([!-~][ -~]*+)\r\n"
    rb"Content-Length: ([0-9]{1,18}+)\r\n"
    rb"\r\n"
)
_END = b"\r\n\r\n"
_OWN_PAYLOAD = frozenset((b"response", b"resource", b"conversion"))
_WITH_PAYLOAD = _OWN_PAYLOAD | {b"revisit"}  # of which the writer names a digest; a revisit's is of what it repeats


class Glance:
    """A sound record: its type, the URL it is of, and its content, from which all else is read when it is asked for."""

    __slots__ = ("_form", "_payload_at", "kind", "url")

    def __init__(self, form: re.Match[bytes], payload_at: int) -> None:
        self.kind = form[1].decode()
        self.url = form[3].decode() if form[3] else None
        self._form = form
        self._payload_at = payload_at

    def fields(self) -> Fields:
        """The fields of its header."""
        return usual_fields(self._form.string[len("WARC/1.1\r\n") : self._form.end() - 2])

    def measure(self) -> Measure:
        """The measure of its block, in the digests that were found right."""
        content = self._form.string
        block = memoryview(content)[self._form.end() : -len(_END)]
        head = read_head(block) if self._form[6].startswith(b"application/http") else None
        payload = Found(len(content) - len(_END) - self._payload_at, "sha256", self._form[4] or self._form[5])
        told = bytes(block) if self.kind in ("warcinfo", "metadata") else b""
        return Measure(Found(len(block), "sha256", self._form[5]), head, (payload,), told)


def glance(content: bytes) -> Glance | None:
    """The record that all of `content` is, if it has the writer's form and nothing about it is at fault; else None.

    None says nothing of the record: the general reading judges it then.
    """
    form = _FORM.match(content)
    if form is None:
        return None
    kind, date, _, payload, block, _, length = form.groups()
    start = form.end()
    if len(content) != start + int(length) + len(_END) or not content.endswith(_END):
        return None
    if (payload is None) is (kind in _WITH_PAYLOAD) or parse_date(date.decode()) is None:
        return None
    view = memoryview(content)
    if not _is_digest(view[start : -len(_END)], block):
        return None
    payload_at: int | None = start
    if kind == b"response":
        payload_at = head_end(content, start) if content.startswith(b"HTTP/", start) else None
    if payload_at is None or (kind in _OWN_PAYLOAD and not _is_digest(view[payload_at : -len(_END)], payload)):
        return None
    return Glance(form, payload_at)


def _is_digest(block: memoryview, stated: bytes) -> bool:
    return hashlib.sha256(block).hexdigest().encode() == stated
