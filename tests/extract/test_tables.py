"""Ruled tables come as rows, from the pages that have enough drawn on them, as far as time allows."""

from typing import Any

import pytest
from pdfplumber.page import Page

from extract.tables import read_tables
from tests.extract.pdfs import line, pages, pdf

TABLE = [[("Date", 55, 625), ("Faces", 155, 625)], [("2019-07-03", 55, 605), ("42", 155, 605)]]
ROWS = [["Date", "Faces"], ["2019-07-03", "42"]]
CELLS = b"".join(line(text, x, y, 9) for row in TABLE for text, x, y in row)
LINES = [(50, y, 250, y) for y in (600, 620, 640)] + [(x, 600, x, 640) for x in (50, 150, 250)]
GRID = b"".join(b"%d %d m %d %d l S " % ends for ends in LINES)
IN_ONE_PATH = b"".join(b"%d %d m %d %d l " % ends for ends in LINES) + b"S "
TEXT = line("no table at all")


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The pages that pdfplumber searched for tables."""
    searched: list[int] = []
    find = Page.find_tables

    def noted(page: Any, *args: Any) -> Any:
        searched.append(page.page_number)
        return find(page, *args)

    monkeypatch.setattr("pdfplumber.page.Page.find_tables", noted)
    return searched


@pytest.mark.parametrize("grid", [GRID, IN_ONE_PATH], ids=["line by line", "in one path"])
def test_a_ruled_table_comes_as_rows_and_pages_without_lines_are_not_searched(grid: bytes, searched: list[int]) -> None:
    found = read_tables(pages(TEXT, grid + CELLS, TEXT, grid + CELLS))
    assert [(table["page"], table["rows"]) for table in found["tables"]] == [(2, ROWS), (4, ROWS)]
    assert found["tables"][0]["box"] == pytest.approx([50, 202, 250, 242])
    assert found["reason"] == ""
    assert searched == [2, 4]


def test_an_empty_cell_is_empty_text() -> None:
    found = read_tables(pages(GRID + line("Date", 55, 625, 9)))
    assert found["tables"][0]["rows"] == [["Date", ""], ["", ""]]


def test_what_cannot_be_opened_is_a_reason() -> None:
    assert read_tables(b"%PDF-1.7 and no more") == {"tables": [], "reason": "not a well-formed PDF"}


def test_a_page_that_cannot_be_searched_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    find = Page.find_tables

    def find_some(page: Any, *args: Any) -> Any:
        return 1 / 0 if page.page_number == 1 else find(page, *args)

    monkeypatch.setattr("pdfplumber.page.Page.find_tables", find_some)
    found = read_tables(pages(GRID + CELLS, GRID + CELLS))
    assert [table["page"] for table in found["tables"]] == [2]
    assert found["reason"] == "page 1 cannot be read"


def test_tables_that_were_found_in_time_are_told() -> None:
    slow = b"".join(b"%d %d 3 3 re S " % (x, y) for x in range(0, 590, 5) for y in range(0, 840, 5))
    found = read_tables(pages(GRID + CELLS, slow, GRID + CELLS), budget_s=1.0)
    assert [table["page"] for table in found["tables"]] == [1]
    assert found["reason"] == "the time was up"


def test_lines_within_a_form_count() -> None:
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length %d>>stream\n%s\nendstream" % (len(GRID), GRID)
    body = b"/X Do " + CELLS
    content = pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>"
        b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(body), body), form,
    ])  # fmt: skip
    assert [table["rows"] for table in read_tables(content)["tables"]] == [ROWS]
