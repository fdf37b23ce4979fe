"""The catalogue made again from the WARC files alone, beside the old one, which it replaces when it is whole."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive.capture import Capture, RecordType
from archive.clock import SYSTEM, Seams
from archive.custody import CustodyEvent
from archive.errors import ArchiveError, NotAnArchive, UsageError
from archive.files import OPEN, WARC_FOLDER, warc_files
from archive.lock import FolderLock
from archive.reader import items_in, read_payload
from archive.records import Agent
from archive.writer import ArchiveWriter
from desk.config import Config
from desk.custody import enter
from desk.following import Reading
from desk.judging import ended
from desk.output import say
from desk.place import Place, catalogue, reading_pool, repair, user_agent
from desk.telling import FORMAT, RUN
from desk.verifying import verify_folder
from store import intake, retelling
from store.database import Database, open_database
from store.replacing import catalogue_file, fresh_beside, replace
from store.rows import chunks
from store.search import SearchIndex


def rebuild(config: Config, seams: Seams = SYSTEM) -> dict[str, Any]:
    """Makes the catalogue again and answers {captures, adopted, runs, backup}.

    `adopted` are captures of which no run told what became of them; `runs` the records that did; `backup` is where
    the old catalogue lies now, or None. Killed at any point the old catalogue is still in its place. FolderHeld
    while a run writes; UsageError without an archive, or when the catalogue is no SQLite file.
    """
    if not (config.data / WARC_FOLDER).is_dir():
        raise UsageError(f"{config.data} holds no archive", advice="Name the data folder with --data.")
    path = catalogue_file(config.database_url)
    with FolderLock(config.data):
        fresh = fresh_beside(path)
        with _beside(config, fresh, seams) as place:
            answer = _make(place)
        backup = replace(path, fresh, seams.now())
        if backup is not None:
            say(f"the catalogue that was there is kept as {backup}")
        with catalogue(config) as database:  # last: an open file gets its name when this catalogue knows all of it
            repair(database, config.data, seams)
        enter(config, CustodyEvent.REBUILT, path.name, answer, seams)
    return {**answer, "backup": str(backup) if backup else None}


def rebuilt_and_verified(config: Config) -> dict[str, Any]:
    """The contract's verify object of the data folder after a rebuild, with what that did as `rebuilt`."""
    done = rebuild(config)
    return {**verify_folder(config), "rebuilt": done}


@contextmanager
def _beside(config: Config, fresh: Path, seams: Seams) -> Iterator[Place]:
    """The place of a run with an empty catalogue; its writer is given nothing to write."""
    with ExitStack() as closing:
        database = closing.enter_context(open_database(f"sqlite:///{fresh.absolute()}"))
        agent = Agent(f"sourcekeep/{version('sourcekeep')}", user_agent(config), config.crawl.contact, "")
        writer = closing.enter_context(ArchiveWriter(config.data, run="rebuild", agent=agent, seams=seams))
        pool = closing.enter_context(reading_pool(config))
        yield Place(config, seams, database, writer, pool)


def _make(place: Place) -> dict[str, Any]:
    """Captures, then what was decided, then the reading, then what the reading must be known for."""
    captures, tellings = _file_captures(place.database, place.config.data)
    known: set[str] = set()
    for capture in tellings:
        told = _told(place, capture)
        known.update(row["record_id"] for row in told.get("captures", []))
        retelling.tell_before_reading(place.database, told)
    adopted = retelling.adopt_untold(place.database, known, partial(ended, place.config.data))
    reading = Reading(place, keep_text=False)  # the texts are in the archive; a rebuild adds nothing to it
    reading.catch_up()
    reading.finish()
    for capture in tellings:
        retelling.tell_after_reading(place.database, _told(place, capture))
    SearchIndex(place.database).refresh()
    return {"captures": captures, "adopted": adopted, "runs": len(tellings)}


def _file_captures(database: Database, data: Path) -> tuple[int, list[Capture]]:
    """Rows for every sound record, file by file; how many captures they are, and those that tell what runs decided."""
    count, tellings = 0, []
    for path in warc_files(data):
        try:
            for some in chunks(items_in(path)):
                count += intake.file_kept(database, some)
                tellings += [one for one in some if isinstance(one, Capture) and _tells(one)]
        except (NotAnArchive, OSError) as error:
            if path.suffix != OPEN:  # of such a file the repair says what becomes of it
                say(f"{error}; `sourcekeep verify` names what is damaged")
    return count, sorted(tellings, key=lambda one: one.timestamp)


def _tells(capture: Capture) -> bool:
    """True for a record of what a run decided here. What claims to be that and was brought in decides nothing."""
    is_run = capture.record_type is RecordType.RESOURCE and capture.url.startswith(RUN)
    return is_run and capture.origin.imported is None


def _told(place: Place, capture: Capture) -> retelling.Told:
    """What one record tells; nothing, and said, when it is damaged or of a form that is not known."""
    try:
        told = json.loads(read_payload(place.config.data, capture).content)
        if told.pop("format") == FORMAT:
            return {kind: list(rows) for kind, rows in told.items()}
        reason = "its form is not known to this version of the program"
    except (ArchiveError, ValueError, KeyError, AttributeError) as error:
        reason = str(error)
    say(f"{capture.url}: {reason}; what it decided is not known again")
    return {}
