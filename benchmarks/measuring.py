"""What a program cost: wall time, CPU time and memory of a process, and how rounds are told."""

import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.05
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """One run. cpu_s: user and system time of the process and of all that it started: what `wait4` tells, or what
    was seen while it ran if that is more (a sandbox does not wait for what runs inside, so its time is never told).

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
        seen = _Seen(process.pid)
        seen.start()
        _, status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    seen.ended.set()
    seen.join()
    cpu_s = max(used.ru_utime + used.ru_stime, seen.cpu_s)
    return Cost(wall_s, cpu_s, seen.own_kib / 1024, seen.all_kib / 1024, process.returncode)


class _Seen(threading.Thread):
    """What a process and its children were seen to use, by looking now and then.

    The peak that `wait4` tells is of no use: it also counts what the parent held when it forked.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.ended = pid, threading.Event()
        self.own_kib = self.all_kib = 0
        self._ticks: dict[int, int] = {}

    @property
    def cpu_s(self) -> float:
        """Seconds of user and system time, each process as last seen."""
        return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")

    def run(self) -> None:
        while not self.ended.wait(SAMPLE_S):
            family = _family(self.pid)
            self.own_kib = max(self.own_kib, _kib(self.pid, "VmHWM"))
            self.all_kib = max(self.all_kib, sum(_kib(pid, "VmRSS") for pid in family))
            self._ticks.update((pid, _ticks(pid) or self._ticks.get(pid, 0)) for pid in family)


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


def _ticks(pid: int) -> int:
    """User and system time of one process (fields 14 and 15 of proc_pid_stat(5)), in clock ticks."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _kib(pid: int, name: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:")), 0)


def compile_rooms() -> None:
    """Our modules to bytecode, as an installation does: some environments forbid that an import does it."""
    rooms = [str(ROOT / name) for name in ("archive", "benchmarks", "crawler", "desk", "extract", "store")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *rooms], check=True)


def resident_mib() -> float:
    """Memory that this process holds now; 0 where there is no /proc."""
    return _kib(os.getpid(), "VmRSS") / 1024


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
