"""Runs, told as the contract tells them."""

from datetime import timedelta

import pytest

from archive.errors import UnknownKey
from archive.seed import Found, OutcomeKind, Why
from store import dossier, runs
from store.database import Database
from store.frontier import Wanted, add_seeds, claim, settle
from store.intake import file_document, file_incident
from tests.store.making import NOW, a_citation, a_document, a_record, captured, failed

A, B, DOCUMENT = "https://a.example/", "https://b.example/", "https://a.example/report.pdf"


def test_a_run_object_adds_up(db: Database, run: int) -> None:
    record = a_record(
        a_citation(1, "Audit", A), a_citation(2, same_as=1), a_citation(3, "Study", B), a_citation(4, "Lost")
    )
    file_incident(db, record, now=NOW)
    cited = dossier.works(db)
    seeds = [Wanted(work.url, Why.CITED, source_id=work.source_id) for work in cited if work.url]
    add_seeds(db, run, seeds, now=NOW)
    ends = {
        A: lambda seed: captured(seed, Found(DOCUMENT, Why.DOCUMENT, "L")),
        B: lambda seed: failed(seed, OutcomeKind.BLOCKED),
        DOCUMENT: lambda seed: captured(seed, payload="report"),
    }
    while claimed := claim(db, run, 10, NOW):
        settle(db, run, [ends[seed.url](seed) for seed in claimed], NOW)
    file_document(db, "sha256:report", a_document("one", "two"), now=NOW + timedelta(seconds=1))
    runs.file_citation_outcomes(db, run, [(cited[2].citation_id, OutcomeKind.UNRESOLVED, "nobody lists it")] * 2, NOW)
    runs.finish_run(db, run, "done", NOW + timedelta(minutes=1))

    told = runs.run_object(db, run)
    assert {name: told[name] for name in ("requested", "captured", "unchanged", "failed")} == {
        "requested": 3, "captured": 2, "unchanged": 0, "failed": 2,
    }  # fmt: skip
    assert {name: told[name] for name in ("documents", "pages", "links", "bytes")} == {
        "documents": 1, "pages": 2, "links": 2, "bytes": 1800,
    }  # fmt: skip
    assert (told["run"], told["kind"], told["state"]) == (run, "archive", "done")
    assert (told["started"], told["finished"]) == ("2026-11-01T12:00:00.123456Z", "2026-11-01T12:01:00.123456Z")
    rows = {row["url"]: (row["source"], row["outcome"], row["incident"]) for row in told["outcomes"]}
    assert rows == {
        A: (A, "captured", "tram-scoring"),
        B: (B, "blocked", "tram-scoring"),
        DOCUMENT: (A, "captured", "tram-scoring"),
        None: ("Institute (2021). Lost", "unresolved", "tram-scoring"),
    }
    report = next(row for row in told["outcomes"] if row["url"] == DOCUMENT)["capture"]["document"]
    assert (report["state"], report["pages"]) == ("read", 2)


def test_a_later_run_does_not_count_what_an_earlier_one_read(db: Database, run: int) -> None:
    file_document(db, "sha256:report", a_document("one"), now=NOW)
    runs.finish_run(db, run, "done", NOW)
    later = runs.start_run(db, "archive", [], NOW + timedelta(hours=1))
    assert [(row["run"], row["documents"]) for row in runs.runs(db)] == [(later, 0), (run, 1)]


def test_an_unknown_run_is_said_to_be_unknown(db: Database) -> None:
    with pytest.raises(UnknownKey):
        runs.run_object(db, 77)
