"""Filing incident records: each change makes a version, and nothing happens when nothing changed."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from archive.capture import Capture
from extract.incident.plain import as_plain
from extract.incident.values import Incident
from store import schema
from store.citations import put_citations
from store.columns import plain_text
from store.rows import insert_missing

_incidents, _versions = schema.incident, schema.incident_version


@dataclass(frozen=True, slots=True)
class Filed:
    """What filing a record did: `state` is added, changed or same; `warnings` are sentences for a person."""

    key: str
    state: str
    citations_added: int
    version: int
    warnings: tuple[str, ...] = ()


def put_incident(connection: Connection, incident: Incident, now: datetime, capture: Capture | None = None) -> Filed:
    """Files a record: nothing changes when it is the same as the newest version, else a version is added."""
    content = as_plain(incident)
    said = {name: value for name, value in content.items() if name != "warnings"}
    digest = sha256(plain_text(said).encode()).hexdigest()
    old = connection.execute(select(_incidents).where(_incidents.c.key == incident.key)).first()
    number, version, state = _versioned(connection, incident, old, digest, now)
    added = 0
    if state != "same":
        values = {"incident_id": number, "version": version, "content": content, "digest": digest, "filed_at": now}
        connection.execute(insert(_versions), values)
        _put_events(connection, number, incident)
        added = put_citations(connection, number, version, incident, now)
    warnings = _put_aliases(connection, number, incident, now)
    if old is not None and old.title != incident.title and old.page_url != incident.page_url:
        warnings += (f"{incident.key} was “{old.title}” before: the key may be in use for another incident now.",)
    if capture is not None:
        stated = {"record_id": capture.record_id, "payload_digest": capture.payload_digest, "version": version}
        insert_missing(connection, schema.incident_capture, [{"incident_id": number, **stated}])
    return Filed(incident.key, state, added, version, warnings)


def _versioned(
    connection: Connection, incident: Incident, old: Row[Any] | None, digest: str, now: datetime
) -> tuple[int, int, str]:
    """The incident's row number, the version that this content is, and whether that is added, changed or same."""
    told = {"title": incident.title, "type": incident.type, "page_url": incident.page_url, "changed_at": now}
    if old is None:
        row = {"key": incident.key, "version": 1, "added_at": now, **told}
        return connection.execute(insert(_incidents).returning(_incidents.c.id), row).scalar_one(), 1, "added"
    newest = select(_versions.c.digest).where(_versions.c.incident_id == old.id, _versions.c.version == old.version)
    if connection.execute(newest).scalar() == digest:
        return old.id, old.version, "same"
    version = old.version + 1
    connection.execute(update(_incidents).where(_incidents.c.id == old.id).values(version=version, **told))
    return old.id, version, "changed"


def _put_events(connection: Connection, number: int, incident: Incident) -> None:
    events = schema.event
    connection.execute(delete(events).where(events.c.incident_id == number))
    rows = [
        {
            "incident_id": number,
            "position": position,
            "date": event.date.iso,
            "precision": event.date.precision,
            "date_text": event.date.text,
            "headline": event.headline,
            "text": event.text,
        }
        for position, event in enumerate(incident.events, 1)
    ]
    if rows:
        connection.execute(insert(events), rows)


def _put_aliases(connection: Connection, number: int, incident: Incident, now: datetime) -> tuple[str, ...]:
    """Aliases with when they were first and last seen; a warning for each that names another incident too."""
    aliases = schema.incident_alias
    warnings = []
    for scheme, value in dict(incident.aliases).items():
        row = {"scheme": scheme, "value": value, "incident_id": number, "first_seen": now, "last_seen": now}
        if not insert_missing(connection, aliases, [row]):
            same = (aliases.c.scheme == scheme, aliases.c.value == value, aliases.c.incident_id == number)
            connection.execute(update(aliases).where(*same).values(last_seen=now))
        others = (
            select(_incidents.c.key)
            .join(aliases, aliases.c.incident_id == _incidents.c.id)
            .where(aliases.c.scheme == scheme, aliases.c.value == value, _incidents.c.id != number)
        )
        warnings += [f"{scheme} {value} names {other} too." for other in connection.execute(others).scalars()]
    return tuple(warnings)
