"""What is given out as files: rows as CSV that no spreadsheet obeys, and files that are there whole or not at all."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from archive.errors import WriteFailed

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d[\d.,]*%?")


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV (RFC 4180), each cell such that no spreadsheet takes it for a formula (OWASP: CSV injection)."""
    out = io.StringIO()
    csv.writer(out).writerows(map(_cell, row) for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    """A number with a sign stays one: it is no formula."""
    is_formula = isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value


def write_whole(out: Path, content: bytes) -> None:
    """Writes the file, or leaves what was there; WriteFailed when the disk refuses."""
    fresh = out.with_name(f"{out.name}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(out)
    except OSError as error:
        raise WriteFailed(f"{out} could not be written: {error.strerror}", advice="Choose another place.") from error
