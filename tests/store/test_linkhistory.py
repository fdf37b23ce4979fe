"""Link checks: what they compare with, when the next is due, when a dead link is confirmed."""

from datetime import timedelta

import pytest

from archive.errors import UnknownKey
from archive.seed import Found, Why
from store import dossier
from store.database import Database
from store.frontier import Wanted, add_seeds, claim, settle, unread
from store.intake import file_captures, file_document, file_incident
from store.linkhistory import LinkCheck, file_link_checks, history, is_confirmed, sources_for_check
from tests.store.making import NOW, a_capture, a_citation, a_document, a_record, captured

A, MOVED, DOCUMENT = "https://a.example/", "https://b.example/new", "https://b.example/report.pdf"
DAY = timedelta(days=1)


@pytest.fixture
def source(db: Database) -> int:
    file_incident(db, a_record(a_citation(1, "Audit", A)), now=NOW)
    number = dossier.works(db)[0].source_id
    assert number is not None
    return number


def test_a_check_compares_with_what_the_cited_url_led_to_not_with_documents_behind_it(
    db: Database, run: int, source: int
) -> None:
    add_seeds(db, run, [Wanted(A, Why.CITED, source_id=source)], now=NOW)
    found = {A: Found(MOVED, Why.CITED, "R"), MOVED: Found(DOCUMENT, Why.DOCUMENT, "L")}
    while seeds := claim(db, run, 10, NOW):
        outcomes = [
            captured(seed, *filter(None, [found.get(seed.url)]), payload=seed.url, status=301 if seed.url == A else 200)
            for seed in seeds
        ]
        settle(db, run, outcomes, NOW)
    file_document(db, f"sha256:{MOVED}", a_document("text", kind="html"), now=NOW)
    (target,) = sources_for_check(db, now=NOW)
    assert (target.source_id, target.url, target.incidents) == (source, A, ("tram-scoring",))
    assert target.capture is not None
    assert target.capture.url == MOVED
    assert (target.last_status, target.checked_at) == (None, None)


def test_checks_are_due_by_how_the_last_one_ended(db: Database, run: int, source: int) -> None:
    assert len(sources_for_check(db, due_only=True, now=NOW)) == 1
    for status, wait in (("ok", 7), ("not_found", 3), ("blocked", 3)):
        file_link_checks(db, run, [LinkCheck(source, status, "")], NOW)
        assert sources_for_check(db, due_only=True, now=NOW + wait * DAY - timedelta(seconds=1)) == []
        (target,) = sources_for_check(db, due_only=True, now=NOW + wait * DAY)
        assert (target.last_status, target.checked_at) == (status, NOW)
    assert len(sources_for_check(db, now=NOW)) == 1


def test_only_the_sources_of_the_named_incidents_are_checked(db: Database, source: int) -> None:
    file_incident(db, a_record(a_citation(1, "Other", MOVED), key="other"), now=NOW)
    assert [target.url for target in sources_for_check(db, ["other"], now=NOW)] == [MOVED]
    assert len(sources_for_check(db, now=NOW)) == 2
    with pytest.raises(UnknownKey):
        sources_for_check(db, ["unknown"], now=NOW)


@pytest.mark.parametrize(
    ("checks", "confirmed"),
    [
        ([(0, "not_found")], False),
        ([(0, "not_found"), (3, "not_found"), (6, "not_found")], True),
        ([(0, "not_found"), (1, "gone"), (2, "not_found"), (3, "not_found")], False),
        ([(0, "not_found"), (3, "blocked"), (4, "gone"), (8, "dns_dead")], True),
        ([(0, "not_found"), (3, "not_found"), (4, "ok"), (6, "not_found")], False),
        ([(0, "not_found"), (3, "not_found"), (6, "not_found"), (9, "timeout")], False),
        ([(0, "ok"), (3, "ok"), (6, "ok")], False),
        ([(0, "server_error"), (3, "server_error"), (6, "server_error")], False),
    ],
)
def test_a_link_is_dead_after_three_checks_that_are_days_apart(checks: list[tuple[int, str]], confirmed: bool) -> None:
    assert is_confirmed([(NOW + day * DAY, status) for day, status in checks]) is confirmed


def test_the_history_of_a_link_is_kept(db: Database, run: int, source: int) -> None:
    for day in (0, 3, 6):
        evidence = {"hops": [{"status": 301, "to": MOVED}]}
        check = LinkCheck(source, "not_found", "The server answers 404.", 404, MOVED, evidence=evidence)
        (link,) = file_link_checks(db, run, [check], NOW + day * DAY)
    contract = "url status reason http_status final_url checked_at confirmed evidence replacement"
    assert set(contract.split()) <= set(link)
    assert (link["url"], link["confirmed"], link["checked_at"]) == (A, True, "2026-11-07T12:00:00.123456Z")
    past = history(db, source)
    assert [one["confirmed"] for one in past] == [False, False, True]
    assert past[-1] == link


def test_an_answer_that_is_alive_is_a_capture_of_its_source(db: Database, run: int, source: int) -> None:
    alive, wall = a_capture(A, "alive"), a_capture(A, "wall")
    file_captures(db, [alive, wall])
    file_link_checks(db, run, [LinkCheck(source, "ok", "", 200, A, record_id=alive.record_id)], NOW)
    file_link_checks(db, run, [LinkCheck(source, "blocked", "", 200, A, record_id=wall.record_id)], NOW)
    assert [one.capture.payload_digest for one in unread(db)] == ["sha256:alive"]
    assert sources_for_check(db, now=NOW)[0].capture == alive
    told = dossier.incident_object(db, "tram-scoring")["citations"][0]
    assert [one["payload_digest"] for one in told["captures"]] == ["sha256:alive"]


def test_no_checks_are_no_links(db: Database, run: int) -> None:
    assert file_link_checks(db, run, [], NOW) == []
