"""A long text without pages is cut where a reader would cut it, and no piece is too long for a hit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract import sections
from extract.html import read_html
from extract.plaintext import read_text
from extract.sections import SECTION_MOST, SECTIONS_FROM, Block, cut_into_sections, pieces

SENTENCE = "In this trial the police scanned faces in the street. "


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("\n".join(f"row {number} | of | a table" for number in range(4000)), "of | a table"),
        (SENTENCE * 2000, "street."),
        ("words without any stop " * 3000, ("words", "without", "any", "stop")),
        ("警察はカメラで顔を調べた。" * 4000, "。"),
        ("x" * 100_000, "x"),
    ],
)
def test_a_long_block_is_cut_at_lines_then_sentences_then_blanks(text: str, end: str | tuple[str, ...]) -> None:
    cut = list(pieces(text))
    assert len(cut) > 1
    assert all(SECTION_MOST // 3 < len(piece) <= SECTION_MOST for piece in cut[:-1])
    assert all(piece.endswith(end) for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.text("ab. \n", max_size=60), st.booleans()), max_size=30))
def test_sections_hold_every_word_in_order_and_none_is_too_long(given_blocks: list[tuple[str, bool]]) -> None:
    limits = {"SECTIONS_FROM": 40, "SECTION_LEAST": 5, "SECTION_MOST": 20}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in limits.items():
            patch.setattr(sections, name, value)
        cut = cut_into_sections(Block(text, is_heading) for text, is_heading in given_blocks)
    assert all(0 < len(text) <= 20 for _, text in cut)
    assert "".join("".join(text for _, text in cut).split()) == "".join("".join(t for t, _ in given_blocks).split())


def test_a_short_text_is_one_section_without_a_heading() -> None:
    blocks = [Block("First", is_heading=True), Block("x" * 3000), Block("Second", is_heading=True), Block("y" * 3000)]
    assert [heading for heading, _ in cut_into_sections(blocks)] == [""]
    assert [heading for heading, _ in cut_into_sections(blocks * 3)][:2] == ["First", "Second"]
    assert SECTIONS_FROM > 6000


def test_one_paragraph_with_line_breaks_is_many_pages() -> None:
    lines = "<br>".join(f"{SENTENCE}{number}" for number in range(5000))
    document = read_html(f"<html><body><main><p>{lines}</p></main></body></html>".encode())
    assert document.page_count == len(document.pages) > 10
    assert max(len(page.text) for page in document.pages) <= SECTION_MOST
    assert words(" ".join(page.text for page in document.pages)) == words(lines.replace("<br>", " "))


def test_a_long_table_is_cut_between_its_rows() -> None:
    rows = "".join(f"<tr><td>{number}</td><td>London</td><td>{number * 7} faces</td></tr>" for number in range(3000))
    document = read_html(f"<html><body><h1>Trials</h1><table>{rows}</table></body></html>".encode())
    assert max(len(page.text) for page in document.pages) <= SECTION_MOST
    lines = [line for page in document.pages for line in page.text.split("\n")]
    assert [line for line in lines if "|" in line] == [f"{n} | London | {n * 7} faces" for n in range(3000)]


def test_a_long_listing_of_plain_text_has_pages_of_bounded_size() -> None:
    document = read_text(("\n".join(SENTENCE for _ in range(2000)) + "\fthe last page").encode())
    assert (document.page_count, document.pages[-1].text) == (len(document.pages), "the last page")
    assert 5 < document.page_count < 20
    assert max(len(page.text) for page in document.pages) <= SECTION_MOST
