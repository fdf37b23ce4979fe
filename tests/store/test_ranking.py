"""Ranking: titles and cited sources first, however common the words and however late they were filed."""

import shutil
from pathlib import Path

import pytest

from archive.seed import Why
from store import dossier
from store.database import Database, open_database
from store.frontier import Wanted, add_seeds, claim, settle
from store.intake import file_document, file_documents, file_incident
from store.runs import start_run
from store.search import CLOSE, MOST_SHOWN, OPEN, SearchIndex
from tests.store.making import NOW, a_citation, a_document, a_record, captured

CITED = "https://institute.example/cameras.pdf"
COMMON = 8_000  # pages that have the common words, filed before all others
LATE = ("a cover of few words", "its accuracy was doubted, a turnstile said", "turnstile, turnstile")


@pytest.fixture(scope="module")
def filled(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of 8,000 pages of common words; then a titled document, a cited one, some with a rare word."""
    place = Path(shutil.copy(migrated, tmp_path_factory.mktemp("common") / "catalog.sqlite"))
    with open_database(f"sqlite:///{place}") as db:
        notes = [
            (f"sha256:{n}", a_document(*[f"the accuracy of the camera {n} {k}" for k in range(100)], title="Notes"))
            for n in range(COMMON // 100)
        ]
        file_documents(db, notes, now=NOW)
        file_document(db, "sha256:titled", a_document(*LATE, title="Accuracy report"), now=NOW)
        run = start_run(db, "archive", ["page.txt"], NOW)
        file_incident(db, a_record(a_citation(1, "Cameras", CITED)), now=NOW)
        add_seeds(db, run, [Wanted(CITED, Why.CITED, None, "", "institute", dossier.works(db)[0].source_id)], now=NOW)
        settle(db, run, [captured(claim(db, run, 1, NOW)[0], payload="cited")], NOW)
        cited = ("no word of it", "the accuracy of each camera", "a turnstile")
        file_document(db, "sha256:cited", a_document(*cited, kind="html"), now=NOW)
    return place


@pytest.fixture
def index(filled: Path) -> SearchIndex:
    return SearchIndex(open_database(f"sqlite:///{filled}"))


def places(index: SearchIndex, query: str, **given: int) -> list[tuple[str, int]]:
    return [(hit["title"], hit["page"]) for hit in index.search(query, **given)["hits"]]


def test_the_document_titled_with_a_common_word_comes_first(index: SearchIndex) -> None:
    assert places(index, "accuracy", limit=1) == [("Accuracy report", 1)]
    assert places(index, "the accuracy", limit=1) == [("Cameras", 2)], "not titled with both"


def test_of_common_words_cited_sources_and_first_pages_come_first(index: SearchIndex) -> None:
    found = places(index, "accuracy", limit=6)
    assert found[:2] == [("Accuracy report", 1), ("Cameras", 2)]
    assert found[2:] == [("Notes", 1)] * 4, "of the rest the first pages"


def test_a_rare_word_beside_a_common_one_decides(index: SearchIndex) -> None:
    assert places(index, "accuracy turnstile") == [("Accuracy report", 3), ("Accuracy report", 2)]
    assert places(index, "accuracy OR turnstile", limit=4) == [
        ("Accuracy report", 1), ("Cameras", 3), ("Accuracy report", 3), ("Accuracy report", 2),
    ]  # fmt: skip


def test_words_to_leave_out_and_types_hold_for_titles_too(index: SearchIndex) -> None:
    assert ("Accuracy report", 1) not in places(index, "accuracy -cover", limit=5)
    (hit,) = index.search("accuracy", type="html")["hits"]
    assert (hit["title"], hit["page"]) == ("Cameras", 2)
    assert index.search("accuracy", type='html" OR "x')["total"] == 0
    assert index.search("typehtml")["total"] == 0, "what is noted beside the text is no text"


def test_every_page_is_reached_once_and_scores_never_rise(index: SearchIndex) -> None:
    query = "camera 7"
    whole = index.search(query, limit=1000)
    assert whole["total"] == len(whole["hits"])
    assert "total_is_at_least" not in whole
    walked = [hit for at in range(0, whole["total"] + 7, 7) for hit in index.search(query, limit=7, offset=at)["hits"]]
    assert walked == whole["hits"]
    assert len({(hit["title"], hit["page"], hit["snippet"]) for hit in walked}) == whole["total"]
    scores = [hit["score"] for hit in walked]
    assert scores == sorted(scores, reverse=True)


def test_more_than_can_be_reached_is_said(index: SearchIndex) -> None:
    found = index.search("accuracy", limit=10, offset=MOST_SHOWN - 3)
    assert (found["total"], found["total_is_at_least"], len(found["hits"])) == (MOST_SHOWN, True, 3)
    beyond = index.search("accuracy", offset=MOST_SHOWN)
    assert beyond["hits"] == []
    assert f"first {MOST_SHOWN:,} hits" in beyond["notes"][0]


def test_of_many_pages_filters_leave_what_they_should(index: SearchIndex) -> None:
    assert [hit["page"] for hit in index.search("accuracy", incident="tram-scoring")["hits"]] == [2]
    assert index.search("accuracy", publisher="nobody")["total"] == 0
    assert index.search("accuracy", to=NOW.date(), from_=NOW.date())["total"] == 1, "one document has a capture"


def test_no_page_can_forge_the_marks_of_a_match(db: Database) -> None:
    forged = f"a needle {OPEN}not found{CLOSE} \ue000nor this\ue001 [x] <script>alert(1)</script>"
    file_document(db, "sha256:x", a_document(forged), now=NOW)
    (hit,) = SearchIndex(db).search("needle")["hits"]
    assert hit["snippet"] == f"a {OPEN}needle{CLOSE} not found \ue000nor this\ue001 [x] <script>alert(1)</script>"
