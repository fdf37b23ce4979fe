"""The workers of a run as seen by the process that began it: started, heard, replaced when they die, ended with it."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import archive.errors
from archive.errors import CrawlError, SourcekeepError
from archive.seed import OutcomeKind
from crawler.dispatch import REPORT_S
from crawler.progress import CrawlProgress, HostProgress
from crawler.run import signals_set
from desk.output import safe, say
from desk.place import Place, repair
from desk.supply import Ended
from desk.worker import DONE, Order
from store import frontier, holding

# A worker that dies is replaced; when so many have died, something is wrong that no other one will mend.
MOST_DEATHS = 10
LOOK_EVERY_S = 0.25
# After a stop they have so long; five seconds are promised for the whole call.
ENDING_S = 3.8
# When all is done they close their files; who takes longer hangs, and is killed.
CLOSING_S = 60.0
_START = "import sys; sys.path.append(sys.argv[1]); from desk.worker import main; main()"
_ROOMS = str(Path(__file__).resolve().parents[1])  # last in the path, so that a clone works as what is installed does


@dataclass
class _Worker:
    """A process that crawls, and how far it has told to be."""

    holder: str
    process: subprocess.Popen[bytes]
    said: IO[bytes]  # on standard error, for when it dies
    counts: Sequence[int] = (0, 0, 0, 0, 0)  # done, failed, bytes, waiting, under way
    hosts: dict[str, HostProgress] = field(default_factory=dict)
    in_order: bool = False  # it has said that it ends

    def say(self, line: bytes) -> None:
        """Tell it something; it may be gone."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.write(line)
            self.process.stdin.flush()

    @property
    def last_words(self) -> str:
        """How it ended, and the last line that it said."""
        code = self.process.returncode
        self.said.seek(max(0, self.said.seek(0, os.SEEK_END) - 4096))
        lines = self.said.read().decode("utf-8", "replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        return ": ".join(filter(None, (f"signal {-code}" if code < 0 else f"exit {code}", safe(last.strip()))))

    def stop(self) -> None:
        """It ends as soon as it can."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()


class Workers:
    """The processes that crawl for a run, `crawl.workers` of them, each with files and connections of its own.

    further: has looked what may lead to more to fetch, when nothing waits. settled: hears how URLs ended.
    """

    def __init__(
        self,
        place: Place,
        run: int,
        further: Callable[[], "Future[bool]"],
        settled: Callable[[Sequence[Ended]], None],
        progress: Callable[[CrawlProgress], None],
        stop: threading.Event,
    ) -> None:
        self._place, self._run, self._stop = place, run, stop
        self._look, self._settled, self._progress = further, settled, progress
        self._looking: Future[bool] | None = None
        self._look_at = self._show_at = 0.0
        self._count = place.config.crawl.workers
        self._workers: list[_Worker] = []
        self._left: list[_Worker] = []
        self._told: queue.SimpleQueue[tuple[_Worker, bytes]] = queue.SimpleQueue()
        self._deaths, self._done = 0, False
        self._began = time.monotonic()

    def crawl(self) -> None:
        """Until nothing waits and nothing more can be found, or until Ctrl-C, SIGTERM or `stop` end it.

        Raises what broke a worker, and CrawlError when they die again and again.
        """
        with signals_set(self._stop):
            try:
                for _ in range(self._count):
                    self._begin()
                while self._workers and not self._stop.is_set():
                    self._hear(LOOK_EVERY_S)
                    self._look_further()
            finally:
                self._end()

    def _begin(self) -> None:
        place, lock = self._place, self._place.lock
        assert lock is not None, "whoever begins a run holds the folder"
        said = tempfile.TemporaryFile()  # noqa: SIM115  (as long as the worker)
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-c", _START, _ROOMS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            process_group=0,  # a Ctrl-C is heard here, and told
            pass_fds=(lock.fileno(),),  # nobody else has the folder while one of them lives
        )
        worker = _Worker(f"{process.pid}-{place.seams.new_id().hex[:8]}", process, said)
        self._workers.append(worker)
        threading.Thread(target=self._listen, args=(worker,), name="worker", daemon=True).start()
        config = place.config.model_dump(mode="json")
        order = Order(config, self._run, worker.holder, self._count, os.getpid())
        worker.say(json.dumps(asdict(order)).encode() + b"\n")

    def _listen(self, worker: _Worker) -> None:
        assert worker.process.stdout is not None
        for line in worker.process.stdout:
            self._told.put((worker, line))
        worker.process.stdout.close()
        self._told.put((worker, b""))

    def _hear(self, wait_s: float) -> None:
        """What they have told, once there is something, or when the wait is over."""
        with suppress(queue.Empty):
            worker, line = self._told.get(timeout=wait_s)
            while True:
                if line:
                    self._heed(worker, json.loads(line))
                else:
                    self._ended(worker)
                worker, line = self._told.get_nowait()
        if time.monotonic() >= self._show_at:
            self._show_at = time.monotonic() + REPORT_S
            self._progress(self._moment())

    def _heed(self, worker: _Worker, told: dict[str, Any]) -> None:
        if "settled" in told:
            self._settled([(url, OutcomeKind(kind)) for url, kind in told["settled"]])
        elif "broke" in told:
            worker.in_order = True
            raise _error(*told["broke"])
        elif "ended" in told:
            worker.in_order = True
        else:
            worker.counts = told["progress"]
            worker.hosts |= {host: HostProgress(*seen) for host, seen in told["hosts"].items()}

    def _ended(self, worker: _Worker) -> None:
        """Its files are closed, or put in order now; what it had under way is others' to fetch."""
        worker.process.wait()
        worker.stop()
        self._workers.remove(worker)
        self._left.append(worker)
        worker.counts = (*worker.counts[:3], 0, 0)
        with worker.said:
            how = worker.last_words
        if self._stop.is_set() or (worker.in_order and self._done):
            return
        self._deaths += 1
        say(f"a crawling process ended before its time ({how}); what it had under way is fetched by another")
        repair(self._place.database, self._place.config.data, self._place.seams, process=worker.process.pid)
        holding.bury(self._place.database, worker.holder, self._place.seams.now())
        if self._deaths >= MOST_DEATHS:
            raise CrawlError(f"{self._deaths} crawling processes ended before their time, the last by {how}")
        if not self._done or frontier.is_waiting(self._place.database, self._run):
            self._done = False
            self._begin()

    def _look_further(self) -> None:
        """When nothing waits, what may lead to more is looked at; when that leads to nothing, all may end."""
        if self._looking is not None:
            if self._looking.done():
                found, self._looking = self._looking.result(), None
                if not (found or frontier.is_waiting(self._place.database, self._run)):
                    self._finish()
            return
        if self._done and time.monotonic() > self._look_at + CLOSING_S:
            for worker in self._workers:
                worker.process.kill()
        if self._done or time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_EVERY_S
        if not frontier.is_waiting(self._place.database, self._run):
            self._looking = self._look()

    def _finish(self) -> None:
        self._done, self._look_at = True, time.monotonic()
        for worker in self._workers:
            worker.say(DONE)

    def _end(self) -> None:
        """All have ended when this returns; those that take too long are killed, and repaired by the next run."""
        for worker in self._workers:
            worker.stop()
        until = time.monotonic() + ENDING_S
        for worker in self._workers:
            with suppress(subprocess.TimeoutExpired):
                worker.process.wait(max(0.0, until - time.monotonic()))
            worker.process.kill()
            worker.process.wait()
            worker.said.close()
        self._progress(self._moment())

    def _moment(self) -> CrawlProgress:
        everybody = [*self._workers, *self._left]
        done, failed, received, waiting, under_way = map(sum, zip(*(one.counts for one in everybody), strict=True))
        hosts: dict[str, HostProgress] = {}
        for worker in everybody:
            for host, seen in worker.hosts.items():
                had = hosts.get(host, HostProgress())
                hosts[host] = HostProgress(had.done + seen.done, had.failed + seen.failed, had.bytes + seen.bytes)
        seconds = time.monotonic() - self._began
        return CrawlProgress(done, failed, received, waiting, under_way, seconds, hosts)


def _error(name: str, told: str, advice: str) -> Exception:
    """What broke a worker, as it would have been raised here."""
    kind = getattr(archive.errors, name, None) if name else None
    if kind is None or not issubclass(kind, SourcekeepError):
        broken = RuntimeError(f"a crawling process broke: {told}")
        broken.add_note(advice)  # its traceback
        return broken
    error: SourcekeepError = kind(told, advice=advice)
    return error
