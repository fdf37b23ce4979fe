"""Citations of a record, each followed from version to version with what it was resolved to."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from archive.url import same_key
from extract.incident.values import Citation, Incident
from store import schema
from store.citing import Mention, canonical, sources_of

_citations = schema.citation


def put_citations(connection: Connection, number: int, version: int, incident: Incident, now: datetime) -> int:
    """Files the citations of a new version; the number that no earlier version had."""
    matched = _matched(connection, number, incident.citations)
    fates = _resolved(connection, incident, now)
    added: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    for citation in incident.citations:
        row = {**_told(citation), **fates.get(citation.position, {})}
        old = matched.get(citation.position)
        if old is None:
            added.append({**_UNRESOLVED, **row, "incident_id": number, "first_version": version})
        else:
            current = {name: getattr(old, name) for name in _UNRESOLVED}
            kept.append({**current, **row, "number": old.id})
    gone = update(_citations).where(_citations.c.incident_id == number, _citations.c.gone_in.is_(None))
    connection.execute(gone.values(gone_in=version))
    if kept:
        values: dict[str, Any] = {name: bindparam(name) for name in kept[0] if name != "number"}
        connection.execute(
            update(_citations).where(_citations.c.id == bindparam("number")).values(gone_in=None, **values), kept
        )
    if added:
        connection.execute(insert(_citations), added)
    _share(connection, number)
    return len(added)


def _share(connection: Connection, number: int) -> None:
    """Repeats of a work that an earlier version resolved share its source, new ones too."""
    current = (_citations.c.incident_id == number, _citations.c.gone_in.is_(None))
    rows = connection.execute(select(_citations).where(*current)).all()
    works = {row.position: row for row in rows if row.source_id is not None and row.same_as is None}
    names = ("source_id", "state", "method", "score", "resolved_url")
    shared = [
        {"number": row.id, **{f"new_{name}": getattr(works[row.same_as], name) for name in names}}
        for row in rows
        if row.source_id is None and row.same_as in works
    ]
    if shared:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        connection.execute(update(_citations).where(_citations.c.id == bindparam("number")).values(values), shared)


_UNRESOLVED: dict[str, Any] = {
    "source_id": None,
    "state": "unresolved",
    "method": "none",
    "score": None,
    "resolved_url": None,
    "refusal": "",
}


def _told(citation: Citation) -> dict[str, Any]:
    return {
        "position": citation.position,
        "section": citation.section,
        "text": citation.text,
        "publisher": citation.publisher,
        "authors": list(citation.authors),
        "year": citation.year,
        "title": citation.title,
        "format": citation.format,
        "url": citation.url,
        "same_as": citation.same_as,
    }


def _matched(connection: Connection, number: int, citations: Sequence[Citation]) -> dict[int, Row[Any]]:
    """Which row of an earlier version each citation (by position) goes on: same URL and text, else same text or URL."""
    rows = connection.execute(
        select(_citations).where(_citations.c.incident_id == number).order_by(_citations.c.position)
    ).all()
    free = {row.id: row for row in sorted(rows, key=lambda row: row.gone_in is not None)}
    found: dict[int, Row[Any]] = {}
    for which in (lambda url, text: (url, text), lambda url, text: text, lambda url, text: url):
        waiting: defaultdict[Any, list[Row[Any]]] = defaultdict(list)
        for row in free.values():
            waiting[which(_key(row.url), _folded(row.text))].append(row)
        for citation in citations:
            sign = which(_key(citation.url), _folded(citation.text))
            if citation.position not in found and sign is not None and waiting[sign]:
                row = waiting[sign].pop(0)
                found[citation.position] = free.pop(row.id)
    return found


def _key(url: str | None) -> str | None:
    target = canonical(url)[0] if url else None
    return same_key(target) if target else url


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _resolved(connection: Connection, incident: Incident, now: datetime) -> dict[int, dict[str, Any]]:
    """What given URLs resolve to, by position: all mentions of a work share the source of its first URL."""
    groups: defaultdict[int, list[Citation]] = defaultdict(list)
    for citation in sorted(incident.citations, key=lambda one: one.same_as is not None):
        groups[citation.same_as or citation.position].append(citation)
    meant = {one.position: canonical(one.url) for one in incident.citations if one.url}
    mentions: dict[int, Mention] = {}
    for work, members in groups.items():
        urls = tuple(dict.fromkeys(url for one in members if (url := meant.get(one.position, (None, ""))[0])))
        if urls:
            first = members[0]
            mentions[work] = Mention(urls, first.publisher, first.title, first.year, incident.page_url or incident.key)
    numbers = dict(zip(mentions, sources_of(connection, list(mentions.values()), now), strict=True))
    fates: dict[int, dict[str, Any]] = {}
    for work, members in groups.items():
        for one in members:
            if work in numbers:
                given = {"source_id": numbers[work], "state": "given", "method": "as_cited", "score": None}
                url = meant.get(one.position, (None, ""))[0] or mentions[work].urls[0]
                fates[one.position] = {**given, "resolved_url": url, "refusal": ""}
            elif one.url:
                fates[one.position] = {"refusal": meant[one.position][1]}
    return fates
