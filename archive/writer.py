"""ArchiveWriter: exchanges in, durable records on disk, captures out; one thread writes, many wait for one sync."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Self

from archive.capture import Capture, Conversion, Exchange, Origin
from archive.clock import SYSTEM, Seams
from archive.conversion import Text, conversion_event
from archive.earlier import earlier_response
from archive.errors import Interrupted
from archive.event import Making, exchange_event, resource_event
from archive.records import Agent, Event, Ids
from archive.series import Series

ROLL_AT = 1_000_000_000  # bytes; the size WARC/1.1 Annex C recommends
GROUP_CAPTURES = 64
GROUP_BYTES = 8 << 20


@dataclass(frozen=True)
class Kept:
    """A capture or conversion that is on disk, and whatever was handed in with its exchange."""

    item: Capture | Conversion
    ticket: object


@dataclass(frozen=True)
class _Job:
    """One event to be written: `build` makes its records once the file's ids are known."""

    build: Callable[[Ids], Event]
    size: int
    ticket: object
    future: "Future[Any]"


def _nobody(_: Sequence[Kept]) -> None:
    """What is told of durable captures when nobody asked."""


class ArchiveWriter:
    """Writes captures into `folder/warc`, as a context manager or until `close`.

    `keep` may be called from any thread and does not wait. A thread of the writer's own compresses, writes and syncs
    what gathered while the last sync ran, at most 64 events or 8 MiB at a time. It then calls `on_durable` in that
    thread with what it wrote in file order, then resolves their futures: whoever is told "captured" has it on disk
    and, when `on_durable` commits them, in the catalogue. When the disk refuses, the file is cut back to its last
    good record, and these futures and all later ones raise WriteFailed; an error of `on_durable` stops the writer
    alike. So it does before a write that would leave less than `least_free` bytes free on the disk: what the catalogue
    and the index still have to write must find room. 0: the disk is not asked.
    """

    def __init__(
        self,
        folder: Path,
        *,
        run: str,
        agent: Agent,
        on_durable: Callable[[Sequence[Kept]], None] = _nobody,
        seams: Seams = SYSTEM,
        roll_at: int = ROLL_AT,
        least_free: int = 0,
    ) -> None:
        self._series = Series(folder, run=run, agent=agent, seams=seams, roll_at=roll_at, least_free=least_free)
        self._earlier = partial(earlier_response, folder)
        self._on_durable = on_durable
        self._seams = seams
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._counting = threading.Lock()
        self._pending = 0
        self._closed = False
        self._failure: Exception | None = None
        self._told = False  # whether a future has told of the failure
        self._thread = threading.Thread(target=self._work, name="archive-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pending_bytes(self) -> int:
        """Bytes handed in and not yet durable: who hands in should wait while this is large."""
        return self._pending

    def keep(
        self, exchange: Exchange, origin: Origin, *, previous: Capture | None = None, ticket: object = None
    ) -> "Future[Capture]":
        """A future of the capture of `exchange`, resolved when it is durable.

        With `previous`, the last whole response of this URL, an unchanged answer becomes a revisit of it; an error, a
        redirect or a robots.txt also of one that the index knows from an earlier run. The bytes of the exchange must
        stay readable until the future is done. ValueError when nothing was received.
        """
        if not exchange.received:
            raise ValueError(f"nothing was received for {exchange.url}")
        size = len(exchange.received) + len(exchange.sent)
        return self._enqueue(lambda ids: exchange_event(exchange, origin, previous, ids, self._earlier), size, ticket)

    def keep_resource(
        self,
        url: str,
        mime: str,
        content: bytes,
        origin: Origin,
        *,
        made_of: Making | None = None,
        ticket: object = None,
    ) -> "Future[Capture]":
        """A future of the capture of what did not come over HTTP, kept as a `resource` record.

        `made_of` is the capture that it was made of, if it was of one.
        """
        made = self._seams.now()
        return self._enqueue(
            lambda ids: resource_event(url, mime, content, made, origin, ids, made_of), len(content), ticket
        )

    def keep_conversion(self, source: Capture, text: Text) -> "Future[Conversion]":
        """A future of the conversion that holds what was read from the payload of `source`."""
        made, size = self._seams.now(), sum(map(len, text.pages))
        return self._enqueue(lambda ids: conversion_event(text, source, made, ids), size, None)

    def drop(self) -> None:
        """Give up what waits and is not being written yet: its futures raise Interrupted. What comes later is kept."""
        jobs: list[_Job] = []
        with suppress(Empty):
            while (job := self._queue.get_nowait()) is not None:
                jobs.append(job)
            self._queue.put(None)  # it closes already
        with self._counting:
            self._pending -= sum(job.size for job in jobs)
        for job in jobs:
            job.future.set_exception(Interrupted("the run ended before this was written"))

    def close(self) -> None:
        """Write all that is waiting, finish the file, merge its index lines; safe to call again.

        WriteFailed when the disk refused and no future could tell it.
        """
        with self._counting:
            first, self._closed = not self._closed, True
        if first:
            self._queue.put(None)
        self._thread.join()
        if first and self._failure is not None and not self._told:
            raise self._failure

    def _enqueue(self, build: Callable[[Ids], Event], size: int, ticket: object) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # a caller that goes away cannot take a capture back
        with self._counting:
            if self._closed:
                raise ValueError("the archive writer is closed")
            self._pending += size
            self._queue.put(_Job(build, size, ticket, future))
        return future

    def _work(self) -> None:
        """The thread: groups until the writer is closed, then the end of the last file."""
        more = True
        while more:
            jobs, more = self._gather()
            if self._failure is None:
                self._write_group(jobs)
            else:
                self._refuse(jobs)
            with self._counting:
                self._pending -= sum(job.size for job in jobs)
        if self._failure is None:
            try:
                self._series.close()
            except OSError as error:
                self._fail(error)

    def _gather(self) -> tuple[list[_Job], bool]:
        """The jobs of the next group, which is what waits already: the last sync gave it time to gather."""
        jobs: list[_Job] = []
        size = 0
        job = self._queue.get()
        while job is not None:
            jobs.append(job)
            size += job.size
            if len(jobs) >= GROUP_CAPTURES or size >= GROUP_BYTES:
                return jobs, True
            try:
                job = self._queue.get_nowait()
            except Empty:
                return jobs, True
        return jobs, False

    def _write_group(self, jobs: list[_Job]) -> None:
        """Place, sync, tell: in this order, and all of a group or nothing of it."""
        placed: list[tuple[_Job, Capture | Conversion]] = []
        waiting = list(jobs)
        try:
            for job in jobs:
                item = self._place(job)
                if item is None:
                    waiting.remove(job)
                else:
                    placed.append((job, item))
            self._series.sync()
            if placed:
                self._on_durable([Kept(item, job.ticket) for job, item in placed])
        except Exception as error:  # the disk, or whoever was told of durable captures; both end the writing
            self._fail(error)
            self._refuse(waiting)
            return
        for job, item in placed:
            job.future.set_result(item)
        try:
            self._series.roll()
        except OSError as error:
            self._fail(error)

    def _place(self, job: _Job) -> Capture | Conversion | None:
        """What one job placed; None when its records cannot be built, which its future tells. OSError: the disk."""
        try:
            return self._series.place(job.build)
        except OSError:
            raise
        except Exception as error:
            job.future.set_exception(error)
            return None

    def _fail(self, error: Exception) -> None:
        """Stop for good: nothing is appended behind damage, and nothing is claimed that may not be there."""
        failed = self._series.abandon(error)
        failed.__cause__ = error
        self._failure = failed if isinstance(error, OSError) else error

    def _refuse(self, jobs: list[_Job]) -> None:
        if self._failure is None:
            return
        for job in jobs:
            self._told = True
            job.future.set_exception(self._failure)
