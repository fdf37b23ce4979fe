"""Web pages: main text in order, what the page says of itself, harmless whatever the bytes."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.document import DocumentState
from extract.html import decode_html, read_html, read_links
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
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_within_its_limit(pool: Pool, name: str) -> None:
    answer = pool.submit(READ, BOMBS[name], Limits(cpu_s=1, wall_s=2), mime="text/html", url="").result(60)
    assert answer.seconds < 4
    document = document_of(answer, BOMBS[name])
    assert document.state != DocumentState.READ or document.pages
    assert document.type == "html"


def test_a_page_called_pdf_is_read_as_the_page_it_is(pool: Pool) -> None:
    content = PAGE.replace("{body}", paragraphs(1, 5)).encode()
    document = submit_reading(pool, content, mime="application/pdf", url="https://x.example/a.pdf").result(60)
    assert (document.type, document.mime_sniffed, document.state) == ("html", "text/html", DocumentState.READ)
    assert document.reason == "called a PDF, but is text/html"
