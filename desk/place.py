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
from archive.warcfile import process_of
from archive.writer import ArchiveWriter, Kept
from desk.config import Config
from desk.custody import say_torn
from desk.output import say
from extract.pool import Limits, Pool
from store import intake, reconcile
from store.database import Database, open_database


@dataclass(frozen=True, slots=True)
class Place:
    """What a run works with; the folder lock is held while this lives. None: by whoever began the run."""

    config: Config
    seams: Seams
    database: Database
    writer: ArchiveWriter
    pool: Pool
    lock: FolderLock | None = None


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
def catalogue(config: Config, *, alone: bool = True) -> Iterator[Database]:
    """The catalogue by itself, for commands that only ask; not `alone` when other processes of the same run write.

    Made empty when there is none yet.
    """
    make_folder(config.data)
    database = open_database(config.database_url)
    try:
        yield database
    finally:
        database.close(alone=alone)


def reading_pool(config: Config, *, of: int = 1) -> Pool:
    """The reading processes with the limits of the settings; when `of` pools share them, a part of them."""
    reading = config.reading
    limits = Limits(cpu_s=reading.wall_s, wall_s=reading.wall_s, memory_bytes=reading.memory_mib << 20)
    return Pool(max(1, reading.workers // of), limits)


@contextmanager
def held(config: Config, seams: Seams = SYSTEM) -> Iterator[Place]:
    """The whole place, ready for a run: lock taken, torn tails cut, complete records without a row adopted.

    Raises FolderHeld when another run has the folder, DatabaseUnreachable, NewerSchema, WriteFailed.
    """
    make_folder(config.data)
    raise_if_full(config)
    with ExitStack() as closing:
        lock = closing.enter_context(FolderLock(config.data))
        database = closing.enter_context(catalogue(config))
        repair(database, config.data, seams)
        writer = closing.enter_context(_writer(config, database, seams))
        pool = closing.enter_context(reading_pool(config))
        yield Place(config, seams, database, writer, pool, lock)


@contextmanager
def joined(config: Config, *, of: int, seams: Seams = SYSTEM) -> Iterator[Place]:
    """The place for one of `of` processes that crawl within a run: whoever began that holds the lock, and repairs."""
    with ExitStack() as closing:
        database = closing.enter_context(catalogue(config, alone=False))
        writer = closing.enter_context(_writer(config, database, seams))
        pool = closing.enter_context(reading_pool(config, of=of))
        yield Place(config, seams, database, writer, pool)


def _writer(config: Config, database: Database, seams: Seams) -> ArchiveWriter:
    """What writes the files of this process, each capture with its row."""

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
    return ArchiveWriter(config.data, run=run, agent=agent, on_durable=file_kept, seams=seams, least_free=least_free)


def repair(database: Database, data: Path, seams: Seams = SYSTEM, *, process: int | None = None) -> None:
    """Files that a killed run left open or that `scrapy crawl` wrote: adopted as far as they are whole, and said.

    With `process`, only those that the process of this number wrote: others are being written.
    """
    adopted = 0

    def adopt(items: Sequence[Capture | Conversion]) -> None:
        nonlocal adopted
        adopted += _adopt(database, data, items)

    def is_ours(name: str) -> bool:
        return process is None or process_of(name) == process

    recovered = recover(data, lambda name: reconcile.known_end(database, name), adopt, seams, is_ours)
    for path in filter(lambda path: is_ours(path.name), sorted((data / WARC_FOLDER).glob("*.warc.gz"))):
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
