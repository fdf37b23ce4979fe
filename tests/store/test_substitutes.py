"""What answers in a source's place is kept, and never shown, read, compared or adopted as the source."""

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.seed import OutcomeKind, Substitute, Why
from store import dossier, runs
from store.database import Database
from store.frontier import Wanted, add_seeds, claim, settle, unread
from store.intake import file_captures, file_incident
from store.linkhistory import LinkCheck, file_link_checks, sources_for_check
from store.reconcile import adopt
from tests.store.making import NOW, a_capture, a_citation, a_record, captured

A = "https://a.example/report"
ITSELF = "sha256:itself"


@pytest.fixture
def kept(db: Database, run: int) -> None:
    """A source with a good capture."""
    file_incident(db, a_record(a_citation(1, "Audit", A)), now=NOW)
    add_seeds(db, run, [Wanted(A, Why.CITED, source_id=dossier.works(db)[0].source_id)], now=NOW)
    (seed,) = claim(db, run, 1, NOW)
    settle(db, run, [captured(seed, payload="itself")], NOW)


def shown(db: Database) -> list[str]:
    (citation,) = dossier.incident_object(db, "tram-scoring")["citations"]
    return [capture["payload_digest"] for capture in citation["captures"]]


@pytest.mark.parametrize("substitute", Substitute)
def test_the_good_capture_stays_and_the_outcome_is_told(db: Database, kept: None, substitute: Substitute) -> None:
    again = runs.start_run(db, "archive", [], NOW)
    add_seeds(db, again, [Wanted(A, Why.CITED)], now=NOW, force=True)
    (seed,) = claim(db, again, 1, NOW)
    settle(db, again, [replace(captured(seed), kind=substitute.outcome, reason="seen", substitute=substitute)], NOW)

    assert shown(db) == [ITSELF]
    (citation,) = dossier.incident_object(db, "tram-scoring")["citations"]
    told = [(one["url"], one["outcome"], one["reason"], one["http_status"]) for one in citation["outcomes"]]
    assert told == [(A, substitute.outcome, "seen", 200)]
    assert [one.capture.payload_digest for one in unread(db)] == [ITSELF]
    (target,) = sources_for_check(db, now=NOW)
    assert target.capture is not None
    assert target.capture.payload_digest == ITSELF

    last = runs.start_run(db, "archive", [], NOW)
    add_seeds(db, last, [Wanted(A, Why.CITED)], now=NOW, force=True)
    (seed,) = claim(db, last, 1, NOW)
    assert seed.previous is not None
    assert seed.previous.payload_digest == ITSELF, "what is asked for next is compared with the source itself"


def test_a_wall_is_asked_again_later_and_ever_later_but_not_given_up(db: Database, kept: None) -> None:
    waits = []
    now = NOW
    for _ in range(8):
        again = runs.start_run(db, "archive", [], now)
        add_seeds(db, again, [Wanted(A, Why.CITED)], now=now, force=True)
        (seed,) = claim(db, again, 1, now)
        settle(db, again, [replace(captured(seed), kind=OutcomeKind.BLOCKED, reason="a wall answered")], now)
        due = next(after for after in range(1, 40) if is_due(db, now + timedelta(days=after)))
        waits.append(due)
        now += timedelta(days=due)
    assert waits == [1, 2, 4, 8, 14, 14, 14, 14]


def is_due(db: Database, at: object) -> bool:
    from store.frontier import add_due, release_all

    run = runs.start_run(db, "archive", [], NOW)
    found = add_due(db, run, at)  # type: ignore[arg-type]
    release_all(db, NOW)
    return found > 0


@pytest.mark.parametrize("status", ["soft_404", "paywall_or_login", "blocked", "server_error", "type_changed"])
def test_what_a_link_check_saw_in_its_place_is_no_capture_either(db: Database, kept: None, status: str) -> None:
    seen = a_capture(A, "instead")
    file_captures(db, [seen])
    (target,) = sources_for_check(db, now=NOW)
    check = runs.start_run(db, "check", [], NOW)
    file_link_checks(db, check, [LinkCheck(target.source_id, status, "", 200, A, record_id=seen.record_id)], NOW)
    assert shown(db) == [ITSELF]
    assert sources_for_check(db, now=NOW)[0].capture == target.capture


def test_an_error_of_the_sources_host_is_still_shown_as_what_it_is(db: Database, kept: None) -> None:
    again = runs.start_run(db, "archive", [], NOW)
    add_seeds(db, again, [Wanted(A, Why.CITED)], now=NOW, force=True)
    (seed,) = claim(db, again, 1, NOW)
    settle(db, again, [replace(captured(seed, payload="gone", status=404), kind=OutcomeKind.NOT_FOUND)], NOW)
    assert shown(db) == [ITSELF, "sha256:gone"]


def test_a_record_without_a_row_is_adopted_as_what_its_bytes_are(db: Database) -> None:
    page, wall = a_capture(A, "page"), a_capture("https://b.example/", "wall")
    kinds = {page.record_id: OutcomeKind.CAPTURED, wall.record_id: OutcomeKind.BLOCKED}
    asked = []

    def ended(capture: object) -> OutcomeKind:
        asked.append(capture)
        return kinds[capture.record_id]  # type: ignore[attr-defined]

    missing = a_capture("https://c.example/", status=404)
    assert adopt(db, [page, wall, missing], ended) == 3
    assert asked == [page, wall], "an error needs no second look"
    assert [one.capture for one in unread(db)] == [page]
    assert adopt(db, [page, wall, missing], ended) == 0
