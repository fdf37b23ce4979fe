"""Web pages: main text in order, what the page says of itself, harmless whatever the bytes."""

import time
from collections.abc import Iterator
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.alltext import all_text
from extract.document import DocumentState
from extract.html import decode_html, read_html, read_links
from extract.maintext import parse
from extract.pool import Limits, Pool
from extract.reading import READ, document_of, submit_reading

SENTENCE = (
    "In trial number {0} the police scanned {0}00 faces in the street and stopped {0} people, two of them wrongly."
)
PAGE = """<!doctype html><html lang="en-gb"><head><meta charset="utf-8"><title>Trial results | The Force</title>
<meta property="og:title" content="Trial results"><meta name="author" content="Ada Byron; Alan Turing">
<meta property="article:published_time" content="2019-07-03T10:00:00Z">
<meta property="article:modified_time" content="2020-01-02T10:00:00+00:00"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li></ul></nav>
<main><h1>Trial results</h1>{body}</main><footer><p>Copyright and cookies</p></footer></body></html>"""


def paragraphs(first: int, count: int) -> str:
    return "".join(f"<p>{SENTENCE.format(number)}</p>" for number in range(first, first + count))


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1) as made:
        yield made


def test_the_main_text_is_kept_and_the_menu_is_not() -> None:
    document = read_html(PAGE.replace("{body}", paragraphs(1, 5)).encode(), url="https://force.example/trial")
    assert (document.state, document.type, document.page_count) == (DocumentState.READ, "html", 1)
    assert [document.pages[0].text.index(SENTENCE.format(number)) for number in range(1, 6)] == sorted(
        document.pages[0].text.index(SENTENCE.format(number)) for number in range(1, 6)
    )
    assert "About us" not in document.pages[0].text


def test_what_the_page_says_of_itself() -> None:
    document = read_html(PAGE.replace("{body}", paragraphs(1, 5)).encode())
    assert document.title == "Trial results"
    assert document.authors == ("Ada Byron", "Alan Turing")
    assert (document.created, document.modified) == ("2019-07-03", "2020-01-02T10:00:00+00:00")
    assert document.language == "en-GB"


def test_a_long_page_is_cut_at_headings_into_sections() -> None:
    body = "".join(f"<h2>Part {part}</h2>{paragraphs(part * 100, 30)}" for part in range(1, 9))
    document = read_html(PAGE.replace("{body}", body).encode())
    assert document.page_count == 8
    assert [page.label for page in document.pages][1:] == [f"Part {part}" for part in range(2, 9)]
    assert all(page.text.startswith(f"Part {part}") for part, page in enumerate(document.pages[1:], 2))
    for part, page in enumerate(document.pages, 1):
        assert SENTENCE.format(part * 100 + 29) in page.text


def test_a_long_page_without_headings_is_cut_between_paragraphs() -> None:
    document = read_html(PAGE.replace("{body}", paragraphs(1, 600)).encode())
    assert 2 <= document.page_count <= 5
    assert max(len(page.text) for page in document.pages) < 25_000


def test_a_viewer_shell_is_not_a_document() -> None:
    shell = b"<html><body><embed src='https://files.example/report.pdf' type='application/pdf'></body></html>"
    document = read_html(shell)
    assert document.state == DocumentState.NOT_A_DOCUMENT
    assert "https://files.example/report.pdf" in document.reason


@pytest.mark.parametrize("page", [b"<html></html>", b"<!-- only this -->", b"<html><script>x()</script>"])
def test_a_page_without_text_is_not_a_document(page: bytes) -> None:
    assert read_html(page).state == DocumentState.NOT_A_DOCUMENT


def test_links_are_absolute_and_each_comes_once() -> None:
    page = (
        b"<base href='/docs/'><a href='a.pdf'>The  report</a><a href='a.pdf'>again</a><a href='javascript:x()'>no</a>"
        b"<a href='http://[::1'>bad</a><a href='mailto:x@y.z'>mail</a><a href='//other.example/b'><b>B</b></a>"
    )
    assert [(link.url, link.text) for link in read_links(page, url="https://site.example/x/y")] == [
        ("https://site.example/docs/a.pdf", "The report"),
        ("https://other.example/b", "B"),
    ]


@pytest.mark.parametrize(
    ("content", "hint", "text"),
    [
        ("Größe".encode(), None, "Größe"),
        ("Größe".encode("latin-1"), None, "Größe"),
        ("Größe".encode("latin-1"), "ISO-8859-1", "Größe"),
        (b"\xef\xbb\xbf" + "Größe".encode(), "latin-1", "Größe"),
        ("Größe".encode("utf-16"), None, "Größe"),
        ('<meta charset="shift_jis">日本'.encode("shift_jis"), None, '<meta charset="shift_jis">日本'),
        ('<meta charset="utf-16">Größe'.encode(), None, '<meta charset="utf-16">Größe'),
        ("“quoted”".encode("cp1252"), "iso-8859-1", "“quoted”"),
        ("Größe".encode(), "rot13", "Größe"),
        ("Größe".encode(), "utf-7", "Größe"),
        (b"a\xffb", "utf-8", "a\ufffdb"),
    ],
)
def test_characters_are_told_by_mark_header_meta_then_looks(content: bytes, hint: str | None, text: str) -> None:
    assert decode_html(content, hint) == text


def test_no_codec_outside_the_table_is_ever_used() -> None:
    for label in ("rot13", "idna", "punycode", "unicode_escape", "zlib", "hex", "utf-7", "undefined", "mbcs", "\ud800"):
        assert decode_html(b"+AGE- \\x41 xn--", label) == "+AGE- \\x41 xn--"


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from([None, "utf-16le", "utf-8", "gb18030", "iso-2022-jp", "big5", "nonsense"])
)
def test_any_bytes_decode_without_surrogates(content: bytes, hint: str | None) -> None:
    decode_html(content, hint).encode("utf-8")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_characters_in_a_page_are_harmless(text: str) -> None:
    page = f"<html><body><p>{text}</p></body></html>".encode("utf-8", "surrogatepass")
    for read in read_html(page, charset="utf-8").pages:
        read.text.encode("utf-8")
        assert "\0" not in read.text


BOMBS = {
    "attributes": b"<html><body><p " + b" ".join(b"a%d=1" % at for at in range(200_000)) + b">words</p>",
    "nests": b"<html><body>" + b"<div>" * 200_000 + b"words",
    "open tags": b"<html><body>" + b"".join(b"<b %d>" % at for at in range(60_000)),
    "comments": b"<html>" + b"<!--" * 100_000,
    "tables": b"<html><body>" + b"<table><tr><td>" * 50_000,
    "entities": b"<html><body>" + b"&amp" * 300_000,
    "lists": b"<html><body>" + b"<ul><li>" * 60_000 + b"words",
    "options": b"<html><body>" + b"<select><option>" * 100_000,
    "fonts": b"<html><body>" + b"<font size=1>" * 100_000 + b"words",
    "one attribute": b"<html><body><p a='" + b"x" * 10_000_000 + b"'>words</p>",
    "authors": b"<html><head>" + b"<meta name=author content='A B'>" * 200_000 + b"</head><body><p>words",
    "json": b"<html><script type='application/ld+json'>" + b"[" * 500_000 + b"</script><p>words",
    "dates": b"<html><body>" + b"<time datetime=2019-07-03>3.7.2019 2019-07-03</time> " * 100_000,
    "bylines": b"<html><body>" + b"<div class=author>" * 60_000 + b"by",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_within_its_limit(pool: Pool, name: str) -> None:
    answer = pool.submit(READ, BOMBS[name], Limits(cpu_s=1, wall_s=2), mime="text/html", url="").result(60)
    assert answer.seconds < 4
    document = document_of(answer, BOMBS[name])
    assert document.state != DocumentState.READ or document.pages
    assert document.type == "html"


@pytest.mark.torture
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_within_the_limits_of_a_run(pool: Pool, name: str) -> None:
    document = submit_reading(pool, BOMBS[name], mime="text/html", url="").result(14)
    assert document.state != DocumentState.READ or document.pages


HONEST = {
    "paragraphs": (b"<p>word word word. ", 400_000),
    "links": (b"<a href='http://x.example/1'>link</a> ", 200_000),
    "rows": (b"<tr>" + b"<td>cell text</td>" * 6 + b"</tr>\n", 20_000),
}


@pytest.mark.torture
@pytest.mark.parametrize("name", HONEST)
def test_a_long_honest_page_is_read_within_the_limits_of_a_run(pool: Pool, name: str) -> None:
    part, times = HONEST[name]
    content = b"<html><title>Long</title><body>" + (b"<table>" if name == "rows" else b"") + part * times
    document = submit_reading(pool, content, mime="text/html", url="").result(60)
    assert (document.state, document.title) == (DocumentState.READ, "Long")
    word, count = {"paragraphs": ("word", 3), "links": ("link", 1), "rows": ("cell text", 6)}[name]
    # A word that ends a piece stays with it: nothing is lost at the cuts.
    assert sum(page.text.count(word) for page in document.pages) == count * times
    assert document.reason.startswith("all text of")


def test_a_page_of_very_many_elements_is_read_whole_and_says_how() -> None:
    rows = "".join(f"<tr><td>{number}<td><b>seen</b></tr>" for number in range(16_000))
    document = read_html(PAGE.replace("{body}", f"<table>{rows}</table><p>After<br>all").encode())
    assert (document.state, document.title, document.language) == (DocumentState.READ, "Trial results", "en-GB")
    assert document.reason.startswith("all text of 64,0")
    assert document.reader.startswith("lxml ")
    lines = [line for page in document.pages for line in page.text.split("\n")]
    assert lines[:4] == ["Home", "About us", "Trial results", "0 | seen"]
    assert lines[-4:] == ["15999 | seen", "After", "all", "Copyright and cookies"]


def test_a_page_over_which_the_main_text_takes_too_long_is_read_whole_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dawdle(_tree: object) -> NoReturn:
        while True:
            time.sleep(0.01)

    monkeypatch.setattr("extract.maintext.blocks_of", dawdle)
    monkeypatch.setattr("extract.html.MAIN_TEXT_S", 0.05)
    document = read_html(PAGE.replace("{body}", paragraphs(1, 5)).encode())
    assert document.state == DocumentState.READ
    assert document.reason == "all text, as the main text was not told in 0.05 s"
    assert SENTENCE.format(5) in document.pages[0].text


def test_all_text_leaves_out_what_nobody_sees() -> None:
    body = "<style>p {}</style>One<!-- not --> line <b>bold</b><script>x()</script><p>two<svg><title>no</title></svg>"
    assert [block.text for block in all_text(parse(f"<html><head><title>T</title></head><body>{body}"))] == [
        "One line bold",
        "two",
    ]


def test_a_little_page_that_opens_no_body_is_read() -> None:
    document = read_html(b"<title>Report on lifts</title><main><p>Lifts.</p><a href='/r.pdf'>The report</a></main>")
    assert (document.state, document.title) == (DocumentState.READ, "Report on lifts")
    assert document.pages[0].text == "Lifts.\nThe report"


def test_a_page_called_pdf_is_read_as_the_page_it_is(pool: Pool) -> None:
    content = PAGE.replace("{body}", paragraphs(1, 5)).encode()
    document = submit_reading(pool, content, mime="application/pdf", url="https://x.example/a.pdf").result(60)
    assert (document.type, document.mime_sniffed, document.state) == ("html", "text/html", DocumentState.READ)
    assert document.reason == "called a PDF, but is text/html"
