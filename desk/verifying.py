"""Fixity of the whole archive: every record read again, and the catalogue held against the files both ways."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.errors import NotAnArchive, UsageError
from archive.files import OPEN, WARC_FOLDER
from archive.fixity import FileReport, verify_file
from archive.lock import FolderLock
from desk.config import Config


def verify_folder(config: Config) -> dict[str, Any]:
    """The contract's verify object for the data folder. FolderHeld while a run writes there; UsageError without one."""
    from desk.place import catalogue  # here: who verifies a file waits .3 s less for what only a folder needs
    from store import reconcile

    folder = config.data / WARC_FOLDER
    if not folder.is_dir():
        raise UsageError(f"{config.data} holds no archive", advice="Name the data folder with --data.")
    with FolderLock(config.data), catalogue(config) as database:
        present: list[tuple[str, int, str]] = []
        answer = _sum(_reported(_files_of(folder), present))
        compared = reconcile.compare(database, present)
    return {**answer, "missing": compared.missing, "unlisted": compared.unlisted}


def verify_files(files: Sequence[Path]) -> dict[str, Any]:
    """The contract's verify object for just these files; NotAnArchive or UsageError names one that is none."""
    return {**_sum(_reported(files, [])), "missing": [], "unlisted": []}


def _files_of(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.warc.gz"), *folder.glob("*" + OPEN)])


def _reported(files: Iterable[Path], present: list[tuple[str, int, str]]) -> Iterator[FileReport]:
    """Each file's report; the places of its captures go to `present`, so that no report is held."""
    for path in files:
        try:
            report = verify_file(path)
        except NotAnArchive:
            raise
        except OSError as error:
            raise UsageError(
                f"cannot read {path}: {error.strerror}", advice="Check the path and its rights."
            ) from error
        present += [(capture.warc, capture.offset, capture.url) for capture in report.captures]
        yield report


def _sum(reports: Iterable[FileReport]) -> dict[str, Any]:
    answer: dict[str, Any] = {"records": 0, "bytes": 0, "damaged": []}
    for report in reports:
        answer["records"] += report.records
        answer["bytes"] += report.bytes
        answer["damaged"] += [asdict(damage) for damage in report.damaged]
    return answer
