"""Documents read again with today's readers, from the bytes in the archive: nothing is fetched."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from archive.capture import Capture
from archive.errors import ArchiveError, Interrupted
from desk.archiving import recorded
from desk.config import Config
from desk.converting import Converting
from desk.following import Filing, in_turn, submit_payload
from desk.place import Place, held
from desk.progress import count_shown
from desk.taking import first_sound
from extract.document import Document, DocumentState
from extract.earlier import is_worse
from extract.reading import UNREAD
from store import outdated, runs
from store.outdated import Outdated, Rule
from store.search import SearchIndex

FATES = ("read", "gained", "kept", "unread", "lost")


def read_again(config: Config, keys: Sequence[str] = (), *, everything: bool = False) -> dict[str, Any]:
    """Reads documents again and answers {run, state, due, read, gained, kept, unread, lost, documents}.

    Those that other readers read or none could, and those whose reading failed; with `everything` all; with `keys` of
    these incidents only. `read` counts the new readings that took their places, `gained` those of them that were none
    before; `kept` earlier readings that stay, for the new one was worse; `unread` those that failed as before; `lost`
    those whose bytes the archive does not hold as they were. `documents` tells of all but the merely read. A call that
    was stopped or killed is gone on with when it is made again. UnknownKey; FolderHeld while a run writes.
    """
    targets = [*keys, "--again", *(["--all"] if everything else [])]
    with held(config) as place:
        now = place.seams.now()
        since = runs.begun(place.database, "read", targets) or now
        rule = outdated.rule_of(place.database, keys, everything=everything, since=since, now=now)
        due = outdated.how_many(place.database, rule)
        renewing = _Renewing(place)
        with recorded(place, "read", targets) as run, count_shown("documents read again", due) as progress:
            renewing.read(rule, progress)
    counts = {fate: renewing.counts[fate] for fate in FATES}
    counts["read"] += counts["gained"]
    return {"run": run.number, "state": run.state, "due": due, **counts, "documents": renewing.told}


def raise_if_stopped(answer: dict[str, Any]) -> None:
    """Interrupted for an answer of `read_again` that was stopped; of its last readings some may not be filed."""
    if answer["state"] == "interrupted":
        raise Interrupted(f"stopped; of {answer['due']} documents those that were filed are done")


def is_to_tell(answer: dict[str, Any]) -> bool:
    """True when a document is not read as well as it should be."""
    return bool(answer["kept"] or answer["unread"] or answer["lost"])


@dataclass(frozen=True, slots=True)
class _Order:
    """A document that is being read again from the payload of a capture; `size` are its bytes."""

    outdated: Outdated
    capture: Capture
    document: Future[Document]
    size: int


class _Renewing:
    """Reads documents again, in order; `counts` and `told` say what became of them."""

    def __init__(self, place: Place) -> None:
        self.counts: Counter[str] = Counter()
        self.told: list[dict[str, Any]] = []
        self._place = place
        self._converting = Converting(place) if place.config.reading.keep_text else None
        self._filing = Filing(place, self._converting)

    def read(self, rule: Rule, progress: Callable[[int], None]) -> None:
        """All of which the rule is true. What breaks it ends the readers; what is not filed then is due again."""
        try:
            self._read(rule, progress)
        except BaseException:
            self._place.pool.close()
            raise

    def _read(self, rule: Rule, progress: Callable[[int], None]) -> None:
        for order in in_turn(self._orders(rule), self._place.config.reading.workers):
            self._take(order)
            progress(self.counts.total())
        self._filing.end()
        SearchIndex(self._place.database).refresh()

    def _orders(self, rule: Rule) -> Iterator[_Order]:
        """Hands the bytes of each to the readers, from the first capture of which they can be had."""
        after = 0
        while batch := outdated.outdated(self._place.database, rule, after=after):
            after = batch[-1].document_id
            if self._converting is not None:
                self._converting.expect(one.payload_digest for one in batch)
            for one in batch:
                try:
                    capture, payload = first_sound(self._place.config.data, one.captures)
                except ArchiveError as error:
                    self._tell("lost", one, str(error))
                    continue
                document = submit_payload(self._place.pool, capture, payload)
                yield _Order(one, capture, document, len(payload.content))

    def _take(self, order: _Order) -> None:
        """Files the new reading, unless the earlier one is better."""
        document, earlier = order.document.result(), order.outdated.earlier
        if is_worse(earlier, document):
            now = self._place.seams.now()
            outdated.note_tried(self._place.database, [order.outdated.payload_digest], now)
            self._tell("kept", order.outdated, _why_worse(document), document)
            return
        self._filing.add(order.capture, order.document)
        if document.state in UNREAD:
            self._tell("unread", order.outdated, document.reason, document)
        elif document.state is DocumentState.READ and earlier.state is not DocumentState.READ:
            self._tell("gained", order.outdated, document.reason, document)
        else:
            self.counts["read"] += 1

    def _tell(self, fate: str, one: Outdated, reason: str, document: Document | None = None) -> None:
        self.counts[fate] += 1
        earlier = one.earlier
        self.told.append(
            {
                "payload_digest": one.payload_digest,
                "url": one.captures[0].url if one.captures else None,
                "fate": fate,
                "reason": reason,
                "was": {"state": earlier.state, "reader": earlier.reader, "pages": earlier.pages},
                "now": {"state": document.state, "reader": document.reader, "pages": len(document.pages)}
                if document
                else None,
            }
        )


def _why_worse(document: Document) -> str:
    if document.state is not DocumentState.READ:
        return f"{document.state}: {document.reason}"
    return document.reason or f"only {sum(len(page.text) for page in document.pages):,} characters were read now"
