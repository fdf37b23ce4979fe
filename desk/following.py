"""What follows a capture: records are read into incidents, documents into pages, each payload once."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from archive.capture import Capture
from archive.errors import Interrupted, WorkerLost
from archive.reader import Payload, read_payload
from archive.seed import Why
from archive.showing import is_shown, page_url
from desk.converting import Converting
from desk.importing import READ as READ_RECORD
from desk.importing import read_answer, record_name
from desk.output import say
from desk.place import Place
from extract.document import Document
from extract.incident.formats import incidents_of
from extract.pool import Answer, Pool, PoolClosed
from extract.reading import submit_reading
from store import frontier, intake
from store.frontier import Unread

# What is read at once: enough to keep workers busy while a transaction ends, few enough to hold in memory.
MOST_AT_ONCE, MOST_BYTES = 16, 8 << 20
# Readings filed in one transaction. One a transaction cost 5 ms each, more than half of what this process did.
FILED_AT_ONCE, FILED_AFTER_S = 64, 0.2
AS_SHOWN = "read from the page as a browser showed it"


def submit_payload(pool: Pool, capture: Capture, payload: Payload) -> Future[Document]:
    """Has the payload of a capture read; errors as `submit_reading` says."""
    return submit_reading(
        pool,
        payload.content,
        mime=payload.content_type,
        url=page_url(capture),
        content_encoding=payload.content_encoding,
    )


class Sized(Protocol):
    """Something that is under way, with so many bytes in memory."""

    @property
    def size(self) -> int:
        """Bytes."""


Underway = TypeVar("Underway", bound=Sized)


def in_turn(orders: Iterable[Underway], workers: int) -> Iterator[Underway]:
    """The orders as they were given, each when it is to be waited for: so many are under way as keep `workers` busy."""
    most = max(MOST_AT_ONCE, 4 * workers)
    under_way: deque[Underway] = deque()
    for order in orders:
        under_way.append(order)
        while len(under_way) >= most or sum(one.size for one in under_way) > MOST_BYTES:
            yield under_way.popleft()
    while under_way:
        yield under_way.popleft()


@dataclass(frozen=True, slots=True)
class _Order:
    """A payload that is being read; `size` are its bytes."""

    unread: Unread
    document: Future[Document]
    record: Future[Answer] | None
    size: int


class Reading:
    """Reads what the catalogue says is unread, in a thread beside the crawl; `finish` waits for the last page.

    `incidents` gathers the keys of the incidents found in captured pages, `strays` the pages that were handed over
    as records and are none. With `keep_text` the text of each document is kept in the archive before it is filed.
    """

    def __init__(self, place: Place, *, keep_text: bool) -> None:
        self._place = place
        self._keep_text = keep_text
        self.incidents: set[str] = set()
        self.strays: list[Unread] = []
        self._given: set[int] = set()  # captures that were read, so that none is read for ever
        self._turn = threading.Lock()
        self._wake = threading.Event()
        self._ending = self._given_up = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="reading", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be something new to read."""
        self._wake.set()

    def catch_up(self) -> int:
        """Reads all that is unread now; answers how many payloads that was. Raises what broke the reading."""
        if self._failure is not None:
            raise self._failure
        with self._turn:
            return self._read_on()

    def finish(self) -> None:
        """Ends the thread when everything is read; raises what broke the reading."""
        self._ending = True
        self._wake.set()
        self._thread.join()
        self.catch_up()

    def give_up(self) -> None:
        """Ends all reading at once, also that of another thread: what is not filed stays unread, for the next run."""
        self._ending = self._given_up = True
        self._place.pool.close()
        with self._turn:  # whoever was reading has noticed
            self._wake.set()

    def _work(self) -> None:
        while not self._ending:
            self._wake.wait()
            self._wake.clear()
            try:
                with self._turn:
                    self._read_on()
            except Exception as error:
                self._failure = error  # told by the next `catch_up` or `finish`
                return

    def _read_on(self) -> int:
        """All that is unread; less, when it is given up meanwhile."""
        try:
            return 0 if self._given_up else self._read_all()
        except (PoolClosed, WorkerLost, CancelledError, Interrupted):
            if not self._given_up:
                raise
            return 0

    def _read_all(self) -> int:
        """In order of capture, so many at once as keep the workers busy.

        Each time from the first: a capture may be settled, and so become due for reading, after a later one was.
        """
        converting = Converting(self._place) if self._keep_text else None
        filing, done = Filing(self._place, converting), 0
        for order in in_turn(self._orders(converting), self._place.config.reading.workers):
            self._take(order, filing)
            done += 1
        filing.end()
        return done

    def _orders(self, converting: Converting | None) -> Iterator[_Order]:
        after = 0
        while batch := frontier.unread(self._place.database, 200, after):
            after = batch[-1].capture_id
            fresh = [unread for unread in batch if unread.capture_id not in self._given]
            self._given |= {unread.capture_id for unread in fresh}
            if converting is not None:
                converting.expect(unread.capture.payload_digest or "" for unread in fresh)
            yield from map(self._ask, fresh)

    def _ask(self, unread: Unread) -> _Order:
        payload = read_payload(self._place.config.data, unread.capture)
        document = submit_payload(self._place.pool, unread.capture, payload)
        record = None
        if unread.why is Why.INCIDENT:
            name, page = record_name(page_url(unread.capture))
            record = self._place.pool.submit(READ_RECORD, payload.content, name=name, url=page)
        return _Order(unread, document, record, len(payload.content))

    def _take(self, order: _Order, filing: "Filing") -> None:
        if order.record is not None:
            self._file_record(order.unread, order.record.result())
        filing.add(order.unread.capture, order.document)

    def _file_record(self, unread: Unread, answer: Answer) -> None:
        plain = read_answer(answer, page_url(unread.capture))
        if "error" in plain:
            say(f"{plain['error']}; kept as a source of its own")
            self.strays.append(unread)
            return
        for warning in plain["warnings"]:
            say(f"note: {warning}")
        for incident in incidents_of(plain):
            filed = intake.file_incident(
                self._place.database, incident, now=self._place.seams.now(), capture=unread.capture
            )
            self.incidents.add(filed.key)


class Filing:
    """Readings on their way into the catalogue, many in one transaction, none held back while the next takes long.

    With `converting` their texts are in the archive before.
    """

    def __init__(self, place: Place, converting: Converting | None) -> None:
        self._place = place
        self._converting = converting
        self._waiting: list[tuple[str, Document]] = []
        self._since = 0.0

    def add(self, capture: Capture, reading: Future[Document]) -> None:
        """Waits for the reading of this capture; it is in the catalogue soon after, or when `end` was called."""
        digest = capture.payload_digest
        assert digest is not None, "what has no payload is never unread"
        if self._waiting and not self._is_soon(reading):
            self.end()
        document = reading.result()
        if is_shown(capture):
            document = replace(document, reason="; ".join(filter(None, (AS_SHOWN, document.reason))))
        if self._converting is not None:
            self._converting.keep(capture, document)
        if not self._waiting:
            self._since = self._place.seams.monotonic()
        self._waiting.append((digest, document))
        if len(self._waiting) >= FILED_AT_ONCE or self._left_s() <= 0:
            self.end()

    def _is_soon(self, reading: Future[Document]) -> bool:
        return bool(wait([reading], max(self._left_s(), 0.0)).done)

    def _left_s(self) -> float:
        return self._since + FILED_AFTER_S - self._place.seams.monotonic()

    def end(self) -> None:
        """Files what waits."""
        if self._converting is not None:
            self._converting.settle()
        intake.file_documents(self._place.database, self._waiting, now=self._place.seams.now())
        self._waiting = []
