"""The search grammar: every text is a query."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.database import Database
from store.grammar import MOST_TERMS, Near, Query, Term, fts5, parse
from store.intake import file_document
from store.search import SearchIndex
from tests.store.making import NOW, a_document

# Plausible words that a raw FTS5 query raises for, or takes for something else.
PLAUSIBLE = (
    """
e-mail|C++|C#|AT&T|don't|O'Neil|"|""|'|-|--|+|*|a*|*a|^a|a^2|(|)|()|(a|a)|{a}:b|{a|[a]|a:b|title:|title:"|:a|http://x.y/z?a=b&c=d
a AND|AND|NOT|NOT a|a NOT|OR|OR a|a OR|a OR OR b|NEAR|NEAR(|NEAR()|NEAR(a|NEAR(a b|NEAR(a, b, c, 5)|NEAR(a b, -1)
NEAR(a b, 99999999999)|-NEAR(a b)|"a" "b|-"a b"|-title:a b|title:-a|50%|81%|$100|£5m|1,000|0.1%|eight of 42|th[e] report
a;b|a/b|a\\b|a.b.c|@a|#a|a_b|a=b|a<b>c|<script>|~a|`a`|a|–|…|½|é|e\u0301|中文|عربي|😀|a\x00b|\ud800|\ufffe|\ue000a\ue001
""".strip("\n")
    .replace("\n", "|")
    .split("|")
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    from store.database import open_database

    db = open_database(f"sqlite:///{tmp_path_factory.mktemp('grammar') / 'catalog.sqlite'}")
    words = "an e-mail to AT&T about C++ and 81% of a b c O'Neil don't th[e] report"
    file_document(db, "sha256:1", a_document(words, "other words", title="Audit"), now=NOW)
    return SearchIndex(db)


@pytest.mark.parametrize("query", PLAUSIBLE)
def test_no_plausible_query_is_an_error(index: SearchIndex, query: str) -> None:
    assert index.search(query)["total"] in (0, 1, 2)


_PIECES = st.sampled_from([*PLAUSIBLE, '"', " ", "-", "OR", "NEAR(", ")", ", 5", "title:", "a", "b", "\n", "\t"])


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    query=st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map(" ".join), st.lists(_PIECES).map("".join))
)
def test_no_text_is_an_error(index: SearchIndex, query: str) -> None:
    answer = index.search(query, limit=2)
    assert answer["query"] == query
    assert len(answer["hits"]) <= 2


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("red tram", Query(((Term("red"),), (Term("tram"),)))),
        ('"red tram" -bus', Query(((Term("red tram"),),), (Term("bus"),))),
        ("“red tram”", Query(((Term("red tram"),),))),
        ("a OR b c", Query(((Term("a"), Term("b")), (Term("c"),)))),
        ("a or b", Query(((Term("a"),), (Term("or"),), (Term("b"),)))),
        ('title:audit title:"red tram"', Query(((Term("audit", True),), (Term("red tram", True),)))),
        ("NEAR(red tram, 3)", Query(((Near(("red", "tram"), 3),),))),
        ('NEAR("red tram" fare)', Query(((Near(("red tram", "fare"), 10),),))),
        ("NEAR(a b, 5000)", Query(((Near(("a", "b"), 100),),))),
        ("NEAR(a)", Query(((Term("a"),),))),
        ("e-mail", Query(((Term("e-mail"),),))),
        ("ﬁnd", Query(((Term("find"),),))),
        ("& + !", Query()),
        ("OR a OR", Query(((Term("a"),),))),
    ],
)
def test_a_text_means_what_the_grammar_says(text: str, meant: Query) -> None:
    assert parse(text) == meant


def test_everything_is_quoted() -> None:
    assert fts5(parse('a"b" NEAR(c d) -title:e OR f')) == (
        '(("a") AND ("b") AND (NEAR("c" "d", 10)) AND ("f")) NOT (title : "e")'
    )


def test_what_is_too_long_is_cut_and_said() -> None:
    many = parse(" ".join(f"w{n}" for n in range(50)))
    assert len(many.groups) == MOST_TERMS
    assert many.notes == ("Only the first 32 terms are looked for.",)
    assert parse("x" * 5000).notes == ("Only the first 2,000 characters are looked for.",)


def test_a_star_is_no_wildcard_and_the_answer_says_so(index: SearchIndex) -> None:
    answer = index.search("repo* audit")
    assert (answer["total"], answer["notes"][0][:16]) == (0, "* is no wildcard")
    assert index.search("2*3 C*")["notes"]
    assert not index.search("** 2*3")["notes"]


def test_only_words_to_leave_out_find_nothing_and_say_so(db: Database) -> None:
    answer = SearchIndex(db).search("-trial")
    assert (answer["total"], answer["hits"]) == (0, [])
    assert "needs a word" in answer["notes"][0]
