"""Search on PostgreSQL: the words as SQLite's index cuts them, the order of hits, snippets of our own."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.database import Database
from store.grammar import Term, parse
from store.intake import file_documents
from store.matches import CLOSE, OPEN
from store.search import MOST_SHOWN, SearchIndex
from store.snippets import snippet
from store.tsquery import tsquery, tsvector
from tests.store.making import NOW, a_document
from tests.store.test_grammar import PLAUSIBLE


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("red tram", "(('red')) & (('tram'))"),
        ('"red tram" -bus', "(('red' <-> 'tram')) & !(('bus'))"),
        ('title:"red tram" OR x', "(('red':A <-> 'tram':A) | ('x'))"),
        ("NEAR(a b, 0)", "(((('a') <1> ('b') | ('b') <1> ('a'))))"),
        ("Café O'Neil ＡＢＣ", "(('cafe')) & (('o' <-> 'neil')) & (('abc'))"),
        ("-bus", None),
    ],
)
def test_a_query_is_a_literal_of_folded_words(text: str, literal: str | None) -> None:
    assert tsquery(parse(text)) == literal


def test_no_phrase_spans_title_and_text() -> None:
    assert tsvector("Red", "tram red") == "'red':1A,105 'tram':104"


def test_words_past_the_limits_of_a_tsvector_are_left_out() -> None:
    many = " ".join(f"word{number}" for number in range(200_000))
    assert len(tsvector("", many)) < 2_000_000
    assert tsvector("", "x" * 300 + " y") == "'y':104"
    assert tsvector("", "a " * 1000).count(",") == 255


def test_what_matched_is_marked_with_words_around() -> None:
    text = " ".join(f"w{number}" for number in range(60)) + " the Café crème was cold"
    shown = snippet(text, [Term("cafe creme"), Term("cold")])
    assert shown.startswith("…w53 ")
    assert shown.endswith(f"the {OPEN}Café crème{CLOSE} was {OPEN}cold{CLOSE}")
    assert snippet("only this", [Term("absent")]) == "only this"


@pytest.fixture
def index(on_postgres: Database) -> SearchIndex:
    """6,000 pages of common words, then a titled document; a page longer than a tsvector can hold."""
    notes = [
        (f"sha256:{n}", a_document(*[f"the accuracy of camera {n} {k}" for k in range(100)], title="Notes"))
        for n in range(60)
    ]
    huge = " ".join(f"wörd{number}" for number in range(250_000))
    late = [
        ("sha256:titled", a_document("cover", "a turnstile and a turnstile", "a turnstile", title="Accuracy report")),
        ("sha256:huge", a_document(f"beginning {huge}")),
    ]
    file_documents(on_postgres, [*notes, *late], now=NOW)
    return SearchIndex(on_postgres)


def test_titles_come_first_and_every_hit_is_reached_once(index: SearchIndex) -> None:
    common = index.search("accuracy", limit=2)
    assert (common["total"], common["total_is_at_least"]) == (MOST_SHOWN, True)
    assert [(hit["title"], hit["page"]) for hit in common["hits"]] == [("Accuracy report", 1), ("Notes", 1)]
    assert [hit["page"] for hit in index.search("turnstile")["hits"]] == [2, 3]
    assert index.search("beginning")["total"] == 1
    whole = index.search("camera 7", limit=1000)["hits"]
    walked = [hit for at in range(0, len(whole), 30) for hit in index.search("camera 7", limit=30, offset=at)["hits"]]
    assert walked == whole
    assert [hit["score"] for hit in whole] == sorted((hit["score"] for hit in whole), reverse=True)


_PIECES = st.sampled_from(
    [*PLAUSIBLE, '"', " ", "-", "OR", "NEAR(", ")", "title:", "a", "\\", "'", ":A", "<->", "&", "!"]
)


def test_no_text_is_an_error(on_postgres: Database) -> None:
    file_documents(on_postgres, [("sha256:1", a_document("an e-mail to AT&T, 81% of a b c", title="Audit"))], now=NOW)
    index = SearchIndex(on_postgres)

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(query=st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map(" ".join)))
    def answers(query: str) -> None:
        assert index.search(query, limit=2)["total"] in (0, 1)

    far = " OR ".join(f"NEAR({' '.join('abcdefgh' * 4)}, 100)" for _ in range(20))
    for query in (*PLAUSIBLE, far, "NEAR(a c, 1)"):
        assert index.search(query)["total"] in (0, 1)
    answers()
