"""Our own JSON: an incident object as `show --json` prints it, or a list of them."""

from collections.abc import Iterator
from typing import Any

from archive.errors import UnreadableRecord
from extract.incident.material import Material
from extract.incident.plain import from_plain
from extract.incident.values import Incident


def recognises(material: Material) -> bool:
    """True for objects with a key or title and citations, alone, in a list or under `incidents`."""
    records = _records(material.json)
    return bool(records) and all(isinstance(one, dict) and "citations" in one for one in records[:20])


def read(material: Material) -> Iterator[Incident]:
    """Every incident of the file; UnreadableRecord names the first value that is not as it should be."""
    records = _records(material.json)
    if not records:
        raise UnreadableRecord(f"{material.name}: no incident object")
    for at, record in enumerate(records):
        yield from_plain(record, f"{material.name}: incidents[{at}]")


def _records(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = value.get("incidents", [value])
    return value if isinstance(value, list) else []
