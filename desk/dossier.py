"""An incident and a run as people read them on a terminal."""

from typing import Any

from desk.output import console, safe

_KEPT = ("captured", "unchanged")
_MARKS = {"given": "=", "found": "=", "proposed": "?", "unresolved": "-"}


def print_incident(incident: dict[str, Any]) -> None:
    """Prints an incident object: head, events, then each citation with what is kept of its source."""
    out = console()
    out.print(safe(incident["title"]), style="bold", markup=False)
    for name, value in _head(incident):
        out.print(f"  {name}: {safe(value)}", markup=False)
    for event in incident["events"]:
        out.print(f"  {safe(event['date'])}  {safe(event['headline'])}", markup=False)
    out.print("Citations", style="bold")
    for citation in incident["citations"]:
        _print_citation(citation)


def _head(incident: dict[str, Any]) -> list[tuple[str, object]]:
    names = ("key", "type", "published", "updated", "page_url")
    return [(name, _dated(incident[name])) for name in names if incident.get(name)]


def _dated(value: object) -> object:
    return value.get("text", value) if isinstance(value, dict) else value


def _print_citation(citation: dict[str, Any]) -> None:
    out = console()
    resolution = citation["resolution"]
    out.print(f"{citation['position']:3} {safe(citation['text'])}", markup=False)
    where = citation["source_url"] or "no address found"
    out.print(
        f"    {_MARKS[resolution['state']]} {safe(where)}  ({how_resolved(resolution)})", style="dim", markup=False
    )
    for capture in citation["captures"]:
        if capture["revisit_of"]:
            continue  # the same as before: the JSON answer has it
        document = capture.get("document")
        what = f"{document['state']}, {counted(document['pages'], 'page')}" if document else "not read"
        mime = safe(capture["mime_sniffed"] or "")
        line = f"{capture['timestamp'][:10]}  {capture['http_status']}  {mime}  {what}  {safe(capture['url'])}"
        out.print(f"      {line}", markup=False)
    for row in filter(_needs_a_word, citation["outcomes"]):
        out.print(f"      {row['at'][:10]}  {row['outcome']}: {safe(row['reason'])}  {safe(row['url'])}", markup=False)


def _needs_a_word(row: dict[str, Any]) -> bool:
    """True for an outcome that left nothing of a source, or a document with something to say about it."""
    is_document = (row["http_status"] or 0) // 100 == 2
    return row["outcome"] not in _KEPT or (row["outcome"] == "captured" and is_document and bool(row["reason"]))


def counted(number: int, noun: str) -> str:
    """`1 page`, `2 pages`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def how_resolved(resolution: dict[str, Any]) -> str:
    """How a citation came to mean its source, in words: "found by known_work, 0.97"."""
    if resolution["state"] == "given":
        return "given in the record"
    if resolution["state"] == "unresolved":
        return "unresolved"
    return f"{resolution['state']} by {resolution['method']}, {resolution['score']:.2f}"


def _print_outcome(row: dict[str, Any]) -> None:
    out = console()
    if not out.is_terminal:
        print("\t".join(safe(cell).replace("\t", " ") for cell in (row["outcome"], _what(row), row["reason"])))
        return
    out.print(f"{row['outcome']:16}", style="" if row["outcome"] in _KEPT else "bold", end="", markup=False)
    out.print(safe(_what(row)), markup=False)
    if row["reason"]:
        out.print(f"{'':16}{safe(row['reason'])}", style="dim", markup=False)


def _what(row: dict[str, Any]) -> str:
    return str(row["url"] or row["source"])


def print_run(run: dict[str, Any]) -> None:
    """Prints a run object: a line an outcome, then the sums."""
    for row in run["outcomes"]:
        _print_outcome(row)
    if not run["outcomes"] and run["state"] == "done":
        print("nothing is due; --force captures again")
    print(
        f"{run['state']}: {run['requested']} requested, {run['captured']} captured, {run['unchanged']} unchanged, "
        f"{run['failed']} failed; {run['documents']} documents, {run['pages']} pages, {run['links']} links, "
        f"{run['bytes'] / 1e6:.1f} MB"
    )
