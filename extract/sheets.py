"""The rows of spreadsheets and delimited files: XLSX (ECMA-376-1 §18), ODS (OpenDocument 1.3 part 3), CSV and TSV."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from lxml.etree import _Element

from extract.package import Package, attribute, bare, forget, whole_number
from extract.wordfile import relations

Row = tuple[str, str]  # name of the sheet, cells parted by bars
REPEATED_CAP = 100  # times that a cell of ODS is believed to be repeated
_DATES = frozenset((*range(14, 23), *range(45, 48)))  # built-in number formats (ECMA-376-1 §18.8.30)
_DATE_CODE = re.compile(r"[ymd]|h+:", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 20  # lines by which the delimiter is told


def joined(cells: list[str]) -> str:
    """A row as text: cells parted by bars, blanks tidied, the empty ones behind the last left out; "" when all are."""
    return " | ".join(" ".join(cell.split()) for cell in cells).rstrip(" |")


def xlsx_rows(package: Package) -> Iterator[Row]:
    """The rows of every sheet in the order of the workbook, dates in ISO form, other numbers as they are kept."""
    book = next((target for kind, target in relations(package, "") if kind == "officeDocument"), "xl/workbook.xml")
    targets = dict(relations(package, book))
    folder = book.rpartition("/")[0]
    shared = list(_shared(package, targets.get("sharedStrings", f"{folder}/sharedStrings.xml")))
    dates = _date_styles(package, targets.get("styles", f"{folder}/styles.xml"))
    since_1904, sheets = False, []
    for _, element in package.elements(book):
        if bare(element) == "workbookPr":
            since_1904 = element.get("date1904") in ("1", "true")
        elif bare(element) == "sheet":
            sheets.append((element.get("name", ""), targets.get(attribute(element, "id"), "")))
    epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # a sheet knows no zone
    for name, part in sheets:
        for _, row in package.elements(part, "row"):
            cells = [_value(cell, shared, dates, epoch) for cell in row]
            forget(row)
            yield name, joined(cells)


def _shared(package: Package, part: str) -> Iterator[str]:
    for _, string in package.elements(part, "si"):
        yield _words(string)
        forget(string)


def _words(element: _Element) -> str:
    """The text of a string, without the readings that East Asian ones carry (rPh)."""
    return "".join(
        text.text or ""
        for text in element.iter("{*}t")
        if (parent := text.getparent()) is not None and bare(parent) != "rPh"
    )


def _date_styles(package: Package, part: str) -> frozenset[int]:
    """The numbers of the cell styles that show a number as a date."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    for _, element in package.elements(part, "numFmt", "cellXfs"):
        if bare(element) == "numFmt":
            codes[whole_number(element.get("numFmtId"))] = _QUOTED.sub("", element.get("formatCode", ""))
        else:
            styles = [whole_number(style.get("numFmtId")) for style in element]
    return frozenset(at for at, code in enumerate(styles) if code in _DATES or _DATE_CODE.search(codes.get(code, "")))


def _value(cell: _Element, shared: list[str], dates: frozenset[int], epoch: datetime) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _words(cell)
    value = cell.findtext("{*}v") or ""
    if kind == "s":
        at = whole_number(value)
        return shared[at] if 0 <= at < len(shared) else ""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    if kind == "n" and whole_number(cell.get("s"), 0) in dates:
        return _date(value, epoch)
    return value


def _date(value: str, epoch: datetime) -> str:
    try:
        moment = epoch + timedelta(days=float(value))
    except (ValueError, OverflowError):
        return value
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return moment.isoformat(" ") if moment.time() != datetime.min.time() else moment.date().isoformat()


def ods_rows(package: Package) -> Iterator[Row]:
    """The rows of every table in file order, as they are shown."""
    name = ""
    for event, element in package.elements("content.xml", "table", "table-row", events=("start", "end")):
        tag = bare(element)
        if event == "start" and tag == "table":
            name = attribute(element, "name")
        elif event == "end" and tag == "table-row":
            cells = []
            for cell in element:
                text = " ".join("".join(line.itertext()) for line in cell.iterchildren("{*}p"))
                cells += [text] * min(max(whole_number(attribute(cell, "number-columns-repeated"), 1), 1), REPEATED_CAP)
            forget(element)
            yield name, joined(cells)


def delimited_rows(text: str) -> Iterator[Row]:
    """The rows of a delimited text (RFC 4180), parted by what parts its first lines most evenly.

    A quotation mark that is never closed swallows rows without end: then the lines are given as they are.
    """
    lines = text.splitlines(keepends=True)
    rows = csv.reader(lines, delimiter=_delimiter(lines[:_SAMPLE]))
    done = 0
    try:
        for cells in rows:
            done = rows.line_num
            yield "", joined(cells)
    except csv.Error:
        yield from (("", " ".join(line.split())) for line in lines[done:])


def _delimiter(lines: list[str]) -> str:
    def evenness(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines if line.strip()]
        common = max(set(counts), key=counts.count, default=0)
        return (counts.count(common) if common else 0, common)

    return max(_DELIMITERS, key=evenness)
