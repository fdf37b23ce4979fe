"""What kind of archive file a file is: by its first bytes, and by its name where the bytes are damaged."""

import mmap
from enum import StrEnum
from pathlib import Path

from archive.errors import NotAnArchive
from archive.feed import Feed
from archive.members import MAGIC, Inflater


class Form(StrEnum):
    """The forms that are read."""

    WARC = "warc"
    ARC = "arc"
    WACZ = "wacz"


def form_of(path: Path, data: mmap.mmap | bytes) -> Form:
    """The form of a file; NotAnArchive when neither its bytes nor its name are those of an archive file."""
    start = bytes(data[:16])
    if start.startswith(MAGIC):
        start = Feed(Inflater(memoryview(data), 0).pieces()).peek(16)
    if start.startswith(b"WARC/"):
        return Form.WARC
    if start.startswith(b"filedesc:"):
        return Form.ARC
    if start.startswith(b"PK\x03\x04"):
        return Form.WACZ
    name = path.name.lower()
    if ".warc" in name:
        return Form.WARC
    if name.endswith((".arc", ".arc.gz")):
        return Form.ARC
    if name.endswith(".wacz"):
        return Form.WACZ
    raise NotAnArchive(f"{path} is neither WARC nor ARC nor WACZ")
