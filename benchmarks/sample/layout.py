"""A sample text laid out as a PDF with reportlab, the same bytes each time."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reportlab.lib import colors, pagesizes
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from benchmarks.sample.markup import Part, SampleText

FOOTER = "Sample text made for sourcekeep's demo"
MARGIN, FOOT, GUTTER, COVER = 18 * mm, 10 * mm, 9 * mm, 84 * mm
Painter = Callable[[Any, BaseDocTemplate], None]
FRONT = ("cover", "title", "author", "note")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper: upright with one column, or across with two; measures are in points."""

    width: float
    height: float
    columns: int

    @property
    def column(self) -> float:
        """Width of a column."""
        return (self.width - 2 * MARGIN - (self.columns - 1) * GUTTER) / self.columns

    def lefts(self) -> list[float]:
        """Where each column begins."""
        return [MARGIN + number * (self.column + GUTTER) for number in range(self.columns)]


_SHORT, _LONG = pagesizes.A5
UPRIGHT = Sheet(_SHORT, _LONG, columns=1)
ACROSS = Sheet(_LONG, _SHORT, columns=2)


def typeset(sample: SampleText) -> bytes:
    """The PDF of `sample`: one page per page of the text; ValueError when a page of it does not fit."""
    out = io.BytesIO()
    colour = colors.HexColor("#" + sample.fields["colour"])
    sheet = ACROSS if sample.fields["layout"] == "columns" else UPRIGHT
    document = _document(out, sample, sheet)
    document.build(list(_story(sample, _styles(colour, sheet), sheet)))
    if document.page != len(sample.pages):
        raise ValueError(f"{sample.file}: {document.page} pages came of {len(sample.pages)}")
    return out.getvalue()


def _document(out: io.BytesIO, sample: SampleText, sheet: Sheet) -> BaseDocTemplate:
    fields = sample.fields
    document = BaseDocTemplate(
        out,
        pagesize=(sheet.width, sheet.height),
        invariant=1,
        title=fields["title"],
        author=fields["author"],
        subject=FOOTER,
        creator=fields["publisher"],
        producer="sourcekeep sample",
    )
    paint = _painter(sample, sheet)
    later = _frames(sheet, sheet.height - 2 * MARGIN)
    first = later
    if sheet.columns == 1:
        # The cover takes the upper part of the first page; in two columns it takes the left one.
        cover = _frame(MARGIN, sheet.height - MARGIN - COVER, sheet.column, COVER)
        first = [cover, *_frames(sheet, sheet.height - 2 * MARGIN - COVER)]
    document.addPageTemplates(
        [PageTemplate("first", first, onPage=paint), PageTemplate("later", later, onPage=paint)],
    )
    return document


def _frames(sheet: Sheet, height: float) -> list[Frame]:
    return [_frame(left, MARGIN, sheet.column, height) for left in sheet.lefts()]


def _frame(left: float, bottom: float, width: float, height: float) -> Frame:
    return Frame(left, bottom, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def _painter(sample: SampleText, sheet: Sheet) -> Painter:
    colour = colors.HexColor("#" + sample.fields["colour"])
    day = sample.fields["date"].replace("-", "")
    right = sheet.width - MARGIN

    def paint(canvas: Any, document: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFillColor(colour)
        if document.page == 1:
            canvas.setDateFormatter(lambda *_: f"D:{day}090000Z")
            _label(canvas, sample)
            canvas.rect(0, sheet.height - 9 * mm, sheet.width, 9 * mm, stroke=0, fill=1)
        canvas.rect(MARGIN, FOOT + 4 * mm, right - MARGIN, 0.4, stroke=0, fill=1)
        canvas.setFillColor(colors.HexColor("#444444"))
        canvas.setFont("Helvetica", 8)
        canvas.drawString(MARGIN, FOOT, FOOTER)
        canvas.drawRightString(right, FOOT, f"Page {document.page} of {len(sample.pages)}")
        canvas.restoreState()

    return paint


def _label(canvas: Any, sample: SampleText) -> None:
    # Front matter in Roman numerals and the text from 1 on, as some reports have it.
    if "front" in sample.fields:
        canvas.addPageLabel(0, style="ROMAN_LOWER", start=1)
        canvas.addPageLabel(int(sample.fields["front"]), style="ARABIC", start=1)


def _styles(colour: Any, sheet: Sheet) -> dict[str, ParagraphStyle]:
    family, bold = ("Helvetica", "Helvetica-Bold") if sheet.columns == 1 else ("Times-Roman", "Times-Bold")
    size = 10
    body = ParagraphStyle("paragraph", fontName=family, fontSize=size, leading=size * 1.4, spaceAfter=size * 0.65)

    def style(name: str, scale: float, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(name, parent=body, fontSize=size * scale, leading=size * scale * 1.3, **more)

    return {
        "paragraph": body,
        "cover": style("cover", 1.1, fontName=bold, textColor=colour, spaceAfter=24),
        "title": style("title", 1.8, fontName=bold, spaceAfter=14),
        "author": style("author", 1.1, spaceAfter=3),
        "note": style("note", 0.9, textColor=colors.HexColor("#444444"), spaceBefore=14, borderPadding=0),
        "heading": style("heading", 1.45, keepWithNext=1, fontName=bold, textColor=colour, spaceBefore=6, spaceAfter=8),
        "subheading": style("subheading", 1.1, keepWithNext=1, fontName=bold, spaceBefore=6, spaceAfter=5),
        "caption": style("caption", 0.9, keepWithNext=1, fontName=bold, spaceBefore=4, spaceAfter=4),
        "point": ParagraphStyle("point", parent=body, leftIndent=12, bulletIndent=1, spaceAfter=size * 0.35),
        "quote": ParagraphStyle("quote", parent=body, leftIndent=18, rightIndent=18, textColor=colour),
        "cell": ParagraphStyle("cell", parent=body, fontSize=size * 0.82, leading=size, spaceAfter=0),
    }


def _story(sample: SampleText, styles: dict[str, ParagraphStyle], sheet: Sheet) -> Iterator[Flowable]:
    yield NextPageTemplate("later")
    for number, page in enumerate(sample.pages):
        if number:
            yield PageBreak()
        front = [part for part in page if part.kind in FRONT]
        for part in front:
            yield _paragraph(part, styles)
        if front and sheet.columns == 1:
            yield FrameBreak()
        rest = page[len(front) :]
        for kind, parts in groupby(rest, key=lambda part: part.kind):
            yield from _run(kind, list(parts), styles, sheet)


def _run(kind: str, parts: list[Part], styles: dict[str, ParagraphStyle], sheet: Sheet) -> Iterator[Flowable]:
    if kind == "column":
        yield FrameBreak()
    elif kind in ("row", "entry"):
        yield _table(
            [part.text.split(" | ") for part in parts], styles["cell"], lined=kind == "row", width=sheet.column
        )
        yield Spacer(1, 10)
    else:
        yield from (_paragraph(part, styles) for part in parts)


def _paragraph(part: Part, styles: dict[str, ParagraphStyle]) -> Paragraph:
    return Paragraph(_typographic(part.text), styles[part.kind], bulletText="•" if part.kind == "point" else None)


def _typographic(text: str) -> str:
    """Curly apostrophes and quotation marks, as word processors set them."""
    curly = re.sub(r"(?<=\w)'", "’", text)
    return re.sub(r'"([^"]*)"', r"“\1”", curly).replace("&", "&amp;")


def _table(rows: list[list[str]], style: ParagraphStyle, *, lined: bool, width: float) -> Table:
    # Only the first column may break its lines: a number that is cut in two is no number any more.
    cells = [[Paragraph(_typographic(first), style), *others] for first, *others in rows]
    others = len(rows[0]) - 1
    first = width * {1: 0.85, 2: 0.5}.get(others, 0.31)
    rules = [
        ("FONT", (1, 0), (-1, -1), style.fontName, style.fontSize, style.leading),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("LEFTPADDING", (0, 0), (0, -1), 4 if lined else 0),
    ]
    if lined:
        rules += [
            ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#888888")),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e9ecef")),
        ]
    return Table(cells, colWidths=[first, *[(width - first) / others] * others], style=rules, hAlign="LEFT")
