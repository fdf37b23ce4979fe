"""Archive files of others: told from records, examined before anything is written, brought in as far as sound."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive.accession import Data, Gathered, Identity, Original, Progress, Survey, original, survey
from archive.errors import NotAnArchive, UsageError
from archive.files import file_digest
from archive.form import Form, form_of
from archive.importing import bring_in
from archive.packages import PackageRefused, opened_package
from archive.records import Accession, Agent
from archive.stretch import mapped
from desk.judging import ended
from desk.place import Place
from desk.progress import bytes_shown
from desk.supply import publisher_of
from desk.telling import RUN
from store.captures import captures_under
from store.database import Database
from store.imported import join_imported
from store.reconcile import adopt
from store.rows import chunks


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive file that may be brought in.

    `files` gives the WARC and ARC files that it is or holds as (member, bytes); temporary ones lie in that folder.
    """

    accession: Accession
    files: Callable[[Path | None], Iterable[tuple[str, Data]]]


@dataclass
class Brought:
    """What became of one archive file: captures that are new or were here, records left out, and what is to tell."""

    accession: Accession
    added: int = 0
    known: int = 0
    damaged: int = 0
    warnings: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """The same as the answer of `import` has it for each file."""
        one = self.accession
        return {
            "file": one.name,
            "sha256": one.digest.removeprefix("sha256:"),
            "signed_by": one.signed_by,
            "faults": list(one.faults),
            "captures_added": self.added,
            "captures_known": self.known,
            "records_damaged": self.damaged,
        }

    def leave_out(self, place: str, offset: int, what: str) -> None:
        """Takes note of a record that is not brought in."""
        self.damaged += 1
        self.warnings.append(f"{place} at {offset}: {what}; left out")


def is_archive(path: Path) -> bool:
    """True for a WARC, ARC or WACZ file, by its first bytes; False for a record, and for what cannot be read."""
    try:
        form_of(path, mapped(path))
    except (NotAnArchive, OSError):
        return False
    return True


def open_archive(closing: ExitStack, path: Path, *, force: bool) -> Opened:
    """The file, examined as a whole and open until `closing` ends.

    PackageRefused for a package that is made to do harm, or whose own hashes or signature are false unless `force`.
    """
    data = mapped(path)
    if not data:
        raise UsageError(f"{path} is empty", advice="Give a .warc, .warc.gz, .arc, .arc.gz or .wacz file.")
    digest = file_digest(path)
    if form_of(path, data) is not Form.WACZ:
        return Opened(Accession(path.name, digest), lambda _: [("", data)])
    try:
        package = closing.enter_context(opened_package(path))
        faults = tuple(package.faults())
        package.raise_if_unreadable()
    except PackageRefused as refusal:
        raise PackageRefused(f"{path}: {refusal}", advice="Ask whoever made it for another copy.") from refusal
    if faults and not force:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise PackageRefused(
            f"{path} is not what it says it is: {faults[0]}{more}",
            advice="Ask for another copy; `import --force` brings in what is sound of it all the same.",
        )
    return Opened(Accession(path.name, digest, package.signed_by(), faults), package.warc_files)


class Sieve:
    """Parts captures that are not here yet from those that are, by record id; `database` None: nothing is here."""

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._seen: dict[str, Identity] = {}

    def sift(self, place: str, gathered: Sequence[Gathered], into: Brought) -> Iterator[Gathered]:
        """Those that are new; of the others `into` takes note."""
        for some in chunks(gathered):
            known = captures_under(self._database, [one.record_id for one in some]) if self._database else {}
            for one in some:
                kept = known.get(one.record_id)
                here = Identity.of(kept) if kept else self._seen.get(one.record_id)
                if one.identity.url.startswith(RUN):
                    into.warnings.append(f"{place} at {one.own.offset}: what a run elsewhere decided is left out")
                elif here is None:
                    self._seen[one.record_id] = one.identity
                    yield one
                elif here.differs(one.identity):
                    into.leave_out(place, one.own.offset, f"the archive has another record of its id, of {here.url}")
                else:
                    into.known += 1


def look_through(opened: Opened, sieve: Sieve) -> Brought:
    """What `bring` would do, with nothing written."""
    brought = _begun(opened)
    for _, one, found, _ in _surveyed(opened, brought, None):
        brought.added += sum(1 for _ in sieve.sift(one.place, found.captures, brought))
    return brought


def bring(place: Place, opened: Opened) -> Brought:
    """Brings in every sound record of each capture that is not here yet. Safe to repeat."""
    brought = _begun(opened)
    agent = Agent(f"sourcekeep/{version('sourcekeep')}", "", place.config.crawl.contact)
    judge = partial(ended, place.config.data)
    run = f"import-{place.seams.new_id().hex[:8]}"
    for accession, one, found, progress in _surveyed(opened, brought, place.config.data):
        fresh = Sieve(place.database).sift(one.place, found.captures, brought)
        done = bring_in(
            place.config.data, one, fresh, accession, run=run, agent=agent, seams=place.seams,
            least_free=place.config.least_free_mib << 20, progress=progress,
        )  # fmt: skip
        for captures in done:
            adopt(place.database, captures, judge, now=place.seams.now(), publisher_of=publisher_of)
            brought.added += len(captures)
        # Also for what was here: a run that was killed may have adopted it and no more.
        join_imported(place.database, (gathered.identity.url for gathered in found.captures), place.seams.now())
    return brought


def _begun(opened: Opened) -> Brought:
    faults = [f"{opened.accession.name}: {fault}" for fault in opened.accession.faults]
    return Brought(opened.accession, warnings=faults)


def _surveyed(
    opened: Opened, brought: Brought, beside: Path | None
) -> Iterator[tuple[Accession, Original, Survey, Progress]]:
    """Each file within, read once; what is damaged in it is told. The last value is for the progress of copying."""
    some = False
    for member, data in opened.files(beside):
        some = True
        accession = replace(opened.accession, member=member)
        with original(accession.place, data, beside) as one, bytes_shown(accession.place, 2 * one.size) as progress:
            found = survey(one, progress)
            for damage in found.damaged:
                brought.leave_out(damage.warc, damage.offset, f"{damage.what} {damage.url or ''}".strip())
            if not found.captures:
                brought.warnings.append(f"{one.place} holds no capture that can be brought in")
            yield accession, one, found, partial(_second_half, progress, one.size)
    if not some:
        brought.warnings.append(f"{opened.accession.name} holds no WARC or ARC file")


def _second_half(progress: Progress, size: int, done: int) -> None:
    progress(size + done)
