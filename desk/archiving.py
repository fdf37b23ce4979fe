"""A whole run, from the targets named to the run object: read it from top to bottom."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from archive.errors import Interrupted, NetworkDown, UsageError
from archive.seed import OutcomeKind, Why
from archive.url import host_key
from crawler.run import crawl
from desk.bare import file_as_sources, wanted_url
from desk.config import Config
from desk.connecting import crawl_options, raise_if_no_browser
from desk.following import Reading
from desk.importing import Record, file_record, read_records
from desk.ledger import CatalogueLedger
from desk.output import say
from desk.place import Place, held
from desk.progress import shown
from desk.resolving import Resolver
from desk.supply import CatalogueSupply, Ended
from desk.targets import Targets, sort_targets
from desk.telling import tell
from desk.workers import Workers
from store import dossier, frontier, runs
from store.keys import keys_at
from store.search import SearchIndex

_SEVERAL_HOSTS = 3  # so many hosts are hardly all down at once; fewer may be


def archive(
    config: Config,
    targets: Sequence[str],
    *,
    due: bool = False,
    everything: bool = False,
    force: bool = False,
) -> dict[str, Any]:
    """Archives what the targets cite and answers the run object of the contract.

    Targets are files, URLs or keys of known incidents. A run that is killed, or stopped and then answers what it did,
    goes on when the same call is made again; what is durable and not due is not fetched again, unless `force`.
    UsageError or UnreadableRecord before anything is fetched when a target cannot be read; NetworkDown when no host
    could be reached at all.
    """
    raise_if_no_browser(config)
    with held(config) as place:
        wanted = sort_targets(targets, partial(dossier.is_known, place.database))
        records = read_records(place.pool, wanted.files)
        told = [*targets, *(["--due"] if due else []), *(["--all"] if everything else [])]
        with recorded(place, "archive", told) as run, _Job(place, run, force) as job:
            job.begin(wanted, records, due=due, everything=everything)
            job.fetch()
            job.finish()
        answer = runs.run_object(place.database, run.number)
    raise_if_nothing_was_reached(answer)
    return answer


def missed(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The outcomes of a run object that tell of something not archived; a listing was only looked at on the way."""
    good = (OutcomeKind.CAPTURED, OutcomeKind.UNCHANGED)
    return [row for row in run["outcomes"] if row["outcome"] not in good and row["why"] != Why.LISTING]


def raise_if_stopped(run: dict[str, Any]) -> None:
    """Interrupted, with what is kept, for the object of a run that was stopped."""
    if run["state"] == "interrupted":
        done = f"{run['requested']} addresses done, {run['captured']} of them captured"
        raise Interrupted(f"stopped with {done}; that is kept, what is left stays due")


def raise_if_nothing_was_reached(run: dict[str, Any]) -> None:
    """NetworkDown when several hosts were asked and none could be looked up or connected to."""
    unreached = (OutcomeKind.DNS_ERROR, OutcomeKind.CONNECT_ERROR)
    asked = [row for row in run["outcomes"] if row["url"] and row["outcome"] != OutcomeKind.REFUSED_ADDRESS]
    hosts = {host_key(row["url"]) for row in asked}
    if run["state"] == "done" and len(hosts) >= _SEVERAL_HOSTS and all(row["outcome"] in unreached for row in asked):
        raise NetworkDown(f"none of {len(hosts)} hosts could be reached ({asked[0]['reason']})")


@dataclass
class Run:
    """A run under way; `state` is what it will be recorded as. `stop` is set when it was asked to end early."""

    number: int
    stop: threading.Event
    state: str = "failed"


@contextmanager
def recorded(place: Place, kind: str, targets: Sequence[str]) -> Iterator[Run]:
    """A run in the catalogue: begun, and ended as done, interrupted or failed, whatever happens in between.

    Ctrl-C ends what is done within it and is not raised further: whoever asks what the run did hears that it was
    interrupted.
    """
    now = place.seams.now
    frontier.release_all(place.database, now())
    run = Run(runs.start_run(place.database, kind, targets, now()), threading.Event())
    try:
        yield run
        run.state = "interrupted" if run.stop.is_set() else "done"
    except KeyboardInterrupt:
        run.stop.set()
        run.state = "interrupted"
    finally:
        frontier.release(place.database, run.number)
        runs.finish_run(place.database, run.number, run.state, now())
        if run.state == "done":  # of 10,000 addresses it takes seconds, which one that is stopped has not
            tell(place)


class _Job:
    """The parts of one archiving run: what to read, what to resolve, what to fetch.

    Left before `finish` it gives up what is under way; all of that is still due, or unread, for the next run.
    """

    def __init__(self, place: Place, run: Run, force: bool) -> None:
        self._place, self._run, self._force = place, run.number, force
        self._stop = run.stop
        self._reading = Reading(place, keep_text=place.config.reading.keep_text)
        self._resolver = Resolver(place, run.number, set(), force, run.stop)
        self._supply = CatalogueSupply(place, run.number, settled=self._settled, further=self._further)
        self._finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._finished:
            self._place.writer.drop()
            self._reading.give_up()
        self._supply.close()

    def begin(self, targets: Targets, records: Sequence[Record], *, due: bool, everything: bool) -> None:
        """Files the records, then adds to the frontier what the targets mean."""
        self._reading.catch_up()  # what an earlier run left unread; its incidents are not this run's
        self._reading.incidents.clear()
        keys = set(targets.keys)
        for record in records:
            keys |= {filed.key for filed in file_record(self._place, record)}
            for warning in record.warnings:
                say(f"note: {warning}")
            if not any(incident.citations for incident in record.incidents):
                say(f"note: {record.path}: the record cites nothing")
        if everything:
            keys |= {row["key"] for row in dossier.incidents(self._place.database)}
            if not keys and not targets.urls:
                raise UsageError("no incident is known yet", advice="Archive an incident page first.")
        for url in targets.urls:
            keys |= set(keys_at(self._place.database, url))
        self._resolver.keys |= keys
        if due:
            frontier.add_due(self._place.database, self._run, self._place.seams.now())
        pages = [wanted_url(self._place, url) for url in targets.urls]
        frontier.add_seeds(self._place.database, self._run, pages, now=self._place.seams.now(), force=self._force)
        self._further()

    def fetch(self) -> None:
        """Crawls until nothing is due and nothing more can be read or resolved, or until it is stopped."""
        place = self._place
        with shown() as progress:
            if place.config.crawl.workers > 1:
                Workers(place, self._run, self._supply.look_further, self._settled, progress, self._stop).crawl()
                return
            crawl(
                self._supply,
                keep=place.writer.keep,
                pool=place.pool,
                ledger=CatalogueLedger(place),
                options=crawl_options(place.config, place.writer.keep_resource),
                progress=progress,
                stop=self._stop,
                backlog=lambda: place.writer.pending_bytes,
            )

    def finish(self) -> None:
        """Reads to the last page and puts the index in order; not when the run is stopped."""
        if self._stop.is_set():
            return
        self._reading.finish()
        SearchIndex(self._place.database).refresh()
        self._finished = True

    def _settled(self, ended: Sequence[Ended]) -> None:
        self._resolver.heard(ended)
        self._reading.wake()

    def _further(self) -> bool:
        """Reads what may be a record, then resolves: True when that may have led to something to fetch."""
        read = self._reading.catch_up()
        if self._stop.is_set():
            return False
        self._resolver.keys |= self._reading.incidents
        strays, self._reading.strays = self._reading.strays, []
        file_as_sources(self._place, self._run, strays)
        return self._resolver.step() or bool(read or strays)
