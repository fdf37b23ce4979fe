"""A page cut to its layout leads where the page did, without its author's prose and without scripts."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.publisher import read_landing
from extract.layouts import layouts_of
from extract.skeleton import skeleton
from extract.webpage import WebPage

URL = "https://site.example/reports/one/"
SAVED = sorted((Path(__file__).parents[1] / "pages").glob("*/landing*.html"))
LAYOUTS = {
    "any_page/landing-journal": ("scholarly_metadata",),
    "any_page/landing-viewer": ("embedded",),
    "big_brother_watch/landing-report": ("wordpress_uploads",),
    "essex_hrc/landing-eprints": ("scholarly_metadata",),
    "ico/landing-report": ("download_block",),
    "met_police/landing-release": ("mynewsdesk",),
    "npl/landing-resource": ("processwire",),
    "uk_parliament/landing-bill": (),
}


def page(body: str, head: str = "") -> WebPage:
    return WebPage.of(f"<html><head>{head}</head><body>{body}</body></html>".encode(), URL, "utf-8")


def saved(path: Path) -> tuple[bytes, str]:
    content = path.read_bytes()
    found = re.search(rb"url: (\S+) -->", content)
    assert found
    return content, found[1].decode()


@pytest.mark.parametrize("path", SAVED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_page_cut_to_its_layout_reads_as_the_whole_page(path: Path) -> None:
    content, url = saved(path)
    cut = skeleton(WebPage.of(content, url)).encode()
    golden = json.loads(path.with_suffix(".golden.json").read_text())
    assert read_landing(cut, publisher=path.parent.name, url=url) == golden
    assert len(cut) < len(content)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_pages_layout_is_known_by_what_its_rules_find(name: str) -> None:
    path = SAVED[0].parents[1] / f"{name}.html"
    assert layouts_of(WebPage.of(*saved(path))) == LAYOUTS[name]


def test_a_platforms_rule_that_finds_more_stands_in_the_place_of_those_before() -> None:
    head = "<meta name='citation_pdf_url' content='/24946/1/a.pdf'>"
    one = page("<a href='/24946/1/a.pdf'>A report</a>", head)
    both = page("<a href='/24946/1/a.pdf'>A report</a><a href='/24946/2/b.pdf'>Its annex</a>", head)
    assert layouts_of(one) == ("scholarly_metadata",)
    assert layouts_of(both) == ("eprints",)
    assert layouts_of(page(f"<a href='{URL}'>This page (PDF)</a>")) == ()


def test_prose_scripts_and_menus_go_and_headings_links_and_dates_stay() -> None:
    prose = "What an institute wrote in March 2021 of how faces are matched in shops, at length and well."
    cut = skeleton(
        page(
            "<script>track('me')</script><!-- note --><nav><a href='/1'>One</a><a href='/2'>Two</a>"
            "<a href='/3'>Three</a><a href='/terms.pdf'>Terms</a></nav><main><h1 style='x' onclick='y()'>A heading</h1>"
            f"<p class='a b c d e published-on'>{prose}</p><p>Published 5 April 2023</p><p>Nothing</p>"
            "<a href='javascript:go()'>Go</a><a href='/r.pdf' onclick='z()'>The <b>report</b></a><img src='/x.png'>"
            "<form action='/q'><input name='q' value='secret'></form></main>",
            "<title>T</title><meta name='description' content='Prose'><meta name='dc.description' content='Prose'>"
            "<meta name='citation_abstract' content='Prose'><meta name='citation_title' content='Named'>"
            "<link rel='stylesheet' href='/s.css'><style>p {}</style>",
        )
    )
    for gone in ("track", "note", "/3", "style", "onclick", "faces", "Nothing", "javascript", "png", "secret", "Prose"):
        assert gone not in cut, gone
    for kept in (
        "/1",
        "/2",
        "terms.pdf",
        "A heading",
        "(2021)",
        "published-on",
        "Published 5 April 2023",
        "Go",
        "Named",
    ):
        assert kept in cut, kept
    assert "<b> report </b>" in cut


def test_a_page_nested_deeply_is_cut_all_the_same() -> None:
    cut = skeleton(page("<div>" * 5_000 + "<a href='/a.pdf'>A report</a>" + "</div>" * 5_000))
    assert cut.startswith("<!DOCTYPE html>")


@given(st.binary(max_size=400))
def test_no_bytes_make_cutting_fail_and_cutting_twice_loses_no_link(content: bytes) -> None:
    whole = WebPage.of(b"<h1>x</h1><p>" + content + b"<a href='/a.pdf'>y</a>", URL)
    once = WebPage.of(skeleton(whole).encode(), URL)
    twice = WebPage.of(skeleton(once).encode(), URL)
    assert [anchor.url for anchor in once.anchors()] == [anchor.url for anchor in twice.anchors()]
