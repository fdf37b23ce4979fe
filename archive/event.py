"""How an exchange, or an imported file, becomes the records of one capture."""

from dataclasses import dataclass
from datetime import datetime

from archive.capture import Capture, Exchange, Origin, RecordType
from archive.earlier import Earlier, no_document
from archive.fields import Field, address_text, header_value, uri_value
from archive.head import Head, read_head
from archive.metadata import exchange_block, known_origin, resource_block
from archive.payload import NO_PAYLOAD, Digests, digests_of, entity_parts
from archive.records import WARC_FIELDS, Event, Ids, Record, identity
from archive.revisit import Profile, profile_of, revisit_fields

_TLS_NAMES = {"TLSv1": "tls/1.0", "TLSv1.1": "tls/1.1", "TLSv1.2": "tls/1.2", "TLSv1.3": "tls/1.3"}


@dataclass(frozen=True, slots=True)
class Making:
    """What a resource was made of, and by which software."""

    capture: Capture
    software: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the archive sees in an exchange's received bytes, read as the reader will read them back."""

    block: memoryview
    head: Head | None
    payload: Digests

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return self.head.header(name) if self.head else None


def answer_of(exchange: Exchange) -> Answer:
    """The block starts at the final status line; without one it is all that came, and has no payload."""
    if exchange.status is None:
        return Answer(exchange.received, read_head(exchange.received), NO_PAYLOAD)
    block = exchange.received[exchange.head_at :]
    body = exchange.received[exchange.body_at : exchange.end_at]
    return Answer(block, read_head(block), digests_of(entity_parts(body, exchange.framing)))


def exchange_event(
    exchange: Exchange, origin: Origin, previous: Capture | None, ids: Ids, earlier: Earlier = lambda url, digest: None
) -> Event:
    """The records of an exchange: metadata, request, then the response or a revisit of `previous`.

    What is no document may also be a revisit of what `earlier` finds. ValueError when nothing was received: there is
    nothing to keep.
    """
    if not exchange.received:
        raise ValueError(f"nothing was received for {exchange.url}")
    answer = answer_of(exchange)
    digest = answer.payload.sha256
    profile = profile_of(exchange, digest, answer.header("location"), previous)
    if profile is None and digest and answer.payload.length and no_document(exchange, origin):
        previous = earlier(exchange.url, digest)
        profile = profile_of(exchange, digest, answer.header("location"), previous)
    repeated = previous if profile else None
    payload = _payload_of(repeated) if repeated and profile is Profile.NOT_MODIFIED else answer.payload
    wire = _wire_fields(exchange, answer.head, ids)
    notes = exchange_block(exchange, origin, payload)
    records = [metadata_record(exchange.url, exchange.started, notes, ids)]
    if exchange.sent:
        sent = [*identity("request", ids.request, exchange.started), *wire, ("WARC-Concurrent-To", ids.capture)]
        records.append(Record("request", sent, "application/http;msgtype=request", exchange.sent))
    if profile and repeated:
        records.append(_revisit(exchange, answer, profile, repeated, wire, ids))
    else:
        records.append(_response(exchange, answer, wire, ids))
    return Event(tuple(records), _capture(exchange, answer, payload, repeated, origin, ids))


def _payload_of(original: Capture) -> Digests:
    """The payload that an answer without one says is still the same."""
    return Digests(original.payload_digest, original.payload_sha1, original.payload_length)


def _wire_fields(exchange: Exchange, head: Head | None, ids: Ids) -> list[Field]:
    """The fields that the request and the answer share."""
    fields = [("WARC-Target-URI", uri_value(exchange.url)), ("WARC-Warcinfo-ID", ids.warcinfo)]
    address = address_text(exchange.peer)
    if address:
        fields.append(("WARC-IP-Address", address))
    if head is not None:
        fields.append(("WARC-Protocol", head.version))
    if exchange.tls is not None and exchange.tls.version in _TLS_NAMES:
        fields.append(("WARC-Protocol", _TLS_NAMES[exchange.tls.version]))
    return fields


def metadata_record(url: str, made: datetime, notes: bytes, ids: Ids) -> Record:
    """The metadata record of an event, tied to its capture."""
    headers = [
        *identity("metadata", ids.metadata, made),
        ("WARC-Target-URI", uri_value(url)),
        ("WARC-Warcinfo-ID", ids.warcinfo),
        ("WARC-Concurrent-To", ids.capture),
    ]
    return Record("metadata", headers, WARC_FIELDS, notes)


def _response(exchange: Exchange, answer: Answer, wire: list[Field], ids: Ids) -> Record:
    headers = [*identity("response", ids.capture, exchange.started), *wire]
    if exchange.truncated:
        headers.append(("WARC-Truncated", exchange.truncated.value))
    if answer.payload.sha256:
        headers.append(("WARC-Payload-Digest", answer.payload.sha256))
    # The same type when no status line could be read: warcio, pywb's indexer and fastwarc take such blocks as they are
    # (tried with every odd answer of the wire samples), and anything else would claim that it did not come by HTTP.
    return Record("response", headers, "application/http;msgtype=response", answer.block)


def _revisit(
    exchange: Exchange, answer: Answer, profile: Profile, repeated: Capture, wire: list[Field], ids: Ids
) -> Record:
    """A revisit keeps the server's headers; a 304 is kept with all that came, an equal payload is left out."""
    headers = [*identity("revisit", ids.capture, exchange.started), *wire, *revisit_fields(profile, repeated)]
    if repeated.payload_digest:
        headers.append(("WARC-Payload-Digest", repeated.payload_digest))
    head_only = exchange.received[exchange.head_at : exchange.body_at]
    block = answer.block if profile is Profile.NOT_MODIFIED else head_only
    return Record("revisit", headers, "application/http;msgtype=response", block)


def _capture(
    exchange: Exchange, answer: Answer, payload: Digests, repeated: Capture | None, origin: Origin, ids: Ids
) -> Capture:
    """The capture of an exchange, before the file has given it a place."""
    return Capture(
        record_id=ids.capture[1:-1],
        record_type=RecordType.REVISIT if repeated else RecordType.RESPONSE,
        url=uri_value(exchange.url),
        timestamp=exchange.started,
        http_status=exchange.status,
        mime=answer.head.mime() if answer.head else None,
        payload_digest=payload.sha256,
        payload_sha1=payload.sha1,
        payload_length=payload.length,
        warc="",
        offset=0,
        length=0,
        truncated=exchange.truncated,
        revisit_of=repeated.record_id if repeated else None,
        etag=answer.header("etag"),
        last_modified=answer.header("last-modified"),
        location=answer.header("location"),
        origin=known_origin(origin),
    )


def resource_event(
    url: str, mime: str, content: bytes, made: datetime, origin: Origin, ids: Ids, made_of: Making | None = None
) -> Event:
    """The records of what did not come over HTTP (WARC/1.1 §6.4): metadata, then the resource itself.

    What was made of a capture bears `WARC-Concurrent-To` it: §5.11 keeps `WARC-Refers-To` from resources.
    """
    payload = digests_of((content,))
    notes = resource_block(origin, payload, made_of.software if made_of else "")
    headers = [
        *identity("resource", ids.capture, made),
        ("WARC-Target-URI", uri_value(url)),
        ("WARC-Warcinfo-ID", ids.warcinfo),
        *([("WARC-Concurrent-To", f"<{made_of.capture.record_id}>")] if made_of else []),
        ("WARC-Payload-Digest", payload.sha256 or ""),
    ]
    declared = header_value(mime) or "application/octet-stream"
    capture = Capture(
        record_id=ids.capture[1:-1],
        record_type=RecordType.RESOURCE,
        url=uri_value(url),
        timestamp=made,
        http_status=None,
        mime=declared.split(";", 1)[0].strip().lower(),
        payload_digest=payload.sha256,
        payload_sha1=payload.sha1,
        payload_length=payload.length,
        warc="",
        offset=0,
        length=0,
        origin=known_origin(origin),
    )
    resource = Record("resource", headers, declared, content)
    return Event((metadata_record(url, made, notes, ids), resource), capture)
