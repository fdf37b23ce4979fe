"""Judging again: how an answer ended that is kept and of which nobody told, from its record alone."""

from pathlib import Path

from archive.capture import Capture
from archive.errors import ArchiveError
from archive.files import warc_path
from archive.head import Head
from archive.reader import read_capture
from archive.seed import OutcomeKind
from extract.coding import decode
from extract.glance import MOST, Glance
from extract.substitutes import substitute

_DECODED = 16 << 20  # bytes: what is more is no page of a wall


def ended(data: Path, capture: Capture) -> OutcomeKind:
    """How a whole answer of success of the data folder `data` ended: captured, or by what came in its place.

    A record that cannot be read counts as captured, which its reading will then tell; given files have no answer.
    """
    try:
        held = read_capture(warc_path(data, capture.warc), capture.offset)
    except (ArchiveError, OSError, ValueError):
        return OutcomeKind.CAPTURED
    if held.head is None or held.head.status is None:
        return OutcomeKind.CAPTURED
    seen = substitute(_glance(held.head, held.head.status, next(held.readings()), capture))
    return OutcomeKind.CAPTURED if seen is None else seen.kind.outcome


def _glance(head: Head, status: int, body: bytes, capture: Capture) -> Glance:
    codings = ", ".join(head.codings())
    content = decode(body[:MOST], codings, cap=_DECODED).content if codings else body
    redirected = capture.origin.hops.endswith("R")
    return Glance(status, capture.url, head.headers, len(body), lambda most: content[:most], redirected)
