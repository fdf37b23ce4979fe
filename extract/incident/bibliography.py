"""Works of a bibliography, in whatever file form, as one record with a citation each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.errors import UnreadableRecord
from extract.dates import parse_date, year_of
from extract.incident.joining import join
from extract.incident.keys import slug
from extract.incident.material import Material
from extract.incident.values import Citation, Incident

SECTION = "Sources"
MOST_WORKS = 10_000


@dataclass(frozen=True, slots=True)
class Work:
    """One entry of a bibliography as it states itself; empty where it says nothing."""

    title: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    date: str = ""
    url: str = ""
    doi: str = ""


def record_of(material: Material, works: Sequence[Work], warnings: Sequence[str] = ()) -> Incident:
    """One Incident named after the file, a citation a work; UnreadableRecord when there is no work at all.

    Works without title and address say nothing and are left out with a warning; so are those after MOST_WORKS.
    """
    told = [work for work in works if work.title or work.url or work.doi]
    if not told:
        raise UnreadableRecord(f"{material.name}: no entry states a title or an address")
    notes = list(warnings)
    if len(told) < len(works):
        notes.append(f"{len(works) - len(told)} entries state neither title nor address and are left out.")
    if len(told) > MOST_WORKS:
        notes.append(f"Only the first {MOST_WORKS} of {len(told)} entries are kept.")
    stem = material.stem or "sources"
    return Incident(
        key=slug(stem),
        title=stem,
        type="Source list",
        citations=join([_citation(work) for work in told[:MOST_WORKS]]),
        warnings=tuple(notes),
    )


def _citation(work: Work) -> Citation:
    url = work.url or (_doi_url(work.doi) if work.doi else "")
    year = year_of(parse_date(work.date)) or _any_year(work.date)
    who = work.publisher or ", ".join(work.authors)
    text = f"{who}{f' ({year})' if year else ''}. {work.title}" if who else work.title or url
    form = "pdf" if re.search(r"\.pdf(?:$|[?#])", url, re.IGNORECASE) else ""
    return Citation(0, SECTION, text, work.publisher, work.authors, year, work.title, form, url or None)


def _doi_url(doi: str) -> str:
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)\s*", "", doi, flags=re.IGNORECASE)
    return f"https://doi.org/{bare}"


def _any_year(text: str) -> int | None:
    found = re.search(r"(?<![0-9])(?:1[89]|20|21)[0-9]{2}(?![0-9])", text)
    return int(found[0]) if found else None
