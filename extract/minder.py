"""Minder: one worker process as the pool sees it, started when needed, killed when late, replaced when lost."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from typing import Any, Literal

from archive.errors import WorkerLost
from extract.messages import Oversized, receive, send
from extract.sandbox import worker_command, worker_environment

START_S = 60.0  # a loaded machine may take long to start an interpreter; a broken one fails at once
GRACE_S = 1.0  # between the end of a worker's own time and the kill
NOTE_CAP = 4 << 10

Failure = Literal["time_limit", "memory_limit", "damaged"]
FAILURES = ("time_limit", "memory_limit", "damaged")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may use: processor and wall seconds, bytes of address space, bytes of answer.

    1.5 GiB and 25 s are what 61 hostile PDFs were measured against; 2,515 real ones stayed below 500 MB and 22 s.
    """

    cpu_s: float = 20.0
    wall_s: float = 25.0
    memory_bytes: int = 3 << 29
    answer_bytes: int = 64 << 20

    def within(self, other: "Limits") -> "Limits":
        """The tighter of the two in each."""
        return Limits(*(min(pair) for pair in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one order: a `value`, or the kind of `failure` and a `reason` for people.

    `died` is True when the worker crashed over it, so that another reader may be asked.
    """

    value: Any | None
    failure: Failure | None = None
    reason: str = ""
    seconds: float = 0.0
    died: bool = False


class Minder:
    """Keeps one worker; used by one thread at a time, but `kill` may come from any."""

    def __init__(self, *, orders: int, resident_bytes: int) -> None:
        """`orders` and `resident_bytes` (memory held after an answer) say when a worker is replaced by a fresh one."""
        self._orders, self._resident_bytes = orders, resident_bytes
        self._worker: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._taken = 0
        self._stopped = False
        self.kept_away: list[str] = []

    def ask(self, name: str, args: Mapping[str, Any], content: bytes | memoryview, limits: Limits) -> Answer:
        """The worker's answer; WorkerLost if none can be started, LookupError if there is no function `name`."""
        channel = self._ready()
        started = time.monotonic()
        deadline = started + limits.wall_s
        try:
            channel.settimeout(limits.wall_s)
            send(channel, {"name": name, "args": dict(args), **asdict(limits)}, content)
            note, _ = receive(channel, note_cap=limits.answer_bytes + NOTE_CAP, content_cap=0, deadline=deadline)
        except TimeoutError:
            self.kill()
            return Answer(None, "time_limit", f"not read within {limits.wall_s:g} s", time.monotonic() - started)
        except (EOFError, OSError):
            return self._post_mortem(time.monotonic() - started)
        except (Oversized, ValueError, RecursionError) as error:
            self.kill()
            return Answer(None, "damaged", f"the reader answered nonsense: {error}", time.monotonic() - started)
        self._taken += 1
        if self._taken >= self._orders or not 0 <= _number(note.get("resident")) <= self._resident_bytes:
            self.dismiss()
        return _answer_of(note, time.monotonic() - started)

    def _ready(self) -> socket.socket:
        if self._worker is not None and self._worker.poll() is not None:
            self.kill()  # died while idle: nobody's document is to blame
        if self._channel is None:
            self._channel = self._start()
            self._taken = 0
        return self._channel

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._worker = subprocess.Popen(  # noqa: S603
                    worker_command("from extract.worker import serve; serve()"),
                    stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                    env=worker_environment(), start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                ours.close()
                raise WorkerLost(f"No reading process can be started: {error}") from error
        if self._stopped:
            self.interrupt()
        try:
            note, _ = receive(ours, note_cap=NOTE_CAP, content_cap=0, deadline=time.monotonic() + START_S)
            self.kept_away = [str(name) for name in note["kept_away"]]
        except (EOFError, OSError, ValueError, KeyError) as error:
            self._channel = ours
            raise WorkerLost(f"A reading process did not start: {self._last_words() or error}") from error
        return ours

    def _last_words(self) -> str:
        """Kill the worker and answer the last line it wrote on standard error."""
        worker = self._worker
        if worker is None or worker.stderr is None:
            return ""
        _kill_group(worker)
        said = worker.stderr.read().decode("utf-8", "replace").strip().splitlines()
        self.kill()
        return said[-1] if said else ""

    def _post_mortem(self, seconds: float) -> Answer:
        """What the end of a worker that died over an order says of the order."""
        worker = self._worker
        if worker is None:
            return Answer(None, "damaged", "the reading was stopped", seconds)
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(GRACE_S)
        failure, reason = verdict_of_death(worker.returncode)
        self.kill()
        return Answer(None, failure, reason, seconds, died=failure != "time_limit")

    def dismiss(self) -> None:
        """Let an idle worker go: it ends when its channel closes, or is killed if it does not."""
        if self._channel is not None:
            self._channel.close()
        if self._worker is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._worker.wait(GRACE_S)
        self.kill()

    def kill(self) -> None:
        """End the worker and everything it started, and leave no zombie; nothing happens when there is none."""
        worker, channel = self._worker, self._channel
        self._worker = self._channel = None
        if worker is not None:
            _kill_group(worker)
            worker.wait()
            if worker.stderr is not None:
                worker.stderr.close()
        if channel is not None:
            channel.close()

    def interrupt(self) -> None:
        """Kill the worker from another thread, for good; the one that waits for it sees it gone and clears up."""
        self._stopped = True
        worker = self._worker
        if worker is not None:
            _kill_group(worker)


def _kill_group(worker: subprocess.Popen[bytes]) -> None:
    """SIGKILL the worker's own session; the group outlives its leader only while something still runs in it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(worker.pid, signal.SIGKILL)


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1


def _answer_of(note: dict[str, Any], seconds: float) -> Answer:
    if "unknown" in note:
        raise LookupError(f"workers know no {note['unknown']}")
    failure: Failure | None = (
        note["failure"] if note.get("failure") in ("time_limit", "memory_limit", "damaged") else None
    )
    if failure is None and "value" not in note:
        return Answer(None, "damaged", "the reader answered nonsense", seconds)
    return Answer(note.get("value"), failure, str(note.get("reason", ""))[:1000], seconds)


def verdict_of_death(returncode: int | None) -> tuple[Failure, str]:
    """Failure and reason for the way a worker ended (negative: a signal; 128 + n: the same, seen through bubblewrap).

    PDFium aborts or traps when memory runs out; the kernel sends SIGKILL then, and SIGXCPU when processor time is up.
    """
    if returncode is None:
        return "damaged", "the reader fell silent"
    number = -returncode if returncode < 0 else returncode - 128 if returncode > 128 else 0
    if number == signal.SIGXCPU:
        return "time_limit", "used up its processor time"
    if number in (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL, signal.SIGKILL):
        return "memory_limit", f"the reader ended for want of memory ({signal.Signals(number).name})"
    if number in set(signal.Signals):
        return "damaged", f"the reader crashed on it ({signal.Signals(number).name})"
    return "damaged", f"the reader gave up on it (exit {returncode})"
