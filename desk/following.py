"""What follows a capture: records are read into incidents, documents into pages, each payload once."""

import threading
from collections import deque
from concurrent.futures import Future

from archive.reader import read_payload
from archive.seed import Why
from desk.importing import READ as READ_RECORD
from desk.importing import read_answer, record_name
from desk.output import say
from desk.place import Place
from extract.document import Document
from extract.incident.formats import incidents_of
from extract.pool import Answer
from extract.reading import submit_reading
from store import frontier, intake
from store.frontier import Unread

_Order = tuple[Unread, Future[Document], Future[Answer] | None]


class Reading:
    """Reads what the catalogue says is unread, in a thread beside the crawl; `finish` waits for the last page.

    `incidents` gathers the keys of the incidents found in captured pages.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self.incidents: set[str] = set()
        self._after = 0
        self._ahead = 2 * place.config.reading.workers  # enough to keep the workers busy, few enough to hold in memory
        self._turn = threading.Lock()
        self._wake = threading.Event()
        self._ending = False
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
            return self._read_all()

    def finish(self) -> None:
        """Ends the thread when everything is read; raises what broke the reading."""
        self._ending = True
        self._wake.set()
        self._thread.join()
        self.catch_up()

    def _work(self) -> None:
        while not self._ending:
            self._wake.wait()
            self._wake.clear()
            try:
                with self._turn:
                    self._read_all()
            except Exception as error:
                self._failure = error  # told by the next `catch_up` or `finish`
                return

    def _read_all(self) -> int:
        """In order of capture, so many at once as keep the workers busy."""
        done, out = 0, deque[_Order]()
        while batch := frontier.unread(self._place.database, 200, self._after):
            for unread in batch:
                self._after = unread.capture_id
                out.append(self._ask(unread))
                if len(out) >= self._ahead:
                    done += self._file(*out.popleft())
        while out:
            done += self._file(*out.popleft())
        return done

    def _ask(self, unread: Unread) -> _Order:
        capture, pool = unread.capture, self._place.pool
        payload = read_payload(self._place.config.data, capture)
        document = submit_reading(
            pool, payload.content, mime=payload.content_type, url=capture.url, content_encoding=payload.content_encoding
        )
        record = None
        if unread.why is Why.INCIDENT:
            name, url = record_name(capture.url)
            record = pool.submit(READ_RECORD, payload.content, name=name, url=url)
        return unread, document, record

    def _file(self, unread: Unread, document: Future[Document], record: Future[Answer] | None) -> int:
        if record is not None:
            self._file_record(unread, record.result())
        digest = unread.capture.payload_digest
        assert digest is not None, "what has no payload is never unread"
        now = self._place.seams.now()
        intake.file_document(self._place.database, digest, document.result(), now=now)
        return 1

    def _file_record(self, unread: Unread, answer: Answer) -> None:
        plain = read_answer(answer, unread.capture.url)
        if "error" in plain:
            say(f"{plain['error']}; kept as a source of its own")
            return
        for warning in plain["warnings"]:
            say(f"note: {warning}")
        for incident in incidents_of(plain):
            filed = intake.file_incident(
                self._place.database, incident, now=self._place.seams.now(), capture=unread.capture
            )
            self.incidents.add(filed.key)
