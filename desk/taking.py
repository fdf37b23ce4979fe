"""Bytes taken out of the archive for whoever asks: by payload digest, or PDFs by URL."""

from collections.abc import Sequence
from pathlib import Path

from archive.capture import Capture
from archive.errors import ArchiveError, UsageError
from archive.reader import Payload, read_payload
from desk.config import Config
from desk.looking import is_digest, known_url, spellings
from desk.place import catalogue
from store.holders import holders, pdfs_at


def taken(config: Config, wanted: str) -> tuple[Capture, Payload]:
    """The newest capture with this payload digest, or of a PDF at this URL or that serves the source there.

    Of several that hold what is wanted by digest one that is sound. UsageError when nothing of it is archived;
    ArchiveError when it is damaged.
    """
    by_digest = is_digest(wanted)
    with catalogue(config) as database:
        found = holders(database, list(spellings(wanted))) if by_digest else pdfs_at(database, known_url(wanted))
    if not found:
        what = "nothing" if by_digest else "no PDF"
        raise UsageError(f"{what} is archived of {wanted[:200]}", advice="`sourcekeep captures URL` lists what is.")
    return first_sound(config.data, found if by_digest else found[:1])


def first_sound(data: Path, captures: Sequence[Capture]) -> tuple[Capture, Payload]:
    """The first of these captures of the same bytes that is sound, and its payload.

    ArchiveError tells what is wrong with the last, or that there is none.
    """
    if not captures:
        raise ArchiveError("no capture of these bytes is known")
    for capture in captures[:-1]:
        try:
            return capture, read_payload(data, capture)
        except ArchiveError:
            continue  # the same bytes are in the next
    return captures[-1], read_payload(data, captures[-1])
