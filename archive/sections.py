"""Sections: large WARC files verified in parts side by side, and the parts held against each other where they meet."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import chain
from pathlib import Path

from archive.files import file_digest
from archive.fixity import FileReport, Part, verify_file, verify_part
from archive.form import Form, form_of
from archive.members import MAGIC
from archive.stretch import mapped
from archive.whole import Passed, nobody

SECTION = 64 << 20  # bytes: a second's work, some times what it costs to start a process for it
AHEAD = 8  # files or sections that are handed out while the first of them is waited for


def verify_all(
    paths: Iterable[Path], workers: Executor, section: int = SECTION, passed: Passed = nobody
) -> Iterator[FileReport]:
    """The report of `verify_file` for each file, in order, made by `workers`, which may be processes.

    A large file of gzip members is read in sections, and digested whole beside them. Where a section begins is a guess
    until the one before it ends just there; where it does not, and wherever anything is damaged, the file is read
    again from end to end, so that the answer is always that of `verify_file`. `passed` is told how many more bytes of
    the file that is answered next were read. Raises what `verify_file` raises.
    """
    waiting: deque[tuple[Path, list[Future[FileReport | Part | str]]]] = deque()
    for path in paths:
        waiting.append((path, _begun(path, workers, section)))
        while sum(len(begun) for _, begun in waiting) > AHEAD and len(waiting) > 1:
            yield _ended(*waiting.popleft(), workers, passed)
    while waiting:
        yield _ended(*waiting.popleft(), workers, passed)


def begin_worker() -> None:
    """What each process of `workers` does first: Ctrl-C is its parent's to hear, and without that one it ends too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _begun(path: Path, workers: Executor, section: int) -> list[Future[FileReport | Part | str]]:
    size = path.stat().st_size if path.is_file() else 0
    if size <= section or not _is_zipped_warc(path):
        return [workers.submit(verify_file, path)]
    begun: list[Future[FileReport | Part | str]] = [workers.submit(file_digest, path)]
    begun += [workers.submit(verify_part, path, start, start + section) for start in range(0, size, section)]
    return begun


def _is_zipped_warc(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC and form_of(path, mapped(path)) is Form.WARC


def _ended(path: Path, begun: list[Future[FileReport | Part | str]], workers: Executor, passed: Passed) -> FileReport:
    parts, digest = [], ""
    for each in begun:
        found = each.result()
        if isinstance(found, FileReport):
            return found
        if isinstance(found, Part):
            parts.append(found)
            passed(found.end - found.first)
        else:
            digest = found
    return _joined(path.stat().st_size, digest, parts) or workers.submit(verify_file, path).result()


def _joined(size: int, digest: str, parts: list[Part]) -> FileReport | None:
    """The report of a file of `size` bytes of which these parts are sound and leave nothing out; else None."""
    at = 0
    for part in parts:
        if part.damaged or (part.records and part.first != at):
            return None
        at = part.end if part.records else at
    captures = tuple(chain.from_iterable(part.captures for part in parts))
    return FileReport(sum(part.records for part in parts), size, (), captures, digest) if at == size else None
