"""The AIAAIC sheet as CSV, one row an incident, in any of its four layouts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive.errors import UnreadableRecord
from extract.dates import state_date
from extract.incident.citations import is_source
from extract.incident.facts import once_each
from extract.incident.joining import join
from extract.incident.keys import aiaaic_id, page_key, slug
from extract.incident.material import Material, fold_column, read_table
from extract.incident.reference import find_url
from extract.incident.values import Citation, Incident

_ID_WORDS = ("aiaaic id", "id", "aiaaic id number")
_TITLE_WORDS = ("headline", "headline title", "title")
_LINK_WORDS = ("description links", "summary links", "detail url", "links", "url", "link")
_SUB_HEADERS = {
    "individual", "societal", "environmental", "strategic", "reputational", "operational", "financial", "legal",
    "regulatory", "jurisdiction", "sector",
}  # fmt: skip
_ROWS_BEFORE_DATA = 8
_VIEW = re.compile(r"\?fromSearch=true$|(?<=[?&])fromSearch=true&")
_PAGE = re.compile(r"https?://(?:www\.)?aiaaic\.org/aiaaic-repository/\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet's columns are: `first_row` is the index of the first row of data; -1 for a column not there."""

    names: tuple[str, ...]
    first_row: int
    number: int
    title: int
    occurred: int
    type: int
    links: tuple[int, ...]


def recognises(material: Material) -> bool:
    """True if one of the first rows has the headline and an id or date column of the repository's sheet."""
    if "headline" not in material.head[:8192].lower():
        return False
    try:
        rows = read_table(material.head, material.name)
    except UnreadableRecord:  # broken quoting in the first rows: no table of ours
        return False
    return find_layout(rows) is not None


def read(material: Material) -> Iterator[Incident]:
    """One Incident a row; UnreadableRecord when no header row is found. A row's trouble is a warning of its incident.

    An id or a page address that two rows share keeps both, under keys of their own: ids were used again for other
    incidents 13 times, addresses 14 times.
    """
    rows = material.table
    layout = find_layout(rows)
    if layout is None:
        raise UnreadableRecord(f"{material.name}: no row names the columns AIAAIC ID and Headline")
    seen: dict[str, Incident] = {}
    for line, row in enumerate(rows[layout.first_row :], layout.first_row + 1):
        incident = _incident(layout, row, line)
        if incident is None or _same_row(seen.get(incident.key), incident):
            continue
        incident = _apart(incident, seen, line)
        seen[incident.key] = incident
        yield incident


def find_layout(rows: Sequence[Sequence[str]]) -> Layout | None:
    """The layout that the header rows show, by words and never by place; None when they are no such sheet's."""
    for at, row in enumerate(rows[:_ROWS_BEFORE_DATA]):
        words = [fold_column(cell) for cell in row]
        title, number = _first(words, _TITLE_WORDS), _first(words, _ID_WORDS)
        if title < 0 or (number < 0 and "occurred" not in words):
            continue
        below = rows[at + 1] if at + 1 < len(rows) else []
        is_sub = any(set(fold_column(cell).split()) & _SUB_HEADERS for cell in below) and not _cell(below, title)
        names = _joined_names(row, below if is_sub else [])
        return Layout(
            names, at + (2 if is_sub else 1), number, title, _first(words, ("occurred",)), _first(words, ("type",)),
            tuple(place for place, word in enumerate(words) if word in _LINK_WORDS or not names[place]),
        )  # fmt: skip
    return None


def _first(words: Sequence[str], wanted: Sequence[str]) -> int:
    return next((at for at, word in enumerate(words) if word in wanted), -1)


def _joined_names(header: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    """Column names of one or two header rows; a merged header spans the blank cells beside it."""
    names = []
    span = ""
    for at in range(max(len(header), len(below))):
        upper, lower = _cell(header, at), _cell(below, at)
        span = upper or (span if lower else "")
        names.append(" ".join(part for part in (span, lower) if part))
    return tuple(names)


def _cell(row: Sequence[str], at: int) -> str:
    return " ".join(row[at].split()) if 0 <= at < len(row) else ""


def _incident(layout: Layout, row: Sequence[str], line: int) -> Incident | None:
    title, stated = _cell(row, layout.title), _cell(row, layout.number)
    if not title and not stated:
        return None
    number = aiaaic_id(stated)
    urls = [url for at in layout.links for part in _cell(row, at).split() if (url := find_url(part))]
    page = next((_VIEW.sub("", url) for url in urls if _PAGE.match(url)), None)
    sources = [url for url in urls if is_source(url)]
    own = {layout.number, layout.title, layout.occurred, layout.type}
    facts = [
        (name, _cell(row, at)) for at, name in enumerate(layout.names) if name and at not in own and _cell(row, at)
    ]
    return Incident(
        key=(page_key(page) if page else None) or (number.lower() if number else slug(title)),
        title=title,
        type=_cell(row, layout.type),
        occurred=state_date(_cell(row, layout.occurred)),
        page_url=page,
        aliases=(("aiaaic", number),) if number else (),
        fields=once_each(facts),
        citations=join([Citation(0, "Sheet", url, url=url) for url in sources]),
        warnings=tuple(_warnings(line, title, stated, number, page)),
    )


def _warnings(line: int, title: str, stated: str, number: str | None, page: str | None) -> Iterator[str]:
    if not title:
        yield f"Row {line} has no headline."
    if not number:
        yield f"Row {line} has no AIAAIC id{f', but “{stated[:40]}”' if stated else ''}."
    if not page:
        yield f"Row {line} has no page address, so its sources cannot be found from here."


def _same_row(known: Incident | None, new: Incident) -> bool:
    """True for a row given twice: same key, id and headline."""
    return known is not None and (known.aliases, known.title) == (new.aliases, new.title)


def _apart(incident: Incident, seen: dict[str, Incident], line: int) -> Incident:
    if incident.key not in seen:
        return incident
    other = seen[incident.key]
    number = dict(incident.aliases).get("aiaaic", "").lower() or f"row-{line}"
    base = slug(incident.title) if incident.key == number else incident.key
    key = base if base not in seen else f"{base}-{number}"
    while key in seen:
        key = f"{key}-row-{line}"
    told = f"Row {line} shares its id or page with “{other.title[:80]}” ({other.key}); both are kept."
    return replace(incident, key=key, warnings=(*incident.warnings, told))
