"""The records that belong to a capture or conversion, found around it in its file without reading the rest."""

from pathlib import Path

from archive.feed import Feed
from archive.fields import Fields, parse_fields, record_id
from archive.members import MAGIC, Inflater
from archive.stretch import mapped

Place = tuple[int, int]  # offset and length of a gzip member, in bytes

SEARCHED = 1 << 20  # bytes before a capture in which its metadata and request are looked for


def members_of_event(path: Path, offset: int, length: int) -> list[Place]:
    """The gzip members of the capture at `offset`: its own and the request and metadata tied to it, in file order.

    Here they stand before it, with other writers behind it; each names it in `WARC-Concurrent-To`, and the metadata of
    a conversion, which belongs to no capture, in `WARC-Refers-To`. A neighbour that does not ends the search.
    """
    data = mapped(path)
    view = memoryview(data)
    own = _fields_at(view, offset)
    wanted = record_id(own.get("WARC-Record-ID")) if own else None
    places = [(offset, length)]
    if wanted is None:
        return places
    at = offset
    while (start := _start_of_member_ending(view, at)) is not None and _is_tied(view, start, wanted):
        places.insert(0, (start, at - start))
        at = start
    at = offset + length
    while at < len(view) and _is_tied(view, at, wanted):
        end = _end_of_member(view, at)
        places.append((at, end - at))
        at = end
    return places


def begins_at(path: Path, offset: int, wanted: str) -> bool:
    """True when the record with the id `wanted` begins at `offset`; only its header is read."""
    fields = _fields_at(memoryview(mapped(path)), offset)
    return fields is not None and record_id(fields.get("WARC-Record-ID")) == wanted


def warcinfo_members(path: Path) -> Place | None:
    """The place of the warcinfo that opens a file, with those behind it, which imported records name; or None."""
    view = memoryview(mapped(path))
    at, end = -1, 0
    while at < end and (fields := _fields_at(view, end)) is not None and fields.kind == "warcinfo":
        at, end = end, _end_of_member(view, end)
    return (0, end) if end else None


def _fields_at(view: memoryview, offset: int) -> Fields | None:
    if bytes(view[offset : offset + 3]) != MAGIC:
        return None
    header = Feed(Inflater(view, offset).pieces()).take_until(b"\r\n\r\n")
    return parse_fields(header.split(b"\n", 1)[1]) if header and header.startswith(b"WARC/") else None


def _is_tied(view: memoryview, offset: int, wanted: str) -> bool:
    fields = _fields_at(view, offset)
    if fields is None:
        return False
    told = fields.all("WARC-Refers-To") if fields.kind == "metadata" else []
    return wanted in map(record_id, (*fields.all("WARC-Concurrent-To"), *told))


def _end_of_member(view: memoryview, offset: int) -> int:
    inflater = Inflater(view, offset)
    for _ in inflater.pieces():
        continue
    return inflater.end if inflater.whole else offset


def _start_of_member_ending(view: memoryview, end: int) -> int | None:
    """Where the member begins that ends exactly at `end`: the nearest magic number that inflates to there."""
    floor = max(0, end - SEARCHED)
    before = bytes(view[floor:end])
    at = before.rfind(MAGIC)
    while at >= 0:
        if _end_of_member(view[:end], floor + at) == end:
            return floor + at
        at = before.rfind(MAGIC, 0, at)
    return None
