"""Questions to the catalogue that take more than one call."""

from datetime import date
from typing import Any

from archive.errors import UsageError
from desk.config import Config
from desk.place import catalogue
from store.search import CLOSE, OPEN, SearchIndex

MARKS = str.maketrans({OPEN: "[", CLOSE: "]"})  # around what matched, in a snippet


def search(
    config: Config,
    query: str,
    *,
    incident: str | None = None,
    publisher: str | None = None,
    kind: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int = 10,
    offset: int = 0,
    counted: bool = False,
) -> dict[str, Any]:
    """The contract's search object; what matched stands in [brackets] in each snippet. UsageError for a wrong date."""
    with catalogue(config) as database:
        answer = SearchIndex(database).search(
            query,
            incident=incident,
            publisher=publisher,
            type=kind,
            from_=_day(since),
            to=_day(until),
            limit=limit,
            offset=offset,
            counted=counted,
        )
    for hit in answer["hits"]:
        hit["snippet"] = hit["snippet"].translate(MARKS)
    return answer


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{text!r} is no date", advice="Write it as 2024-12-31.") from error
