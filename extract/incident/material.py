"""Material: a record's bytes as handed in, seen as text, as JSON or as rows."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from webencodings import lookup

from archive.errors import UnreadableRecord

LARGEST_BYTES = 128 * 2**20
LONGEST_CELL = 4 * 2**20
DEEPEST_JSON = 40
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)


@dataclass(frozen=True)
class Material:
    """A record's bytes as handed in: `name` is the file's name or the page's URL, `url` the page's address if known."""

    content: bytes
    name: str
    url: str | None = None

    @cached_property
    def text(self) -> str:
        """The content as text: by its byte-order mark, its declared charset, UTF-8, or else Windows-1252.

        NUL characters are dropped: no format here means anything by them and databases refuse them.
        """
        return decode(self.content).replace("\x00", "")

    @cached_property
    def head(self) -> str:
        """The first 64 kB as text, for recognising."""
        return self.text[:65_536]

    @cached_property
    def stem(self) -> str:
        """The name without folders and ending; of a URL the last part of its path, percent-decoded."""
        return unquote(PurePosixPath(self._path).stem)

    @cached_property
    def ending(self) -> str:
        """The name's ending in lower case with its dot, or empty."""
        return PurePosixPath(self._path).suffix.lower()

    @property
    def _path(self) -> str:
        try:
            path = urlsplit(self.name).path if "://" in self.name else self.name
        except ValueError:  # an address nobody can parse: its text still names the record
            path = self.name
        return path.replace("\\", "/").rstrip("/")

    @cached_property
    def json(self) -> Any:
        """The content as JSON values, or None when it is none; UnreadableRecord when nested past all reason."""
        if self.text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
            return None
        try:
            value = json.loads(self.text.lstrip("\ufeff"))
        except (ValueError, RecursionError):  # not JSON, or nested deeper than the interpreter bears: not ours
            return None
        if too_deep(value):
            raise UnreadableRecord(f"{self.name}: its JSON is nested deeper than {DEEPEST_JSON} levels")
        return value

    @cached_property
    def table(self) -> list[list[str]]:
        """All rows of a table with commas, semicolons or tabs; UnreadableRecord when the quoting is broken."""
        return read_table(self.text, self.name)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names in the first row, as written; empty when there is no row."""
        first = next(iter(read_table(self.head.split("\n", 1)[0], self.name)), [])
        return tuple(cell.strip() for cell in first)

    @cached_property
    def column_words(self) -> frozenset[str]:
        """The columns' names folded as `fold_column` does, for recognising whatever their case and signs."""
        return frozenset(fold_column(name) for name in self.columns)

    def rows(self) -> Iterator["Row"]:
        """The rows under the first, each cell by its column's name; rows without any text are left out."""
        header = [fold_column(cell) for cell in self.table[0]] if self.table else []
        for line, cells in enumerate(self.table[1:], 2):
            if any(cell.strip() for cell in cells):
                yield Row(line, dict(zip(header, cells, strict=False)))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `line` counts rows from 1, the header's being 1."""

    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """The cell's text under the column of that name (case and signs do not matter), trimmed; empty when none."""
        return self.cells.get(fold_column(column), "").strip()

    def list(self, column: str) -> Sequence[str]:
        """The cell's parts: a list written as text (`["a", "b"]`), or parts with `;` between."""
        return split_list(self.text(column))


def decode(content: bytes) -> str:
    """Bytes as text; never raises. What no charset explains becomes U+FFFD or a Windows-1252 sign."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    declared = _DECLARED.search(content[:4096])
    known = lookup(declared[1].decode("ascii")) if declared else None
    if known and known.name not in ("utf-8", "x-user-defined", "replacement"):
        return str(known.codec_info.decode(content, "replace")[0])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace")


def read_table(text: str, name: str) -> list[list[str]]:
    """Rows of cells; the sign between cells is the commonest of tab, semicolon and comma in three rows."""
    sample = "\n".join(text[:8192].splitlines()[:3])
    delimiter = max(",\t;", key=sample.count)
    csv.field_size_limit(LONGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableRecord(f"{name}: its table cannot be read: {error}") from error


def fold_column(name: str) -> str:
    """A column's name for comparing: lower case, letters and digits, one blank between words."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold().replace("_", " ")))


def split_list(text: str) -> list[str]:
    """The parts of a list written as text: JSON, Python's brackets and quotes, or `;` between parts."""
    if text.startswith("[") and text.endswith("]"):
        try:
            parts = json.loads(text)
        except (ValueError, RecursionError):  # single quotes, as Python writes lists: taken apart by hand
            parts = re.findall(r"'([^']*)'|\"([^\"]*)\"|([^\s,'\"\[\]]+)", text)
            return ["".join(part).strip() for part in parts if "".join(part).strip()]
        return [str(part).strip() for part in parts if str(part).strip()] if isinstance(parts, list) else []
    return [part.strip() for part in text.split(";") if part.strip()]


def too_deep(value: Any) -> bool:
    """True when lists and objects stand inside one another more than DEEPEST_JSON times."""
    level = [value]
    for _ in range(DEEPEST_JSON):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]
        if not level:
            return False
    return True
