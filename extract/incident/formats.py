"""FORMATS: every form of incident record that is read, asked in this order."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from archive.errors import UnreadableRecord
from extract.incident import aiaaic_html, aiaaic_sheet, aiaaic_text, aiid, bibtex, lists, own, urllist
from extract.incident.material import LARGEST_BYTES, Material
from extract.incident.plain import as_plain, from_plain
from extract.incident.values import Incident

__all__ = ["FORMATS", "Format", "as_plain", "from_plain", "incidents_of", "read_material"]

MOST_INCIDENTS = 50_000


@dataclass(frozen=True, slots=True)
class Format:
    """A form of record: `title` for people, the endings of its files, and words that stand in them.

    The marks only rank what an unknown file looks like; `recognises` alone decides.
    """

    name: str
    title: str
    recognises: Callable[[Material], bool]
    read: Callable[[Material], Iterator[Incident]]
    endings: tuple[str, ...]
    marks: tuple[str, ...]


FORMATS = (
    Format("own", "sourcekeep's own JSON", own.recognises, own.read, (".json",), ("citations", "events", '"key"')),
    Format("csl", "CSL-JSON", lists.recognises_csl, lists.read_csl, (".csl.json", ".json"), ('"type"', '"issued"')),
    Format("bibtex", "BibTeX", bibtex.recognises, bibtex.read, (".bib", ".bibtex"), ("@", "author", "= {")),
    Format("ris", "RIS", lists.recognises_ris, lists.read_ris, (".ris",), ("TY  -", "ER  -", "AU  -")),
    Format(
        "aiid", "AIID incidents.csv or reports.csv", aiid.recognises, aiid.read, (".csv", ".tsv"),
        ("incident_id", "report_number", "reports", "Alleged deployer"),
    ),
    Format(
        "aiaaic-sheet", "AIAAIC sheet (CSV)", aiaaic_sheet.recognises, aiaaic_sheet.read, (".csv", ".tsv"),
        ("Headline", "Occurred", "AIAAIC", "Deployer"),
    ),
    Format(
        "aiaaic-html", "AIAAIC page (HTML)", aiaaic_html.recognises, aiaaic_html.read, (".html", ".htm", ".mhtml"),
        ("<section", "<html", "<a ", "Page info", "AIAAIC"),
    ),
    Format("url-list", "list of URLs", urllist.recognises, urllist.read, (".urls", ".lst", ".txt"), ("\nhttp",)),
    Format(
        "aiaaic-text", "AIAAIC page (text)", aiaaic_text.recognises, aiaaic_text.read, (".txt", ".md"),
        ("Documents", "Page info", "Incidents and issues", "Research, advocacy", "AIAAIC"),
    ),
)  # fmt: skip


def read_material(content: bytes, *, name: str, url: str | None = None, format: str | None = None) -> dict[str, Any]:  # noqa: A002
    """What a record's bytes say: `{"format", "incidents": [plain incident…], "warnings": […]}`; a worker function.

    `name` is the file's name or the page's URL, `url` the page's address where known, `format` a name of FORMATS to
    be used whatever the content looks like. A record that cannot be read answers `{"error": sentence, "nearest":
    [titles of three formats]}` instead; no input raises.
    """
    material = Material(bytes(content), name, url)
    try:
        chosen = _chosen(material, format)
        incidents = list(islice(chosen.read(material), MOST_INCIDENTS + 1))
    except UnreadableRecord as error:
        return {"error": str(error), "nearest": nearest(material)}
    warnings = [f"{one.key}: {warning}" for one in incidents for warning in one.warnings]
    if not incidents:
        return {"error": f"{name}: no incident in it", "nearest": nearest(material)}
    if len(incidents) > MOST_INCIDENTS:
        warnings.append(f"Only the first {MOST_INCIDENTS} incidents are read.")
    return {
        "format": chosen.name,
        "incidents": [as_plain(incident) for incident in incidents[:MOST_INCIDENTS]],
        "warnings": warnings,
    }


def incidents_of(plain: dict[str, Any]) -> list[Incident]:
    """The incidents in an answer of `read_material`; UnreadableRecord with its sentence and the nearest formats."""
    if "error" in plain:
        advice = f"It looks most like: {', '.join(plain['nearest'])}." if plain.get("nearest") else None
        raise UnreadableRecord(str(plain["error"]), advice=advice)
    return [from_plain(one, f"incidents[{at}]") for at, one in enumerate(plain["incidents"])]


def join_records(incidents: Sequence[Incident]) -> list[Incident]:
    """The incidents of all files of one call, with what one file says about another's (AIID's reports) put together."""
    return aiid.with_reports(incidents)


def nearest(material: Material) -> list[str]:
    """The titles of the three formats that a material looks most like, the likest first."""
    ranked = sorted(FORMATS, key=lambda one: -_likeness(material, one))
    return [one.title for one in ranked[:3]]


def _likeness(material: Material, one: Format) -> float:
    marks = sum(bool(re.search(re.escape(mark), material.head, re.IGNORECASE)) for mark in one.marks) / len(one.marks)
    return marks + 0.5 * material.name.lower().endswith(one.endings)


def _chosen(material: Material, name: str | None) -> Format:
    if len(material.content) > LARGEST_BYTES:
        raise UnreadableRecord(f"{material.name} has more than {LARGEST_BYTES // 2**20} MB")
    if not material.text.strip():
        raise UnreadableRecord(f"{material.name} is empty")
    for one in FORMATS:
        if one.name == name or (name is None and one.recognises(material)):
            return one
    if name is not None:
        raise UnreadableRecord(f"no format is called “{name}”; there are {', '.join(one.name for one in FORMATS)}")
    raise UnreadableRecord(f"{material.name} is no record in a form that is read here")
