"""Bytes taken out of the archive for whoever asks: by payload digest, or PDFs by URL."""

from collections.abc import Sequence

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
    return _first_sound(config, found if by_digest else found[:1])


def _first_sound(config: Config, captures: Sequence[Capture]) -> tuple[Capture, Payload]:
    for capture in captures[:-1]:
        try:
            return capture, read_payload(config.data, capture)
        except ArchiveError:
            continue  # the same bytes are in the next; of the last the error is told
    return captures[-1], read_payload(config.data, captures[-1])
