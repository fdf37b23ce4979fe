"""A page as a picture, and the boxes in which a passage stands: where the ink is, also on a page that is turned."""

import base64
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from extract.document import Page
from extract.pdfium import PdfiumFile
from extract.picture import MOST_PIXELS, boxes, picture
from extract.pool import Limits, Pool
from extract.quality import CannotOpen
from tests.extract.pdfs import crafted, line, pages

SENTENCE = "Only eight of 42 were right."
CONTENT = pages(line("another page"), line(SENTENCE, 50, 700) + line("eight of 42", 300, 100))


def image_of(answer: dict[str, Any]) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(answer["png"])))
    image.load()
    assert (image.size, image.mode) == ((answer["width"], answer["height"]), "RGB")
    return image


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """The box of all that is dark."""
    found = image.convert("L").point(lambda value: 255 * (value < 100)).getbbox()
    assert found is not None
    return found


def test_a_page_is_shown_in_the_width_that_is_asked_for() -> None:
    shown = picture(CONTENT, page=1, width=595)
    assert (shown["width"], shown["height"], shown["pages"], shown["boxes"]) == (595, 842, 2, [])
    left, top, right, bottom = ink(image_of(shown))
    assert 49 <= left <= 53
    assert 110 < right < 130
    assert 130 <= top < bottom <= 146


def test_a_quotation_is_marked_wherever_it_stands_and_nothing_else() -> None:
    shown = picture(CONTENT, page=2, width=595, quote="eight\nof 42")
    image = image_of(shown)
    pixels = image.tobytes()
    yellow = [at // 3 for at in range(0, len(pixels), 3) if pixels[at] > 200 and pixels[at + 2] < 110]
    marked = {(at % 595, at // 595) for at in yellow}
    first, second = shown["boxes"]
    assert all(any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in (first, second)) for x, y in marked)
    assert len(marked) > 600
    assert first[1] < 145 < second[1]
    assert first[0] > 75, "the words before it are not marked"
    assert abs(second[0] - 300) <= 2


def test_boxes_are_where_the_characters_of_the_text_are() -> None:
    start = SENTENCE.index("42")
    (box,) = boxes(CONTENT, page=2, start=start, end=start + 2)
    lone = pages(line("42", 50, 700))
    left, top, right, bottom = ink(image_of(picture(lone, page=1, width=595)))
    assert box[2] - box[0] == pytest.approx(right - left, abs=2)
    assert (box[1], box[3]) == (pytest.approx(top, abs=2), pytest.approx(bottom, abs=2))
    with PdfiumFile(CONTENT) as file:
        text = file.page(2).text
    again = text.index("eight of 42", 20)
    (second,) = boxes(CONTENT, page=2, start=again, end=again + 11)
    assert second[0] == pytest.approx(300, abs=2), "of two places the one that was meant"
    assert boxes(CONTENT, page=2, start=4, end=5) == [], "a blank has none"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_on_a_turned_page_the_box_is_where_the_ink_is(turn: int) -> None:
    content = pages(line("turned"), box=b"[0 0 595 842]/Rotate %d" % turn)
    shown = picture(content, page=1, width=600, quote="turned")
    (box,) = shown["boxes"]
    assert box == pytest.approx(list(ink(image_of(picture(content, page=1, width=600)))), abs=4)


def test_lines_that_are_read_in_another_order_than_they_lie_in_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("Only eight", 50, 700), ("Another", 300, 700), ("of 42 were", 50, 680), ("column", 300, 680)]
    content = pages(b"".join(line(text, x, y) for text, x, y in rows))
    by_columns = "Only eight\nof 42 were\nAnother\ncolumn"
    monkeypatch.setattr(PdfiumFile, "page", lambda self, number: Page(number, by_columns))
    marked = picture(content, page=1, width=595, quote="eight of 42")["boxes"]
    assert [(box[0] > 70, box[2] < 100, box[1] < 150) for box in marked] == [(True, False, True), (False, True, False)]
    start = by_columns.index("were\nAnother")
    found = boxes(content, page=1, start=start, end=start + len("were\nAnother"))
    assert [(box[0] < 200, box[1] < 150) for box in found] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    "box", [b"[0 0 14400 14400]", b"[0 0 100000 1]", b"[0 0 1 100000]", b"[0 0 .01 .01]"], ids=["large", *"flt"]
)
def test_a_page_of_any_size_has_a_bounded_picture(box: bytes) -> None:
    shown = picture(pages(line("words"), box=box), page=1, width=4000)
    assert shown["width"] * shown["height"] <= MOST_PIXELS
    image_of(shown)


def test_what_is_not_there_is_a_reason() -> None:
    assert picture(CONTENT, page=3, width=100) == {"reason": "there is no page 3: the file has 2"}
    assert picture(b"%PDF-1.4 no", page=1, width=100) == {"reason": "not a well-formed PDF"}
    assert picture(CONTENT, page=1, width=100, quote="not there")["boxes"] == []
    with pytest.raises(CannotOpen, match="no page 0"):
        boxes(CONTENT, page=0, start=0, end=1)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2) as pool:
        yield pool


def test_crafted_files_end_in_a_picture_or_a_reason(pool: Pool) -> None:
    limits = Limits(cpu_s=1, wall_s=2)
    asked = [
        (name, pool.submit("extract.picture:picture", content, limits, page=1, width=300, quote="a"))
        for name, content in islice(crafted(), 0, None, 4)
    ]
    for name, future in asked:
        answer = future.result(60)
        assert answer.failure is not None or {"reason"} & set(answer.value) or "png" in answer.value, name
        assert answer.failure is None or answer.reason, name


def test_real_pages_are_shown(pool: Pool, real_samples: Path) -> None:
    path = real_samples / "pdf" / "multicolumn.pdf"
    quote = "consectetuer adipiscing elit. Ut purus"
    answer = pool.submit("extract.picture:picture", path.read_bytes(), page=1, width=900, quote=quote).result(60)
    assert answer.value is not None
    assert len(answer.value["boxes"]) == 2, "one a line"
