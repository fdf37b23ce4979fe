"""Records of others brought into WARC files of ours: each as it was, opened by where they came from, indexed."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from archive.accession import Gathered, Original, Progress, Span
from archive.capture import Capture
from archive.cdxj import leave_lines, line_of, merge_index
from archive.clock import SYSTEM, Seams
from archive.custody import CustodyEvent, CustodyLog
from archive.errors import ArchiveError, WriteFailed
from archive.files import OPEN, WARC_FOLDER
from archive.reader import items_of
from archive.records import Accession, Agent, accession_info
from archive.scanner import scan_warc
from archive.stretch import mapped
from archive.warcfile import WarcFile
from archive.writer import ROLL_AT

SYNC_EVERY = 64 << 20  # bytes; what a kill costs of the copying


def bring_in(
    folder: Path,
    original: Original,
    wanted: Iterable[Gathered],
    accession: Accession,
    *,
    run: str,
    agent: Agent,
    seams: Seams = SYSTEM,
    roll_at: int = ROLL_AT,
    least_free: int = 0,
    progress: Progress = lambda done: None,
) -> Iterator[list[Capture]]:
    """Copies what is wanted of a file into `folder/warc`; the captures of each WARC file as soon as that is finished.

    They are what reading it back found, so they are as a rebuild would find them. What goes with a capture stands
    before it, so a file that ends in a whole capture lacks nothing of it: killed at any point, what is whole is
    adopted by the next start, and bringing in the rest completes it. Each file names the head of the custody log and
    has its entry there, which says what it was brought in from. No write leaves less than `least_free` bytes free on
    the disk. Hold the folder's lock. WriteFailed when the disk refuses; ArchiveError when the file changes meanwhile.
    """
    log = CustodyLog(folder, seams)
    copying: _Copying | None = None
    serial = 0
    try:
        for gathered in wanted:
            if copying is None:
                serial += 1
                warc = _warc_folder(folder)
                opening = partial(accession_info, agent, accession, run=run, custody_head=log.head())
                file = WarcFile(warc, serial=serial, opening=opening, seams=seams, least_free=least_free)
                copying = _Copying(folder, original, file)
            copying.add(gathered)
            progress(gathered.own.offset + gathered.own.length)
            if copying.file.size >= roll_at:
                done, copying = copying.finish(log, accession, run), None
                yield done
        if copying is not None:
            done, copying = copying.finish(log, accession, run), None
            yield done
        merge_index(folder)
    except OSError as error:
        where = copying.file.name if copying else str(folder)
        told = f"{where} could not be written ({error.strerror}); what was brought in before is safe"
        raise WriteFailed(told) from error
    finally:
        if copying is not None:
            copying.abandon()


def _warc_folder(folder: Path) -> Path:
    warc = folder / WARC_FOLDER
    warc.mkdir(parents=True, exist_ok=True)
    return warc


class _Copying:
    """One file of ours being filled with records of the original."""

    def __init__(self, folder: Path, original: Original, file: WarcFile) -> None:
        self.file = file
        self._folder = folder
        self._original = original
        self._under: Span | None = None
        self._ids: list[str] = []

    def add(self, gathered: Gathered) -> None:
        """A capture, behind what goes with it, and the warcinfo that speaks of them if it is not there yet."""
        if gathered.under is not None and gathered.under != self._under:
            self._under = gathered.under
            self.file.copy(self._original.record(gathered.under))
        for span in (*gathered.others, gathered.own):
            self.file.copy(self._original.record(span))
        self._ids.append(gathered.record_id)
        if self.file.size - self.file.durable >= SYNC_EVERY:
            self.file.sync()

    def finish(self, log: CustodyLog, accession: Accession, run: str) -> list[Capture]:
        """Read the file back, lay its index lines beside it, give it its final name, then its entry; its captures."""
        self.file.sync()
        path = self._folder / WARC_FOLDER / (self.file.name + OPEN)
        found = items_of(scan_warc(mapped(path)), self.file.name)
        captures = [one for one in found if isinstance(one, Capture)]
        if [capture.record_id for capture in captures] != self._ids:
            raise ArchiveError(f"{path} does not read back as it was written", advice="Run `sourcekeep verify`.")
        leave_lines(self._folder, self.file.name, map(line_of, captures))
        done = self.file.finish()
        facts = {"bytes": done.bytes, "sha256": done.sha256, "records": done.records, "captures": len(captures)}
        source = {"run": run, "from": accession.place, "from_sha256": accession.digest}
        log.append(CustodyEvent.IMPORTED, f"{WARC_FOLDER}/{done.name}", {**facts, **source})
        return captures

    def abandon(self) -> None:
        """Let go of the file after a fault; what is whole of it is adopted by the next start, which cuts the rest."""
        with suppress(OSError):
            self.file.abandon()
