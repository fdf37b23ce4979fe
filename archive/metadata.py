"""The metadata record of a capture: why it was fetched and what the bytes themselves cannot tell."""

import base64
from dataclasses import dataclass
from functools import lru_cache

from archive.capture import TRUNCATIONS, Exchange, Origin, Truncation
from archive.fields import Field, Fields, address_text, field_text, fields_block
from archive.payload import Digests, known_sha1
from archive.records import IMPORTED_DIGEST, IMPORTED_FROM
from archive.seed import Why

NO_STATUS = "none"
IMPORTED = "imported"  # why a capture is here that was brought in, when nobody says why it was made
# Reasons that stay true when a capture is brought in. That it is an incident's page, or what a run decided, is not
# believed of it: both would act on the catalogue.
_LASTING = frozenset((Why.CITED, Why.DOCUMENT, Why.LISTING, Why.CHECK, Why.ROBOTS, Why.EMBEDDED, Why.SHOWN))


@lru_cache(maxsize=256)
def _one_line(der: bytes) -> str:
    """A certificate as the base64 text of its PEM form, on one line: a WARC field must not be folded."""
    return base64.b64encode(der).decode("ascii")


def known_origin(origin: Origin) -> Origin:
    """`origin` as it can be read back from the record: what is not printable is percent-encoded."""
    via = field_text(origin.via) if origin.via else None
    return Origin(field_text(origin.why) or "unknown", via or None, field_text(origin.hops))


def origin_fields(origin: Origin) -> list[Field]:
    """`via` and `hopsFromSeed` (WARC/1.1 §6.6 and the vocabulary of Heritrix) and our own `why`."""
    return [("via", origin.via or ""), ("hopsFromSeed", origin.hops), ("why", origin.why)]


def payload_fields(payload: Digests) -> list[Field]:
    """`payloadLength` counts the bytes that the payload digests cover; `payloadDigest` is the second of them, SHA-1.

    It stands here since a record's header may have one `WARC-Payload-Digest` only (WARC/1.1 §5.1), which is SHA-256,
    and is written as others write theirs, so that a text search for a digest of theirs finds ours.
    """
    return [("payloadLength", str(payload.length)), ("payloadDigest", payload.sha1 or "")]


def resource_block(origin: Origin, payload: Digests, made_by: str = "") -> bytes:
    """The `application/warc-fields` block of what did not come over HTTP; `made_by` names the software that made it."""
    return fields_block([*origin_fields(origin), *payload_fields(payload), ("madeBy", made_by)])


def exchange_block(exchange: Exchange, origin: Origin, payload: Digests) -> bytes:
    """The `application/warc-fields` block of an exchange.

    `interim` holds, in base64, the bytes received before the final status line; `tlsCertificate` one certificate
    a field, leaf first, in base64 of DER.
    """
    fields = [
        *origin_fields(origin),
        ("fetchTimeMs", str(max(0, round(exchange.seconds * 1000)))),
        ("method", exchange.method),
        ("httpStatus", NO_STATUS if exchange.status is None else str(exchange.status)),
        ("framing", exchange.framing.value),
        *payload_fields(payload),
        ("peer", _peer(exchange)),
        ("reusedConnection", "yes" if exchange.reused else ""),
        ("truncated", exchange.truncated.value if exchange.truncated else ""),
        ("fault", exchange.fault.value if exchange.fault else ""),
        ("faultDetail", exchange.fault_detail),
        ("excessBytes", str(exchange.excess) if exchange.excess else ""),
    ]
    if exchange.tls is not None:
        fields += [
            ("tlsVersion", exchange.tls.version),
            ("tlsCipher", exchange.tls.cipher),
            ("tlsVerdict", exchange.tls.verdict),
            *(("tlsCertificate", _one_line(der)) for der in exchange.tls.chain),
        ]
    if exchange.status is not None and exchange.head_at:
        fields.append(("interim", base64.b64encode(exchange.received[: exchange.head_at]).decode("ascii")))
    return fields_block(fields)


def conversion_block(
    *, source_digest: str, reader: str, state: str, reason: str, pages: int, page_count: int, language: str | None
) -> bytes:
    """The `application/warc-fields` block of a conversion: what was read, by whom, and what became of it.

    `pages` counts those in the text, `pageCount` those of the document. By the first two fields it is known again
    which reading of which payload is kept already.
    """
    return fields_block(
        [
            ("sourcePayloadDigest", source_digest),
            ("reader", reader),
            ("documentState", state),
            ("documentReason", reason),
            ("pages", str(pages)),
            ("pageCount", str(page_count)),
            ("language", language or ""),
        ]
    )


def _peer(exchange: Exchange) -> str:
    address = address_text(exchange.peer)
    if address is None:
        return ""
    return f"{f'[{address}]' if ':' in address else address}:{exchange.port or ''}".rstrip(":")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a metadata record says of the capture or conversion it belongs to; None where it says nothing."""

    origin: Origin
    status_known: bool
    status: int | None
    payload_length: int | None
    payload_sha1: str | None
    truncated: Truncation | None
    source_digest: str | None = None
    reader: str | None = None


NOTHING = Facts(Origin("unknown"), False, None, None, None, None)


def read_facts(fields: Fields) -> Facts:
    """The facts in the fields of a metadata block, whoever wrote it."""
    status = fields.get("httpStatus")
    truncated = fields.get("truncated")
    return Facts(
        origin=Origin(fields.get("why") or "unknown", fields.get("via"), fields.get("hopsFromSeed") or ""),
        status_known=status == NO_STATUS or _number(status) is not None,
        status=_number(status),
        payload_length=_number(fields.get("payloadLength")),
        payload_sha1=known_sha1(fields.get("payloadDigest")),
        truncated=TRUNCATIONS.get(truncated or ""),
        source_digest=fields.get("sourcePayloadDigest"),
        reader=fields.get("reader"),
    )


def imported_from(info: Fields) -> str | None:
    """The file that imported records were brought in from, with its hash, as the warcinfo before them tells."""
    told = [info.get(IMPORTED_FROM), info.get(IMPORTED_DIGEST)]
    return " ".join(filter(None, told)) or None


def imported_origin(told: Origin, imported: str) -> Origin:
    """The origin of a capture that was brought in, by what its own metadata tells."""
    return Origin(told.why if told.why in _LASTING else IMPORTED, told.via, told.hops, imported)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
