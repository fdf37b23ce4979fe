"""Recovery: files that a crash left open, cut to their last whole capture, closed, and their captures adopted."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from archive.capture import Capture, Conversion
from archive.cdxj import leave_lines, line_of, merge_index
from archive.chain import read_chain
from archive.clock import SYSTEM, Seams
from archive.custody import CustodyEvent, CustodyLog, SetAside
from archive.errors import WriteFailed
from archive.files import OPEN, TORN, WARC_FOLDER, file_digest, sync_file, sync_folder, write_whole
from archive.reader import items_of
from archive.scanner import scan_warc
from archive.stretch import Stretch, mapped

Item = Capture | Conversion

_ENDS_AN_EVENT = frozenset(("warcinfo", "response", "revisit", "resource", "conversion"))


@dataclass(frozen=True)
class Cut:
    """The end of a file that was cut off and saved as `NAME.torn`."""

    file: str
    offset: int
    bytes_cut: int


@dataclass(frozen=True)
class Short:
    """A file that has less than the catalogue knows of: its captures from `offset` on are lost or damaged."""

    file: str
    offset: int
    known_end: int


@dataclass(frozen=True)
class Recovered:
    """What a start found: captures and conversions without a row, torn ends, files shorter than the catalogue says.

    `entered` are finished files that the custody log had no entry of; `log_torn` is what was set aside of the log.
    """

    adopted: list[Item] = field(default_factory=list)
    cut: list[Cut] = field(default_factory=list)
    short: list[Short] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    log_torn: SetAside | None = None


def _nobody(_: Sequence[Item]) -> None:
    """What is handed adopted records when nobody keeps rows."""


def _any(_: str) -> bool:
    """Every file, where nobody else writes."""
    return True


def recover(
    folder: Path,
    known_end: Callable[[str], int | None],
    adopt: Callable[[Sequence[Item]], None] = _nobody,
    seams: Seams = SYSTEM,
    of: Callable[[str], bool] = _any,
) -> Recovered:
    """Put the WARC files of a data folder in order after a crash; hold the folder's lock while it runs.

    With `of`, only those files whose names it says yes to: others may be written meanwhile.

    `known_end` gives the end (offset + length) of the last capture or conversion that the catalogue has of a file, or
    None. Each file still named `.open` is read from its start: what stands behind its last whole event is saved as
    `NAME.torn` and cut; what is whole behind the known end is handed to `adopt`, which gives it rows; only then the
    file gets its final name, so that after a crash of its own the next start comes to it again. Nothing is ever
    appended to it, so damage inside stays where it is, for `verify` to name. Then each finished file that the custody
    log has no entry of gets one. WriteFailed when the disk refuses.
    """
    found = Recovered()
    log = CustodyLog(folder, seams)
    try:
        log.head()  # begins it where there is none, and sets its torn end aside
        closed = {
            path.name.removesuffix(OPEN): _recover_file(folder, path, known_end, adopt, found, log)
            for path in sorted((folder / WARC_FOLDER).glob("*" + OPEN))
            if of(path.name)
        }
        merge_index(folder)
        _enter_files(folder, log, closed, found, of)
    except OSError as error:
        raise WriteFailed(f"{error.filename or folder} could not be repaired: {error.strerror}") from error
    return replace(found, log_torn=log.set_aside)


def _recover_file(
    folder: Path,
    path: Path,
    known_end: Callable[[str], int | None],
    adopt: Callable[[Sequence[Item]], None],
    found: Recovered,
    log: CustodyLog,
) -> dict[str, int]:
    """Puts one file in order; how many records and captures it has then, for its entry in the custody log."""
    name = path.name.removesuffix(OPEN)
    end, records, items = _whole_events(path, name)
    captures = [one for one in items if isinstance(one, Capture)]
    size = path.stat().st_size
    known = known_end(name) or 0
    if end < known:
        found.short.append(Short(name, end, known))
    if end < size:
        _cut(path, name, end)
        found.cut.append(Cut(name, end, size - end))
    fresh = [one for one in items if one.offset >= known]
    if end == 0:  # nothing in it is whole; what there was lies in NAME.torn
        if path.with_name(name + TORN).exists():
            _tell_cut(log, path.with_name(name), {"how": "nothing in it was whole"})
        path.unlink()
    else:
        sync_file(path)  # a killed writer may have left records that no sync had reached
        adopt(fresh)
        leave_lines(folder, name, map(line_of, captures))
        path.rename(path.with_name(name))
    found.adopted.extend(fresh)
    sync_folder(path.parent)
    return {"records": records, "captures": len(captures)}


def _whole_events(path: Path, name: str) -> tuple[int, int, list[Item]]:
    """Where the last record ends that completes an event, how many sound ones lie before it, and what they are.

    What follows it was never told to anybody.
    """
    end = records = sound = 0

    def watched() -> Iterator[Stretch]:
        nonlocal end, records, sound
        for stretch in scan_warc(mapped(path)):
            sound += not stretch.faults
            if not stretch.faults and stretch.kind in _ENDS_AN_EVENT:
                end, records = stretch.end, sound
            yield stretch

    items = list(items_of(watched(), name))
    return end, records, [one for one in items if one.offset + one.length <= end]


def _enter_files(
    folder: Path, log: CustodyLog, closed: dict[str, dict[str, int]], found: Recovered, of: Callable[[str], bool]
) -> None:
    """Gives each finished file its entry: those just closed, one whose run died before it could, those of old.

    Of those no more is said than what their bytes are; reading them is left to `verify`.
    """
    known = read_chain(folder).claims
    for path in sorted((folder / WARC_FOLDER).glob("*.warc.gz")):
        if path.name in known or not of(path.name):
            continue
        how = "closed after a crash" if path.name in closed else "found without an entry"
        facts = {"bytes": path.stat().st_size, "sha256": file_digest(path), **closed.get(path.name, {}), "how": how}
        if path.with_name(path.name + TORN).exists():
            _tell_cut(log, path, facts)
        else:
            log.append(CustodyEvent.CAPTURED, f"{WARC_FOLDER}/{path.name}", facts)
        found.entered.append(path.name)


def _tell_cut(log: CustodyLog, path: Path, facts: dict[str, Any]) -> None:
    """Enters a file whose end lies in `NAME.torn`."""
    torn = path.with_name(path.name + TORN)
    cut = {"cut_bytes": torn.stat().st_size, "kept": f"{WARC_FOLDER}/{torn.name}"}
    log.append(CustodyEvent.REPAIRED, f"{WARC_FOLDER}/{path.name}", {**facts, **cut})


def _cut(path: Path, name: str, end: int) -> None:
    """Save what stands behind `end`, then cut it, each durably before the next."""
    with path.open("r+b") as file:
        file.seek(end)
        write_whole(path.with_name(name + TORN), file.read())
        file.truncate(end)
        os.fsync(file.fileno())
