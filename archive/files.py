"""Where the archive's files lie in a data folder, and how a new name or content is made to last."""

import hashlib
import os
from pathlib import Path

WARC_FOLDER = "warc"
OPEN = ".open"  # ending of a WARC file that is being written, or that a crash left behind
TORN = ".torn"  # ending of what was cut from such a file


def sync_folder(folder: Path) -> None:
    """Make a new name, a rename or a deletion in `folder` outlive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_file(path: Path) -> None:
    """Make the content of a file outlive a power cut, whoever wrote it."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, on disk before this returns; an older one of that name is replaced at once or not at all."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def file_digest(path: Path) -> str:
    """`sha256:` and the lower-case hex digest of a whole file."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def warc_files(folder: Path) -> list[Path]:
    """The WARC files of a data folder by name, with those that a run writes or that a crash left open."""
    return sorted([*(folder / WARC_FOLDER).glob("*.warc.gz"), *(folder / WARC_FOLDER).glob("*" + OPEN)])


def warc_path(folder: Path, name: str) -> Path:
    """Where the WARC file `name` of a data folder lies now: under its final name, or while it is written.

    FileNotFoundError when it is neither; ValueError for a name that is not a plain file name.
    """
    if name != Path(name).name or name in ("", ".", ".."):
        raise ValueError(f"{name!r} is no file name")
    final = folder / WARC_FOLDER / name
    still_open = final.with_name(name + OPEN)
    for path in (final, still_open, final):  # a third look, as the rename may fall between the first two
        if path.is_file():
            return path
    raise FileNotFoundError(f"{final} is missing")
