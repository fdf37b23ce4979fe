"""Archive files read again, record by record, and all that was found as one answer."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.errors import NotAnArchive, UsageError
from archive.fixity import FileReport, verify_file
from archive.sections import SECTION, begin_worker, verify_all
from desk.output import safe
from desk.pace import Pace, pace_shown
from desk.stopping import deferred

WORTH_PROCESSES = 2 * SECTION  # bytes
FOUND = ("damaged", "missing", "unlisted")


def verify_files(files: Sequence[Path]) -> dict[str, Any]:
    """The contract's verify object for just these files; NotAnArchive or UsageError names one that is none."""
    answer = nothing_found()
    with pace_shown(files) as pace:
        for _, report in read_again(files, pace):
            add(answer, report)
    return answer


def nothing_found() -> dict[str, Any]:
    """The verify object before anything was read."""
    return {"files": 0, "records": 0, "bytes": 0, **{found: [] for found in FOUND}}


def read_again(files: Sequence[Path], pace: Pace) -> Iterator[tuple[Path, FileReport]]:
    """What is found in each file, in order; UsageError when the system does not let one be read.

    So much that it takes seconds is read by a process on each processor.
    """
    with ExitStack() as closing:
        if pace.all_bytes < WORTH_PROCESSES or (os.cpu_count() or 1) == 1:
            reports: Iterator[FileReport] = (verify_file(path, pace.passed) for path in files)
        else:
            reports = verify_all(files, closing.enter_context(_processes()), passed=pace.passed)
        for path in pace.through(files):
            try:
                yield path, next(reports)
            except NotAnArchive:
                raise
            except OSError as error:
                advice = "Check the path and its rights."
                raise UsageError(f"cannot read {path}: {error.strerror}", advice=advice) from error


@contextmanager
def _processes() -> Iterator[Executor]:
    """Processes that know nothing of ours but what they import; what is not begun when this ends is not done."""
    count = os.cpu_count() or 1
    workers = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=begin_worker)
    try:
        with deferred():
            for _ in range(count):  # each order starts one while none is idle; one that is half started would complain
                workers.submit(int)
        yield workers
    except BaseException:
        for each in multiprocessing.active_children():
            each.kill()  # nobody waits for its answer, and what it is at takes a second
        raise
    finally:
        workers.shutdown(cancel_futures=True)


def add(answer: dict[str, Any], report: FileReport) -> None:
    """Counts a file into the verify object."""
    answer["files"] += 1
    answer["records"] += report.records
    answer["bytes"] += report.bytes
    answer["damaged"] += [asdict(damage) for damage in report.damaged]


def faults_of(answer: dict[str, Any]) -> int:
    """How many things are not as they must be."""
    return sum(len(answer[found]) for found in FOUND) + len(answer.get("custody", {}).get("faults", ()))


def fault_lines(answer: dict[str, Any]) -> Iterator[str]:
    """A line for people on each of them."""
    for damage in answer["damaged"]:
        where = f"{safe(damage['warc'])} at {damage['offset']}"
        yield f"damaged  {where}: {safe(damage['what'])} {safe(damage['url'] or '')}".rstrip()
    for found in FOUND[1:]:
        for row in answer[found]:
            yield f"{found}  {safe(row['warc'])} at {row['offset']}: {safe(row['url'])}"
    for fault in answer.get("custody", {}).get("faults", ()):
        where = f"entry {fault['entry']}: " if fault["entry"] else ""
        yield f"custody  {where}{safe(fault['what'])}"
