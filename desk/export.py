"""An incident with its sources as one file: a WACZ package, our JSON, a table, a bibliography, robust links."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive.capture import Conversion
from archive.clock import SYSTEM, Seams
from archive.custody import CustodyEvent
from archive.errors import UsageError
from archive.files import warc_path
from archive.signature import signing_key
from archive.wacz import WaczFile, WaczPage, write_wacz
from desk.config import Config
from desk.custody import enter
from desk.giving import as_csv, write_whole
from desk.place import catalogue
from store import dossier
from store.conversions import conversions_of
from store.shown import Embedded, embedded

_Beside = Conversion | Embedded


def export(config: Config, key: str, out: Path, form: str | None = None, seams: Seams = SYSTEM) -> dict[str, Any]:
    """Writes the incident to `out` in the form its ending (or `form`) names: the contract's `{file, bytes, sha256}`.

    UsageError for an unknown ending, UnknownKey, WriteFailed when the disk refuses. `out` is replaced whole or not;
    the custody log is told of it.
    """
    form = form or _form_of(out)
    with catalogue(config) as database:
        incident = dossier.incident_object(database, key)
        kept = [one for _, one in _captures(incident)]
        beside: list[_Beside] = [
            *conversions_of(database, [one["record_id"] for one in kept]),
            *embedded(database, [one["url"] for one in kept]),
        ]
    written = _written(config, incident, beside, out, form, seams)
    told = {"bytes": written["bytes"], "sha256": f"sha256:{written['sha256']}", "incident": incident["key"]}
    enter(config, CustodyEvent.EXPORTED, out.name, told, seams)
    return written


def _written(
    config: Config,
    incident: dict[str, Any],
    beside: Sequence[_Beside],
    out: Path,
    form: str,
    seams: Seams,
) -> dict[str, Any]:
    if form == "wacz":
        package = _package(config, incident, beside, out, seams)
        return {"file": str(out), "bytes": package.bytes, "sha256": package.sha256.removeprefix("sha256:")}
    content = _WRITERS[form](incident).encode("utf-8")
    write_whole(out, content)
    return {"file": str(out), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _form_of(out: Path) -> str:
    for form in ("csl.json", *_WRITERS, "wacz"):
        if out.name.lower().endswith(f".{form}"):
            return form
    known = ", ".join(f".{form}" for form in ("wacz", *_WRITERS))
    raise UsageError(f"{out.name} has no ending that says what to write", advice=f"Use one of {known}, or --format.")


def _captures(incident: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every citation with each of its captures, every capture once."""
    seen = set()
    for citation in incident["citations"]:
        for capture in citation["captures"]:
            place = capture["warc"], capture["offset"]
            if place not in seen:
                seen.add(place)
                yield citation, capture


def _package(config: Config, incident: dict[str, Any], beside: Sequence[_Beside], out: Path, seams: Seams) -> WaczFile:
    """The captures of the incident with the texts that were read from just them and the parts of pages, signed."""
    kept = list(_captures(incident))
    if not kept:
        raise UsageError(
            f"nothing of {incident['key']} is captured yet", advice=f"sourcekeep archive {incident['key']}"
        )
    titles = {citation["position"]: citation["title"] for citation in incident["citations"]}
    pages = [
        WaczPage(capture["url"], datetime.fromisoformat(capture["timestamp"]), _page_title(citation, capture, titles))
        for citation, capture in kept
        if capture["http_status"] is not None and 200 <= capture["http_status"] < 300
    ]
    return write_wacz(
        out,
        title=incident["title"],
        description=f"The archived sources of the incident record {incident['key']}.",
        records=[
            *((warc_path(config.data, one["warc"]), one["offset"], one["length"]) for _, one in kept),
            *((warc_path(config.data, one.warc), one.offset, one.length) for one in beside),
        ],
        pages=pages,
        main_page=pages[0] if pages else None,
        created=seams.now(),
        software=f"sourcekeep {version('sourcekeep')}",
        key=signing_key(config.data),
    )


def _page_title(citation: dict[str, Any], capture: dict[str, Any], titles: dict[int, str]) -> str:
    """What the list of pages calls a capture: the work's title as cited anywhere, or as it names itself."""
    document = capture["document"] or {}
    return citation["title"] or titles.get(citation["same_as"]) or document.get("title") or citation["text"]


def _as_json(incident: dict[str, Any]) -> str:
    return json.dumps(incident, ensure_ascii=False, indent=2) + "\n"


def _as_csv(incident: dict[str, Any]) -> str:
    columns = ("position", "section", "publisher", "year", "title", "format", "url", "source_url")
    rows: list[list[object]] = [[*columns, "state", "captured_at", "captured_url", "payload_digest"]]
    for citation in incident["citations"]:
        last = citation["captures"][-1] if citation["captures"] else {}
        row = [*(citation[column] for column in columns), citation["resolution"]["state"]]
        rows.append([*row, *(last.get(name) for name in ("timestamp", "url", "payload_digest"))])
    return as_csv(rows)


def _works(incident: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (citation for citation in incident["citations"] if not citation["same_as"])


def _as_csl(incident: dict[str, Any]) -> str:
    return json.dumps([_csl(incident["key"], work) for work in _works(incident)], ensure_ascii=False, indent=2) + "\n"


def _csl(key: str, work: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": f"{key}-{work['position']}",
        "type": "report",
        "title": work["title"] or work["text"],
        "publisher": work["publisher"] or None,
        "author": [{"literal": name} for name in work["authors"]] or None,
        "issued": {"date-parts": [[work["year"]]]} if work["year"] else None,
        "URL": work["source_url"] or work["url"],
    }
    return {name: value for name, value in item.items() if value is not None}


def _as_bibtex(incident: dict[str, Any]) -> str:
    return "\n".join(_bibtex(incident["key"], work) for work in _works(incident))


def _bibtex(key: str, work: dict[str, Any]) -> str:
    csl = _csl(key, work)
    fields = {
        "title": csl["title"],
        "author": " and ".join(f"{{{name}}}" for name in work["authors"]),
        "institution": work["publisher"],
        "year": work["year"],
        "url": csl.get("URL"),
    }
    lines = [f"  {name} = {{{_braced(str(value))}}}," for name, value in fields.items() if value]
    return "\n".join([f"@techreport{{{csl['id']},", *lines, "}", ""])


def _braced(text: str) -> str:
    """Text that BibTeX reads back as it is: braces balanced by leaving them out, specials escaped."""
    text = text.replace("\\", " ").replace("{", "(").replace("}", ")")
    return "".join(f"\\{char}" if char in "%&$#_" else char for char in text)


def _as_html(incident: dict[str, Any]) -> str:
    """Robust Links (robustlinks.mementoweb.org): the cited address stays, the archived one stands beside it."""
    rows = "\n".join(f"<li>{_robust_link(citation)}</li>" for citation in incident["citations"])
    title = escape(incident["title"])
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}: sources</title>\n'
        f"<h1>{title}</h1>\n<ol>\n{rows}\n</ol>\n</html>\n"
    )


def _robust_link(citation: dict[str, Any]) -> str:
    text = escape(citation["text"])
    url = citation["source_url"] or citation["url"]
    if not url or not url.startswith(("http://", "https://")):
        return text
    stamp = f' data-versiondate="{citation["captures"][-1]["timestamp"][:10]}"' if citation["captures"] else ""
    return f'<a href="{escape(url)}" data-originalurl="{escape(citation["url"] or url)}"{stamp}>{text}</a>'


_WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "json": _as_json,
    "csv": _as_csv,
    "bib": _as_bibtex,
    "csl.json": _as_csl,
    "html": _as_html,
}
