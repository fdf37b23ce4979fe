"""What a killed run had kept goes with the seed of the run that comes after it."""

from datetime import timedelta

import pytest

from archive.capture import Capture, Origin, RecordType
from archive.seed import OutcomeKind, Why
from store import runs
from store.database import Database
from store.frontier import Wanted, add_seeds, claim, release_all, settle
from store.intake import file_kept
from store.reconcile import adopt
from tests.store.making import NOW, a_capture, captured, failed

A = "https://a.example/"
LATER = NOW + timedelta(minutes=1)


def killed(db: Database, run: int, *kept: Capture, adopted: bool = False) -> None:
    """A run that claims A, keeps these and is killed before it can say how A ended."""
    add_seeds(db, run, [Wanted(A, Why.CITED)], now=NOW)
    claim(db, run, 10, NOW)
    if adopted:
        adopt(db, kept)
    else:
        file_kept(db, kept)
    release_all(db, LATER)


def resumed(db: Database, *, force: bool = False, after: timedelta = timedelta(minutes=5)) -> Capture | None:
    """What goes with the seed of A in a run that begins so long after the first."""
    run = runs.start_run(db, "archive", [], NOW + after)
    add_seeds(db, run, [Wanted(A, Why.CITED)], now=NOW + after, force=force)
    (seed,) = claim(db, run, 10, NOW + after)
    return seed.kept


def kept_at(minute: float, **changes: object) -> Capture:
    return a_capture(A, timestamp=NOW + timedelta(minutes=minute), **changes)


@pytest.mark.parametrize("adopted", [False, True])
def test_an_answer_without_an_outcome_goes_with_the_seed(db: Database, run: int, adopted: bool) -> None:
    kept = kept_at(1)
    killed(db, run, kept, adopted=adopted)
    assert resumed(db) == kept


def test_of_several_the_newest_goes(db: Database, run: int) -> None:
    first, last = kept_at(1), kept_at(2)
    killed(db, run, last, first)
    assert resumed(db) == last


def test_a_forced_run_wants_everything_anew(db: Database, run: int) -> None:
    killed(db, run, kept_at(1))
    assert resumed(db, force=True) is None


def test_what_is_older_than_a_day_is_asked_for_again(db: Database, run: int) -> None:
    killed(db, run, kept_at(1))
    assert resumed(db, after=timedelta(days=1, minutes=2)) is None


@pytest.mark.parametrize("why", [Why.ROBOTS, Why.CHECK, Why.LISTING])
def test_what_was_asked_for_something_else_does_not_count(db: Database, run: int, why: Why) -> None:
    killed(db, run, kept_at(1, origin=Origin(why.value)))
    assert resumed(db) is None


def test_what_was_settled_is_not_recalled_when_it_is_due_again(db: Database, run: int) -> None:
    add_seeds(db, run, [Wanted(A, Why.CITED)], now=NOW)
    (seed,) = claim(db, run, 10, NOW)
    settle(db, run, [captured(seed)], LATER, recapture_after=timedelta(hours=1))
    assert resumed(db, after=timedelta(hours=2)) is None


def test_an_earlier_try_of_what_was_settled_is_not_recalled(db: Database, run: int) -> None:
    add_seeds(db, run, [Wanted(A, Why.CITED)], now=NOW)
    (seed,) = claim(db, run, 10, NOW)
    file_kept(db, [kept_at(0.5, status=429)])
    settle(db, run, [failed(seed, OutcomeKind.SKIPPED, retry_after_s=60)], LATER)
    assert resumed(db) is None


def test_a_revisit_comes_with_what_it_repeats(db: Database, run: int) -> None:
    original = a_capture(A, timestamp=NOW - timedelta(days=40))
    again = kept_at(1, record_type=RecordType.REVISIT, revisit_of=original.record_id)
    killed(db, run, original, again)
    later = runs.start_run(db, "archive", [], LATER)
    add_seeds(db, later, [Wanted(A, Why.CITED)], now=LATER)
    (seed,) = claim(db, later, 10, LATER)
    assert (seed.kept, seed.previous) == (again, original)


def test_a_revisit_of_what_is_not_here_is_asked_for_again(db: Database, run: int) -> None:
    killed(db, run, kept_at(1, record_type=RecordType.REVISIT, revisit_of="urn:uuid:elsewhere"))
    assert resumed(db) is None


def test_a_file_that_was_handed_in_is_no_answer(db: Database, run: int) -> None:
    killed(db, run, kept_at(1, record_type=RecordType.RESOURCE, status=None))
    assert resumed(db) is None
