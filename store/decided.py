"""What was decided and no fetched byte says: rows of the catalogue as plain values, without row numbers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from archive.seed import Why
from store import schema
from store.columns import stamp
from store.database import Database

Rows = list[dict[str, Any]]
_runs, _urls, _captures, _outcomes = schema.run, schema.url, schema.capture, schema.outcome
_sources, _trail, _checks = schema.source, schema.trail, schema.link_check
_incidents, _versions, _aliases = schema.incident, schema.incident_version, schema.incident_alias
_citations, _resolutions, _works = schema.citation, schema.resolution, schema.listed_work
_documents, _hosts, _schedules = schema.document, schema.host, schema.schedule

URL = (
    "publisher", "why", "via", "hops", "redirects", "added_at", "due_at", "tries", "failures", "last_outcome",
    "last_at",
)  # fmt: skip
SOURCE = ("publisher", "title", "year", "added_at", "link_status", "confirmed", "checked_at", "check_due_at")
FATE = ("state", "method", "score", "resolved_url", "refusal")
OUTCOME = ("kind", "reason", "http_status", "why", "at")
CHECK = (
    "checked_at", "status", "reason", "http_status", "final_url", "drift", "confirmed", "record_id", "evidence",
)  # fmt: skip
RESOLUTION = ("url", "method", "score", "state", "filed_at")
SCHEDULE = ("kind", "target", "cron", "zone", "next_at", "last_run", "added_at")
# Told whole each time, or beside what else happened: alone they are no reason to write anything.
_BESIDE = ("runs", "schedules", "hosts")


def last_told(db: Database) -> datetime | None:
    """When decisions were last written into the archive; None when they never were."""
    query = (
        select(_captures.c.timestamp)
        .where(_captures.c.why == Why.RUN.value)
        .order_by(_captures.c.timestamp.desc())
        .limit(1)
    )
    with db.reading() as connection:
        return connection.execute(query).scalar()


def decided(db: Database, since: datetime) -> dict[str, Rows]:
    """Every decision made or changed from `since` on, by kind; nothing at all when there was none.

    A URL, a source (by its comparison key), a citation (by incident, position and text) and a capture (by record id)
    are named, never numbered; only runs keep their numbers, which people are told.
    """
    with db.reading() as connection:
        told = {
            kind: [
                {name: stamp(value) if isinstance(value, datetime) else value for name, value in row._mapping.items()}
                for row in connection.execute(query(since))
            ]
            for kind, query in _QUERIES.items()
        }
    return told if any(rows for kind, rows in told.items() if kind not in _BESIDE) else {}


def _told_runs(since: datetime) -> Select[Any]:
    return select(_runs).where(or_(_runs.c.started >= since, _runs.c.finished >= since)).order_by(_runs.c.id)


def _told_urls(since: datetime) -> Select[Any]:
    """With the record id of the last good capture, as `good`."""
    return (
        select(_urls.c.url, *(_urls.c[name] for name in URL), _captures.c.record_id.label("good"))
        .outerjoin(_captures, _captures.c.id == _urls.c.good_capture_id)
        .where(or_(_urls.c.added_at >= since, _urls.c.last_at >= since), _urls.c.why != Why.RUN.value)
        .order_by(_urls.c.id)
    )


def _told_sources(since: datetime) -> Select[Any]:
    """In order of their numbers: of several sources of one document the first is named."""
    return (
        select(_sources.c.same, _urls.c.url, *(_sources.c[name] for name in SOURCE))
        .join(_urls, _urls.c.id == _sources.c.url_id)
        .where(or_(_sources.c.added_at >= since, _sources.c.checked_at >= since))
        .order_by(_sources.c.id)
    )


def _told_trail(since: datetime) -> Select[Any]:
    via = _urls.alias("via_url")
    return (
        select(_sources.c.same, _urls.c.url, _trail.c.hops, via.c.url.label("via"), _trail.c.added_at)
        .join(_sources, _sources.c.id == _trail.c.source_id)
        .join(_urls, _urls.c.id == _trail.c.url_id)
        .outerjoin(via, via.c.id == _trail.c.via_url_id)
        .where(_trail.c.added_at >= since)
        .order_by(_trail.c.source_id, _trail.c.added_at)
    )


def _told_captures(since: datetime) -> Select[Any]:
    """How the request of each ended, where its status alone does not say."""
    kept = select(_captures.c.record_id, _captures.c.outcome).where(_captures.c.timestamp >= since)
    return kept.where(_captures.c.why != Why.RUN.value).order_by(_captures.c.id)


def _told_outcomes(since: datetime) -> Select[Any]:
    return (
        select(
            _outcomes.c.run_id.label("run"),
            _urls.c.url,
            _incidents.c.key,
            _citations.c.position,
            _citations.c.text,
            *(_outcomes.c[name] for name in OUTCOME),
            _captures.c.record_id.label("capture"),
        )
        .outerjoin(_urls, _urls.c.id == _outcomes.c.url_id)
        .outerjoin(_captures, _captures.c.id == _outcomes.c.capture_id)
        .outerjoin(_citations, _citations.c.id == _outcomes.c.citation_id)
        .outerjoin(_incidents, _incidents.c.id == _citations.c.incident_id)
        .where(_outcomes.c.at >= since)
        .order_by(_outcomes.c.id)
    )


def _told_checks(since: datetime) -> Select[Any]:
    return (
        select(_checks.c.run_id.label("run"), _sources.c.same, *(_checks.c[name] for name in CHECK))
        .join(_sources, _sources.c.id == _checks.c.source_id)
        .where(_checks.c.checked_at >= since)
        .order_by(_checks.c.id)
    )


def _told_incidents(since: datetime) -> Select[Any]:
    changed = select(_incidents.c.key, _incidents.c.added_at, _incidents.c.changed_at)
    return changed.where(_incidents.c.changed_at >= since).order_by(_incidents.c.id)


def _told_versions(since: datetime) -> Select[Any]:
    filed = select(_incidents.c.key, _versions.c.digest, _versions.c.filed_at).join(
        _incidents, _incidents.c.id == _versions.c.incident_id
    )
    return filed.where(_versions.c.filed_at >= since).order_by(_versions.c.incident_id, _versions.c.version)


def _told_aliases(since: datetime) -> Select[Any]:
    names = (_aliases.c.scheme, _aliases.c.value, _aliases.c.first_seen, _aliases.c.last_seen)
    seen = select(_incidents.c.key, *names).join(_incidents, _incidents.c.id == _aliases.c.incident_id)
    return seen.where(_aliases.c.last_seen >= since)


def _told_fates(since: datetime) -> Select[Any]:
    """The citations of every incident of which something was decided; repeats follow their work."""
    lately = (
        select(_citations.c.incident_id)
        .join(_resolutions, _resolutions.c.citation_id == _citations.c.id)
        .where(_resolutions.c.filed_at >= since)
    )
    named = (_incidents.c.key, _citations.c.position, _citations.c.text, _sources.c.same)
    return (
        select(*named, *(_citations.c[name] for name in FATE))
        .join(_incidents, _incidents.c.id == _citations.c.incident_id)
        .outerjoin(_sources, _sources.c.id == _citations.c.source_id)
        .where(
            _citations.c.gone_in.is_(None), or_(_incidents.c.changed_at >= since, _citations.c.incident_id.in_(lately))
        )
        .order_by(_citations.c.id)
    )


def _told_resolutions(since: datetime) -> Select[Any]:
    named = (_incidents.c.key, _citations.c.position, _citations.c.text)
    return (
        select(*named, *(_resolutions.c[name] for name in RESOLUTION))
        .join(_citations, _citations.c.id == _resolutions.c.citation_id)
        .join(_incidents, _incidents.c.id == _citations.c.incident_id)
        .where(_resolutions.c.filed_at >= since)
        .order_by(_resolutions.c.id)
    )


def _told_works(since: datetime) -> Select[Any]:
    return select(_works).where(_works.c.seen_at >= since).order_by(_works.c.first_seen)


def _told_documents(since: datetime) -> Select[Any]:
    read = select(_documents.c.payload_digest, _documents.c.read_at)
    return read.where(_documents.c.read_at >= since).order_by(_documents.c.id)


def _told_hosts(since: datetime) -> Select[Any]:
    return select(_hosts).where(_hosts.c.next_allowed >= since)


def _told_schedules(_: datetime) -> Select[Any]:
    return select(*(_schedules.c[name] for name in SCHEDULE)).order_by(_schedules.c.id)


_QUERIES: dict[str, Callable[[datetime], Select[Any]]] = {
    "runs": _told_runs,
    "urls": _told_urls,
    "sources": _told_sources,
    "trail": _told_trail,
    "captures": _told_captures,
    "outcomes": _told_outcomes,
    "link_checks": _told_checks,
    "incidents": _told_incidents,
    "versions": _told_versions,
    "aliases": _told_aliases,
    "citations": _told_fates,
    "resolutions": _told_resolutions,
    "listed_works": _told_works,
    "documents": _told_documents,
    "hosts": _told_hosts,
    "schedules": _told_schedules,
}
