"""Fixity of the whole archive: records read again, catalogue and custody log held against the files both ways."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from archive.chain import Chain, hold_chain, read_chain
from archive.clock import SYSTEM, Seams
from archive.custody import CustodyEvent
from archive.errors import StoreError, UsageError, WriteFailed
from archive.files import OPEN, WARC_FOLDER, file_digest, warc_files
from archive.fixity import Damage, FileReport
from archive.lock import FolderLock
from archive.siblings import begins_at
from desk.config import Config
from desk.custody import enter
from desk.fixity import FOUND, add, nothing_found, read_again
from desk.pace import pace_shown
from desk.place import catalogue
from store import conversions, reconcile, rereading
from store.database import Database


def verify_folder(config: Config, seams: Seams = SYSTEM, *, due: bool = False) -> dict[str, Any]:
    """The contract's verify object for the data folder, with `custody`: {entries, head, faults: [{entry, what}]}.

    With `due` just the files whose reading is due are read. Each reading is noted, in the catalogue and as one entry
    of the custody log; when that fails the answer has the reason as `unnoted`. FolderHeld while a run writes there;
    UsageError without an archive.
    """
    folder = config.data / WARC_FOLDER
    if not folder.is_dir():
        raise UsageError(f"{config.data} holds no archive", advice="Name the data folder with --data.")
    with FolderLock(config.data, seams=seams), catalogue(config) as database:
        files = warc_files(config.data)
        wanted = _due_among(files, database, config, seams.now()) if due else files
        reading = _Reading(config, database, hold_chain(config.data, files), seams)
        with pace_shown(wanted) as pace:
            for path, report in read_again(wanted, pace):
                reading.take(path, report)
        reading.answer["missing"] += reconcile.lost(database, {_final_name(path) for path in files})
        return reading.conclude(due)


def is_reading_due(config: Config, now: datetime) -> bool:
    """True when `verify_folder` with `due` would read a file."""
    folder = config.data / WARC_FOLDER
    if not folder.is_dir():
        return False
    with catalogue(config) as database:
        return bool(_due_among(warc_files(config.data), database, config, now))


def _final_name(path: Path) -> str:
    return path.name.removesuffix(OPEN)


def _due_among(files: Sequence[Path], database: Database, config: Config, now: datetime) -> list[Path]:
    """The files to be read again now, the one longest unread first; before them those that no reading ever met."""
    every, newest = timedelta(days=config.fixity.every_days), timedelta(days=config.fixity.newest_days)
    here, known = {_final_name(path): path for path in files}, rereading.known(database)
    named = [name for name in here if name not in known]
    named += rereading.due(database, every=every, newest=newest, now=now)
    return [here[name] for name in named if name in here]


def _lost_texts(path: Path, places: Sequence[conversions.TextPlace]) -> list[dict[str, Any]]:
    """The conversions of a file that do not lie where they must. Those of others have no row and are no fault."""
    gone = [one for one in places if not begins_at(path, one.offset, one.record_id)]
    return [{"warc": one.warc, "offset": one.offset, "url": one.url} for one in gone]


class _Reading:
    """One reading of the archive: what it found so far, and what it is held against."""

    def __init__(self, config: Config, database: Database, chain: Chain, seams: Seams) -> None:
        self.answer = nothing_found()
        self._config, self._database, self._chain, self._seams = config, database, chain, seams
        self._unnoted: str | None = None

    def take(self, path: Path, report: FileReport) -> None:
        """Holds one file against the log and the catalogue, and notes that it was read."""
        name = _final_name(path)
        add(self.answer, replace(report, damaged=(*report.damaged, *self._exchanged(path, report))))
        present = ((capture.offset, capture.url) for capture in report.captures)
        compared = reconcile.compare(self._database, name, present)
        self.answer["missing"] += compared.missing + _lost_texts(path, conversions.places(self._database, name))
        self.answer["unlisted"] += compared.unlisted
        self._note(lambda: rereading.file_reading(self._database, name, report, self._seams.now()))

    def conclude(self, due: bool) -> dict[str, Any]:
        """The whole answer, once the log has its entry on this reading."""
        if self.answer["files"]:
            counts = {name: len(self.answer[name]) for name in FOUND}
            read = {name: self.answer[name] for name in ("files", "records", "bytes")}
            told = {**read, **counts, "faults": len(self._chain.faults), "due": due}
            self._note(lambda: enter(self._config, CustodyEvent.VERIFIED, WARC_FOLDER, told, self._seams))
        now = read_chain(self._config.data)
        faults = [asdict(fault) for fault in self._chain.faults]
        custody = {"entries": now.entries, "head": now.head, "faults": faults}
        return {**self.answer, "custody": custody, **({"unnoted": self._unnoted} if self._unnoted else {})}

    def _exchanged(self, path: Path, report: FileReport) -> list[Damage]:
        """Damage that no record shows: the file is another than the one that the log has an entry of."""
        claim = self._chain.claims.get(path.name)
        if claim is None or report.damaged:
            return []
        if (claim.bytes, claim.sha256) == (report.bytes, report.sha256 or file_digest(path)):
            return []
        what = f"each record is sound, but the file is not the one of entry {claim.entry} of the custody log"
        return [Damage(path.name, 0, f"{what} ({report.bytes} bytes, {claim.bytes} then)", None)]

    def _note(self, work: Callable[[], None]) -> None:
        """A disk that takes no note must not keep anybody from reading on what the archive holds."""
        if self._unnoted is None:
            try:
                work()
            except (StoreError, WriteFailed) as error:
                self._unnoted = str(error)
