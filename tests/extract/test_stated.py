"""What a page says of itself is told from where it says so most plainly, and nothing hostile in it does harm."""

import json

import pytest

from extract.maintext import parse
from extract.stated import stated_metadata


def of(head: str = "", body: str = "<p>words</p>") -> dict[str, object]:
    return stated_metadata(parse(f"<html><head>{head}</head><body>{body}</body></html>"), "")


def linked(*nodes: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@graph': list(nodes)})}</script>"


WORK = {"@type": "NewsArticle", "headline": "Faces in the crowd"}


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<meta property='og:title' content='Shared'><meta name='citation_title' content='Cited'>", "", "Cited"),
        ("<meta property='og:title' content='Shared'><title>Shared | Site</title>", "<h1>Headed</h1>", "Shared"),
        (linked(WORK) + "<title>T</title>", "", "Faces in the crowd"),
        ("<title>Trial results | The Force</title>", "<h1>Results of  the trial</h1>", "Results of the trial"),
        ("<title>Trial results | The Force</title>", "<h1>One</h1><h1>Two</h1>", "Trial results"),
        ("<title>live-facial-recognition</title>", "", "live-facial-recognition"),
        ("", "<h1></h1><h1>Two</h1>", "Two"),
        ("<title> </title>", "<p>words", ""),
    ],
)
def test_the_title_is_what_is_stated_before_what_is_shown(head: str, body: str, title: str) -> None:
    assert of(head, body)["title"] == title


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [
        ("<meta name=citation_author content='Fussey, Peter'><meta name=citation_author content='Murray, Daragh'>", "",
         ("Fussey, Peter", "Murray, Daragh")),
        ("<meta name=author content='Department for Science, Innovation and Technology'>", "",
         ("Department for Science, Innovation and Technology",)),
        ("<meta name=author content='Ada Byron, Alan Turing and Grace Hopper'>", "",
         ("Ada Byron", "Alan Turing", "Grace Hopper")),
        ("<meta name=author content='Ada Byron, CNN'>", "", ("Ada Byron",)),
        ("<meta name=author content='山田太郎'>", "", ("山田太郎",)),
        ("<meta name=author content=admin><meta property='article:author' content='https://x.example/p'>",
         "<p class=byline>By Ada Byron | 3 July 2019</p>", ("Ada Byron",)),
        (linked({**WORK, "author": {"@id": "#a"}}, {"@type": "Person", "@id": "#a", "name": "Ada Byron"}), "",
         ("Ada Byron",)),
        (linked({**WORK, "author": [{"@type": "Organization", "name": "Example News"}]}), "", ("Example News",)),
        (linked({**WORK, "author": [{"@type": "Organization", "name": "Example News"}]}),
         "<span class=byline>By <a>Ada Byron</a> and <a>Alan Turing</a><i>Example News</i></span>",
         ("Ada Byron", "Alan Turing")),
        ("", "<div class=comments><span class=author>Some Reader</span></div>", ()),
        ("", "<div class=author>The author writes of many things that befell her in that year</div>", ()),
    ],
)  # fmt: skip
def test_the_authors_are_those_of_the_plainest_place(head: str, body: str, authors: tuple[str, ...]) -> None:
    assert of(head, body)["authors"] == authors


@pytest.mark.parametrize(
    ("head", "modified"),
    [
        ("<meta property='article:modified_time' content='nonsense'><meta name=last-modified content=2020-01-02>",
         "2020-01-02T00:00:00"),
        (linked({**WORK, "dateModified": "2020-01-02T10:00:00Z"}), "2020-01-02T10:00:00+00:00"),
        (linked({**WORK, "dateModified": "0001-01-01T00:00:00Z"}), None),
        (linked({**WORK, "dateModified": {"@value": 1}}), None),
    ],
)  # fmt: skip
def test_the_last_change_is_a_date_that_can_be(head: str, modified: str | None) -> None:
    assert of(head)["modified"] == modified


def test_the_address_that_a_page_gives_itself_may_tell_its_date() -> None:
    assert of("<link rel=canonical href='https://x.example/2019/07/03/trial'>")["created"] == "2019-07-03"


@pytest.mark.parametrize(
    "said",
    ["[" * 100_000, "{", "null", '[{"@type": "Article", "author": [[[]], 7, null, {"@id": []}], "headline": {}}]',
     '{"@graph": {"@graph": [{"@type": ["Report"], "headline": "\\u0000\\ud800"}]}}', '[{"@type": {"a": "Report"}}]'],
)  # fmt: skip
def test_any_json_in_a_page_is_harmless(said: str) -> None:
    found = of(f"<script type='application/ld+json'>{said}</script>", "<h1>Headed</h1>")
    assert found["authors"] == ()
    assert str(found["title"]).encode("utf-8") in (b"Headed", "\ufffd".encode())
