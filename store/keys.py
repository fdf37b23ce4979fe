"""Keys of incidents: which record a key or alias names, which keys cite a source."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from archive.errors import UnknownKey
from store import schema
from store.database import Database
from store.rows import chunks

_incidents, _aliases, _citations = schema.incident, schema.incident_alias, schema.citation


def incident_numbers(connection: Connection, keys: Sequence[str]) -> list[int]:
    """The row numbers of incidents by key, else by alias (AIAAIC0262, in any case); UnknownKey for an unknown one."""
    return [_number(connection, key) for key in keys]


def _number(connection: Connection, key: str) -> int:
    number = find_incident(connection, key)
    if number is None:
        raise UnknownKey(f"no incident {key[:200]}")
    return number


def find_incident(connection: Connection, key: str) -> int | None:
    """The row number of the incident that a key or alias names, or None; of several under one alias the newest."""
    found = connection.execute(select(_incidents.c.id).where(_incidents.c.key == key)).scalar()
    if found is None:
        named = select(_aliases.c.incident_id).where(func.lower(_aliases.c.value) == key.strip().lower())
        found = connection.execute(named.order_by(_aliases.c.last_seen.desc()).limit(1)).scalar()
    return found


def keys_at(db: Database, url: str) -> list[str]:
    """The keys of the incidents that the page at a normalised URL states, in order."""
    captures, urls, stated = schema.capture, schema.url, schema.incident_capture
    read_there = (
        select(stated.c.incident_id)
        .join(captures, captures.c.record_id == stated.c.record_id)
        .join(urls, urls.c.id == captures.c.url_id)
        .where(urls.c.url == url)
    )
    query = select(_incidents.c.key).where(_incidents.c.id.in_(read_there) | (_incidents.c.page_url == url))
    with db.reading() as connection:
        return list(connection.execute(query.order_by(_incidents.c.key)).scalars())


def source_at(db: Database, url: str) -> int | None:
    """The number of the source whose canonical URL this is, or None."""
    query = select(schema.source.c.id).join(schema.url, schema.url.c.id == schema.source.c.url_id)
    with db.reading() as connection:
        return connection.execute(query.where(schema.url.c.url == url)).scalar()


def keys_by_source(connection: Connection, sources: Iterable[int]) -> dict[int, list[str]]:
    """By source, the keys of the incidents that cite it now, in order."""
    found: dict[int, list[str]] = {}
    for chunk in chunks(dict.fromkeys(sources)):
        query = (
            select(_citations.c.source_id, _incidents.c.key)
            .join(_incidents, _incidents.c.id == _citations.c.incident_id)
            .where(_citations.c.source_id.in_(chunk), _citations.c.gone_in.is_(None))
            .distinct()
            .order_by(_incidents.c.key)
        )
        for source, key in connection.execute(query):
            found.setdefault(source, []).append(key)
    return found
