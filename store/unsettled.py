"""Answers that a killed run kept and nobody settled: asking for them again would bother their hosts for nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select

from archive.capture import Capture, RecordType
from store import schema
from store.captures import capture_of, capture_rows

_urls, _captures, _files = schema.url, schema.capture, schema.warc_file
# What is older is asked for again: who archives today wants what is there today.
LATELY = timedelta(days=1)
_ANSWERS = (RecordType.RESPONSE.value, RecordType.REVISIT.value)


class Unsettled(NamedTuple):
    """An answer without an outcome, and the capture that it repeats if it is a revisit."""

    capture: Capture
    repeated: Capture | None


def unsettled(connection: Connection, run: int, urls: Sequence[int], now: datetime) -> dict[int, Unsettled]:
    """By URL number, the newest answer that was kept lately, for what the URL is wanted now, since it was last settled.

    None in a forced run, which wants everything anew. What was brought in is no answer that a run was given.
    """
    if connection.execute(select(schema.run.c.forced).where(schema.run.c.id == run)).scalar():
        return {}
    query = capture_rows().where(
        _captures.c.url_id.in_(urls),
        _captures.c.timestamp > now - LATELY,
        or_(_urls.c.last_at.is_(None), _captures.c.timestamp > _urls.c.last_at),
        _captures.c.why == func.coalesce(_urls.c.wanted_why, _urls.c.why),
        _captures.c.record_type.in_(_ANSWERS),
        _files.c.imported_from.is_(None),
    )
    found = {row.url_id: capture_of(row) for row in connection.execute(query.order_by(_captures.c.timestamp))}
    repeats = {one.revisit_of for one in found.values() if one.revisit_of}
    rows = connection.execute(capture_rows().where(_captures.c.record_id.in_(repeats)))
    originals = {row.record_id: capture_of(row) for row in rows}
    return {
        number: Unsettled(one, originals.get(one.revisit_of or ""))
        for number, one in found.items()
        if not one.revisit_of or one.revisit_of in originals
    }
