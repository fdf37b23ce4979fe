"""Decisions told again to an empty catalogue: what `store.decided` collected, put back around the reading."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from archive.capture import Capture
from archive.clock import utc_now
from archive.seed import OutcomeKind, Why
from store import schema
from store.captures import capture_of, capture_rows, numbers_of
from store.columns import Moment
from store.database import Database
from store.decided import CHECK, FATE, OUTCOME, RESOLUTION, SCHEDULE, SOURCE, URL, Rows
from store.reconcile import adopt
from store.rows import chunks, insert_missing
from store.urls import Known, know

Told = dict[str, Rows]
_urls, _captures, _sources, _citations = schema.url, schema.capture, schema.source, schema.citation
_incidents = schema.incident


def tell_before_reading(db: Database, told: Told) -> None:
    """URLs with their fates, sources with their trails, outcomes of captures: what says which payloads are read.

    The captures must be there. What an earlier telling said of the same thing gives way.
    """
    with db.writing() as connection:
        _put_whole(connection, schema.run, ("id",), told.get("runs", []))
        _put_urls(connection, told.get("urls", []))
        _put_sources(connection, told.get("sources", []))
        _put_trail(connection, told.get("trail", []))
        _put_whole(connection, schema.listed_work, ("publisher", "url"), told.get("listed_works", []))
        _put_whole(connection, schema.host, ("host",), told.get("hosts", []))
        _change(connection, _captures, ("record_id",), ("outcome",), told.get("captures", []))
        _put_checks(connection, told.get("link_checks", []))
        _put_schedules(connection, told.get("schedules", []))


def tell_after_reading(db: Database, told: Told) -> None:
    """What became of citations and how requests ended; the times of first reading. The incidents must be there."""
    with db.writing() as connection:
        keyed = {name: _keyed(connection, told.get(name, [])) for name in ("incidents", "versions", "aliases")}
        _change(connection, _incidents, ("key",), ("added_at", "changed_at"), told.get("incidents", []))
        _change(connection, schema.incident_version, ("incident_id", "digest"), ("filed_at",), keyed["versions"])
        seen = ("first_seen", "last_seen")
        _change(connection, schema.incident_alias, ("incident_id", "scheme", "value"), seen, keyed["aliases"])
        _change(connection, schema.document, ("payload_digest",), ("read_at",), told.get("documents", []))
        _put_fates(connection, told.get("citations", []))
        _put_resolutions(connection, told.get("resolutions", []))
        _put_outcomes(connection, told.get("outcomes", []))


def adopt_untold(db: Database, told: Iterable[str], ended: Callable[[Capture], OutcomeKind]) -> int:
    """Gives the captures of which nothing was told (a run was killed) the outcome their record says; their number."""
    known, adopted, after = set(told), 0, 0
    while True:
        query = capture_rows().where(_captures.c.id > after, _captures.c.why != Why.RUN.value)
        with db.reading() as connection:
            rows = connection.execute(query.order_by(_captures.c.id).limit(500)).all()
        if not rows:
            return adopted
        after = rows[-1].id
        untold = [capture_of(row) for row in rows if row.record_id not in known and row.why != Why.ROBOTS.value]
        adopt(db, untold, ended)
        adopted += len(untold)


def _moments(table: Table, row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """These values of a row, its times made times again."""
    values = {}
    for name in names:
        value = row.get(name)
        if isinstance(table.c[name].type, Moment) and isinstance(value, str):
            value = datetime.fromisoformat(value)
        values[name] = value
    return values


def _change(
    connection: Connection, table: Table, keys: Sequence[str], names: Sequence[str], rows: Sequence[dict[str, Any]]
) -> None:
    """Sets `names` of the rows that `keys` name; what names no row changes none."""
    if not rows:
        return
    same = [table.c[key] == bindparam(f"the_{key}", type_=table.c[key].type) for key in keys]
    values: dict[str, Any] = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    connection.execute(
        update(table).where(*same).values(values),
        [
            {
                **{f"the_{key}": row[key] for key in keys},
                **{f"new_{name}": value for name, value in _moments(table, row, names).items()},
            }
            for row in rows
        ],
    )


def _put_whole(connection: Connection, table: Table, keys: Sequence[str], rows: Rows) -> None:
    names = [column.name for column in table.c]
    insert_missing(connection, table, [_moments(table, row, names) for row in rows])
    _change(connection, table, keys, [name for name in names if name not in keys], rows)


def _numbered(connection: Connection, rows: Rows, *fields: str) -> dict[str, int]:
    """The row numbers of the URLs in these fields, each made when it is new."""
    urls = dict.fromkeys(url for row in rows for field in fields if (url := row[field]))
    return know(connection, [Known(url, Why.CITED) for url in urls], utc_now())


def _put_urls(connection: Connection, rows: Rows) -> None:
    numbers = _numbered(connection, rows, "url")
    kept = numbers_of(connection, (row["good"] for row in rows if row["good"]))
    fated = [{**row, "id": numbers[row["url"]], "good_capture_id": kept.get(row["good"] or "")} for row in rows]
    _change(connection, _urls, ("id",), (*URL, "good_capture_id"), fated)


def _put_sources(connection: Connection, rows: Rows) -> None:
    numbers = _numbered(connection, rows, "url")
    new = [{"same": row["same"], "url_id": numbers[row["url"]], **_moments(_sources, row, SOURCE)} for row in rows]
    insert_missing(connection, _sources, new)
    _change(connection, _sources, ("same",), SOURCE, rows)


def _sources_at(connection: Connection, rows: Rows) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in chunks(dict.fromkeys(row["same"] for row in rows if row["same"])):
        query = select(_sources.c.same, _sources.c.id).where(_sources.c.same.in_(chunk))
        found |= dict(connection.execute(query).all())
    return found


def _put_trail(connection: Connection, rows: Rows) -> None:
    sources, numbers = _sources_at(connection, rows), _numbered(connection, rows, "url", "via")
    steps = [
        {
            "source_id": sources[row["same"]],
            "url_id": numbers[row["url"]],
            "via_url_id": numbers.get(row["via"] or ""),
            **_moments(schema.trail, row, ("hops", "added_at")),
        }
        for row in rows
        if row["same"] in sources
    ]
    insert_missing(connection, schema.trail, steps)


def _put_checks(connection: Connection, rows: Rows) -> None:
    sources, checks = _sources_at(connection, rows), schema.link_check
    new = [
        {"source_id": sources[row["same"]], "run_id": row["run"], **_moments(checks, row, CHECK)}
        for row in rows
        if row["same"] in sources
    ]
    _insert_new(connection, checks, ("source_id", "checked_at"), new)


def _insert_new(connection: Connection, table: Table, keys: Sequence[str], rows: Rows) -> None:
    """Inserts rows of a table without a key of its own, but for those that an earlier telling had."""
    for row in rows:
        same = [table.c[key].is_not_distinct_from(row[key]) for key in keys]
        if connection.execute(select(table.c.id).where(*same)).first() is None:
            connection.execute(table.insert().values(row))


def _put_schedules(connection: Connection, rows: Rows) -> None:
    """All schedules as they were told last."""
    connection.execute(delete(schema.schedule))
    for row in rows:
        connection.execute(schema.schedule.insert().values(_moments(schema.schedule, row, SCHEDULE)))


def _keyed(connection: Connection, rows: Rows) -> Rows:
    """The rows with the numbers of their incidents; those of unknown incidents are left out."""
    found: dict[str, int] = {}
    for chunk in chunks(dict.fromkeys(row["key"] for row in rows)):
        query = select(_incidents.c.key, _incidents.c.id).where(_incidents.c.key.in_(chunk))
        found |= dict(connection.execute(query).all())
    return [{**row, "incident_id": found[row["key"]]} for row in rows if row["key"] in found]


def _cited(connection: Connection, rows: Rows) -> Iterator[tuple[dict[str, Any], int]]:
    """Each row with the number of the citation it names, a current one before one that is gone."""
    for row in _keyed(connection, [row for row in rows if row["key"]]):
        same = [_citations.c[name] == row[name] for name in ("incident_id", "position", "text")]
        query = select(_citations.c.id).where(*same).order_by(_citations.c.gone_in.is_not(None), _citations.c.id)
        number = connection.execute(query.limit(1)).scalar()
        if number is not None:
            yield row, number


def _put_fates(connection: Connection, rows: Rows) -> None:
    sources = _sources_at(connection, rows)
    fates = [{**row, "id": at, "source_id": sources.get(row["same"] or "")} for row, at in _cited(connection, rows)]
    _change(connection, _citations, ("id",), ("source_id", *FATE), fates)


def _put_resolutions(connection: Connection, rows: Rows) -> None:
    table = schema.resolution
    new = [{"citation_id": at, **_moments(table, row, RESOLUTION)} for row, at in _cited(connection, rows)]
    _insert_new(connection, table, ("citation_id", *RESOLUTION), new)


def _put_outcomes(connection: Connection, rows: Rows) -> None:
    """In their order, which is the order in which a run tells them."""
    table = schema.outcome
    urls = _numbered(connection, [row for row in rows if row["url"]], "url")
    kept = numbers_of(connection, (row["capture"] for row in rows if row["capture"]))
    citations = {id(row): at for row in rows if not row["url"] for _, at in _cited(connection, [row])}
    new = []
    for row in rows:
        of = {"url_id": urls.get(row["url"] or ""), "citation_id": citations.get(id(row))}
        if (of["url_id"] is None) != (of["citation_id"] is None):
            capture = kept.get(row["capture"] or "")
            new.append({"run_id": row["run"], **of, "capture_id": capture, **_moments(table, row, OUTCOME)})
    insert_missing(connection, table, new)
