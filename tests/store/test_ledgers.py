"""Hosts, robots copies, schedules, listed works."""

import threading
from datetime import timedelta

import pytest

from archive.errors import UnknownKey
from archive.host import HostState, RobotsCopy
from archive.seed import Found, Why
from store import hosts, schedule
from store.database import Database
from store.intake import file_captures, file_document, file_listed
from store.works import Listed, archived, listed
from tests.store.making import NOW, a_capture, a_document

LATER = NOW + timedelta(days=1)


def test_what_is_remembered_of_a_host_comes_back_as_it_was(db: Database) -> None:
    full, bare = HostState("a.example", NOW, 2.5, 3, 503, "left alone"), HostState("b.example")
    hosts.save(db, [full, HostState("b.example", NOW)])
    hosts.save(db, [bare])
    hosts.save(db, [])
    assert hosts.load(db, ("a.example", "b.example", "c.example")) == [full, bare]


def test_the_last_robots_copy_replaces_the_one_before(db: Database) -> None:
    unreachable = RobotsCopy(None, b"", NOW, LATER, "time-out")
    had = RobotsCopy(200, b"\xef\xbb\xbfUser-agent: *\x00\xff", NOW, LATER)
    hosts.save_robots(db, {"https://a.example": unreachable})
    assert hosts.load_robots(db, "https://a.example") == unreachable
    hosts.save_robots(db, {"https://a.example": had})
    assert hosts.load_robots(db, "https://a.example") == had
    assert hosts.load_robots(db, "http://a.example") is None


def add(db: Database, target: str | None = None) -> dict[str, object]:
    return schedule.add(db, kind="archive", target=target, cron="0 3 * * 1", zone="UTC", next_at=NOW, now=NOW)


def test_a_schedule_is_added_once_and_listed_and_removed(db: Database) -> None:
    row = add(db)
    assert add(db) == row
    assert add(db, "tram-scoring")["id"] != row["id"]
    assert [one["target"] for one in schedule.rows(db)] == [None, "tram-scoring"]
    assert row["next_at"] == "2026-11-01T12:00:00.123456Z"
    schedule.remove(db, int(str(row["id"])))
    assert len(schedule.rows(db)) == 1
    with pytest.raises(UnknownKey):
        schedule.remove(db, int(str(row["id"])))


def test_a_due_schedule_is_claimed_by_one_of_all_who_try(db: Database) -> None:
    add(db)
    assert schedule.due(db, NOW - timedelta(seconds=1)) == []
    (one,) = schedule.due(db, NOW)
    taken: list[bool] = []
    threads = [threading.Thread(target=lambda: taken.append(schedule.claim(db, one, LATER, NOW))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 5 + [True]
    assert schedule.due(db, NOW) == []
    assert schedule.rows(db)[0]["last_run"] == "2026-11-01T12:00:00.123456Z"
    assert [one.next_at for one in schedule.due(db, LATER)] == [LATER]


def test_what_a_listing_says_last_stands(db: Database) -> None:
    works = [Found("https://i.example/1", Why.CITED, "L", "Audit", 2019), Found("https://i.example/2", Why.CITED, "L")]
    assert file_listed(db, "institute", works, listing="https://i.example/all", now=NOW) == 2
    again = [Found("https://i.example/1", Why.CITED, "L", "The audit", 2020)]
    assert file_listed(db, "institute", again, now=LATER) == 0
    assert listed(db, "institute") == [
        Listed("https://i.example/1", "The audit", 2020),
        Listed("https://i.example/2", "", None),
    ]
    assert listed(db, "other") == []


def test_titles_of_archived_documents_are_known_by_publisher(db: Database) -> None:
    file_captures(db, [a_capture("https://i.example/1.pdf", "one")])
    file_document(db, "sha256:one", a_document("text", title="Audit"), now=NOW)
    assert archived(db, "any_page") == [Listed("https://i.example/1.pdf", "Audit", None)]
