"""How near our text comes to what was written, beside pdftotext and pdfplumber, in layouts that mislead readers."""

import argparse
import io
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pdfplumber
from rapidfuzz.distance import Indel
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.measuring import table
from benchmarks.site import vocabulary
from extract.pdf import read_pdf
from extract.tidy import fold

FONT = "DejaVuSans"
FONT_FILE = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")  # fonts-dejavu-core; has Hebrew and ligatures
HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"
LEFT, RIGHT, TOP, STEP = 50, 315, 780, 13  # points


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page that is being written; a layout draws on it and answers the text in the order in which people read it."""

    canvas: Canvas
    dice: random.Random
    words: list[str]

    def prose(self, count: int) -> str:
        """So many words."""
        return " ".join(self.dice.choices(self.words, k=count))

    def lines(self, text: str, width: float, font: str = "Helvetica", size: float = 10) -> list[str]:
        """The text in lines of at most so many points."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if pdfmetrics.stringWidth(longer, font, size) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def column(self, lines: list[str], x: float = LEFT, y: float = TOP, step: float = STEP) -> None:
        """The lines one below the other, from the top."""
        for at, line in enumerate(lines):
            self.canvas.drawString(x, y - at * step, line)


def one_column(sheet: Sheet) -> str:
    text = sheet.prose(350)
    sheet.column(sheet.lines(text, 470))
    return text


def two_columns(sheet: Sheet) -> str:
    first, second = sheet.prose(170), sheet.prose(170)
    sheet.column(sheet.lines(first, 230))
    sheet.column(sheet.lines(second, 230), RIGHT)
    return f"{first} {second}"


def alternate_columns(sheet: Sheet) -> str:
    """Two columns whose rows are written in turn, as some programs and recognisers of scans do."""
    first, second = sheet.prose(170), sheet.prose(140)
    for at, (one, other) in enumerate(zip_longest(sheet.lines(first, 230), sheet.lines(second, 230), fillvalue="")):
        sheet.column([one], LEFT, TOP - at * STEP)
        sheet.column([other], RIGHT, TOP - at * STEP)
    return f"{first} {second}"


def headed_columns(sheet: Sheet) -> str:
    heading, notice = sheet.prose(14), sheet.prose(14)
    sheet.column([heading], y=TOP + 2 * STEP)
    text = alternate_columns(sheet)
    sheet.column([notice], y=60)
    return f"{heading} {text} {notice}"


def footnotes(sheet: Sheet) -> str:
    text, note = sheet.prose(250), f"1 {sheet.prose(40)}"
    sheet.column(sheet.lines(text, 470))
    sheet.canvas.setFontSize(7)
    sheet.column(sheet.lines(note, 470, size=7), y=90, step=9)
    return f"{text} {note}"


def ruled_table(sheet: Sheet) -> str:
    rows = [[sheet.prose(1) for _ in range(5)] for _ in range(35)]
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.column([cell], LEFT + 100 * place, TOP - 16 * at)
        sheet.canvas.line(LEFT, TOP - 3 - 16 * at, 550, TOP - 3 - 16 * at)
    return " ".join(" ".join(row) for row in rows)


def prose_table(sheet: Sheet) -> str:
    """Two cells of prose a row, which are no columns."""
    y, told = TOP, []
    for _ in range(10):
        first, second = sheet.prose(16), sheet.prose(16)
        cells = list(zip_longest(sheet.lines(first, 230), sheet.lines(second, 230), fillvalue=""))
        for one, other in cells:
            sheet.column([one], LEFT, y)
            sheet.column([other], RIGHT, y)
            y -= STEP
        y -= STEP
        told.append(" ".join(f"{one} {other}" for one, other in cells))
    return " ".join(told)


def turned_text(sheet: Sheet) -> str:
    text = sheet.prose(250)
    sheet.canvas.rotate(90)
    sheet.column(sheet.lines(text, 700), 60, -60)
    return text


def turned_page(sheet: Sheet) -> str:
    """A page to be shown turned by a quarter, its text written accordingly."""
    text = sheet.prose(250)
    sheet.canvas.setPageRotation(90)
    sheet.canvas.translate(A4[1], 0)
    sheet.canvas.rotate(90)
    sheet.column(sheet.lines(text, 480), y=A4[1] - 100)
    return text


def ligatures(sheet: Sheet) -> str:
    """A font with glyphs of their own for ff, fi, fl, ffi and ffl."""
    text = " ".join(sheet.dice.choices(["office", "find", "flow", "efficient", "affix", "reflect", "shuffle"], k=200))
    joined = text
    for letters, glyph in (("ffi", "ﬃ"), ("ffl", "ﬄ"), ("ff", "ﬀ"), ("fi", "ﬁ"), ("fl", "ﬂ")):
        joined = joined.replace(letters, glyph)
    sheet.canvas.setFont(FONT, 10)
    sheet.column(sheet.lines(joined, 470, FONT))
    return text


def broken_words(sheet: Sheet) -> str:
    """Words broken at the ends of lines."""
    text = sheet.prose(250)
    lines = sheet.lines(text, 300)
    for at, following in enumerate(lines[1:]):
        word, _, rest = following.partition(" ")
        if len(word) > 5 and rest:
            lines[at] += f" {word[:4]}-"
            lines[at + 1] = f"{word[4:]} {rest}"
    sheet.column(lines)
    return text


def right_to_left(sheet: Sheet) -> str:
    """Hebrew, its glyphs written from the left as programs do."""
    text = " ".join("".join(sheet.dice.choices(HEBREW, k=sheet.dice.randint(2, 8))) for _ in range(200))
    sheet.canvas.setFont(FONT, 10)
    for at, line in enumerate(sheet.lines(text, 470, FONT)):
        sheet.canvas.drawRightString(545, TOP - at * STEP, line[::-1])
    return text


def three_columns(sheet: Sheet) -> str:
    texts = [sheet.prose(110) for _ in range(3)]
    columns = [sheet.lines(text, 145) for text in texts]
    for at, row in enumerate(zip_longest(*columns, fillvalue="")):
        for place, line in enumerate(row):
            sheet.column([line], LEFT + 170 * place, TOP - at * STEP)
    return " ".join(texts)


def table_by_columns(sheet: Sheet) -> str:
    columns = [[sheet.prose(1) for _ in range(35)] for _ in range(4)]
    for place, cells in enumerate(columns):
        sheet.column(cells, LEFT + 120 * place)
    return " ".join(" ".join(row) for row in zip(*columns, strict=True))


LAYOUTS: dict[str, Callable[[Sheet], str]] = {
    "one column": one_column,
    "two columns": two_columns,
    "two columns, rows written alternately": alternate_columns,
    "the same under a heading": headed_columns,
    "footnotes": footnotes,
    "ruled table": ruled_table,
    "table of prose": prose_table,
    "turned text": turned_text,
    "turned page": turned_page,
    "ligatures": ligatures,
    "words broken at line ends": broken_words,
    "right to left": right_to_left,
    "three columns, rows written alternately": three_columns,
    "table written column by column": table_by_columns,
}
UNSOLVED = ("three columns, rows written alternately", "table written column by column")  # not in the mean
NEED_FONT = ("ligatures", "right to left")


def page(layout: str, seed: int) -> tuple[bytes, str]:
    """A PDF of one page in that layout, and the text on it."""
    dice = random.Random(f"{layout} {seed}")
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica", 10)
    gold = LAYOUTS[layout](Sheet(canvas, dice, vocabulary(dice)))
    canvas.showPage()
    canvas.save()
    return made.getvalue(), gold


def ours(content: bytes) -> str:
    return read_pdf(content).pages[0].text


def pdftotext(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def plumber(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as document:
        return str(document.pages[0].extract_text())


READERS: dict[str, Callable[[bytes], str]] = {"ours": ours, "pdftotext": pdftotext, "pdfplumber": plumber}


def likeness(gold: str, found: str) -> float:
    """0…1 by insertions and deletions, for the folded texts: words broken at line ends are joined for every reader."""
    return float(Indel.normalized_similarity(fold(gold).text, fold(found).text))


def measure(readers: list[str], count: int) -> dict[str, dict[str, float]]:
    """By layout and reader, the mean likeness of `count` pages; layouts whose font is not there are left out."""
    layouts = [layout for layout in LAYOUTS if FONT_FILE.exists() or layout not in NEED_FONT]
    if FONT_FILE.exists():
        pdfmetrics.registerFont(TTFont(FONT, FONT_FILE))
    found: dict[str, dict[str, float]] = {}
    for layout in layouts:
        pages = [page(layout, seed) for seed in range(count)]
        found[layout] = {
            name: sum(likeness(gold, READERS[name](content)) for content, gold in pages) / count for name in readers
        }
    return found


def report(found: dict[str, dict[str, float]]) -> str:
    """The table: a row a layout, their mean, and what we know no answer to."""
    names = list(next(iter(found.values())))
    solved = {layout: one for layout, one in found.items() if layout not in UNSOLVED}
    means = {name: sum(one[name] for one in solved.values()) / len(solved) for name in names}
    rows = {**solved, "mean": means, **{layout: found[layout] for layout in UNSOLVED}}
    return table(["layout", *names], [[told, *(f"{one[name]:.3f}" for name in names)] for told, one in rows.items()])


def main() -> None:
    """Measures, prints the table, and with --json writes the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20, help="of each layout")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    given = parser.parse_args()
    readers = list(READERS)
    if shutil.which("pdftotext") is None:
        readers.remove("pdftotext")
        print("pdftotext is not installed (apt-get install poppler-utils): it is left out", file=sys.stderr)
    found = measure(readers, given.pages)
    print(report(found))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
