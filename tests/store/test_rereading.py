"""When files are read again: none goes unread for longer than it may, whatever its age and whoever asks when."""

import random
from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from archive.fixity import FileReport
from store.database import Database
from store.intake import file_captures
from store.rereading import due, file_reading, known, readings
from tests.store.making import NOW, a_capture

EVERY, NEWEST = timedelta(days=90), timedelta(days=7)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
REPORT = FileReport(3, 1234, (), (), "sha256:ab")


def due_at(db: Database, now: datetime) -> list[str]:
    return due(db, every=EVERY, newest=NEWEST, now=now)


def a_file(db: Database, name: str, captured: datetime) -> None:
    file_captures(db, [a_capture(f"https://a.example/{name}", warc=name, timestamp=captured)])


def test_a_reading_is_noted(db: Database) -> None:
    file_captures(db, [a_capture("https://a.example/")])
    file_reading(db, "run.warc.gz", REPORT, NOW)
    file_reading(db, "other.warc.gz", FileReport(0, 1, ()), NOW)
    told = [(one["warc"], one["bytes"], one["records"], one["sha256"], one["verified_at"]) for one in readings(db)]
    at = "2026-11-01T12:00:00.123456Z"
    assert told == [("other.warc.gz", 1, 0, "", at), ("run.warc.gz", 1234, 3, "sha256:ab", at)]
    assert known(db) == {"other.warc.gz", "run.warc.gz"}


@pytest.mark.parametrize(
    ("captured_ago", "read_ago", "is_due"),
    [
        (timedelta(days=300), None, True),
        (timedelta(days=300), timedelta(days=89), True),
        (timedelta(days=300), timedelta(days=87), False),
        (timedelta(days=300), timedelta(days=2), False),
        (timedelta(days=6), timedelta(days=1), True),
        (timedelta(days=6), timedelta(hours=20), False),
        (timedelta(days=8), timedelta(days=2), False),
        (timedelta(0), None, True),
        (timedelta(days=300), timedelta(days=-400), True),
    ],
)
def test_a_file_is_due_by_its_age_and_its_last_reading(
    db: Database, captured_ago: timedelta, read_ago: timedelta | None, is_due: bool
) -> None:
    a_file(db, "a.warc.gz", NOW - captured_ago)
    if read_ago is not None:
        file_reading(db, "a.warc.gz", REPORT, NOW - read_ago)
    assert due_at(db, NOW) == (["a.warc.gz"] if is_due else [])


def test_one_new_capture_makes_a_file_new(db: Database) -> None:
    a_file(db, "a.warc.gz", NOW - timedelta(days=60))
    file_reading(db, "a.warc.gz", REPORT, NOW - timedelta(days=3))
    assert due_at(db, NOW) == []
    a_file(db, "a.warc.gz", NOW - timedelta(days=6))
    assert due_at(db, NOW) == ["a.warc.gz"]


def test_the_file_longest_unread_comes_first(db: Database) -> None:
    for name, days in (("b", 95), ("a", 200), ("never", None), ("c", 100)):
        a_file(db, name, NOW - timedelta(days=300))
        if days is not None:
            file_reading(db, name, REPORT, NOW - timedelta(days=days))
    assert due_at(db, NOW) == ["never", "a", "c", "b"]


@pytest.mark.parametrize("seed", range(3))
def test_over_200_days_no_file_goes_unread_for_90_and_new_ones_are_read_daily(db: Database, seed: int) -> None:
    """Someone asks once a day, half an hour sooner or later, and the reading takes its time."""
    dice = random.Random(seed)
    captured = {f"old-{n}": NOW - timedelta(days=dice.randrange(8, 400)) for n in range(25)}
    last = {name: NOW - timedelta(days=dice.randrange(1, 89)) for name in captured}
    for name, at in captured.items():
        a_file(db, name, at)
        file_reading(db, name, REPORT, last[name])
    read: defaultdict[str, int] = defaultdict(int)
    for day in range(200):
        now = NOW + day * DAY + dice.randrange(-30, 31) * MINUTE
        if dice.random() < 0.2:
            name = f"new-{day}"
            captured[name] = last[name] = now - dice.randrange(1, 600) * MINUTE
            a_file(db, name, captured[name])
        for name, at in last.items():
            assert now - at < EVERY, (day, name)
            if now - captured[name] < NEWEST:
                assert now - at <= timedelta(hours=25), (day, name)
        for name in due_at(db, now):
            last[name] = now + dice.randrange(40) * MINUTE
            file_reading(db, name, REPORT, last[name])
            read[name] += 1
    assert all(2 <= read[name] <= 4 for name in captured if name.startswith("old")), "read again, and not for nothing"
