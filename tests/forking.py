"""A process that has imported the program and forks for each piece of work: what a start would import is there.

Run as `python -m tests.forking`; it takes an order a line and answers with how the process of each ended.
"""

import atexit
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
IMPORTED = ("archiving", "asking", "checking", "cli", "export", "importing", "rebuilding", "timer", "verifying")


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, or the number of the signal below zero; what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class _Order:
    work: str
    given: list[Any]
    environment: dict[str, str]
    folder: str
    out: str
    err: str


def forked(work: str, *given: Any, environment: dict[str, str], folder: Path, timeout_s: float) -> Ended:
    """Calls `module:function` with plain values in a process of its own. TimeoutError when that takes longer."""
    with TemporaryDirectory() as place:
        out, err = Path(place, "out"), Path(place, "err")
        order = _Order(work, list(given), environment, str(folder), str(out), str(err))
        return Ended(_forking().code_of(order, timeout_s), out.read_text(), err.read_text())


@cache
def _forking() -> "_Forking":
    """The one of this run of tests, started with the first order."""
    made = _Forking()
    atexit.register(made.end)
    return made


class _Forking:
    """The forking process as tests see it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
        )

    def code_of(self, order: _Order, timeout_s: float) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], timeout_s)
        if not ready:
            os.killpg(self._process.pid, signal.SIGKILL)
            self.end()
            _forking.cache_clear()
            raise TimeoutError(f"{order.work} {order.given} took more than {timeout_s:.0f} s")
        return int(self._process.stdout.readline())

    def end(self) -> None:
        with self._process:
            return


def serve() -> _Order | None:
    """Forks for each order until there are no more; in each child, answers its order."""
    for line in sys.stdin.buffer:
        child = os.fork()
        if child == 0:
            return _Order(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def carry_out(order: _Order) -> NoReturn:
    """From here on this process is as one that was started for the order."""
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    writing = os.O_WRONLY | os.O_CREAT
    for number, (path, flags) in enumerate([(os.devnull, os.O_RDONLY), (order.out, writing), (order.err, writing)]):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    module, _, function = order.work.partition(":")
    code = 0
    try:
        getattr(importlib.import_module(module), function)(*order.given)
    except SystemExit as ended:
        code = int(ended.code or 0)
    # As an interpreter ends, but for taking apart what all children share: that would take longest.
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def program(*words: str) -> None:
    """`sourcekeep` with these words."""
    from desk.cli import main

    sys.argv = ["sourcekeep", *words]
    main()


if __name__ == "__main__":
    for name in IMPORTED:
        importlib.import_module(f"desk.{name}")
    gc.freeze()  # children need not look through what was imported
    given = serve()
    if given is not None:
        carry_out(given)
