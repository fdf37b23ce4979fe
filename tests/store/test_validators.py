"""A URL is asked for again with what its server gave last for the same payload, unless that is drawn by lot."""

from datetime import timedelta

import pytest

from archive.capture import Capture, RecordType
from archive.seed import Outcome, OutcomeKind, Why
from archive.validators import is_drawn, is_same_etag
from store import runs
from store.database import Database
from store.frontier import Wanted, add_seeds, claim, settle
from tests.store.making import NOW, a_capture

A = "https://a.example/report"
Answers = list[tuple[int, str | None]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [('"a"', 'W/"a"', True), ('"a"', '"b"', False), (None, '"a"', False), (None, None, True), ("", None, True)],
)
def test_etags_are_compared_weakly(one: str | None, other: str | None, same: bool) -> None:
    assert is_same_etag(one, other) is same


@pytest.mark.parametrize(
    ("etags", "drawn"),
    [("", False), ("ab", False), ("abc", True), ("abb", False), ("abbc", False), ("abcd", True), ("abcdd", False)],
)
def test_an_etag_is_drawn_when_it_is_another_one_twice_in_a_row(etags: str, drawn: bool) -> None:
    assert is_drawn(list(etags)) is drawn


def test_no_etag_is_drawn_from_answers_without_one() -> None:
    assert not is_drawn(['"a"', None, '"b"'])


def archived(db: Database, answers: Answers) -> tuple[Capture, Capture]:
    """The first capture, and with what the URL would be asked for after these answers, each with its ETag."""
    first: Capture | None = None
    for day, (status, etag) in enumerate(answers):
        now = NOW + timedelta(days=day)
        run = runs.start_run(db, "archive", [], now)
        add_seeds(db, run, [Wanted(A, Why.CITED)], now=now, force=True)
        (seed,) = claim(db, run, 1, now)
        more = {"etag": etag, "last_modified": f"day {day}", "timestamp": now}
        if first is not None:
            more |= {"record_type": RecordType.REVISIT, "revisit_of": first.record_id}
        capture = a_capture(A, "same", status, **more)
        if first is None:
            first = capture
        kind = OutcomeKind.CAPTURED if capture is first else OutcomeKind.UNCHANGED
        settle(db, run, [Outcome(seed, kind, "", status, capture)], now)
    later = NOW + timedelta(days=len(answers))
    run = runs.start_run(db, "archive", [], later)
    add_seeds(db, run, [Wanted(A, Why.CITED)], now=later, force=True)
    (seed,) = claim(db, run, 1, later)
    assert first is not None
    assert seed.previous is not None
    return first, seed.previous


@pytest.mark.parametrize(
    ("answers", "etag", "day"),
    [
        ([(200, "a")], "a", 0),
        ([(200, "a"), (200, "b")], "b", 1),
        ([(200, "a"), (304, "b")], "a", 0),
        ([(200, "a"), (200, "b"), (200, "c")], None, 2),
        ([(200, "a"), (200, "b"), (304, "x"), (200, "c"), (304, "y")], None, 3),
        ([(200, "a"), (200, "b"), (200, "c"), (200, "c")], "c", 3),
        ([(200, "a"), (200, None)], None, 1),
    ],
)
def test_the_validators_are_those_of_the_newest_answer_with_the_payload(
    db: Database, answers: Answers, etag: str | None, day: int
) -> None:
    first, previous = archived(db, answers)
    assert (previous.etag, previous.last_modified) == (etag, f"day {day}")
    assert previous.record_id == first.record_id, "it is still the whole answer that a revisit repeats"


def test_another_payload_of_the_url_does_not_count(db: Database) -> None:
    archived(db, [(200, "a"), (200, "b")])
    now = NOW + timedelta(days=9)
    run = runs.start_run(db, "archive", [], now)
    add_seeds(db, run, [Wanted(A, Why.CITED)], now=now, force=True)
    (seed,) = claim(db, run, 1, now)
    new = a_capture(A, "other", etag="c", timestamp=now)
    settle(db, run, [Outcome(seed, OutcomeKind.CAPTURED, "", 200, new)], now)
    run = runs.start_run(db, "archive", [], now)
    add_seeds(db, run, [Wanted(A, Why.CITED)], now=now, force=True)
    (seed,) = claim(db, run, 1, now)
    assert seed.previous == new
