"""Two columns whose rows were written alternately: read one after the other; what is no column stays as it is."""

import random
from collections.abc import Callable

import pytest

from extract.pdf import read_pdf
from tests.extract.pdfs import line, pages

Cell = tuple[int, str]  # its left edge in points, its words
PROSE = [f"{side}{row:02} words that fill the column well" for side in ("left", "right") for row in range(30)]
LEFT, RIGHT = PROSE[:30], PROSE[30:]


def page_of(rows: list[list[Cell]], pitch: int = 14, gaps: tuple[int, ...] = (), more: bytes = b"") -> str:
    """The text of a page on which the cells were written row by row; `gaps` are rows with space above them."""
    y, content = 800, more
    for number, row in enumerate(rows):
        y -= 2 * pitch if number in gaps else pitch
        content += b"".join(line(words, x, y, 9) for x, words in row)
    return read_pdf(pages(content)).pages[0].text


def row_by_row(rows: list[list[Cell]]) -> str:
    return "\n".join(" ".join(words for _, words in row) for row in rows)


def alternate(left: list[str] = LEFT, right: list[str] = RIGHT) -> list[list[Cell]]:
    return [[(50, one), (310, other)] for one, other in zip(left, right, strict=True)]


def test_rows_written_alternately_are_two_columns() -> None:
    assert page_of(alternate()) == "\n".join(PROSE)


def test_what_crosses_both_columns_parts_them() -> None:
    crossing: list[list[Cell]] = [
        [(50, "A heading that is so long that it crosses the whole of the page, of both columns")]
    ]
    text = page_of([*crossing, *alternate()[:15], *crossing, *alternate()[15:]])
    heading = crossing[0][0][1]
    assert text.split("\n") == [heading, *LEFT[:15], *RIGHT[:15], heading, *LEFT[15:], *RIGHT[15:]]


def test_a_longer_column_and_a_header_on_one_side_keep_their_places() -> None:
    alone: list[list[Cell]] = [[(50, f"more{row} words that only one side has")] for row in range(9)]
    text = page_of([[(50, "Header")], *alternate(), *alone])
    assert text.split("\n") == ["Header", *LEFT, *(row[0][1] for row in alone), *RIGHT]


def test_a_word_broken_at_a_line_end_stays_one_word() -> None:
    left, right = [*LEFT], [*RIGHT]
    left[3], left[4] = "left03 words that end in recog-", "nition of faces in the streets"
    right[3], right[4] = "right03 words that end in sur-", "veillance of crowds in streets"
    assert page_of(alternate(left, right)).split("\n") == [*left, *right]


def test_indented_lines_and_ragged_ones_stay_in_their_column() -> None:
    dice = random.Random(5)
    rows: list[list[Cell]] = []
    for one, other in zip(LEFT, RIGHT, strict=True):
        first = (dice.choice([50, 50, 50, 62]), one[: dice.randint(28, 38)].strip())
        rows.append([first, (dice.choice([310, 310, 322]), other[: dice.randint(28, 38)].strip())])
    text = page_of(rows)
    assert text == "\n".join(row[side][1] for side in (0, 1) for row in rows)


TABLES: dict[str, Callable[[int], list[Cell]]] = {
    "three columns": lambda row: [(50, f"Force {row}"), (200, f"trials {row} of faces"), (350, f"{row} matches")],
    "numbers": lambda row: [(50, f"City{row:02} with its surroundings"), (310, f"{row * 7}.{row}")],
    "labels": lambda row: [(50, f"Label {row:02}"), (130, f"what is said of it at some length in row {row:02}")],
    "contents": lambda row: [(50, f"{row}. A chapter of the report"), (500, f"{row * 3}")],
    "ragged cells": lambda row: [(50, "yes " * (1 + row % 7)), (310, "no " * (1 + row % 9))],
}


@pytest.mark.parametrize("kind", TABLES)
def test_tables_are_read_row_by_row(kind: str) -> None:
    rows = [TABLES[kind](row) for row in range(30)]
    assert page_of(rows).split() == row_by_row(rows).split()


def test_a_few_rows_in_two_parts_are_no_columns() -> None:
    assert page_of(alternate()[:6]) == row_by_row(alternate()[:6])


def test_cells_of_prose_in_rows_apart_are_a_table() -> None:
    assert page_of(alternate(), gaps=(3, 6, 9, 12, 15, 18, 21, 24, 27)) == row_by_row(alternate())


def test_paragraphs_that_end_at_one_height_are_no_table() -> None:
    assert page_of(alternate(), gaps=(11, 21)) == "\n".join(PROSE)


def test_rows_between_ruled_lines_are_a_table() -> None:
    rules = b"".join(b"40 %d m 560 %d l S " % (y, y) for y in range(790 - 14 * 30, 790, 42))
    assert page_of(alternate(), more=rules) == row_by_row(alternate())


def test_columns_written_one_after_the_other_stay() -> None:
    rows: list[list[Cell]] = [[(50, words)] for words in LEFT]
    content = b"".join(line(row[0][1], 50, 800 - 14 * at, 9) for at, row in enumerate(rows))
    content += b"".join(line(words, 310, 800 - 14 * at, 9) for at, words in enumerate(RIGHT))
    assert read_pdf(pages(content)).pages[0].text == "\n".join(PROSE)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_layout_no_word_is_lost(seed: int) -> None:
    dice = random.Random(seed)
    edges = dice.choice([(50, 310), (50, 300), (50, 200, 350), (50,)])
    rows: list[list[Cell]] = [
        [
            (x + dice.choice([0, 0, 0, 12]), f"w{row}x{x} " + "word " * dice.randint(0, 3))
            for x in edges
            if dice.random() < 0.9
        ]
        for row in range(40)
    ]
    assert sorted(page_of(rows).split()) == sorted(row_by_row(rows).split())
