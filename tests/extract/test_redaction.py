"""Text under black boxes: kept, but told from what can be seen on the page."""

import pytest

from extract.document import Document, Page
from extract.pdf import read_pdf
from extract.quality import COVERED
from tests.extract.pdfs import A4, HELVETICA, line, pages, pdf, stream
from tests.extract.test_columns import LEFT, RIGHT

WORDS = line("The officer was John Hidden of Camden")
BOX = b"0 g 137 697 66 14 re f\n"  # over the name
SQUARE = b"/Annots[<</Type/Annot/Subtype/Square/Rect[137 697 203 711]/IC[0 0 0]>>]"


def hidden(page: Page) -> list[str]:
    return [page.text[start:end] for start, end in page.hidden]


def read(content: bytes, more: bytes = b"") -> Page:
    return read_pdf(pages(content, box=A4 + more)).pages[0]


COVERS = {
    "a rectangle": (BOX, b""),
    "dark grey": (b".2 .2 .25 rg 137 697 66 14 re f", b""),
    "filled and stroked": (b"0 g 137 697 66 14 re B", b""),
    "scaled": (b"q 2 0 0 2 0 0 cm 0 g 68.5 348.5 33 7 re f Q", b""),
    "drawn line by line": (b"0 g 137 697 m 203 697 l 203 711 l 137 711 l h f", b""),
    "two in one path": (b"0 g 137 697 26 14 re 163.5 697 39.5 14 re f", b""),
    "one that is turned over": (b"0 g 203 711 -66 -14 re f", b""),
    "a square as annotation": (b"", SQUARE),
    "a mark for redaction": (b"", SQUARE.replace(b"Square", b"Redact").replace(b"/IC[0 0 0]", b"")),
    "a black highlight": (b"", SQUARE.replace(b"Square", b"Highlight").replace(b"/IC", b"/C")),
}


@pytest.mark.parametrize("cover", COVERS)
def test_text_under_something_dark_is_hidden_and_kept(cover: str) -> None:
    drawn, more = COVERS[cover]
    page = read(WORDS + drawn, more)
    assert (page.text, hidden(page)) == ("The officer was John Hidden of Camden", ["John Hidden"])
    assert (page.visible, page.note) == ("The officer was ███████████ of Camden", COVERED)


SEEN = {
    "light text on a dark ground": b"q 0 g 137 697 66 14 re f Q 1 g " + WORDS,
    "a frame": WORDS + b"0 g 130 690 90 28 re S",
    "a frame of two rectangles": WORDS + b"0 g 130 690 90 28 re 132 692 86 24 re f*",
    "a marker pen": WORDS + b"1 1 0 rg 137 697 66 14 re f",
    "an underline": WORDS + b"0 g 137 697 72 1 re f",
    "a stroke through it": WORDS + b"0 g 137 703 72 2 re f",
    "a box beside it": WORDS + b"0 g 300 697 72 14 re f",
    "a shape that is no rectangle": WORDS + b"0 g 137 697 m 209 697 l 173 720 l f",
    "a box for clipping": WORDS + b"137 697 66 14 re W n",
}


@pytest.mark.parametrize("kind", SEEN)
def test_what_can_be_seen_is_not_hidden(kind: str) -> None:
    page = read(SEEN[kind])
    assert (page.hidden, page.note, page.visible) == ((), "", page.text)


def test_a_light_square_hides_nothing() -> None:
    assert read(WORDS, SQUARE.replace(b"[0 0 0]", b"[1 1 0]")).hidden == ()


@pytest.mark.parametrize("state", [b"/BM/Multiply", b"/ca .5"])
def test_what_lets_the_text_through_hides_nothing(state: bytes) -> None:
    body = pages(WORDS + b"/G gs " + BOX, more=b"").replace(b"/Font<<", b"/ExtGState<</G<<%s>>>>/Font<<" % state)
    page = read_pdf(body).pages[0]
    assert (page.text, page.hidden) == ("The officer was John Hidden of Camden", ())


def form(content: bytes) -> bytes:
    """A PDF whose text is in a form, painted before `content`."""
    resources = b"/Resources<</Font<</F 5 0 R>>>>"
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 6 0 R>>>>>>",
        stream(b"/X Do " + content), HELVETICA,
        stream(WORDS, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]" + resources),
    ])  # fmt: skip


def test_text_in_a_form_is_hidden_by_what_is_painted_after_it() -> None:
    assert hidden(read_pdf(form(BOX)).pages[0]) == ["John Hidden"]
    assert read_pdf(form(b"")).pages[0].hidden == ()


def test_ranges_keep_their_places_in_text_that_was_tidied_and_rearranged() -> None:
    rows = b"".join(
        line(one, 50, 800 - 14 * at, 9) + line(other, 310, 800 - 14 * at, 9)
        for at, (one, other) in enumerate(zip([*LEFT[:8], "a word in two recog-", *LEFT[9:]], RIGHT, strict=True))
    )
    page = read(rows + b"0 g 45 670 190 26 re f 300 795 280 14 re f")
    assert hidden(page) == ["a word in two recog-", LEFT[9], RIGHT[0]]
    assert page.text.split("\n")[7:10] == [LEFT[7], "a word in two recog-", LEFT[9]]


def test_a_document_says_on_which_pages_text_is_hidden() -> None:
    document = read_pdf(pages(WORDS, WORDS + BOX))
    assert document.reason == f"{COVERED} on page 2"
    assert Document.from_plain(document.as_plain()) == document


def test_thousands_of_boxes_before_it_do_not_keep_one_from_hiding() -> None:
    boxes = b"0 g " + b"".join(b"%d %d 9 9 re f " % (at % 50 * 10, at // 50 * 9) for at in range(3500))
    assert hidden(read(boxes + b"1 g " + WORDS + BOX)) == ["John Hidden"]
    assert hidden(read(WORDS + b"0 g " + b"300 500 9 9 re f " * 6000 + BOX)) == ["John Hidden"]
