"""Layouts of landing and listing pages, and pages that are none."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import landing, listing
from extract.document import Link
from extract.webpage import WebPage
from extract.years import stated_year, year_in_path, year_in_title

URL = "https://site.example/reports/one/"


def page(body: str, head: str = "", url: str = URL) -> WebPage:
    html = f"<html><head><title>One | Site</title>{head}</head><body>{body}</body></html>"
    return WebPage.of(html.encode(), url, "utf-8")


def test_wordpress_uploads_leave_pictures_and_menus_out() -> None:
    found = landing.wordpress_uploads(
        page(
            "<nav><a href='/wp-content/uploads/2020/01/menu.pdf'>Menu</a></nav><h1>A study</h1>"
            "<a href='/wp-content/uploads/2022/10/cover.png'>Cover</a>"
            "<a href='/wp-content/uploads/2022/10/study.pdf#page=2'>Download</a>"
            "<a href='/wp-content/uploads/2022/10/study.pdf'>The whole study of faces</a>"
        )
    )
    assert found == [Link("https://site.example/wp-content/uploads/2022/10/study.pdf", "A study", 2022)]


def test_govuk_gives_attachments_and_html_attachments_of_the_publication() -> None:
    url = "https://www.gov.uk/government/publications/tests"
    found = landing.govuk(
        page(
            "<main><h1>Tests</h1><section class='attachment embedded'><h3><a href='https://assets.publishing.service.gov.uk"
            "/media/65/tests.pdf'>Tests of algorithms</a></h3> PDF, 1 MB</section><section class='attachment embedded'>"
            f"<a href='{url}/tests-accessible'>Tests of algorithms (accessible)</a></section>"
            "<a href='/government/publications/other'>Another publication</a></main>",
            "<meta name='govuk:first-published-at' content='2025-12-04T10:00:00+00:00'>",
            url,
        )
    )
    assert [(link.url.rsplit("/", 1)[1], link.year) for link in found] == [
        ("tests.pdf", 2025),
        ("tests-accessible", 2025),
    ]


def test_dspace_gives_bitstreams_without_licence_and_preview() -> None:
    found = landing.dspace(
        page(
            "<h1>A thesis</h1><a href='/bitstream/handle/1/2/thesis.pdf?sequence=1'>View</a>"
            "<a href='/bitstream/handle/1/2/license.txt'>Licence</a>"
            "<a href='/bitstream/handle/1/2/thesis.pdf.jpg'>x</a>"
            "<a href='/bitstreams/0b1c-77/download'>Download</a><a href='/handle/1/2'>Itself</a>"
        )
    )
    assert [link.url for link in found] == [
        "https://site.example/bitstream/handle/1/2/thesis.pdf?sequence=1",
        "https://site.example/bitstreams/0b1c-77/download",
    ]
    assert {link.text for link in found} == {"A thesis"}


def test_drupal_gives_public_and_private_files_and_media_entities() -> None:
    found = landing.drupal(
        page(
            "<h1>A report</h1><a href='/sites/default/files/2023-03/report.pdf'>The report</a>"
            "<a href='/media/1234/download?attachment'>Its data</a><a href='/system/files/annex.docx'>The annex</a>"
            "<a href='/sites/default/files/styles/large/cover.jpg'>Cover</a><a href='/media/1234'>About the data</a>"
        )
    )
    assert [link.url for link in found] == [
        "https://site.example/sites/default/files/2023-03/report.pdf",
        "https://site.example/media/1234/download?attachment",
        "https://site.example/system/files/annex.docx",
    ]


def test_an_address_of_the_head_is_rewritten_only_in_the_form_that_is_known() -> None:
    rule = landing.from_head("og:url", r"/abs/(?=.+v\d+$)", "/pdf/")
    head = "<meta property='og:url' content='/abs/2005.01234{}'><meta name='citation_title' content='Named'>"
    assert rule(page("", head.format("v3"))) == [Link("https://site.example/pdf/2005.01234v3", "Named", None)]
    assert rule(page("", head.format(""))) == []
    assert rule(page("<h1>x</h1>")) == []


def test_links_are_known_by_their_address_whatever_they_say() -> None:
    body = "<nav><a href='/papers/8/default/'>x</a></nav><a href='/papers/7/default/'>y</a><a href='/papers/7/'>z</a>"
    assert [link.url for link in landing.addressed(r"/papers/\d+/default/$")(page(body))] == [
        "https://site.example/papers/7/default/"
    ]


def test_a_page_that_is_the_document_itself_leads_nowhere_whatever_it_links_to() -> None:
    body = "<h1>A speech</h1><p>as <a href='/other.pdf'>another said (PDF)</a></p>"
    itself = landing.itself(r"//site\.example/reports/")
    assert landing.follow(page(body), (itself, landing.linked_pdfs), 3) == []
    assert len(landing.follow(page(body, url="https://site.example/x"), (itself, landing.linked_pdfs), 3)) == 1


def test_a_note_of_when_a_file_was_put_there_is_no_title() -> None:
    body = "<h1>A docket</h1><div><a href='/1.pdf' title='Uploaded Feb. 4, 2020, 1:02 p.m.'>Download PDF</a></div>"
    assert landing.linked_pdfs(page(body))[0].text == "A docket"


def test_eprints_finds_the_file_without_metadata_too() -> None:
    found = landing.eprints(
        page(
            "<h1>A report</h1><a href='/24946/1/report.pdf'>report.pdf</a>"
            "<a href='/24946/1.haspreviewThumbnailVersion/r.pdf'>P</a>"
        )
    )
    assert found == [Link("https://site.example/24946/1/report.pdf", "A report", None)]


def test_a_download_block_counts_links_without_a_file_ending() -> None:
    found = landing.download_block(
        page("<h1>A report</h1><div class='c-Download-box'><a href='/get?download=7'>Get it</a></div>")
    )
    assert found == [Link("https://site.example/get?download=7", "A report", None)]


def test_a_link_that_asks_to_read_the_report_is_followed_and_any_other_pdf_is_not() -> None:
    body = "<p><a href='/a.pdf'>Terms</a> <a href='/b.pdf'>Read the full report</a></p>"
    assert [link.url for link in landing.download_block(page(body))] == ["https://site.example/b.pdf"]


def test_an_embedded_viewer_leads_to_the_file_it_shows() -> None:
    body = (
        "<object data='/a.pdf'></object><iframe src='/viewer?file=https%3A%2F%2Ff.example%2Fb.pdf'></iframe>"
        "<iframe src='/map'></iframe>"
    )
    assert [link.url for link in landing.embedded(page(body))] == [
        "https://site.example/a.pdf",
        "https://f.example/b.pdf",
    ]


def test_rules_are_tried_in_turn_and_bounded_by_what_is_expected() -> None:
    many = page("".join(f"<a href='/{n}.pdf'>Paper number {n}</a>" for n in range(9)))
    assert len(landing.follow(many, (landing.embedded, landing.linked_pdfs), 3)) == 3
    assert landing.follow(many, (landing.embedded,), 3) == []
    assert landing.follow(many, (landing.linked_pdfs,), 0) == []


def test_a_page_that_links_to_itself_is_no_document() -> None:
    own = page(f"<a href='{URL}'>Report (PDF)</a>")
    assert landing.follow(own, (landing.linked_pdfs,), 3) == []


def test_content_is_what_stands_in_main_where_a_page_has_one() -> None:
    body = "<a href='/x.pdf'>Cookie policy of ours</a><main><a href='/y.pdf'>The paper itself</a></main>"
    assert [link.url for link in landing.linked_pdfs(page(body))] == ["https://site.example/y.pdf"]


def test_a_listing_takes_title_and_year_from_the_item_around_a_link() -> None:
    found = listing.entries(
        page(
            "<table><tr><td>12/03/2019</td><td>Minutes of the panel</td><td>"
            "<a href='m.pdf' title='Minutes of the panel'>Download</a></td></tr></table>"
            "<dl><dt>Second note on faces</dt><dd><a href='/n'>Read more</a> 2 May 2021</dd></dl>"
            "<p>Doe, J. (2018) <a href='/d'>Third note on faces</a>. Report.</p>"
        )
    )
    assert [(link.text, link.year) for link in found] == [
        ("Minutes of the panel", 2019),
        ("Second note on faces", 2021),
        ("Third note on faces", 2018),
    ]


def test_a_list_of_definitions_has_its_links_in_the_terms_and_its_titles_in_the_descriptions() -> None:
    found = listing.described(
        page(
            "<dl><dt><a name='1'>[1]</a><a href='/abs/2005.01234'>x:1</a><a href='/pdf/2005.01234'>pdf</a></dt>"
            "<dd><div class='list-title'><span class='descriptor'>Title:</span> First of <i>all</i></div></dd>"
            "<dt><a href='/abs/2'>no description</a></dt><dt>no link</dt><dd><p class='title'>Nothing</p></dd>"
            "<dt><a href='/abs/3'>3</a></dt><dd>no title</dd></dl>"
        )
    )
    assert found == [Link("https://site.example/abs/2005.01234", "First of all", 2020)]


def test_a_listing_says_nothing_of_itself_and_of_its_further_pages() -> None:
    body = (
        f"<a href='{URL}?page=2'>Older posts of ours</a><a href='{URL}#a'>Within the page</a>"
        "<a href='/tag/x'>All about faces</a>"
    )
    assert listing.entries(page(body)) == []


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("PUBLISHED: 5 Apr 2023", 2023), ("Wed 3 Jul 19", 2019), ("2022-10-27T00:01", 2022), ("(2019)", 2019),
        ("June 2020", 2020), ("Jun 14th 2018", 2018), ("31/10/2019", 2019), ("(updated 2023)", 2023),
        ("19 million photos in 2018", None), ("call 2020 now", None), ("", None), ("Room 1999", None),
    ],
)  # fmt: skip
def test_a_written_date_states_a_year_and_a_bare_number_does_not(text: str, year: int | None) -> None:
    assert stated_year(text) == year


@pytest.mark.parametrize(
    ("path", "year"),
    [
        ("/wp-content/uploads/2020/06/briefing.pdf", 2020), ("/news/2019/07/03/concerns", 2019),
        ("/documents/2616185/report-20191031.pdf", 2019), ("/files/3396/study_mar2023.pdf", 2023),
        ("/abs/2005.01234", 2020), ("/pdf/0704.0001v2", 2007), ("/pdf/2011.99999v1.pdf", 2020),
        ("/lfr/grid-2020-2022.pdf", None), ("/documents/2616185/report.pdf", None), ("/2019/report.pdf", 2019),
    ],
)  # fmt: skip
def test_an_address_may_hold_a_year(path: str, year: int | None) -> None:
    assert year_in_path(path) == year


def test_a_title_with_two_years_has_none() -> None:
    assert year_in_title("Record 2020 to 2022") is None
    assert year_in_title("The surveillance state in 2018") == 2018


def test_characters_come_from_the_labels_of_the_web_and_never_from_pythons_codecs() -> None:
    body = "<a href='/a.pdf'>Überwachung per Gesicht</a>".encode("windows-1252")
    for label in ("iso-8859-1", "latin1", "windows-1252"):
        assert landing.linked_pdfs(WebPage.of(body, URL, label))[0].text == "Überwachung per Gesicht"
    for label in ("rot13", "zlib", "undefined", "idna", "\x01", "no such"):
        assert "berwachung per Gesicht" in landing.linked_pdfs(WebPage.of(body, URL, label))[0].text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 10,
        b"%PDF-1.7 no page",
        b"<",
        b"<a href=",
        b"\xff\xfe<\x00a\x00",
        b"<?xml version='1.0' encoding='x'?><a/>",
    ],
)
def test_what_is_no_page_has_no_links(content: bytes) -> None:
    nothing = WebPage.of(content, URL)
    assert landing.linked_pdfs(nothing) == listing.entries(nothing) == landing.scholarly_metadata(nothing) == []
    assert nothing.year is None


def test_addresses_that_are_none_are_left_out() -> None:
    bad = (
        "http://[",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "data:text/html,x",
        "ftp://a.example/x.pdf",
        "x" * 3_000,
        "",
    )
    body = "".join(f"<a href='{address}'>A paper (pdf)</a>" for address in bad)
    assert landing.linked_pdfs(page(body)) == []


def test_pages_made_to_exhaust_a_reader_are_read_in_seconds() -> None:
    pages = (
        "<div>" * 100_000 + "<a href='/a.pdf'>x</a>",
        "".join(f"<li><a href='/{n}.pdf'>Paper number {n}</a></li>" for n in range(20_000)),
        "".join(f"<a href='/{n}.pdf'>Paper number {n}</a> " for n in range(20_000)),
        "<a href='/a.pdf'>" + "x " * 500_000 + "</a>",
        "<a href='/a.pdf'>(" + "pdf " * 100_000 + "</a>",
    )
    began = time.process_time()
    for body in pages:
        assert len(listing.entries(page(body))) <= listing.MOST
    assert time.process_time() - began < 20


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "shift_jis", "rot13", None]))
def test_no_bytes_make_reading_fail(content: bytes, charset: str | None) -> None:
    read = WebPage.of(b"<h1>x</h1><p>" + content + b"<a href='/a.pdf'>y</a>", URL, charset)
    for rule in (landing.download_block, landing.eprints, landing.govuk, listing.entries):
        rule(read)


@given(st.text(max_size=80))
def test_no_address_makes_joining_fail(address: str) -> None:
    found = page("").absolute(address)
    assert found is None or found.startswith(("http://", "https://"))
