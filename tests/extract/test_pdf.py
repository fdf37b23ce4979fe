"""PDFs: the text in its order, a truthful state for each, and bounds on what hostile ones cost."""

import gzip
import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from pypdf import PdfReader, PdfWriter

from extract import pdf
from extract.document import Document, DocumentState, Page
from extract.pdf import read_pdf
from extract.pool import Limits, Pool
from extract.quality import SCANNED
from extract.reading import READ, document_of, submit_reading
from extract.tables import read_tables
from tests.extract.pdfs import HELVETICA, crafted, encrypted, line, pages, picture_page

STATES = {
    "cmyk-image.pdf": "no_text_layer",
    "encrypted.pdf": "encrypted",
    "form_object_with_image.pdf": "no_text_layer",
    "grayscale-image.pdf": "no_text_layer",
    "imagemagick-ASCII85Decode.pdf": "no_text_layer",
    "imagemagick-CCITTFaxDecode.pdf": "no_text_layer",
    "imagemagick-images.pdf": "no_text_layer",
    "imagemagick-lzw.pdf": "no_text_layer",
    "libreoffice-writer-password.pdf": "encrypted",
}  # all else is read
WORDS = {
    "box_fallback.pdf": ("", 1),
    "habibi.pdf": ("habibi", 1),
    "multicolumn.pdf": ("Two-Column Document", 3),
    "pdflatex-4-pages.pdf": ("", 4),
    "toc_circular.pdf": ("", 2),
    "mistitled_outlines_example.pdf": ("", 4),
}


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2) as made:
        yield made


def test_text_comes_page_by_page_with_labels_and_metadata() -> None:
    content = pages(
        line("First page."),
        line("Second page: the fee was \u20ac20."),
        catalogue=b"/PageLabels<</Nums[0<</S/r>>1<</S/D>>]>>/Lang(en_gb)",
        info=b"/Title(A \\(true\\) report)/Author(Ada Byron; Alan Turing)/CreationDate(D:20190703101112+01'00')"
        b"/ModDate(D:2020)/Producer(Press 1.0)",
    )
    document = read_pdf(content)
    assert (document.state, document.reason, document.page_count) == (DocumentState.READ, "", 2)
    assert [(page.number, page.label, page.text) for page in document.pages] == [
        (1, "i", "First page."),
        (2, "1", "Second page: the fee was \u20ac20."),
    ]
    assert (document.title, document.authors) == ("A (true) report", ("Ada Byron", "Alan Turing"))
    assert (document.created, document.modified) == ("2019-07-03T10:11:12+01:00", "2020")
    assert (document.producer, document.language) == ("Press 1.0", "en-GB")
    assert document.reader.startswith("pypdfium2 ")


def test_two_columns_are_read_one_after_the_other() -> None:
    rows = [
        line(f"word{column}{row:02} in column {column} of the page", x=50 + 260 * column, y=780 - 14 * row, size=9)
        for column in range(2)
        for row in range(40)
    ]
    found = read_pdf(pages(b"".join(rows))).pages[0].text
    places = [found.index(f"word{column}{row:02}") for column in range(2) for row in range(40)]
    assert all(one < other for one, other in pairwise(places))


def test_a_hyphen_at_a_line_end_stays_with_its_line_break() -> None:
    content = pages(line("The recog-", y=700) + line("nition was live.", y=686))
    assert read_pdf(content).pages[0].text == "The recog-\nnition was live."


def test_a_scanned_page_has_no_text_layer_even_with_a_stamp_on_it() -> None:
    for content in (picture_page(), picture_page(line("p. 7"))):
        document = read_pdf(content)
        assert (document.state, document.pages[0].note) == (DocumentState.NO_TEXT_LAYER, SCANNED)
        assert document.reason == "no text layer on page 1"


def test_a_document_with_one_scanned_page_is_read_and_says_so() -> None:
    writer = PdfWriter()
    for part in (pages(line("Words on the first page of this report.")), picture_page()):
        writer.append(PdfReader(io.BytesIO(part)))
    made = io.BytesIO()
    writer.write(made)
    document = read_pdf(made.getvalue())
    assert (document.state, document.reason) == (DocumentState.READ, "no text layer on page 2")


def test_blank_pages_are_read_when_others_find_nothing_either() -> None:
    document = read_pdf(pages(b"", b""))
    assert (document.state, document.reason) == (DocumentState.READ, "every page is blank")


def test_a_file_without_pages_is_never_read() -> None:
    content = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    document = read_pdf(content + b"trailer<</Root 1 0 R>>")
    assert (document.state, document.page_count) == (DocumentState.DAMAGED, 0)
    assert document.reason


def test_only_a_needed_password_makes_a_document_encrypted() -> None:
    content = pages(line("Ordinary words for the owner."))
    closed = read_pdf(encrypted(content, "user", "owner"))
    assert (closed.state, closed.reason) == (DocumentState.ENCRYPTED, "a password is needed to open it")
    for avoid in ((), ("pdfium",), ("pdfium", "pdfplumber")):
        opened = read_pdf(encrypted(content, "", "owner"), avoid=avoid)
        assert (opened.state, opened.pages[0].text) == (DocumentState.READ, "Ordinary words for the owner.")
        assert read_pdf(encrypted(content, "user", "owner"), avoid=avoid).state == DocumentState.ENCRYPTED


def test_page_and_text_caps_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pages(*(line(f"Words of page {number}, many enough.") for number in range(1, 8)))
    monkeypatch.setattr(pdf, "PAGE_CAP", 3)
    document = read_pdf(content)
    assert (len(document.pages), document.page_count) == (3, 7)
    assert document.reason == "pages 1–3 of 7: more than 3 pages"
    monkeypatch.setattr(pdf, "TEXT_CAP", 50)
    document = read_pdf(content)
    assert document.reason == "pages 1–2 of 7: more than 50 characters"
    assert sum(len(page.text) for page in document.pages) == 50


def test_reading_stops_in_time_with_what_it_has() -> None:
    document = read_pdf(pages(*[line("Words of a page, many enough.")] * 9), budget_s=0)
    assert (document.state, document.reason) == (DocumentState.READ, "pages 1–1 of 9: the time was up")


@pytest.mark.parametrize(("page_s", "read"), [(0.0, 10), (0.03, 11), (1.0, 12)])
def test_each_page_gives_time_up_to_a_fifth_of_the_budget(
    page_s: float, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pages(*[line("Words of a page, many enough.")] * 30)
    seconds = map(float, range(100))  # the clock goes on by one with every look
    monkeypatch.setattr(pdf, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    monkeypatch.setattr(pdf, "PAGE_S", page_s)
    assert len(read_pdf(content, budget_s=10).pages) == read


def test_a_page_in_a_font_without_meaning_is_doubted_and_low_in_quality() -> None:
    codes = b"<</Type/Font/Subtype/Type1/BaseFont/Odd/Encoding<</Differences[65/g1/g2/g3/g4]>>>>"
    content = pages(line("ABCD" * 30)).replace(HELVETICA, codes)
    document = read_pdf(content)
    assert document.pages[0].quality <= 1
    assert document.state in (DocumentState.READ, DocumentState.NO_TEXT_LAYER)


def test_metadata_is_clamped_cleaned_and_nonsense_left_out() -> None:
    content = pages(
        line("Words."),
        info=b"/Title<FEFF00410000D8000042>/Author(%s)/CreationDate(D:99991399)/Producer[1 2]" % (b"n" * 100_000),
    )
    document = read_pdf(content)
    assert "\0" not in document.title
    assert not any("\ud800" <= letter <= "\udfff" for letter in document.title)
    assert len(document.authors[0]) <= 200
    assert (document.created, document.producer) == (None, None)


def test_ruled_tables_come_as_rows() -> None:
    grid = b"".join(b"50 %d m 250 %d l S " % (y, y) for y in (600, 620, 640))
    grid += b"".join(b"%d 600 m %d 640 l S " % (x, x) for x in (50, 150, 250))
    cells = [("Date", 55, 625), ("Faces", 155, 625), ("2019-07-03", 55, 605), ("42", 155, 605)]
    content = pages(grid + b"".join(line(text, x, y, 9) for text, x, y in cells))
    tables = read_tables(content)["tables"]
    assert [table["rows"] for table in tables] == [[["Date", "Faces"], ["2019-07-03", "42"]]]
    assert tables[0]["page"] == 1


def test_real_files_end_in_their_states(pool: Pool, real_samples: Path) -> None:
    files = sorted((real_samples / "pdf").glob("*.pdf"))
    futures = {
        path.name: submit_reading(pool, path.read_bytes(), mime="application/pdf", url=path.name) for path in files
    }
    read = {name: future.result(60) for name, future in futures.items()}
    assert {name: document.state.value for name, document in read.items()} == {
        path.name: STATES.get(path.name, "read") for path in files
    }
    for name, document in read.items():
        assert document.type == "pdf"
        assert document.reason or document.state == DocumentState.READ, name
        assert document.page_count > 0 or document.state == DocumentState.ENCRYPTED, name
    for name, (words, count) in WORDS.items():
        assert words in read[name].pages[0].text
        assert read[name].page_count == count


def test_crafted_files_end_in_a_state_within_their_limits(pool: Pool) -> None:
    limits = Limits(cpu_s=2, wall_s=3)
    what = {"mime": "application/pdf", "url": "", "budget_s": 1.0}
    futures = [(name, content, pool.submit(READ, content, limits, **what)) for name, content in crafted()]
    read: dict[str, Document] = {}
    for name, content, future in futures:
        answer = future.result(120)
        read[name] = document_of(answer, content)
        assert answer.seconds < 5, name
        assert read[name].reason or read[name].state == DocumentState.READ, name
    texts = [name for name, document in read.items() if any("words" in page.text for page in document.pages)]
    assert len(read) >= 61
    assert len(texts) >= 47
    assert {read[name].state for name in ("header only", "cut in half", "nul")} == {DocumentState.DAMAGED}


@pytest.mark.parametrize(("count", "seconds"), [(1, 2.5), (4, 4.0), (60, 8.0)])
def test_second_readers_get_time_by_the_pages_they_are_asked_for(
    count: int, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []

    def second(_name: str, _content: bytes, numbers: list[int], until: float) -> list[Page]:
        assert len(numbers) == count
        given.append(until)
        return []

    monkeypatch.setattr(pdf, "_second_reading", second)
    monkeypatch.setattr(pdf, "time", SimpleNamespace(monotonic=lambda: 0.0))
    read_pdf(pages(*[b"0 0 300 300 re f"] * count))
    assert given == [seconds, seconds]


def test_a_pdf_that_kills_the_first_reader_goes_to_the_others(pool: Pool) -> None:
    content = dict(crafted())["labels on themselves"]
    direct = pool.submit(READ, content, mime=None, url="").result(60)
    document = submit_reading(pool, content, mime=None, url="").result(60)
    assert document.state == DocumentState.READ
    coded = submit_reading(pool, gzip.compress(content), mime="application/pdf", url="", content_encoding="gzip")
    assert coded.result(60).state == DocumentState.READ
    assert direct.died == ("pypdf " in document.reader)
