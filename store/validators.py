"""What captures are asked for again with: the validators that their servers gave last, as far as they are believed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from archive.capture import Capture
from archive.validators import is_drawn
from store import schema
from store.rows import chunks

_captures = schema.capture


def with_validators(connection: Connection, captures: Sequence[Capture]) -> dict[str, Capture]:
    """The captures, by record id, each with the ETag and the Last-Modified of the newest answer with its payload.

    A server that was set up anew sends others with the same payload, and only those it knows again. Without an ETag
    when that of each answer is another one. What came with a 304 does not count: nobody saw its payload.
    """
    original, later = _captures.alias("original"), _captures.alias("later")
    same = (later.c.url_id == original.c.url_id) & (later.c.payload_digest == original.c.payload_digest)
    query = (
        select(original.c.record_id, later.c.etag, later.c.last_modified)
        .join(later, same & (later.c.http_status == original.c.http_status))
        .where(later.c.timestamp >= original.c.timestamp)
        .order_by(later.c.timestamp, later.c.id)
    )
    etags: defaultdict[str, list[str | None]] = defaultdict(list)
    dates: dict[str, str | None] = {}
    for chunk in chunks(one.record_id for one in captures):
        for record_id, etag, last_modified in connection.execute(query.where(original.c.record_id.in_(chunk))):
            etags[record_id].append(etag)
            dates[record_id] = last_modified
    return {one.record_id: _renewed(one, etags[one.record_id], dates) for one in captures}


def _renewed(capture: Capture, etags: list[str | None], dates: dict[str, str | None]) -> Capture:
    if not etags:  # without a payload there is nothing to know again
        return capture
    return replace(capture, etag=None if is_drawn(etags) else etags[-1], last_modified=dates[capture.record_id])
