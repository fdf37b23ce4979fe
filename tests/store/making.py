"""Captures, outcomes, records and documents as short as a test can say them."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from archive.capture import Capture, Origin, RecordType
from archive.seed import Found, Outcome, OutcomeKind, Seed, Why
from archive.url import host_key
from extract.document import Document, DocumentState, Page
from extract.incident.values import Citation, Event, Incident, Precision, StatedDate
from store.database import Database
from store.frontier import claim, settle

NOW = datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=UTC)
_NUMBERS = count(1)


def a_capture(url: str, payload: str | None = None, status: int | None = 200, **changes: object) -> Capture:
    number = next(_NUMBERS)
    capture = Capture(
        record_id=f"<urn:uuid:{number:032d}>",
        record_type=RecordType.RESPONSE,
        url=url,
        timestamp=NOW,
        http_status=status,
        mime="text/html",
        payload_digest=f"sha256:{payload or number}",
        payload_length=100,
        warc="run.warc.gz",
        offset=number * 1000,
        length=900,
        origin=Origin("cited"),
    )
    return replace(capture, **changes)  # type: ignore[arg-type]


def a_seed(url: str, why: Why = Why.CITED) -> Seed:
    return Seed(url, why, host_key(url))


def captured(seed: Seed, *found: Found, payload: str | None = None, status: int = 200) -> Outcome:
    capture = a_capture(seed.url, payload, status, origin=Origin(seed.why.value, seed.via, seed.hops))
    return Outcome(seed, OutcomeKind.CAPTURED, "", status, capture, found)


def failed(seed: Seed, kind: OutcomeKind, retry_after_s: float | None = None) -> Outcome:
    return Outcome(seed, kind, f"it is {kind.value}", retry_after_s=retry_after_s)


def fetch_all(db: Database, run: int, now: datetime = NOW) -> list[str]:
    """Everything the run wants is captured, until nothing is left; the URLs in order."""
    fetched = []
    while seeds := claim(db, run, 100, now):
        settle(db, run, [captured(seed) for seed in seeds], now)
        fetched += [seed.url for seed in seeds]
    return fetched


def a_record(*citations: Citation, key: str = "tram-scoring", title: str = "Tram scoring") -> Incident:
    event = Event(StatedDate("March 2021", "2021-03", Precision.MONTH), "Auditors find scores unlawful", "They did.")
    return Incident(
        key=key,
        title=title,
        type="System",
        page_url=f"https://records.example/{key}",
        aliases=(("aiaaic", f"AIAAIC{len(key):04}"),),
        events=(event,),
        citations=citations,
    )


def a_citation(position: int, title: str = "", url: str | None = None, same_as: int | None = None) -> Citation:
    text = f"Institute (2021). {title}" if title else f"mention {position}"
    return Citation(position, "Documents", text, "Institute", (), 2021, title, "pdf", url, same_as)


def a_document(*pages: str, title: str = "", kind: str = "pdf") -> Document:
    read = tuple(Page(number, text, reader="test") for number, text in enumerate(pages, 1))
    return Document(kind, DocumentState.READ, reader="test", title=title, page_count=len(pages), pages=read)
