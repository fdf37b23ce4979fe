"""Search: the right page of the right document, with where it is from."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.errors import UnknownKey
from archive.seed import Why
from extract.document import Page
from store import dossier
from store.database import Database, open_database
from store.facets import NAMES
from store.frontier import Wanted, add_seeds, claim, settle
from store.intake import file_captures, file_document, file_incident, file_resolution
from store.search import CLOSE, OPEN, SearchIndex
from store.tsquery import tsvector
from tests.store.making import NOW, a_capture, a_citation, a_document, a_record, captured


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, place: Path) -> Iterator[Database]:
    """Each test of this file on both databases."""
    if request.param == "postgresql":
        yield request.getfixturevalue("on_postgres")
        return
    with open_database(f"sqlite:///{place}") as database:
        yield database


REPORT = "https://institute.example/report.pdf"


@pytest.fixture
def index(db: Database, run: int) -> SearchIndex:
    """A cited report of three pages and a page that nobody cites, both captured and read."""
    file_incident(db, a_record(a_citation(1, "Tram audit", REPORT)), now=NOW)
    source = dossier.works(db)[0].source_id
    add_seeds(db, run, [Wanted(REPORT, Why.CITED, None, "", "institute", source)], now=NOW)
    settle(db, run, [captured(claim(db, run, 1, NOW)[0], payload="report")], NOW)
    pages = ("We audited the trams.", "Only eight of 42 matches were right.", "Café crème for the auditors.")
    file_document(db, "sha256:report", a_document(*pages, title="Microsoft Word - final.doc"), now=NOW)
    file_captures(db, [a_capture("https://blog.example/", "blog", timestamp=NOW + timedelta(days=40))])
    file_document(db, "sha256:blog", a_document("A blog on trams and matches.", title="Blog", kind="html"), now=NOW)
    return SearchIndex(db)


def test_a_phrase_leads_to_its_page_and_all_that_is_known_of_it(index: SearchIndex) -> None:
    answer = index.search('"eight of 42"')
    assert answer["total"] == 1
    (hit,) = answer["hits"]
    assert (hit["source_url"], hit["title"], hit["publisher"]) == (REPORT, "Tram audit", "Institute")
    assert (hit["page"], hit["pages"], hit["incidents"]) == (2, 3, ["tram-scoring"])
    assert hit["snippet"] == f"Only {OPEN}eight of 42{CLOSE} matches were right."
    assert set(hit["capture"]) == {"url", "timestamp", "payload_digest", "warc", "offset"}
    assert hit["capture"]["timestamp"] == "2026-11-01T12:00:00.123456Z"


def test_titles_are_found_and_rank_first(index: SearchIndex) -> None:
    assert index.search("title:tram")["total"] == 3
    assert index.search("title:matches")["total"] == 0
    assert [hit["title"] for hit in index.search("tram OR blog")["hits"]] == ["Tram audit", "Blog", *["Tram audit"] * 2]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("matches", 2),
        ("matches -blog", 1),
        ("blog OR eight", 2),
        ("NEAR(eight matches, 3)", 1),
        ("NEAR(only right, 2)", 0),
        ("cafe creme", 1),
        ("CAFÉ", 1),
        ("nowhere", 0),
    ],
)
def test_the_grammar_narrows(index: SearchIndex, query: str, total: int) -> None:
    assert index.search(query)["total"] == total


def test_filters_narrow(index: SearchIndex) -> None:
    day = NOW.date()
    totals = [
        index.search("matches", incident="tram-scoring")["total"],
        index.search("matches", incident="AIAAIC0012")["total"],
        index.search("matches", publisher="INSTITUTE")["total"],
        index.search("matches", publisher="institute")["total"],
        index.search("matches", publisher="nobody")["total"],
        index.search("matches", type="html")["total"],
        index.search("matches", to=day)["total"],
        index.search("matches", from_=day + timedelta(days=1))["total"],
        index.search("matches", from_=day, to=day + timedelta(days=50), type="pdf")["total"],
    ]
    assert totals == [1, 1, 1, 1, 0, 1, 1, 1, 1]
    with pytest.raises(UnknownKey):
        index.search("matches", incident="unknown")


def test_hits_are_counted_by_incident_publisher_year_and_type(index: SearchIndex) -> None:
    assert index.search("tram OR trams OR matches", counted=True, limit=1)["facets"] == {
        "incident": [{"value": "tram-scoring", "pages": 3}],
        "publisher": [{"value": "Institute", "pages": 3}, {"value": "any_page", "pages": 1}],
        "year": [{"value": "2026", "pages": 4}],
        "type": [{"value": "pdf", "pages": 3}, {"value": "html", "pages": 1}],
    }
    assert index.search("nowhere", counted=True)["facets"] == {name: [] for name in NAMES}
    assert index.search("-only", counted=True)["facets"] == {name: [] for name in NAMES}
    assert "facets" not in index.search("tram")


def test_pages_of_hits_go_on_where_the_last_ended(index: SearchIndex) -> None:
    found = [index.search("audit", limit=1, offset=at)["hits"] for at in range(4)]
    assert sorted(hit["page"] for hits in found for hit in hits) == [1, 2, 3]
    assert found[:3] == [[hit] for hit in index.search("audit")["hits"]]
    assert index.search("audit", limit=1)["total"] == 3
    assert index.search("audit", limit=0)["hits"] == []


def test_words_broken_at_a_line_end_and_ligatures_are_found(db: Database) -> None:
    file_document(db, "sha256:x", a_document("the misidenti-\nﬁcation of soft\u00adened faces\x00 after NUL"), now=NOW)
    index = SearchIndex(db)
    assert index.search('"misidentification of softened faces after"')["hits"][0]["page"] == 1


def test_a_document_read_again_is_found_by_its_new_text_only(db: Database) -> None:
    index = SearchIndex(db)
    for pages in (("first", "second"), ("third",)):
        file_document(db, "sha256:x", a_document(*pages), now=NOW)
    assert [index.search(word)["total"] for word in ("first", "second", "third")] == [0, 0, 1]
    check_index(db)


def test_a_title_cited_later_is_found_after_a_refresh(db: Database) -> None:
    index = SearchIndex(db)
    file_captures(db, [a_capture(REPORT, "report")])
    file_document(db, "sha256:report", a_document("text"), now=NOW)
    file_incident(db, a_record(a_citation(1, "Harbour study")), now=NOW)
    file_resolution(db, dossier.works(db)[0].citation_id, REPORT, "listing", 0.9, "found", now=NOW)
    assert index.search("harbour")["total"] == 0
    index.refresh()
    assert index.search("harbour")["total"] == 1
    check_index(db)


def test_an_incident_page_does_not_answer_for_its_sources_unless_it_is_one(db: Database) -> None:
    page = a_capture("https://records.example/tram-scoring", "page")
    file_captures(db, [page])
    file_incident(db, a_record(), now=NOW, capture=page)
    file_document(db, "sha256:page", a_document("only eight of 42"), now=NOW)
    index = SearchIndex(db)
    assert index.search("eight")["total"] == 0
    check_index(db)
    file_incident(db, a_record(a_citation(1, "Elsewhere", page.url), key="other"), now=NOW)
    index.refresh()
    assert index.search("eight")["hits"][0]["incidents"] == ["other"]
    check_index(db)


def check_index(db: Database) -> None:
    """That indexes and content agree: SQLite checks that itself and raises; on PostgreSQL the words are compared."""
    with db.writing() as connection:
        for index, view in (("page_index", "page_words"), ("title_index", "title_words")):
            if db.is_sqlite:
                connection.exec_driver_sql(f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)")
                continue
            held = connection.exec_driver_sql(f"SELECT id, words FROM {index}").all()
            rows = connection.exec_driver_sql(f"SELECT * FROM {view}").mappings()
            literals = {row["id"]: tsvector(row["title"], row.get("text", "")) for row in rows}
            cast = "SELECT CAST(%s AS tsvector)"
            assert dict(held) == {
                number: connection.exec_driver_sql(cast, (literal,)).scalar() for number, literal in literals.items()
            }


def test_what_lies_under_black_boxes_is_neither_found_nor_shown(db: Database, index: SearchIndex) -> None:
    covered = Page(1, "Officer John Hidden of the re-\ncognition team", hidden=((8, 19),))
    file_document(db, "sha256:report", replace(a_document("", title="Report"), pages=(covered,)), now=NOW)
    assert index.search("hidden")["total"] == 0
    (hit,) = index.search("recognition")["hits"]
    assert hit["snippet"] == f"Officer ███████████ of the {OPEN}recognition{CLOSE} team"
