"""CSL-JSON and RIS bibliographies, each read as one record with a citation a work."""

import re
from collections.abc import Iterator
from typing import Any

from archive.errors import UnreadableRecord
from extract.incident.bibliography import Work, record_of
from extract.incident.material import Material
from extract.incident.values import Incident

_SURROGATES = dict.fromkeys([0, *range(0xD800, 0xE000)], "\ufffd")
_RIS_LINE = re.compile(r"^\s*([A-Z][A-Z0-9])  ?-(?: (.*))?$")
_RIS_FIELDS = {
    "title": ("TI", "T1", "CT", "BT"),
    "publisher": ("PB", "JO", "JF", "T2", "JA"),
    "date": ("DA", "PY", "Y1"),
    "url": ("UR", "L1", "LK", "L2"),
    "doi": ("DO",),
}


def recognises_csl(material: Material) -> bool:
    """True for a JSON list (or an object's `items`) whose items have a title or URL and no key or citations."""
    items = _csl_items(material.json)
    return bool(items) and all(
        isinstance(item, dict) and ({"title", "URL", "DOI"} & item.keys()) and "citations" not in item
        for item in items[:20]
    )


def read_csl(material: Material) -> Iterator[Incident]:
    """One record of all items (CSL 1.0.2 data schema); UnreadableRecord when none states a title or an address."""
    items = [item for item in _csl_items(material.json) if isinstance(item, dict)]
    if not items:
        raise UnreadableRecord(f"{material.name}: no list of CSL items")
    yield record_of(material, [_csl_work(item) for item in items])


def recognises_ris(material: Material) -> bool:
    """True if the first line that is not blank is `TY  - …`."""
    first = next((line for line in material.head.lstrip("\ufeff").splitlines() if line.strip()), "")
    return bool(re.match(r"\s*TY  ?-", first))


def read_ris(material: Material) -> Iterator[Incident]:
    """One record of all references; a reference that never ends (`ER  -`) is ended by the next or the text's end."""
    works: list[Work] = []
    fields: dict[str, list[str]] = {}
    for line in [*material.text.lstrip("\ufeff").splitlines(), "ER  - "]:
        found = _RIS_LINE.match(line)
        if found and found[1] in ("TY", "ER"):
            works += [_ris_work(fields)] if fields else []
            fields = {}
        elif found:
            fields.setdefault(found[1], []).append((found[2] or "").strip())
    yield record_of(material, works)


def _ris_work(fields: dict[str, list[str]]) -> Work:
    def first(name: str) -> str:
        return next((value for tag in _RIS_FIELDS[name] for value in fields.get(tag, ()) if value), "")

    authors = tuple(name for tag in ("AU", "A1", "A2") for name in fields.get(tag, ()) if name)
    return Work(
        first("title"),
        authors,
        first("publisher"),
        first("date").strip("/").replace("/", "-"),
        first("url"),
        first("doi"),
    )


def _csl_items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = value.get("items", [value] if {"type", "title"} <= value.keys() and "key" not in value else [])
    return value if isinstance(value, list) else []


def _csl_work(item: dict[str, Any]) -> Work:
    names = item.get("author")
    return Work(
        title=_words(item.get("title")),
        authors=tuple(name for one in names if (name := _csl_name(one))) if isinstance(names, list) else (),
        publisher=_words(item.get("publisher")) or _words(item.get("container-title")),
        date=_csl_date(item.get("issued")),
        url=_words(item.get("URL")),
        doi=_words(item.get("DOI")),
    )


def _csl_name(name: Any) -> str:
    if not isinstance(name, dict):
        return _words(name)
    return _words(name.get("literal")) or " ".join(
        filter(None, (_words(name.get("given")), _words(name.get("family"))))
    )


def _csl_date(issued: Any) -> str:
    if not isinstance(issued, dict):
        return _words(issued)
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    return (
        "-".join(_words(part).zfill(2) for part in first) or _words(issued.get("raw")) or _words(issued.get("literal"))
    )


def _words(value: Any) -> str:
    """A text or number as one line; everything else says nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value).translate(_SURROGATES).split())
