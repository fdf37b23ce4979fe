"""Text that cannot be seen because something dark was laid over it: badly redacted names are still in the file."""

import ctypes
from collections import defaultdict
from collections.abc import Iterator
from itertools import permutations, starmap
from typing import Any

import pypdfium2.raw as raw

from extract.columns import Box, Span
from extract.textpage import TextPage

DARK = 96  # of 255: black, or what a marker pen leaves
OPAQUE = 250  # of 255
LEAST_HEIGHT, LEAST_WIDTH = 5.0, 5.0  # points; a thinner one is a rule, an underline or a stroke through a word
OBJECTS_LOOKED_AT = 5000  # the last ones: what covers comes after what it covers
COVERS_CAP, NOTES_CAP, LETTERS_CAP, SEGMENTS_CAP = 200, 500, 100_000, 500
FORMS_DEEP = 3  # as far as text is looked for in forms
UNKNOWN = OBJECTS_LOOKED_AT  # in the order of painting: not before any object…
ON_TOP = UNKNOWN + 1  # …but before the annotations
_NOTES = (raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_REDACT)


def hidden_text(page: Any, text_page: TextPage) -> list[Span]:
    """The ranges of `text_page.text` that lie under dark rectangles painted after them, or dark annotations.

    Light text on a dark ground is painted after it, and stays. Pictures hide nothing: a scan lies over the text that
    was recognised in it.
    """
    if not text_page.is_even or not text_page.text:
        return []
    objects = _last_objects(page)
    kind, path = raw.FPDFPageObj_GetType, raw.FPDF_PAGEOBJ_PATH
    paths = [(at, found) for at, found in enumerate(objects) if kind(found) == path]
    covers = [(at, box) for at, found in paths for box in _dark_boxes(found)]
    covers += [(ON_TOP, box) for box in _dark_notes(page)]
    covers = [(at, box) for at, box in covers[-COVERS_CAP:] if text_page.holds_text(box)]
    if not covers:
        return []
    others = -1 if len(objects) == OBJECTS_LOOKED_AT else UNKNOWN  # what was not looked at was painted before
    painted: dict[int, int] = defaultdict(lambda: others)
    painted |= {_address(inner): at for at, found in enumerate(objects) for inner in _written(found)}
    hidden = [at for at in range(min(len(text_page.text), LETTERS_CAP)) if _is_under(at, covers, painted, text_page)]
    return _joined(text_page.text, hidden)


def _last_objects(page: Any) -> list[Any]:
    count, one = raw.FPDFPage_CountObjects(page), raw.FPDFPage_GetObject
    return [one(page, at) for at in range(max(0, count - OBJECTS_LOOKED_AT), count)]


def _dark_boxes(found: Any) -> list[Box]:
    """The boxes of an object that is made of dark rectangles through which nothing is seen; none for all else."""
    if raw.FPDFPageObj_GetType(found) != raw.FPDF_PAGEOBJ_PATH or not _is_dark(found):
        return []
    corners = _corners(found)
    boxes = [_box(points) for points in corners]
    return boxes if all(map(_is_rectangle, corners, boxes)) and not any(starmap(_is_in, permutations(boxes, 2))) else []


def _is_in(inner: Box, outer: Box) -> bool:
    """True for a box within another one: the hole in a frame."""
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _is_dark(path: Any) -> bool:
    """True for a path that is filled with a dark colour, not let through and not blended with what is under it."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    colour = [ctypes.c_uint() for _ in range(4)]
    return bool(
        raw.FPDFPath_GetDrawMode(path, fill, stroke)
        and fill.value != raw.FPDF_FILLMODE_NONE
        and raw.FPDFPageObj_GetFillColor(path, *colour)
        and _is_black(colour)
        and not raw.FPDFPageObj_HasTransparency(path)
    )


def _is_black(colour: list[ctypes.c_uint]) -> bool:
    *light, alpha = (part.value for part in colour)
    return max(light) <= DARK and alpha >= OPAQUE


def _corners(path: Any) -> list[list[tuple[float, float]]]:
    """The points of each part of a path, on the page."""
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(path, matrix)
    parts: list[list[tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for at in range(min(raw.FPDFPath_CountSegments(path), SEGMENTS_CAP)):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        if not parts or raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            parts.append([])
        across = matrix.a * x.value + matrix.c * y.value + matrix.e
        parts[-1].append((across, matrix.b * x.value + matrix.d * y.value + matrix.f))
    return [part for part in parts if len(part) > 1]


def _box(points: list[tuple[float, float]]) -> Box:
    across, up = zip(*points, strict=True)
    return min(across), min(up), max(across), max(up)


def _is_rectangle(points: list[tuple[float, float]], box: Box) -> bool:
    """True when every point is at a corner of the box, and the box is large enough to hide a word."""
    left, bottom, right, top = box
    cornered = (min(x - left, right - x) < 0.5 and min(y - bottom, top - y) < 0.5 for x, y in points)
    return right - left >= LEAST_WIDTH and top - bottom >= LEAST_HEIGHT and all(cornered)


def _dark_notes(page: Any) -> Iterator[Box]:
    """The boxes of annotations that hide what is under them: dark squares and highlights, marks for redaction."""
    for at in range(min(raw.FPDFPage_GetAnnotCount(page), NOTES_CAP)):
        note = raw.FPDFPage_GetAnnot(page, at)
        if not note:
            continue
        try:
            if raw.FPDFAnnot_GetSubtype(note) in _NOTES and _hides(note):
                area = raw.FS_RECTF()
                raw.FPDFAnnot_GetRect(note, area)
                yield (
                    min(area.left, area.right),
                    min(area.bottom, area.top),
                    max(area.left, area.right),
                    max(area.bottom, area.top),
                )
        finally:
            raw.FPDFPage_CloseAnnot(note)


def _hides(note: Any) -> bool:
    kind = raw.FPDFAnnot_GetSubtype(note)
    if kind == raw.FPDF_ANNOT_REDACT:
        return True
    colour = [ctypes.c_uint() for _ in range(4)]
    which = raw.FPDFANNOT_COLORTYPE_InteriorColor if kind == raw.FPDF_ANNOT_SQUARE else raw.FPDFANNOT_COLORTYPE_Color
    if raw.FPDFAnnot_GetColor(note, which, *colour):  # not told where the annotation brings its own drawing
        return _is_black(colour)
    drawn = (raw.FPDFAnnot_GetObject(note, at) for at in range(min(raw.FPDFAnnot_GetObjectCount(note), 20)))
    return any(_dark_boxes(found) for found in drawn)


def _written(found: Any, depth: int = 0) -> Iterator[Any]:
    """The text in an object: itself, or what is in it when it is a form."""
    kind = raw.FPDFPageObj_GetType(found)
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        yield found
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < FORMS_DEEP:
        for at in range(min(raw.FPDFFormObj_CountObjects(found), OBJECTS_LOOKED_AT)):
            yield from _written(raw.FPDFFormObj_GetObject(found, at), depth + 1)


def _address(found: Any) -> int:
    return ctypes.addressof(found.contents)


def _is_under(letter: int, covers: list[tuple[int, Box]], painted: dict[int, int], text_page: TextPage) -> bool:
    """True when the middle of a letter is under something that was painted later than the letter."""
    x, y = text_page.middle(letter)
    over = max((at for at, box in covers if box[0] < x < box[2] and box[1] < y < box[3]), default=-1)
    if over < 0:
        return False
    writer = text_page.object_of(letter)
    return bool(writer) and painted[_address(writer)] < over


def _joined(text: str, letters: list[int]) -> list[Span]:
    """The letters as ranges; blanks between hidden letters are hidden too."""
    spans: list[Span] = []
    for at in letters:
        if spans and not text[spans[-1][1] : at].strip():
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
    return spans
