"""Which documents are to be read again, and where their bytes are."""

from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import version

import pytest

from archive.capture import RecordType
from archive.seed import Why
from extract.document import Document, DocumentState
from store.database import Database
from store.frontier import Wanted, add_seeds, claim, settle
from store.intake import file_captures, file_document, file_incident
from store.outdated import how_many, note_tried, outdated, rule_of
from tests.store.making import NOW, a_capture, a_citation, a_document, a_record, captured

LATER = NOW + timedelta(hours=1)
CURRENT = f"trafilatura {version('trafilatura')}"


def due(db: Database, *keys: str, everything: bool = False, since: datetime = LATER) -> list[str]:
    rule = rule_of(db, keys, everything=everything, since=since, now=LATER)
    found = [one.payload_digest.removeprefix("sha256:") for one in outdated(db, rule)]
    assert how_many(db, rule) == len(found)
    return found


def file(db: Database, name: str, reader: str = CURRENT, state: DocumentState = DocumentState.READ) -> None:
    document = replace(a_document(f"text of {name}"), reader=reader, state=state)
    file_document(db, f"sha256:{name}", document, now=NOW)


def test_old_readers_none_and_failures_are_due_and_with_everything_the_rest(db: Database) -> None:
    file(db, "current")
    file(db, "old", "trafilatura 0.1")
    file(db, "by both", f"{CURRENT} + pdfplumber 0.1")
    file(db, "by nobody", "", DocumentState.NOT_A_DOCUMENT)
    file(db, "a verdict", state=DocumentState.NO_TEXT_LAYER)
    file(db, "failed", state=DocumentState.MEMORY_LIMIT)
    assert due(db) == ["old", "by both", "by nobody", "failed"]
    assert due(db, everything=True) == ["current", "old", "by both", "by nobody", "a verdict", "failed"]


def test_what_was_tried_since_the_work_was_begun_is_due_only_by_its_reader(db: Database) -> None:
    for name in ("one", "two"):
        file(db, name, state=DocumentState.DAMAGED)
    file(db, "old", "trafilatura 0.1")
    begun = NOW + timedelta(minutes=1)
    note_tried(db, ["sha256:one", "sha256:old"], begun)
    assert due(db, since=begun) == ["two", "old"]
    assert due(db, everything=True, since=begun) == ["two", "old"]


def test_an_incident_narrows_it_to_what_serves_its_sources(db: Database, run: int) -> None:
    url = "https://a.example/report"
    file_incident(db, a_record(a_citation(1, "Report", url)), now=NOW)
    add_seeds(db, run, [Wanted(url, Why.CITED)], now=NOW)
    settle(db, run, [captured(claim(db, run, 1, NOW)[0], payload="cited")], NOW)
    file(db, "cited", "")
    file(db, "another", "")
    assert due(db, "tram-scoring") == ["cited"]
    assert due(db, "aiaaic0012") == ["cited"], "an alias names it too"
    assert due(db) == ["cited", "another"]


def test_captures_that_hold_the_bytes_come_oldest_first_without_their_revisits(db: Database) -> None:
    kept = [a_capture(f"https://{name}.example/", "same") for name in "ab"]
    revisit = a_capture("https://c.example/", "same", record_type=RecordType.REVISIT, revisit_of=kept[0].record_id)
    file_captures(db, [revisit, *kept])
    file_document(db, "sha256:same", Document("html", DocumentState.TIME_LIMIT), now=NOW)
    (one,) = outdated(db, rule_of(db, (), everything=False, since=LATER, now=LATER))
    assert [capture.url for capture in one.captures] == ["https://a.example/", "https://b.example/"]
    assert (one.earlier.state, one.earlier.pages, one.earlier.characters) == (DocumentState.TIME_LIMIT, 0, 0)


def test_sound_characters_are_told_of_the_pages_together(db: Database) -> None:
    read = a_document("ten chars.", "twenty characters...")
    pages = (read.pages[0], replace(read.pages[1], quality=0.5))
    file_document(db, "sha256:one", replace(read, pages=pages), now=NOW)
    (one,) = outdated(db, rule_of(db, (), everything=True, since=LATER, now=LATER))
    assert (one.earlier.pages, one.earlier.characters) == (2, pytest.approx(20))
