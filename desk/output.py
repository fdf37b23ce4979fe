"""Values to a terminal, a pipe or JSON."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def safe(text: object) -> str:
    """Text from outside as it may stand on a terminal: control and direction characters shown, not obeyed."""
    shown = []
    for char in str(text):
        hidden = (ord(char) < 32 and char not in "\n\t") or 0x7F <= ord(char) < 0xA0
        turning = "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"
        shown.append(char.encode("unicode_escape").decode() if hidden or turning else char)
    return "".join(shown)


def as_json(answer: object) -> None:
    """Prints one JSON document on standard output, and nothing else."""
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def console() -> Console:
    """Standard output as rich sees it: coloured on a terminal, plain in a pipe."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on a terminal; in a pipe one line a row, cells parted by tabs, no header."""
    out = console()
    if not out.is_terminal:
        for row in rows:
            print("\t".join(safe(cell).replace("\t", " ").replace("\n", " ") for cell in row))
        return
    shown = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(escape(safe(cell)) for cell in row))
    out.print(shown)


def say(text: str) -> None:
    """A line for people on standard error, where it never disturbs an answer."""
    print(text, file=sys.stderr, flush=True)
