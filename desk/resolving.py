"""Citations to sources: the address given, else a known work, else what the publisher lists."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from archive.seed import OutcomeKind, Why
from archive.url import host_key, same_key
from crawler.publisher import Publisher, named
from desk.place import Place
from desk.supply import Ended, publisher_of
from extract.matching import ACCEPT, PROPOSE, Candidate, Match, match_title
from store import dossier, frontier, intake, runs, works
from store.dossier import CitedWork
from store.frontier import Wanted

# An address that ended so is not there; a wall or a failing network says nothing of it.
_DEAD = frozenset({OutcomeKind.NOT_FOUND, OutcomeKind.GONE, OutcomeKind.DNS_ERROR, OutcomeKind.NOT_HTTP})


@dataclass
class Resolver:
    """Resolves the citations of some incidents within one run; `step` may be called as often as wanted.

    `keys` are the incidents; more may be added. Once `stop` is set a step ends early.
    """

    place: Place
    run: int
    keys: set[str]
    force: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    _ended: dict[str, OutcomeKind] = field(default_factory=dict)
    _asked: dict[str, list[str]] = field(default_factory=dict)
    _seeded: set[tuple[int, str]] = field(default_factory=set)
    _final: set[int] = field(default_factory=set)

    def heard(self, ended: Iterable[Ended]) -> None:
        """Remembers how addresses ended, so that a dead one is not believed."""
        self._ended.update((same_key(url), kind) for url, kind in ended)

    def step(self) -> bool:
        """Resolves what can be resolved now and seeds what it leads to; True when something was added to fetch."""
        while wanted := [one for work in self._pending() for one in self._resolve(work)]:
            now = self.place.seams.now()
            if frontier.add_seeds(self.place.database, self.run, wanted, now=now, force=self.force):
                return True
        return False

    def _pending(self) -> Iterator[CitedWork]:
        cited = dossier.works(self.place.database, sorted(self.keys)) if self.keys else []
        wanted = [work for work in cited if work.citation_id not in self._final]
        return takewhile(lambda _: not self.stop.is_set(), wanted)

    def _resolve(self, work: CitedWork) -> list[Wanted]:
        if work.refusal:
            self._end(work, OutcomeKind.REFUSED_ADDRESS, work.refusal)
            return []
        if work.source_id is not None and work.url and not self._is_dead(work, work.url):
            return self._fetch(work, work.url, work.source_id)
        if work.state == "given":
            self._final.add(work.citation_id)  # what a record states is kept as cited, dead or not
            return []
        publisher = named(work.publisher) or named(work.text)
        if publisher is None:
            self._unresolved(work, f"no publisher is known as {work.publisher or work.text[:80]!r}")
            return []
        return self._look_up(work, publisher)

    def _is_dead(self, work: CitedWork, url: str) -> bool:
        return work.state == "found" and self._ended.get(same_key(url)) in _DEAD

    def _fetch(self, work: CitedWork, url: str, source_id: int) -> list[Wanted]:
        if (source_id, url) in self._seeded:
            return []
        self._seeded.add((source_id, url))
        via = f"urn:x-sourcekeep:incident:{work.incident}"
        return [Wanted(url, Why.CITED, via, "L", publisher_of(host_key(url)), source_id)]

    def _look_up(self, work: CitedWork, publisher: type[Publisher]) -> list[Wanted]:
        waiting = self._is_waiting(publisher)  # asked first: what is settled meanwhile is then among the candidates
        best = self._best(work, publisher)
        if best is not None and best.score >= ACCEPT:
            url, method = best.candidate.url, self._method(best, publisher)
            source = self._file(work, url, method, best.score, "found", publisher)
            return self._fetch(work, url, source) if source is not None else []
        if waiting:
            return []
        listings = self._listings(work, publisher)
        if listings:
            return listings
        if best is not None and best.score >= PROPOSE:
            self._file(work, best.candidate.url, self._method(best, publisher), best.score, "proposed", publisher)
            self._end(
                work, OutcomeKind.UNRESOLVED, f"only proposed: {best.candidate.url} ({best.score:.2f}), not certain"
            )
        else:
            self._unresolved(work, f"neither known nor listed at {publisher.title()}")
        return []

    def _best(self, work: CitedWork, publisher: type[Publisher]) -> Match | None:
        alive = [one for one in self._candidates(publisher) if self._ended.get(same_key(one.url)) not in _DEAD]
        matches = match_title(work.title or work.text, work.year, alive, names=publisher.called)
        return matches[0] if matches else None

    def _candidates(self, publisher: type[Publisher]) -> list[Candidate]:
        """Known works before listed ones: among equals the first wins. Where a work may have moved comes last."""
        known = [Candidate(work.title, url, work.year) for work in publisher.works for url in work.addresses]
        listed = [Candidate(one.title, one.url, one.year) for one in works.listed(self.place.database, publisher.name)]
        moved = [
            Candidate(one.title, url, one.year)
            for one in known
            if self._ended.get(same_key(one.url)) in _DEAD
            for url in publisher.moved(one.url)
        ]
        return known + listed + moved

    def _method(self, match: Match, publisher: type[Publisher]) -> str:
        own = {url for work in publisher.works for url in work.addresses}
        return f"{'known work' if match.candidate.url in own else 'listing'}, {match.method}"

    def _listings(self, work: CitedWork, publisher: type[Publisher]) -> list[Wanted]:
        """The publisher's listings, once a run; then what its own search answers for this title; then front pages."""
        asked = self._asked.setdefault(publisher.name, [])
        searched = publisher.searched(work.title) if work.title else ()
        steps = (publisher.listings, searched, publisher.front_pages())
        fresh = next(filter(None, ([url for url in step if url not in asked] for step in steps)), [])
        asked += fresh
        return [Wanted(url, Why.LISTING, None, "", publisher.name) for url in fresh]

    def _is_waiting(self, publisher: type[Publisher]) -> bool:
        """True while a listing of the publisher is still to be answered in this run."""
        waiting = frontier.waiting(self.place.database, self.run)
        return bool(waiting) and any(same_key(url) not in self._ended for url in self._asked.get(publisher.name, []))

    def _file(
        self, work: CitedWork, url: str | None, method: str, score: float | None, state: str, publisher: type[Publisher]
    ) -> int | None:
        return intake.file_resolution(
            self.place.database, work.citation_id, url, method, score, state,
            now=self.place.seams.now(), publisher=publisher.name,
        )  # fmt: skip

    def _unresolved(self, work: CitedWork, reason: str) -> None:
        if work.state == "found":
            self._final.add(work.citation_id)  # its address is dead and no better one is known: the outcome says so
            return
        intake.file_resolution(
            self.place.database, work.citation_id, None, "none", None, "unresolved", now=self.place.seams.now()
        )
        self._end(work, OutcomeKind.UNRESOLVED, reason)

    def _end(self, work: CitedWork, kind: OutcomeKind, reason: str) -> None:
        self._final.add(work.citation_id)
        now = self.place.seams.now()
        runs.file_citation_outcomes(self.place.database, self.run, [(work.citation_id, kind, reason)], now)
