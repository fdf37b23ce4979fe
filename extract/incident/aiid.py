"""The AI Incident Database's CSV files: incidents.csv, and reports.csv with the sources that they number."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.errors import UnreadableRecord
from extract.dates import parse_date, state_date, year_of
from extract.incident.facts import once_each
from extract.incident.joining import join
from extract.incident.material import Material, Row
from extract.incident.values import Citation, Incident

SECTION = "Reports"
MOST_REPORTS = 100_000
_REPORTS = "AIID reports"
_NUMBER = re.compile(r"^AIID report ([0-9]+)\b")
_FIELDS = (
    "Alleged deployer of AI system",
    "Alleged developer of AI system",
    "Alleged harmed or nearly harmed parties",
)


def recognises(material: Material) -> bool:
    """True if the header row has the columns of one of the two files (site/db-backup of the database's source)."""
    return is_incidents(material) or is_reports(material)


def is_incidents(material: Material) -> bool:
    """True for the columns of incidents.csv."""
    return {"incident id", "reports", "title"} <= material.column_words


def is_reports(material: Material) -> bool:
    """True for the columns of reports.csv."""
    return {"report number", "url", "title"} <= material.column_words


def read(material: Material) -> Iterator[Incident]:
    """One Incident a row of incidents.csv; of reports.csv one record of all its sources.

    incidents.csv numbers its sources and no more: each is a citation `AIID report N` without an address until
    `with_reports` joins the two files.
    """
    if is_reports(material):
        yield _reports_record(material)
        return
    if not is_incidents(material):
        raise UnreadableRecord(f"{material.name}: neither incidents.csv nor reports.csv of the database")
    seen: set[str] = set()
    for row in material.rows():
        incident = _incident(row)
        if incident.key in seen:
            incident = replace(incident, key=f"{incident.key}-row-{row.line}")
        seen.add(incident.key)
        yield incident


def with_reports(incidents: Sequence[Incident]) -> list[Incident]:
    """The incidents with their numbered reports' addresses, where a record of reports.csv is among them.

    That record is then left out: every source that an incident numbers stands in the incident. Without such a
    record, or without any incident that numbers reports, the answer is what was given.
    """
    records = [one for one in incidents if one.type == _REPORTS]
    numbered = [one for one in incidents if dict(one.aliases).get("aiid")]
    if not records or not numbered:
        return list(incidents)
    known = {number: one for record in records for one in record.citations if (number := _report_number(one.text))}
    return [_completed(one, known) for one in incidents if one.type != _REPORTS]


def _completed(incident: Incident, known: dict[str, Citation]) -> Incident:
    cited = [
        replace(known.get(_report_number(one.text) or "", one), position=one.position, same_as=None)
        for one in incident.citations
    ]
    return replace(incident, citations=join(cited))


def _report_number(text: str) -> str | None:
    found = _NUMBER.match(text)
    return found[1].lstrip("0") or "0" if found else None


def _incident(row: Row) -> Incident:
    number = row.text("incident_id")
    if not number.isascii() or not number.isdigit():
        raise UnreadableRecord(f"row {row.line} of the incidents has no number, but “{number[:40]}”")
    numbers = re.findall(r"[0-9]+", row.text("reports"))[:MOST_REPORTS]
    cited = [Citation(0, SECTION, f"AIID report {report}") for report in dict.fromkeys(numbers)]
    facts = ((name, ", ".join(row.list(name))) for name in _FIELDS)
    return Incident(
        key=f"aiid-{number}",
        title=row.text("title"),
        type="Incident",
        occurred=state_date(row.text("date"), day_first=False),
        page_url=f"https://incidentdatabase.ai/cite/{number}",
        summary=row.text("description"),
        aliases=(("aiid", number),),
        fields=once_each((name, value) for name, value in facts if value),
        citations=join(cited),
        warnings=() if cited else (f"Row {row.line} numbers no report.",),
    )


def _reports_record(material: Material) -> Incident:
    rows = list(material.rows())
    warnings = [f"Only the first {MOST_REPORTS} reports are kept."] if len(rows) > MOST_REPORTS else []
    return Incident(
        key="aiid-reports",
        title="Reports of the AI Incident Database",
        type=_REPORTS,
        citations=join([_report(row) for row in rows[:MOST_REPORTS]]),
        warnings=tuple(warnings),
    )


def _report(row: Row) -> Citation:
    authors = tuple(row.list("authors"))
    published = parse_date(row.text("date_published"), day_first=False)
    url, title = row.text("url"), row.text("title")
    parts = (f"AIID report {row.text('report_number')}", ", ".join(authors), title, row.text("source_domain"))
    return Citation(
        position=0,
        section=SECTION,
        text=". ".join(part for part in parts if part),
        publisher=row.text("source_domain"),
        authors=authors,
        year=year_of(published),
        title=title,
        format="pdf" if url.lower().split("?")[0].endswith(".pdf") else "",
        url=url or None,
    )
