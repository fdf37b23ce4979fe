"""The seven works of the first incident page, as it cites them, against what their publishers state and list."""

from pathlib import Path

import pytest

from crawler.publisher import Publisher, named, read_listing
from extract.matching import ACCEPT, Candidate, Match, match_title

PAGES = Path(__file__).parents[1] / "pages"
CITED = (
    ("Metropolitan Police Service", 2020, "Live Facial Recognition Trials", "met-evaluation-report.pdf"),
    (
        "Information Commisissoner's Office",
        None,
        "ICO investigation into how the police use facial recognition technology in public places",
        "live-frt-law-enforcement-report-20191031.pdf",
    ),
    (
        "Science & Technology in Policing",
        2023,
        "Operational Testing of Facial Recognition Technology",
        "operational-testing-of-facial-recognition-technology/",
    ),
    (
        "Minderoo Centre for Technology & Democracy",
        2022,
        "A Socio-Technical Audit: Assessing Police Use of Facial Recognition",
        "a-sociotechnical-audit-assessing-police-use-of-facial-recognition/",
    ),
    (
        "Human Rights Centre, Essex University",
        2019,
        "Independent Report on the London Metropolitan Police Service's Trial of Live Facial Recognition Technology",
        "24946/",
    ),
    (
        "Big Brother Watch",
        2020,
        "Briefing on facial recognition surveillance",
        "Big-Brother-Watch-briefing-on-Facial-recognition-surveillance-June-2020.pdf",
    ),
)
STATEMENT = ("Statement on release of research into Facial Recognition technology", 2023)


def publisher_of(who: str) -> type[Publisher]:
    found = named(who)
    assert found is not None
    return found


def among_works(publisher: type[Publisher], title: str, year: int | None) -> tuple[Match, ...]:
    known = [Candidate(work.title, work.url, work.year) for work in publisher.works]
    return match_title(title, year, known, names=publisher.called)


@pytest.mark.parametrize(("who", "year", "title", "ending"), CITED, ids=[cited[0] for cited in CITED])
def test_a_cited_work_is_the_publishers_known_one_and_no_other(
    who: str, year: int | None, title: str, ending: str
) -> None:
    best, *others = among_works(publisher_of(who), title, year)
    assert best.score >= ACCEPT
    assert best.candidate.url.endswith("/" + ending)
    assert all(other.score < ACCEPT for other in others)


@pytest.mark.parametrize(("who", "year", "title", "ending"), CITED, ids=[cited[0] for cited in CITED])
def test_a_cited_work_is_no_other_publishers(who: str, year: int | None, title: str, ending: str) -> None:
    for other in {publisher_of(cited[0]) for cited in CITED} - {publisher_of(who)}:
        assert all(match.score < ACCEPT for match in among_works(other, title, year))


def test_the_statement_is_found_on_the_newsrooms_list() -> None:
    met = publisher_of("Metropolitan Police Service")
    assert all(match.score < ACCEPT for match in among_works(met, *STATEMENT))
    page = (PAGES / "met_police" / "listing-newsroom.html").read_bytes()
    listed = [
        Candidate(link["text"], link["url"], link["year"])
        for link in read_listing(page, publisher="met_police", url=met.listings[0])
    ]
    best, *others = match_title(*STATEMENT, listed, names=met.called)
    assert (best.score, best.method) == (1.0, "title and year")
    assert "/statement-on-release-of-research-" in best.candidate.url
    assert all(other.score < ACCEPT for other in others)
