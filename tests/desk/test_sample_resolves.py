"""Every work that the sample's incident page cites is found on the sample web by its publisher's works and listings."""

from urllib.parse import urlsplit

import pytest

from crawler.publisher import Publisher, by_name, for_host, named, publishers, read_landing, read_listing
from desk.sample import PAGE_TEXT, PAGE_URL, sample_answers
from extract.incident.formats import incidents_of, read_material
from extract.incident.values import Citation, Incident
from extract.matching import ACCEPT, Candidate, match_title

ANSWERS = {answer.url: answer for answer in sample_answers().values()}


def read(content: bytes, name: str, url: str | None) -> Incident:
    (incident,) = incidents_of(read_material(content, name=name, url=url))
    return incident


TEXT = read(PAGE_TEXT.read_bytes(), PAGE_TEXT.name, None)
PAGE = read(ANSWERS[PAGE_URL].content, PAGE_URL, PAGE_URL)
STOOD_FOR = [one for one in publishers() if any(one.owns(urlsplit(url).netloc) for url in ANSWERS)]
WORKS = [citation for citation in TEXT.citations if citation.same_as is None]


def candidates(publisher: type[Publisher]) -> list[Candidate]:
    known = [Candidate(work.title, work.url, work.year) for work in publisher.works]
    for url in publisher.listings:
        links = read_listing(ANSWERS[url].content, publisher=publisher.name, url=url, charset="utf-8")
        known += [Candidate(link["text"], link["url"], link["year"]) for link in links]
    return known


def test_the_text_has_three_events_nine_citations_and_seven_works_without_a_link() -> None:
    assert [event.date.iso for event in TEXT.events] == ["2022-10", "2019-07", "2018"]
    assert (len(TEXT.citations), len(WORKS)) == (9, 7)
    assert {citation.url for citation in TEXT.citations} == {None}


def test_the_page_is_the_same_incident_with_links_and_three_more_sources() -> None:
    assert PAGE.key == TEXT.key == "met-police-live-facial-recognition"
    assert [event.date for event in PAGE.events] == [event.date for event in TEXT.events]
    assert [(one.publisher, one.title, one.year, one.same_as) for one in PAGE.citations[:9]] == [
        (one.publisher, one.title, one.year, one.same_as) for one in TEXT.citations
    ]
    assert [one.position for one in PAGE.citations if one.url] == [1, 3, 4, 6, 10, 11, 12]
    assert [ANSWERS[one.url].status for one in PAGE.citations[9:] if one.url] == [301, 404, 403]
    assert not PAGE.warnings


@pytest.mark.parametrize("publisher", STOOD_FOR, ids=lambda publisher: publisher.name)
def test_every_listing_is_served_of_the_publishers_that_the_sample_stands_for(publisher: type[Publisher]) -> None:
    assert set(publisher.listings) <= ANSWERS.keys()


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.title[:40])
def test_every_cited_work_is_found_and_leads_to_its_document(work: Citation) -> None:
    publisher = named(work.publisher)
    assert publisher is not None
    best = match_title(work.title, work.year, candidates(publisher), names=publisher.called)[0]
    assert best.score >= ACCEPT
    answer = ANSWERS[best.candidate.url]
    assert answer.status == 200
    if work.format == "pdf" and not answer.content.startswith(b"%PDF-"):
        links = read_landing(answer.content, publisher=publisher.name, url=answer.url, charset="utf-8")
        assert ANSWERS[links[0]["url"]].content.startswith(b"%PDF-")


def test_a_landing_page_leads_to_one_document() -> None:
    for name, host in (
        ("essex_hrc", "repository.essex.ac.uk"),
        ("minderoo", "www.mctd.ac.uk"),
        ("npl", "science.police.uk"),
    ):
        assert for_host(host) is by_name(name)
        for work in by_name(name).works:
            if work.document:
                links = read_landing(ANSWERS[work.url].content, publisher=name, url=work.url, charset="utf-8")
                assert [link["url"] for link in links] == [work.document]
                assert work.document in ANSWERS
