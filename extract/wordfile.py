"""The text of a word processor's file in blocks: DOCX (ECMA-376-1 §17) and ODT (OpenDocument 1.3 part 3)."""

from collections.abc import Iterator

from lxml.etree import _Element

from extract.package import Package, attribute, bare, forget, whole_number
from extract.sections import Block

_DOCX_UNSEEN = frozenset(("Fallback", "instrText", "delText", "pPr", "tblPr", "sectPr"))  # a text box has both
_ODT_UNSEEN = frozenset(("tracked-changes", "annotation", "automatic-styles", "font-face-decls", "scripts"))
_MARKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "line-break": "\n", "s": " "}
_HEADINGS = ("heading", "title", "berschrift", "titre", "titolo", "rubrik", "kop")  # style names begin or go on so
_BLANKS_CAP = 100
_ROW, _CELL = ("tr", "table-row"), ("tc", "table-cell")


def docx_blocks(package: Package) -> Iterator[Block]:
    """Paragraphs and table rows of the document, then its foot- and endnotes; deleted text is left out."""
    main = next((target for kind, target in relations(package, "") if kind == "officeDocument"), "word/document.xml")
    folder = main.rpartition("/")[0]
    for name in (main, f"{folder}/footnotes.xml", f"{folder}/endnotes.xml"):
        yield from _blocks(package, name, _DOCX_UNSEEN)


def odt_blocks(package: Package) -> Iterator[Block]:
    """Paragraphs, headings and table rows in file order, a note before the paragraph that it belongs to."""
    yield from _blocks(package, "content.xml", _ODT_UNSEEN)


def relations(package: Package, part: str) -> Iterator[tuple[str, str]]:
    """(last word of the type, name of the part, or its id) of what a part refers to (ECMA-376-2 §9.3)."""
    folder, _, name = part.rpartition("/")
    for _, element in package.elements(f"{folder}/_rels/{name}.rels".lstrip("/")):
        target = element.get("Target", "")
        target = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
        for key in (element.get("Type", "").rpartition("/")[2], element.get("Id", "")):
            yield key, target


def _blocks(package: Package, name: str, unseen: frozenset[str]) -> Iterator[Block]:
    cells = hidden = 0
    for event, element in package.elements(name, events=("start", "end")):
        tag = bare(element)
        step = 1 if event == "start" else -1
        cells += step if tag in _CELL else 0
        hidden += step if tag in unseen else 0
        if event == "start" or hidden:
            continue
        if tag in unseen:
            _hide(element)
        elif tag in _MARKS:
            element.text = _MARKS[tag] * (
                min(whole_number(attribute(element, "c"), 1), _BLANKS_CAP) if tag == "s" else 1
            )
        elif tag in ("p", "h"):
            block = Block(_text(element), tag == "h" or element.find("./*[@heading]") is not None)
            yield from _settled(element, block, cells, "\n")
        elif tag in _CELL:
            yield from _settled(element, Block(" ".join(_text(element).split("\n"))), 1, "")
        elif tag in _ROW:
            row = " | ".join(filter(None, map(_text, element)))
            yield from _settled(element, Block(row), cells, "\n")


def _settled(element: _Element, block: Block, cells: int, end: str) -> Iterator[Block]:
    """The block, if it has words; within a cell they stay in the element's place instead, for the row to take up."""
    if cells:
        element.clear(keep_tail=True)
        element.text = block.text + end
        return
    forget(element)
    if block.text:
        yield block


def _hide(element: _Element) -> None:
    """Take out what is not seen; of a paragraph's properties it stays known whether they make it a heading."""
    is_heading = bare(element) == "pPr" and _is_heading(element)
    element.clear(keep_tail=True)
    if is_heading:
        element.set("heading", "yes")


def _text(element: _Element) -> str:
    lines = "".join(element.itertext()).split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _is_heading(properties: _Element) -> bool:
    for one in properties:
        if bare(one) == "outlineLvl" and attribute(one, "val") < "9":
            return True
        if bare(one) == "pStyle" and any(word in attribute(one, "val").lower() for word in _HEADINGS):
            return True
    return False
