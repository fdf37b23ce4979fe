"""What a search found, counted: pages by incident, publisher, year of capture and type."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, select

from store import schema
from store.citedby import cited_by
from store.rows import chunks

_pages, _documents = schema.page, schema.document
NAMES = ("incident", "publisher", "year", "type")
MOST_VALUES = 20  # of a facet


def facets(connection: Connection, numbers: Iterable[int]) -> dict[str, list[dict[str, Any]]]:
    """For each facet its commonest values among these pages, `{value, pages}`, the most pages first.

    A page counts for each incident that cites its source; what is not known is not counted.
    """
    held: Counter[tuple[str, str]] = Counter()
    for chunk in chunks(numbers):
        query = select(_documents.c.payload_digest, _documents.c.type, func.count().label("pages")).join(_pages)
        query = query.where(_pages.c.id.in_(chunk)).group_by(_documents.c.payload_digest, _documents.c.type)
        for digest, kind, pages in connection.execute(query):
            held[digest, kind] += pages
    origins = cited_by(connection, (digest for digest, _ in held))
    counts: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    for (digest, kind), pages in held.items():
        counts["type"][kind] += pages
        if origin := origins.get(digest):
            counts["publisher"][origin.publisher] += pages
            counts["year"][origin.capture["timestamp"][:4]] += pages
            for key in origin.incidents:
                counts["incident"][key] += pages
    return {name: _told(counted) for name, counted in counts.items()}


def _told(counted: Counter[str]) -> list[dict[str, Any]]:
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return [{"value": value, "pages": pages} for value, pages in ordered if value][:MOST_VALUES]
