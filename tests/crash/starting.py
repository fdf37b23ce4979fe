"""What is done to a data folder after a crash, as trials call it in processes that are killed over it."""

import json
from collections.abc import Sequence
from pathlib import Path

from archive.capture import Capture
from archive.files import write_whole
from archive.lock import FolderLock
from archive.recovery import recover
from desk.config import Config
from desk.place import held
from desk.rebuilding import rebuild

REPAIR, START, REBUILD = (f"{__name__}:{name}" for name in ("repaired", "started", "rebuilt"))
Rows = dict[str, tuple[str, int, int]]


def place(capture: Capture) -> tuple[str, int, int]:
    return capture.warc, capture.offset, capture.length


def rows_of(folder: Path) -> Rows:
    return {name: tuple(row) for name, row in json.loads((folder / "rows").read_bytes()).items()}


def write_rows(folder: Path, rows: Rows) -> None:
    write_whole(folder / "rows", json.dumps(rows).encode())


def repaired(folder: Path) -> None:
    """The start of a run, with rows in a file for a catalogue."""
    rows = rows_of(folder)

    def known_end(name: str) -> int | None:
        return max((offset + length for warc, offset, length in rows.values() if warc == name), default=None)

    def adopt(captures: Sequence[Capture]) -> None:
        rows.update({one.record_id: place(one) for one in captures})
        write_rows(folder, rows)

    with FolderLock(folder):
        recover(folder, known_end, adopt)


def started(folder: Path) -> None:
    """The start of a run."""
    with held(Config(data=folder)):
        pass


def rebuilt(folder: Path) -> None:
    """The catalogue made again."""
    rebuild(Config(data=folder))
