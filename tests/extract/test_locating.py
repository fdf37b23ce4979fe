"""A passage is found whatever blanks, line breaks, hyphens and ligatures part it, and never another in its place."""

import pytest

from extract.locating import letters_of

PAGE = "The re\x02identified o\ufb03ce e\u0301clair, \u201ceight of\r\n42\u201d were 4\u20132 wrong. Eight of 42."


@pytest.mark.parametrize(
    ("passage", "times"),
    [
        ("eight of 42", 2),
        ("eight  of\n42", 2),
        ('"eight of 42"', 1),
        ("reidentified", 1),
        ("re-identified", 1),
        ("re-\nidentified", 1),
        ("office", 1),
        ("o\ufb03ce", 1),
        ("\u00e9clair", 1),
        ("e\u0301clair", 1),
        ("4-2 wrong", 1),
        ("42 wrong", 0),
        ("eight of 43", 0),
        ("", 0),
        (" \n", 0),
    ],
)
def test_a_passage_is_found_where_it_stands(passage: str, times: int) -> None:
    assert len(letters_of(PAGE).starts(letters_of(passage))) == times


@pytest.mark.parametrize(("passage", "there"), [("eight of 42", "eight of\r\n42"), ("office", "o\ufb03ce")])
def test_a_place_is_the_first_and_the_last_character(passage: str, there: str) -> None:
    page, sought = letters_of(PAGE), letters_of(passage)
    first, last = page.span(page.starts(sought)[0], sought)
    assert PAGE[first : last + 1] == there


def test_places_do_not_overlap() -> None:
    assert letters_of("aaaaa").starts(letters_of("aa")) == [0, 2]
