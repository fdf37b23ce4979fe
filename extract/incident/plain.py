"""Incidents as plain JSON values and back: what workers answer, `--json` prints and our own files hold."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from archive.errors import UnreadableRecord
from extract.dates import state_date
from extract.incident.keys import slug
from extract.incident.values import Citation, Event, Incident, Precision, StatedDate

LARGEST_NUMBER = 9_999_999  # years and positions; databases bear no more than 64 bits
ALIASES = ("aiaaic", "aiid", "oecd")
_FORBIDDEN = dict.fromkeys([0, *range(0xD800, 0xE000)], "\ufffd")


def as_plain(incident: Incident) -> dict[str, Any]:
    """The incident as JSON-ready values under the contract's names; `from_plain` is its inverse."""
    return {
        "key": incident.key,
        "aliases": {**dict.fromkeys(ALIASES), **dict(incident.aliases)},
        "title": incident.title,
        "type": incident.type,
        "occurred": _date_as_plain(incident.occurred),
        "published": _date_as_plain(incident.published),
        "updated": _date_as_plain(incident.updated),
        "page_url": incident.page_url,
        "summary": incident.summary,
        "fields": dict(incident.fields),
        "sections": [{"heading": heading, "text": text} for heading, text in incident.sections],
        "events": [_event_as_plain(event) for event in incident.events],
        "citations": [_citation_as_plain(citation) for citation in incident.citations],
        "warnings": list(incident.warnings),
    }


def as_object(incident: Incident) -> dict[str, Any]:
    """The contract's Incident object of a record that is not stored: nothing resolved, captured or found yet."""
    plain = as_plain(incident)
    for citation in plain["citations"]:
        state = "given" if citation["url"] else "unresolved"
        citation |= {
            "source_url": None,
            "resolution": {"method": "as_cited" if citation["url"] else "none", "score": None, "state": state},
            "captures": [],
        }
    return {**plain, "claims": [], "version": None}


def from_plain(plain: object, where: str = "record") -> Incident:
    """The Incident in plain values; what the store adds is passed over.

    UnreadableRecord names the first value that is not as it should be. A missing title, date or list is empty; a
    citation without a position is numbered; a `same_as` that leads nowhere is dropped and warned about.
    """
    record = _Reader(plain, where)
    title = record.text("title")
    key = record.text("key") or title
    if not key:
        raise UnreadableRecord(f"{where} has neither a key nor a title")
    citations = tuple(_citation(one, at) for at, one in enumerate(record.objects("citations"), 1))
    kept, warnings = _checked(citations)
    return Incident(
        key=key if key == slug(key) else slug(key),
        title=title,
        type=record.text("type"),
        occurred=_date(record, "occurred"),
        published=_date(record, "published"),
        updated=_date(record, "updated"),
        page_url=record.text("page_url") or None,
        summary=record.text("summary"),
        aliases=record.pairs("aliases"),
        fields=record.pairs("fields"),
        sections=tuple((one.text("heading"), one.text("text")) for one in record.objects("sections")),
        events=tuple(_event(one) for one in record.objects("events")),
        citations=kept,
        warnings=(*record.texts("warnings"), *warnings),
    )


class _Reader:
    """An object of somebody's JSON, asked for values of a kind; says where one is wrong."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise UnreadableRecord(f"{where} is no object")
        self.value, self.where = value, where

    def text(self, name: str) -> str:
        return str(self._of(name, (str,), "text", "")).translate(_FORBIDDEN)

    def number(self, name: str) -> int | None:
        value: int | None = self._of(name, (int,), "a whole number", None)
        if isinstance(value, bool) or (value is not None and abs(value) > LARGEST_NUMBER):
            raise UnreadableRecord(f"{self.where}.{name} is not a whole number up to {LARGEST_NUMBER:,}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(
            str(self._kind(one, (str,), f"{name}[{at}]", "text")).translate(_FORBIDDEN)
            for at, one in enumerate(self._of(name, (list,), "a list", []))
        )

    def objects(self, name: str) -> list["_Reader"]:
        return [
            _Reader(one, f"{self.where}.{name}[{at}]") for at, one in enumerate(self._of(name, (list,), "a list", []))
        ]

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        inner = _Reader(self._of(name, (dict,), "an object", {}), f"{self.where}.{name}")
        return tuple(
            (str(key).translate(_FORBIDDEN), inner.text(key)) for key, value in inner.value.items() if value is not None
        )

    def _of(self, name: str, kinds: tuple[type, ...], called: str, default: Any) -> Any:
        value = self.value.get(name)
        return default if value is None else self._kind(value, kinds, name, called)

    def _kind(self, value: Any, kinds: tuple[type, ...], name: str, called: str) -> Any:
        if not isinstance(value, kinds):
            raise UnreadableRecord(f"{self.where}.{name} is not {called}")
        return value


def _date_as_plain(stated: StatedDate | None) -> dict[str, str] | None:
    return {"date": stated.iso, "precision": stated.precision.value, "text": stated.text} if stated else None


def _event_as_plain(event: Event) -> dict[str, str]:
    return {
        "date": event.date.iso,
        "precision": event.date.precision.value,
        "date_text": event.date.text,
        "headline": event.headline,
        "text": event.text,
    }


def _citation_as_plain(citation: Citation) -> dict[str, Any]:
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


def _date(record: _Reader, name: str) -> StatedDate | None:
    value = record.value.get(name)
    if value is None or isinstance(value, str):
        return state_date(value or "")
    return _stated(_Reader(value, f"{record.where}.{name}"), "text")


def _stated(said: _Reader, words: str) -> StatedDate:
    """A date with its precision; one written by hand without it is as exact as it reads."""
    iso = said.text("date")
    text = said.text(words) if words in said.value else iso
    if "precision" not in said.value:
        return state_date(iso) or StatedDate(text, "", Precision.UNKNOWN)
    try:
        return StatedDate(text, iso, Precision(said.text("precision")))
    except ValueError as error:
        raise UnreadableRecord(f"{said.where}.precision is none of {', '.join(Precision)}") from error


def _event(one: _Reader) -> Event:
    return Event(_stated(one, "date_text"), one.text("headline"), one.text("text"))


def _citation(one: _Reader, at: int) -> Citation:
    return Citation(
        position=one.number("position") or at,
        section=one.text("section"),
        text=one.text("text"),
        publisher=one.text("publisher"),
        authors=one.texts("authors"),
        year=one.number("year"),
        title=one.text("title"),
        format=one.text("format"),
        url=one.text("url") or None,
        same_as=one.number("same_as"),
    )


def _checked(citations: Sequence[Citation]) -> tuple[tuple[Citation, ...], list[str]]:
    """Positions that are each there once, and repeats that lead to a work."""
    warnings: list[str] = []
    positions = [citation.position for citation in citations]
    if len(set(positions)) != len(positions) or any(position < 1 for position in positions):
        warnings.append("Two citations had one position; all are numbered anew and their repeats forgotten.")
        return tuple(replace(one, position=at, same_as=None) for at, one in enumerate(citations, 1)), warnings
    works = {citation.position for citation in citations if citation.same_as is None}
    astray = {one.position for one in citations if one.same_as is not None and one.same_as not in works}
    warnings += [
        f"Citation {position} repeats one that is no work; it counts as a work itself." for position in sorted(astray)
    ]
    return tuple(replace(one, same_as=None) if one.position in astray else one for one in citations), warnings
