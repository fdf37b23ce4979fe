"""What is unread, and what counts as read."""

from dataclasses import replace

import pytest

from archive.capture import Origin, RecordType, Truncation
from archive.seed import OutcomeKind, Why
from store.database import Database
from store.frontier import Wanted, add_seeds, claim, settle, unread
from store.intake import file_captures, file_document, file_incident
from store.reconcile import adopt
from tests.store.making import NOW, a_capture, a_document, a_record, captured

A = "https://a.example/"


def fetch(db: Database, run: int, url: str = A, why: Why = Why.CITED, status: int = 200, **changes: object) -> None:
    add_seeds(db, run, [Wanted(url, why)], now=NOW)
    outcome = captured(claim(db, run, 1, NOW)[0], payload=f"of {url}", status=status)
    assert outcome.capture is not None
    kind = changes.pop("kind", outcome.kind)
    settle(db, run, [replace(outcome, kind=kind, capture=replace(outcome.capture, **changes))], NOW)  # type: ignore[arg-type]


def test_a_good_capture_is_unread_until_its_document_is_filed(db: Database, run: int) -> None:
    fetch(db, run)
    (one,) = unread(db)
    assert (one.capture.url, one.why, one.is_source) == (A, Why.CITED, False)
    file_document(db, f"sha256:of {A}", a_document("text"), now=NOW)
    assert unread(db) == []


def test_an_incident_page_is_unread_until_its_incident_is_filed(db: Database, run: int) -> None:
    fetch(db, run, why=Why.INCIDENT)
    (one,) = unread(db)
    assert one.why is Why.INCIDENT
    file_incident(db, a_record(), now=NOW, capture=one.capture)
    assert unread(db) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"why": Why.LISTING},
        {"why": Why.ROBOTS},
        {"status": 301},
        {"status": 404},
        {"kind": OutcomeKind.BLOCKED},
        {"kind": OutcomeKind.TRUNCATED, "truncated": Truncation.LENGTH},
        {"payload_length": 0},
        {"payload_digest": None},
    ],
)
def test_what_is_not_the_thing_itself_is_not_read(db: Database, run: int, changes: dict[str, object]) -> None:
    fetch(db, run, **changes)  # type: ignore[arg-type]
    assert unread(db) == []


def test_a_capture_whose_outcome_is_not_known_yet_waits(db: Database) -> None:
    file_captures(db, [a_capture(A)])
    assert unread(db) == []


def test_adopted_captures_and_given_files_are_read(db: Database) -> None:
    given = a_capture(
        "urn:x-sourcekeep:file:page.txt", record_type=RecordType.RESOURCE, http_status=None, origin=Origin("incident")
    )
    file_captures(db, [given])
    adopt(db, [a_capture(A), a_capture("https://gone.example/", status=404)])
    assert [(one.capture.url, one.why) for one in unread(db)] == [(given.url, Why.INCIDENT), (A, Why.CITED)]


def test_a_payload_is_read_once_however_often_it_was_captured(db: Database) -> None:
    adopt(db, [a_capture(A, "same"), a_capture("https://mirror.example/", "same"), a_capture(A, "other")])
    assert [one.capture.payload_digest for one in unread(db)] == ["sha256:same", "sha256:other"]
    file_document(db, "sha256:same", a_document("text"), now=NOW)
    assert [one.capture.payload_digest for one in unread(db)] == ["sha256:other"]


def test_the_question_goes_on_after_the_last_answer(db: Database) -> None:
    adopt(db, [a_capture(f"https://a.example/{n}") for n in range(5)])
    seen, after = list[str](), 0
    while batch := unread(db, 2, after):
        seen += [one.capture.url for one in batch]
        after = batch[-1].capture_id
    assert len(seen) == len(set(seen)) == 5
