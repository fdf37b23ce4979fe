"""What a program cost: wall time, CPU time and memory of a process, and how rounds are told."""

import os
import platform
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.05


@dataclass(frozen=True, slots=True)
class Cost:
    """One run. cpu_s: user and system time of the process and of all that it started.

    peak_mib: the most memory that the process itself held; all_mib: the most that it and its children were seen to
    hold together, pages that they share counted for each. Both 0 where there is no /proc.
    """

    wall_s: float
    cpu_s: float
    peak_mib: float
    all_mib: float
    exit_code: int


def run(command: Sequence[str], *, log: Path) -> Cost:
    """Runs the command to its end, its output in `log`."""
    began = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        memory = _Memory(process.pid)
        memory.start()
        _, status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    memory.ended.set()
    memory.join()
    return Cost(wall_s, used.ru_utime + used.ru_stime, memory.own_kib / 1024, memory.all_kib / 1024, process.returncode)


class _Memory(threading.Thread):
    """Looks at a process and its children now and then.

    The peak that `wait4` tells is of no use: it also counts what the parent held when it forked.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.ended = pid, threading.Event()
        self.own_kib = self.all_kib = 0

    def run(self) -> None:
        while not self.ended.wait(SAMPLE_S):
            self.own_kib = max(self.own_kib, _kib(self.pid, "VmHWM"))
            self.all_kib = max(self.all_kib, sum(_kib(pid, "VmRSS") for pid in _family(self.pid)))


def _family(pid: int) -> list[int]:
    """The process and all its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        children += [
            child
            for task in Path(f"/proc/{pid}/task").iterdir()
            if task.name != str(pid)
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return [pid]  # it ended meanwhile, or this kernel does not tell
    return [pid, *(member for child in children for member in _family(int(child)))]


def _kib(pid: int, name: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:")), 0)


def rounds(names: Sequence[str], count: int, work: Callable[[str, int], None]) -> None:
    """Calls `work(name, round)` for every name in turn, the order turned round each time: AB, BA, AB."""
    for number in range(count):
        for name in names if number % 2 == 0 else reversed(names):
            work(name, number)


def median(values: Sequence[float]) -> float:
    """The middle value; 0 when there is none."""
    return statistics.median(values) if values else 0.0


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; floats with two decimals."""

    def cells(row: Sequence[object]) -> str:
        return "| " + " | ".join(f"{cell:,.2f}" if isinstance(cell, float) else str(cell) for cell in row) + " |"

    return "\n".join([cells(header), "|" + "---|" * len(header), *map(cells, rows)])


def machine() -> str:
    """What the figures were taken on: cores, Python, kernel."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}"
