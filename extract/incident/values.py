"""Incident, Event, Citation and Material: an incident record as one value, whatever form it came in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from extract.incident.material import Material
from extract.incident.reference import read_reference

__all__ = ["Citation", "Event", "Incident", "Material", "Precision", "StatedDate"]


class Precision(StrEnum):
    """How exactly a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"
    OPEN_RANGE = "open_range"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date as people wrote it. `iso` is as exact as `precision`: 2019-07-03, 2019-07, 2019, 2019/2021, 2019/.."""

    text: str
    iso: str
    precision: Precision


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event of an incident; `text` is its body, which may be empty."""

    date: StatedDate
    headline: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """One mention of a source in a record.

    `position` counts from 1 in page order. `section` is the heading it stands under. `text` is the mention as
    written. `format` is "pdf" or "" (what the marker says). `url` is as cited (unwrapped), or None when the
    record states none. `same_as` is the position of the citation this one repeats (an in-text mention of a
    listed work), or None; a work is a citation with `same_as` None.
    """

    position: int
    section: str
    text: str
    publisher: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    title: str = ""
    format: str = ""
    url: str | None = None
    same_as: int | None = None

    @classmethod
    def of(cls, text: str, position: int, section: str = "") -> Self:
        """A citation out of one line as people write it, `Publisher (year). Title (pdf)` or a URL; never raises."""
        said = read_reference(text)
        return cls(position, section, text, said.publisher, said.authors, said.year, said.title, said.format, said.url)


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident record.

    `key` is stable: made from the page's slug or the record's own id, lower case, [a-z0-9-]. `aliases` maps
    aiaaic, aiid, oecd to their ids. `fields` keeps what else the record states, by its own names, in order.
    `sections` keeps each section's text, in order, also those whose heading is unknown. `warnings` are
    sentences about what could not be read as expected.
    """

    key: str
    title: str
    type: str = ""
    occurred: StatedDate | None = None
    published: StatedDate | None = None
    updated: StatedDate | None = None
    page_url: str | None = None
    summary: str = ""
    aliases: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    events: tuple[Event, ...] = ()
    citations: tuple[Citation, ...] = ()
    warnings: tuple[str, ...] = ()
