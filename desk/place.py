"""The data folder as a call holds it: catalogue, WARC writer and reading processes, opened and closed in order."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from archive.capture import Capture, Conversion
from archive.clock import SYSTEM, Seams
from archive.errors import NotAnArchive, WriteFailed
from archive.files import WARC_FOLDER
from archive.lock import FolderLock
from archive.reader import items_in
from archive.records import Agent
from archive.recovery import Recovered, recover
from archive.writer import ArchiveWriter, Kept
from desk.config import Config
from desk.custody import say_torn
from desk.output import say
from extract.pool import Limits, Pool
from store import intake, reconcile
from store.database import Database, open_database


@dataclass(frozen=True, slots=True)
class Place:
    """What a run works with; the folder lock is held while this lives."""

    config: Config
    seams: Seams
    database: Database
    writer: ArchiveWriter
    pool: Pool


def user_agent(config: Config) -> str:
    """How requests name us: product, version and where to find out more (RFC 9110 §10.1.5)."""
    return f"sourcekeep/{version('sourcekeep')} (+{config.crawl.contact})"


def make_folder(data: Path) -> None:
    """Makes the data folder and its folder of WARC files, for their owner only, when they are missing."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / WARC_FOLDER).mkdir(exist_ok=True, mode=0o700)


def raise_if_full(config: Config) -> None:
    """WriteFailed when less is free than a run should begin with: it would soon have to stop."""
    free_mib = shutil.disk_usage(config.data).free >> 20
    if free_mib < config.least_free_mib:
        raise WriteFailed(
            f"only {free_mib} MiB are free in {config.data}, a run begins with {config.least_free_mib} (least_free_mib)"
        )


@contextmanager
def catalogue(config: Config) -> Iterator[Database]:
    """The catalogue alone, for commands that only ask. Made empty when there is none yet."""
    make_folder(config.data)
    database = open_database(config.database_url)
    try:
        yield database
    finally:
        database.close()


def reading_pool(config: Config) -> Pool:
    """The reading processes with the limits of the settings."""
    reading = config.reading
    limits = Limits(cpu_s=reading.wall_s, wall_s=reading.wall_s, memory_bytes=reading.memory_mib << 20)
    return Pool(reading.workers, limits)


@contextmanager
def held(config: Config, seams: Seams = SYSTEM) -> Iterator[Place]:
    """The whole place, ready for a run: lock taken, torn tails cut, complete records without a row adopted.

    Raises FolderHeld when another run has the folder, DatabaseUnreachable, NewerSchema, WriteFailed.
    """
    make_folder(config.data)
    raise_if_full(config)
    with ExitStack() as closing:
        closing.enter_context(FolderLock(config.data))
        database = closing.enter_context(catalogue(config))
        repair(database, config.data, seams)

        def file_kept(kept: Sequence[Kept]) -> None:
            intake.file_kept(database, [one.item for one in kept])

        agent = Agent(
            software=f"sourcekeep/{version('sourcekeep')}",
            user_agent=user_agent(config),
            operator=config.crawl.contact,
            robots="obey (RFC 9309; unreachable means disallow)",
        )
        run = f"{os.getpid()}-{seams.new_id().hex[:8]}"
        least_free = config.least_free_mib << 20
        writer = closing.enter_context(
            ArchiveWriter(config.data, run=run, agent=agent, on_durable=file_kept, seams=seams, least_free=least_free)
        )
        pool = closing.enter_context(reading_pool(config))
        yield Place(config, seams, database, writer, pool)


def repair(database: Database, data: Path, seams: Seams = SYSTEM) -> None:
    """Files that a killed run left open or that `scrapy crawl` wrote: adopted as far as they are whole, and said."""
    adopted = 0

    def adopt(items: Sequence[Capture | Conversion]) -> None:
        nonlocal adopted
        adopted += _adopt(database, data, items)

    recovered = recover(data, lambda name: reconcile.known_end(database, name), adopt, seams)
    for path in sorted((data / WARC_FOLDER).glob("*.warc.gz")):
        if reconcile.known_end(database, path.name) is None:
            adopt(_items_of(path))
    if adopted:
        say(f"adopted {adopted} captures that the archive holds and the catalogue did not know")
    say_recovered(recovered)


def say_recovered(recovered: Recovered) -> None:
    """Says what a start cut, set aside, found too short or entered in the custody log."""
    for cut in recovered.cut:
        say(f"cut {cut.bytes_cut} bytes of an unfinished record off {cut.file} at {cut.offset} (kept as .torn)")
    for short in recovered.short:
        say(f"{short.file} has lost what lay behind byte {short.offset}; `sourcekeep verify` names it")
    if recovered.entered:
        say(f"entered {len(recovered.entered)} WARC files in the custody log that had no entry there")
    say_torn(recovered.log_torn)


def _adopt(database: Database, data: Path, items: Sequence[Capture | Conversion]) -> int:
    if not items:
        return 0
    from crawler.publisher import for_host  # here: hardly any call adopts something, and the tables take a moment
    from desk.judging import ended

    return reconcile.adopt(database, items, partial(ended, data), publisher_of=lambda host: for_host(host).name)


def _items_of(path: Path) -> list[Capture | Conversion]:
    """The captures and conversions in a file of the archive; none, and said, when it cannot be read at all."""
    try:
        return list(items_in(path))
    except (NotAnArchive, OSError) as error:
        say(f"{error}; `sourcekeep verify` names what is damaged")
        return []
