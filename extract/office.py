"""Office and data files become Documents: DOCX, ODT and RTF in sections, XLSX and ODS by sheet, CSV and TSV in rows."""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from extract.charset import decode_html
from extract.document import Document, DocumentState
from extract.metadata import language_of, moment_of, names_of
from extract.package import DAMAGE, Locked, Package, bare
from extract.richtext import rich_text
from extract.sections import Block, as_pages, cut_into_sections, pieces
from extract.sheets import Row, delimited_rows, ods_rows, xlsx_rows
from extract.sniffing import Kind
from extract.tidy import clean_line, clean_text
from extract.wordfile import docx_blocks, odt_blocks

READERS = {
    Kind.DOCX: "word file", Kind.ODT: "word file", Kind.RTF: "rich text", Kind.XLSX: "sheets", Kind.ODS: "sheets",
    Kind.CSV: "rows",
}  # fmt: skip
TEXT_CAP = 20 << 20  # characters
FILE_CAP = 64 << 20  # bytes of a file that is text itself
PAGE_CAP = 5000
BUDGET_S = 15.0
_BLOCKS: dict[Kind, Callable[[Package], Iterator[Block]]] = {Kind.DOCX: docx_blocks, Kind.ODT: odt_blocks}
_ROWS: dict[Kind, Callable[[Package], Iterator[Row]]] = {Kind.XLSX: xlsx_rows, Kind.ODS: ods_rows}
_FACTS = ("docProps/core.xml", "docProps/app.xml", "meta.xml")


class _Text:
    """What was read so far, and why not all of it: what breaks off keeps what came before."""

    def __init__(self, budget_s: float) -> None:
        self.reason = ""
        self.state = DocumentState.READ
        self._left = TEXT_CAP
        self._budget_s, self._until = budget_s, time.monotonic() + budget_s

    def until_damage(self, found: Iterable[tuple[str, str | bool]]) -> Iterator[tuple[str, str | bool]]:
        """Passes (text, anything) on until the end, a bound or the first damage, which `reason` then tells."""
        try:
            for text, what in found:
                self._left -= len(text)
                if self._left < 0:
                    self.reason = f"the first {TEXT_CAP >> 20} million characters"
                    return
                if time.monotonic() > self._until:
                    self.state, self.reason = DocumentState.TIME_LIMIT, f"what was read in {self._budget_s:g} s"
                    return
                yield text, what
        except Locked as error:
            self.state, self.reason = DocumentState.ENCRYPTED, str(error)
        except DAMAGE as error:
            self.state = DocumentState.DAMAGED
            self.reason = f"damaged: {clean_line(str(error) or type(error).__name__, 200)}"


def read_office(content: bytes, kind: Kind, *, charset: str | None = None, budget_s: float = BUDGET_S) -> Document:
    """The Document in an office or data file of the kind; `charset` is what Content-Type says of a CSV.

    After `budget_s` seconds it is told as far as it was read.

    A file that is damaged somewhere is read as far as it goes, with the reason; one that gives nothing is `damaged`,
    one with a password `encrypted`.
    """
    text = _Text(budget_s)
    if kind in (Kind.RTF, Kind.CSV) and len(content) > FILE_CAP:
        text.reason = f"the first {FILE_CAP >> 20} MiB of {len(content):,} bytes"
    facts: dict[str, Any] = {}
    parts = list(_parts(content, kind, charset, text, facts))
    reader = READERS[kind]
    pages = as_pages(parts[:PAGE_CAP], reader)
    if len(parts) > PAGE_CAP:
        text.reason = "; ".join(filter(None, (text.reason, f"pages 1–{PAGE_CAP} of {len(parts):,}")))
    if not pages:
        state = text.state if text.reason else DocumentState.NOT_A_DOCUMENT
        return Document(kind.value, state, text.reason or "no text in it", reader, **facts)
    state = DocumentState.READ
    return Document(kind.value, state, text.reason, reader, page_count=len(parts), pages=pages, **facts)


def _parts(
    content: bytes, kind: Kind, charset: str | None, text: _Text, facts: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """(heading or name of the sheet, text) of each page; `facts` is filled on the way."""
    if kind == Kind.RTF:
        words, stated = rich_text(content[:FILE_CAP])
        facts.update(title=clean_line(stated["title"]), authors=names_of(clean_text(stated["author"])))
        lines = text.until_damage((line.strip().removesuffix("|").rstrip(), False) for line in words.split("\n"))
        yield from cut_into_sections(Block(clean_text(line)) for line, _ in lines if line)
        return
    if kind == Kind.CSV:
        rows = delimited_rows(clean_text(decode_html(content[:FILE_CAP], charset)))
        yield from _sheets(text.until_damage((row, name) for name, row in rows))
        return

    def opened() -> Iterator[tuple[str, str | bool]]:
        package = Package(content)
        if any(bare(element) == "encryption-data" for _, element in package.elements("META-INF/manifest.xml")):
            raise Locked("opens with a password")
        facts.update(_stated(package))
        if kind in _BLOCKS:
            yield from ((block.text, block.is_heading) for block in _BLOCKS[kind](package))
        else:
            yield from ((row, name) for name, row in _ROWS[kind](package))

    found = text.until_damage(opened())
    if kind in _BLOCKS:
        yield from cut_into_sections(Block(clean_text(words), bool(is_heading)) for words, is_heading in found)
    else:
        yield from _sheets(found)


def _sheets(rows: Iterable[tuple[str, str | bool]]) -> Iterator[tuple[str, str]]:
    for name, of_sheet in groupby(rows, key=lambda row: row[1]):
        text = clean_text("\n".join(row for row, _ in of_sheet if row))
        yield from ((clean_line(str(name), 200), piece) for piece in pieces(text))


def _stated(package: Package) -> dict[str, Any]:
    """What the package states of itself (Dublin Core in both families, the program's name)."""
    said: dict[str, list[str]] = {}
    for name in _FACTS:
        for _, element in package.elements(name):
            if element.text and element.text.strip():
                said.setdefault(bare(element), []).append(clean_line(element.text))

    def first(*names: str) -> str:
        return next((said[name][0] for name in names if name in said), "")

    return {
        "title": first("title"),
        "authors": names_of(first("initial-creator", "creator")),
        "created": moment_of(first("created", "creation-date")),
        "modified": moment_of(first("modified", "date")),
        "producer": first("Application", "generator") or None,
        "language": language_of(first("language")),
    }
