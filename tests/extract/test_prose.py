"""How much a page has to say, counted between tags."""

from hypothesis import given
from hypothesis import strategies as st

from extract.prose import MOST_TAGS, prose

ENOUGH = 1000


def counted(page: str) -> tuple[int, int]:
    found = prose(page.encode().lower(), ENOUGH)
    return found.running, found.all


def test_paragraphs_are_running_text_and_menus_are_not() -> None:
    assert counted("<p>Two words</p>") == (10, 10)
    assert counted("<ul><li>Home</li><li>News</li></ul>") == (0, 10)
    assert counted("<div>" + "word " * 20 + "</div>") == (100, 100)


def test_the_words_of_links_are_no_running_text_but_what_stands_around_them_is() -> None:
    running, everything = counted('<p>See <a href="/x">the whole report</a> of <b>May</b></p>')
    assert running == len("see of may ")
    assert everything == len("see the whole report of may ")


def test_a_link_that_was_never_closed_ends_with_its_block() -> None:
    assert counted('<header><a href="/">Library</header><p>Open from ten until six</p>')[0] == 24


def test_what_is_not_shown_is_not_counted() -> None:
    assert counted("<title>A</title><script>var a = '<p>b</p>'</script><style>p {}</style><!-- <p>c</p> -->") == (0, 0)
    assert counted("<!doctype html><p>&nbsp;</p><noscript><p>Scripts</p></noscript>") == (0, 0)
    assert counted("<p>" + "x" * 300 + "</p>") == (0, 0), "a sum to be worked out is no word"
    assert counted("<p>" + "ページ" * 100 + "</p>")[0] > 900, "a language without blanks has long ones"


def test_counting_ends_when_there_is_enough() -> None:
    assert not prose(b"<p>word word</p>" * 500, ENOUGH).whole
    assert prose(b"<p>word word</p>" * 5, ENOUGH).whole
    many = prose(b"<b>" * (MOST_TAGS + 1), ENOUGH)
    assert (many.running, many.whole) == (ENOUGH, False)


def test_the_first_words_are_kept_line_by_line() -> None:
    assert prose(b"<h1>file</h1><p>not found</p>", ENOUGH).first.split(b"\n") == [b"file ", b"not found ", b""]


@given(st.binary(max_size=400) | st.text("<>/p!-a &;\n", max_size=400).map(str.encode))
def test_no_bytes_are_counted_twice(page: bytes) -> None:
    found = prose(page.lower(), ENOUGH)
    assert 0 <= found.running <= found.all
    assert not found.whole or found.all <= len(page) + 1
