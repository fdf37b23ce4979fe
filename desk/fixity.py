"""Archive files read again, record by record, and all that was found as one answer."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.errors import NotAnArchive, UsageError
from archive.fixity import FileReport, verify_file
from desk.output import safe
from desk.pace import Pace, pace_shown

FOUND = ("damaged", "missing", "unlisted")


def verify_files(files: Sequence[Path]) -> dict[str, Any]:
    """The contract's verify object for just these files; NotAnArchive or UsageError names one that is none."""
    answer = nothing_found()
    with pace_shown(files) as pace:
        for path in pace.through(files):
            add(answer, read_again(path, pace))
    return answer


def nothing_found() -> dict[str, Any]:
    """The verify object before anything was read."""
    return {"files": 0, "records": 0, "bytes": 0, **{found: [] for found in FOUND}}


def read_again(path: Path, pace: Pace) -> FileReport:
    """What is found in one file; UsageError when the system does not let it be read."""
    try:
        return verify_file(path, pace.passed)
    except NotAnArchive:
        raise
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", advice="Check the path and its rights.") from error


def add(answer: dict[str, Any], report: FileReport) -> None:
    """Counts a file into the verify object."""
    answer["files"] += 1
    answer["records"] += report.records
    answer["bytes"] += report.bytes
    answer["damaged"] += [asdict(damage) for damage in report.damaged]


def faults_of(answer: dict[str, Any]) -> int:
    """How many things are not as they must be."""
    return sum(len(answer[found]) for found in FOUND) + len(answer.get("custody", {}).get("faults", ()))


def fault_lines(answer: dict[str, Any]) -> Iterator[str]:
    """A line for people on each of them."""
    for damage in answer["damaged"]:
        where = f"{safe(damage['warc'])} at {damage['offset']}"
        yield f"damaged  {where}: {safe(damage['what'])} {safe(damage['url'] or '')}".rstrip()
    for found in FOUND[1:]:
        for row in answer[found]:
            yield f"{found}  {safe(row['warc'])} at {row['offset']}: {safe(row['url'])}"
    for fault in answer.get("custody", {}).get("faults", ()):
        where = f"entry {fault['entry']}: " if fault["entry"] else ""
        yield f"custody  {where}{safe(fault['what'])}"
