"""What a program cost: wall time, CPU time and memory of a process, and how rounds are told."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """One run. cpu_s: user and system time of the process and of all that it started; peak_mib: its largest process."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    exit_code: int


def run(command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None) -> Cost:
    """Runs the command to its end, its output in `log`. RuntimeError when it cannot be waited for."""
    began = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=env, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - began
    return Cost(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode)


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
    import platform

    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}"
