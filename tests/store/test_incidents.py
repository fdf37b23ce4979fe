"""Filing records: versions, citations that become sources, resolutions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.errors import UnknownKey
from store import dossier
from store.database import Database
from store.intake import file_incident, file_resolution
from store.resolutions import tried
from tests.store.making import NOW, a_capture, a_citation, a_record

LATER = NOW + timedelta(days=1)


def test_a_record_is_added_once_and_then_the_same(db: Database) -> None:
    record = a_record(a_citation(1, "Audit", "https://institute.example/audit.pdf"))
    first, again = file_incident(db, record, now=NOW), file_incident(db, record, now=LATER)
    assert (first.state, first.citations_added, first.version) == ("added", 1, 1)
    assert (again.state, again.citations_added, again.version) == ("same", 0, 1)


def test_a_changed_record_makes_a_version_and_keeps_what_its_citations_were_resolved_to(db: Database) -> None:
    file_incident(db, a_record(a_citation(1, "Audit"), a_citation(2, "Study")), now=NOW)
    study = dossier.works(db)[1]
    file_resolution(db, study.citation_id, "https://s.example/study.pdf", "listing", 0.9, "found", now=NOW)
    changed = a_record(a_citation(1, "New"), a_citation(2, "Audit"), a_citation(3, "Study"), a_citation(4, same_as=3))
    filed = file_incident(db, changed, now=LATER)
    assert (filed.state, filed.citations_added, filed.version) == ("changed", 2, 2)
    told = dossier.incident_object(db, "tram-scoring")
    assert [(one["position"], one["resolution"]["state"]) for one in told["citations"]] == [
        (1, "unresolved"), (2, "unresolved"), (3, "found"), (4, "found"),
    ]  # fmt: skip
    assert told["citations"][3]["source_url"] == "https://s.example/study.pdf"


def test_a_citation_that_left_the_record_and_came_back_is_the_same_one(db: Database) -> None:
    both, one = a_record(a_citation(1, "Audit"), a_citation(2, "Study")), a_record(a_citation(1, "Audit"))
    file_incident(db, both, now=NOW)
    study = dossier.works(db)[1].citation_id
    file_incident(db, one, now=LATER)
    assert [work.title for work in dossier.works(db)] == ["Audit"]
    file_incident(db, both, now=LATER)
    assert dossier.works(db)[1].citation_id == study


def test_citations_of_one_thing_become_one_source(db: Database) -> None:
    first = a_citation(1, "Audit", "http://www.institute.example/audit.pdf?utm_source=page")
    other = a_citation(1, "The audit", "https://institute.example/audit.pdf")
    file_incident(db, a_record(first), now=NOW)
    file_incident(db, a_record(other, key="bus-scoring"), now=NOW)
    assert len({work.source_id for work in dossier.works(db)}) == len(dossier.sources(db)) == 1
    assert [row.url for row in dossier.sources(db)] == ["http://www.institute.example/audit.pdf?utm_source=page"]


def test_a_mention_shares_the_source_of_the_work_that_it_repeats(db: Database) -> None:
    record = a_record(
        a_citation(1, url="https://institute.example/landing", same_as=2),
        a_citation(2, "Audit", "https://institute.example/audit.pdf"),
    )
    file_incident(db, record, now=NOW)
    told = dossier.incident_object(db, "tram-scoring")["citations"]
    assert {one["source_url"] for one in told} == {"https://institute.example/audit.pdf"}
    assert [one["resolution"] for one in told] == [{"method": "as_cited", "score": None, "state": "given"}] * 2
    assert [one["url"] for one in told] == ["https://institute.example/landing", "https://institute.example/audit.pdf"]


def test_a_wrapped_url_is_cited_as_written_and_fetched_as_meant(db: Database) -> None:
    wrapped = "https://www.google.com/url?q=https%3A%2F%2Finstitute.example%2Faudit.pdf&sa=D"
    file_incident(db, a_record(a_citation(1, "Audit", wrapped)), now=NOW)
    told = dossier.incident_object(db, "tram-scoring")["citations"][0]
    assert (told["url"], told["source_url"]) == (wrapped, "https://institute.example/audit.pdf")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "http://[::1", "http://u:p@h.example/"])
def test_a_refused_url_leaves_its_citation_with_the_reason(db: Database, url: str) -> None:
    filed = file_incident(db, a_record(a_citation(1, "Audit", url)), now=NOW)
    work = dossier.works(db)[0]
    assert filed.citations_added == 1
    assert work.source_id is None
    assert work.refusal
    assert work.state == "unresolved"


def test_a_proposal_is_remembered_but_no_source_is_taken(db: Database) -> None:
    file_incident(db, a_record(a_citation(1, "Audit")), now=NOW)
    number = dossier.works(db)[0].citation_id
    assert file_resolution(db, number, "https://maybe.example/a", "listing", 0.6, "proposed", now=NOW) is None
    told = dossier.incident_object(db, "tram-scoring")["citations"][0]
    assert told["resolution"] == {"method": "listing", "score": 0.6, "state": "proposed"}
    assert told["source_url"] == "https://maybe.example/a"
    assert dossier.sources(db) == []


def test_each_resolution_is_kept_once_in_order(db: Database) -> None:
    file_incident(db, a_record(a_citation(1, "Audit")), now=NOW)
    number = dossier.works(db)[0].citation_id
    for url, state in (("https://a.example/", "found"), ("https://a.example/", "found"), (None, "unresolved")):
        file_resolution(db, number, url, "listing", 0.9, state, now=NOW)
    assert [(one["url"], one["state"]) for one in tried(db, number)] == [
        ("https://a.example/", "found"), (None, "unresolved"),
    ]  # fmt: skip
    assert dossier.works(db)[0].source_id is None


def test_a_resolution_needs_a_citation(db: Database) -> None:
    with pytest.raises(UnknownKey):
        file_resolution(db, 7, None, "none", None, "unresolved", now=NOW)


def test_an_incident_is_known_by_key_and_by_alias(db: Database) -> None:
    file_incident(db, a_record(), now=NOW)
    assert dossier.is_known(db, "tram-scoring")
    assert dossier.is_known(db, "aiaaic0012")
    assert dossier.incident_object(db, "AIAAIC0012")["key"] == "tram-scoring"
    assert not dossier.is_known(db, "bus-scoring")
    with pytest.raises(UnknownKey, match="bus-scoring"):
        dossier.incident_object(db, "bus-scoring")


def test_an_alias_that_names_two_incidents_is_told(db: Database) -> None:
    file_incident(db, a_record(key="tram-scoring"), now=NOW)
    filed = file_incident(db, a_record(key="ship-scoring"), now=NOW)
    assert filed.warnings == ("aiaaic AIAAIC0012 names tram-scoring too.",)


def test_a_key_whose_title_and_page_both_changed_is_told(db: Database) -> None:
    file_incident(db, a_record(), now=NOW)
    other = replace(a_record(title="Water meters"), page_url="https://records.example/other")
    assert "may be in use for another incident" in file_incident(db, other, now=LATER).warnings[0]


def test_text_that_no_database_takes_is_cleaned_at_the_edge(db: Database) -> None:
    hostile = replace(a_citation(1, "Au\x00dit \ud800"), text="a\x00b\udfff")
    file_incident(db, replace(a_record(hostile), summary="x\x00y", fields=(("a\ud800", "b\x00"),)), now=NOW)
    told = dossier.incident_object(db, "tram-scoring")
    assert (told["summary"], told["fields"]) == ("xy", {"a\ufffd": "b"})
    assert (told["citations"][0]["title"], told["citations"][0]["text"]) == ("Audit \ufffd", "ab\ufffd")


def test_the_incident_object_says_all_that_the_record_says(db: Database) -> None:
    file_incident(db, a_record(a_citation(1, "Audit")), now=NOW, capture=a_capture("https://records.example/x"))
    told = dossier.incident_object(db, "tram-scoring")
    contract = (
        "key aliases title type occurred published updated page_url summary fields citations events claims version"
    )
    assert set(contract.split()) <= set(told)
    assert told["aliases"] == {"aiaaic": "AIAAIC0012", "aiid": None, "oecd": None}
    assert told["events"][0]["headline"] == "Auditors find scores unlawful"
    citation = "position section text publisher authors year title format url source_url resolution captures"
    assert set(citation.split()) <= set(told["citations"][0])


def test_the_list_of_incidents_counts_citations_works_and_what_is_captured(db: Database) -> None:
    file_incident(db, a_record(a_citation(1, "Audit"), a_citation(2, "Study"), a_citation(3, same_as=1)), now=NOW)
    row = dossier.incidents(db)[0]
    assert (row["key"], row["citations"], row["works"], row["captured"]) == ("tram-scoring", 3, 2, 0)
