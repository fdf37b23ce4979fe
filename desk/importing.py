"""Records from files into the catalogue, their bytes into the archive; nothing is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from archive.capture import Capture, Origin
from archive.seed import Why
from desk.place import Place
from desk.targets import record_bytes
from extract.incident.formats import incidents_of, join_records
from extract.incident.values import Incident
from extract.pool import Answer, Pool
from store import intake

READ = "extract.incident.formats:read_material"
_FILE = "urn:x-sourcekeep:file:"
_MIMES = {".html": "text/html", ".htm": "text/html", ".json": "application/json", ".csv": "text/csv"}


@dataclass(frozen=True, slots=True)
class Record:
    """A file that was read as a record: its bytes and the incidents in it."""

    path: Path
    content: bytes
    incidents: tuple[Incident, ...]
    warnings: tuple[str, ...]


def read_records(pool: Pool, files: Sequence[Path]) -> list[Record]:
    """The records in these files, read in workers; UsageError or UnreadableRecord names the first that is none."""
    contents = [record_bytes(path) for path in files]
    asked = [pool.submit(READ, content, name=path.name) for path, content in zip(files, contents, strict=True)]
    records = []
    for path, content, one in zip(files, contents, asked, strict=True):
        answer = one.result()
        plain = read_answer(answer, path.name)
        incidents = tuple(join_records(incidents_of(plain)))
        records.append(Record(path, content, incidents, tuple(plain["warnings"])))
    return records


def read_answer(answer: Answer, name: str) -> dict[str, Any]:
    """What a worker made of a record, also when it died of it: then an error that says so."""
    if answer.failure is not None or answer.value is None:
        return {"error": f"{name}: {answer.reason}", "nearest": []}
    plain: dict[str, Any] = answer.value
    return plain


def file_address(path: Path) -> str:
    """The URI under which a file that was handed in is kept: its name, not its place on this machine."""
    return f"{_FILE}{quote(path.name)}"


def record_name(address: str) -> tuple[str, str | None]:
    """What a kept record is called and which page it is, by its address: a file's name alone, or the URL twice."""
    if address.startswith(_FILE):
        return unquote(address.removeprefix(_FILE)), None
    return address, address


def keep_file(place: Place, path: Path, content: bytes) -> Capture:
    """Keeps a record's bytes as a WARC `resource`, so that the catalogue can be made again from the archive alone."""
    mime = _MIMES.get(path.suffix.lower(), "text/plain")
    return place.writer.keep_resource(file_address(path), mime, content, Origin(Why.INCIDENT.value)).result()


def file_record(place: Place, record: Record) -> list[intake.Filed]:
    """Files the incidents of a record, and its bytes unless nothing in it is new."""
    now = place.seams.now()
    filed = [intake.file_incident(place.database, one, now=now) for one in record.incidents]
    if any(one.state != "same" for one in filed):
        capture = keep_file(place, record.path, record.content)
        for one in record.incidents:  # again, with where it is kept: so these bytes count as read
            intake.file_incident(place.database, one, now=now, capture=capture)
    return filed
