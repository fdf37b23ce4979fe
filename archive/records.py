"""Record and Event: what goes into a WARC file, and the warcinfo that opens each."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from archive.capture import Capture, Conversion
from archive.fields import Field, date_text, fields_block, header_value

WARC_FIELDS = "application/warc-fields"
CUSTODY_HEAD = "custodyHead"  # field of our warcinfo: the head of the custody log when the file was begun
IMPORTED_FROM, IMPORTED_DIGEST = "importedFrom", "importedDigest"  # fields of the warcinfo of imported records
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@dataclass(frozen=True)
class Agent:
    """Who captures, as each file's warcinfo tells it: software, User-Agent, operator, robots policy in words."""

    software: str
    user_agent: str
    operator: str = ""
    robots: str = ""


@dataclass(frozen=True, slots=True)
class Accession:
    """An archive file of others that is brought in: its name, its `sha256:` digest, who signed it if anybody did.

    `member` is the file within a package; `faults` is what the package says of itself and is not so.
    """

    name: str
    digest: str
    signed_by: str = ""
    faults: tuple[str, ...] = ()
    member: str = ""

    @property
    def place(self) -> str:
        """The file, within a package after an exclamation mark."""
        return f"{self.name}!{self.member}" if self.member else self.name


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record before it is written; `block` is never copied on its way into the file."""

    kind: str
    headers: list[Field]
    content_type: str
    block: memoryview | bytes


class Opening(Protocol):
    """What makes the warcinfo that a file begins with."""

    def __call__(self, *, filename: str, made: datetime, new_id: uuid.UUID) -> Record:
        """The record, of this id."""


@dataclass(frozen=True, slots=True)
class Event:
    """The records of one capture or conversion in file order; the last one is `item` itself.

    The metadata and the request stand before it, so a file that ends in a whole response has all that belongs to it.
    """

    records: tuple[Record, ...]
    item: Capture | Conversion  # not yet placed: its warc, offset and length are empty


def warcinfo(
    agent: Agent, *, run: str, filename: str, made: datetime, new_id: uuid.UUID, gzip_header: bytes, custody_head: str
) -> Record:
    """The first record of a file (WARC/1.1 §6.2). It names no host: the operator's machine is nobody's business."""
    block = fields_block(
        [
            ("software", agent.software),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", CONFORMS_TO),
            ("operator", agent.operator),
            ("robots", agent.robots),
            ("http-header-user-agent", agent.user_agent),
            ("isPartOf", run),
            ("payloadDigest", "of the entity body, after chunk framing and before Content-Encoding is removed"),
            ("responseBlock", "as received from the final status line on; earlier bytes are in the metadata record"),
            ("conversionBlock", "the text of a document, each of its pages ended by a form feed"),
            ("gzipMemberHeader", gzip_header.hex()),
            (CUSTODY_HEAD, custody_head),
        ]
    )
    return _info(block, filename, made, new_id)


def accession_info(
    agent: Agent, accession: Accession, *, run: str, filename: str, made: datetime, new_id: uuid.UUID, custody_head: str
) -> Record:
    """The first record of a file of imported records: where they came from, and nothing about how they were made.

    The gzip header of the members goes unsaid: a scanner takes the records of a file that says it for one family,
    which these are not.
    """
    block = fields_block(
        [
            ("software", agent.software),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", CONFORMS_TO),
            ("operator", agent.operator),
            ("isPartOf", run),
            ("description", "records of another archive file, each header and block as it was there"),
            (IMPORTED_FROM, accession.place),
            (IMPORTED_DIGEST, accession.digest),
            ("importedSignature", accession.signed_by),
            *(("importedFault", fault) for fault in accession.faults),
            (CUSTODY_HEAD, custody_head),
        ]
    )
    return _info(block, filename, made, new_id)


def _info(block: bytes, filename: str, made: datetime, new_id: uuid.UUID) -> Record:
    headers = [*identity("warcinfo", f"<urn:uuid:{new_id}>", made), ("WARC-Filename", header_value(filename))]
    return Record("warcinfo", headers, WARC_FIELDS, block)


def identity(kind: str, record: str, made: datetime) -> list[Field]:
    """The three fields every record starts with."""
    return [("WARC-Type", kind), ("WARC-Record-ID", record), ("WARC-Date", date_text(made))]


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of one event's records, with brackets, and of the file's warcinfo; a conversion has the first."""

    capture: str
    request: str
    metadata: str
    warcinfo: str


def draw_ids(new_id: Callable[[], uuid.UUID], warcinfo_id: str) -> Ids:
    """Fresh ids for one event, always drawn in the same order."""
    drawn = [f"<urn:uuid:{new_id()}>" for _ in range(3)]
    return Ids(drawn[0], drawn[1], drawn[2], warcinfo_id)
