"""Two columns whose rows were written alternately are read one after the other: the strip between them tells."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points
Boxes = Callable[[int, int], list[Box]]  # of the runs of text between two places
Span = tuple[int, int]

ROWS = 8  # fewer rows in two parts make no columns
LOOKED_AT = 16  # rows that say whether the others are worth a look
GAP = 8.0  # points; LaTeX leaves 10 between columns, and a stretched blank of a justified line is narrower than 8
INDENT = 25.0  # points
FILLED = 0.7  # of a column's width has the middle line of prose; a cell of a table seldom has
EVEN = 0.75  # the narrower column to the wider one; a table's label is narrower than what it labels
_LINE = re.compile(r"[^\r\n\x02\ufffe]+[\x02\ufffe]?")  # PDFium's sign for a hyphen stands for the line end as well


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the text, and the stretches of the page that it covers from left to right."""

    span: Span
    stretches: tuple[tuple[float, float], ...]
    bottom: float

    def is_parted_at(self, x: float) -> bool:
        return any(one[1] <= x <= other[0] for one, other in pairwise(self.stretches))


def in_columns(text: str, boxes: Boxes) -> list[Span]:
    """The pieces of a page's text in the order of two columns, or [] where the text is to stay as it is.

    Nothing is moved but whole parts of lines: what crosses the strip ends both columns above it, and within a column
    the order of the file stays. Tables stay: rows in three parts, a narrow column beside a wide one, cells not filled,
    blocks of rows with space between them.
    """
    lines = [match.span() for match in _LINE.finditer(text)]
    sample = [_row(span, boxes) for span in lines[:: max(1, len(lines) // LOOKED_AT)]]
    if len(lines) < ROWS or 3 * sum(len(row.stretches) == 2 for row in sample) < len(sample):
        return []
    rows = [_row(span, boxes) for span in lines]
    x = _strip(rows)
    return [] if x is None else list(_pieces(text, rows, x, boxes))


def _row(span: Span, boxes: Boxes) -> _Row:
    """The row with its stretches; runs no farther apart than GAP, or than letters are high, are one."""
    found = sorted(boxes(*span))
    stretches: list[tuple[float, float]] = []
    for left, bottom, right, top in found:
        if stretches and left - stretches[-1][1] < max(GAP, 0.8 * (top - bottom)):
            stretches[-1] = (stretches[-1][0], max(right, stretches[-1][1]))
        else:
            stretches.append((left, right))
    return _Row(span, tuple(stretches), min((box[1] for box in found), default=0.0))


def _strip(rows: Sequence[_Row]) -> float | None:
    """Where the middle of the empty strip between two columns of prose is, or None when there are none."""
    pairs = [row for row in rows if len(row.stretches) == 2]
    if len(pairs) < ROWS or 4 * sum(len(row.stretches) > 2 for row in rows) > len(pairs):
        return None
    edge = Counter(round(row.stretches[1][0]) for row in pairs).most_common(1)[0][0]
    near = [row for row in pairs if edge - 2 <= row.stretches[1][0] <= edge + INDENT]
    end = max(row.stretches[0][1] for row in near)
    if len(near) < FILLED * len(pairs) or edge - end < GAP - 2 or _in_blocks(near):
        return None
    widths = [_width([row.stretches[side] for row in near]) for side in (0, 1)]
    return (end + edge) / 2 if all(widths) and min(widths) >= EVEN * max(widths) else None


def _width(stretches: Sequence[tuple[float, float]]) -> float:
    """The width of a column; 0 when its lines do not fill it as prose does."""
    width = max(right for _, right in stretches) - min(left for left, _ in stretches)
    return width if median(right - left for left, right in stretches) >= FILLED * width else 0.0


def _in_blocks(rows: Sequence[_Row]) -> bool:
    """True when space parts the rows of both sides into short blocks, as it parts the rows of a table."""
    steps = [abs(one.bottom - other.bottom) for one, other in pairwise(rows)]
    blocks = 1 + sum(step > 1.4 * median(steps) for step in steps)
    return blocks > 2 and len(rows) < 6 * blocks


def _pieces(text: str, rows: Iterable[_Row], x: float, boxes: Boxes) -> Iterable[Span]:
    """The rows' parts: all that is left of `x`, then all that is right of it, down to what crosses it."""
    left: list[Span] = []
    right: list[Span] = []
    for row in rows:
        start, end = row.span
        at = _parting(text, row, x, boxes) if row.is_parted_at(x) else None
        if at is not None:
            left.append((start, start + len(text[start:at].rstrip())))
            right.append((at + 1, end))
        elif all(stretch[1] <= x for stretch in row.stretches):  # or nothing is known of it
            left.append(row.span)
        elif all(stretch[0] >= x for stretch in row.stretches):
            right.append(row.span)
        else:
            yield from (*left, *right, row.span)
            left, right = [], []
    yield from (*left, *right)


def _parting(text: str, row: _Row, x: float, boxes: Boxes) -> int | None:
    """The place of the blank after which all of the row is right of `x`; None when the right part was written first."""
    start, end = row.span
    blanks = [at for at in range(start, end) if text[at] == " "]

    def is_right(at: int) -> bool:
        return all(box[0] > x for box in boxes(at + 1, end))

    found = bisect_left(blanks, True, key=is_right)
    return blanks[found] if found < len(blanks) and blanks[found] < end - 1 else None
