"""The commands that ask: incidents, show, search, captures."""

from typing import Any

import click

from desk.cli.options import Call, common, pass_call
from desk.output import as_json, console, safe, table
from extract.sniffing import Kind


@click.command("incidents")
@common
@pass_call
def incidents_command(call: Call) -> None:
    """List the incidents, with how many of their sources are captured.

    \b
    Example:
      sourcekeep incidents
    """
    from desk.place import catalogue
    from store import dossier

    with catalogue(call.config) as database:
        rows = dossier.incidents(database)
    if call.json:
        as_json({"incidents": rows})
    elif not rows:
        print("No incident yet. Try: sourcekeep archive PAGE, or: sourcekeep demo")
    else:
        columns = ("key", "title", "citations", "captured")
        table(columns, ([row[column] for column in columns] for row in rows))


@click.command("show")
@click.argument("key")
@common
@pass_call
def show_command(call: Call, key: str) -> None:
    """Show one incident whole: what the record says, and what is kept of each source.

    \b
    Example:
      sourcekeep show met-police-live-facial-recognition
    """
    from desk.dossier import print_incident
    from desk.place import catalogue
    from store import dossier

    with catalogue(call.config) as database:
        incident = dossier.incident_object(database, key)
    if call.json:
        as_json(incident)
    else:
        print_incident(incident)


TYPES = tuple(kind.value for kind in Kind if kind not in (Kind.EMPTY, Kind.OTHER))


@click.command("search")
@click.argument("query", nargs=-1, required=True)
@click.option("--incident", metavar="KEY", help="Only sources of this incident.")
@click.option("--publisher", metavar="NAME", help="Only sources of this publisher.")
@click.option("--type", "kind", type=click.Choice(TYPES), help="Only documents of this type.")
@click.option("--from", "since", metavar="DATE", help="Only captures of this day or later (YYYY-MM-DD).")
@click.option("--to", "until", metavar="DATE", help="Only captures of this day or earlier (YYYY-MM-DD).")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Hits to answer.")
@click.option("--offset", type=click.IntRange(0), default=0, help="Hits to leave out first.")
@click.option("--facets", "counted", is_flag=True, help="Count hits by incident, publisher, year of capture and type.")
@common
@pass_call
def search_command(call: Call, /, query: tuple[str, ...], **filters: Any) -> None:
    """Search the text of every archived source; a hit is a page.

    Words, "phrases", -not, OR, NEAR(a b, 10), title:word; anything else is text to look for.

    First come documents titled with all that is wanted, then pages by how much they have of its rare words, then cited
    sources and first pages. Of more than 5,000 hits only so many are counted ("total_is_at_least") and shown.

    \b
    Example:
      sourcekeep search '"eight of 42"'
      sourcekeep search 'accuracy -trial' --type pdf --incident met-police-live-facial-recognition
    """
    from desk.asking import search

    answer = search(call.config, " ".join(query), **filters)
    if call.json:
        as_json(answer)
    else:
        _show_hits(answer, filters["offset"])


def _show_hits(answer: dict[str, Any], offset: int) -> None:
    out = console()
    for note in answer["notes"]:
        print(safe(note))
    if not answer["hits"] and answer["total"]:
        print(f"No hit that far: {_total(answer)} in all.")
        return
    if not answer["hits"]:
        print(f"Nothing found for {safe(answer['query'])}. Fewer words or OR between them find more.")
        return
    for place, hit in enumerate(answer["hits"], start=offset + 1):
        title = safe(hit["title"] or hit["source_url"])
        out.print(f"[bold]{place}. [/]", end="")
        out.print(title, style="bold", markup=False, end="")
        out.print(f"  page {hit['page']} of {hit['pages']}", markup=False)
        out.print(f"   {safe(hit['snippet'])}", markup=False)
        out.print(f"   {safe(hit['source_url'])}  cited by {', '.join(hit['incidents'])}", style="dim", markup=False)
    for name, values in answer.get("facets", {}).items():
        print(f"{name}: " + (", ".join(f"{safe(one['value'])} ({one['pages']})" for one in values) or "none"))
    last = offset + len(answer["hits"])
    print(
        f"{offset + 1}–{last} of {_total(answer)}" + (f"; --offset {last} for more" if last < answer["total"] else "")
    )


def _total(answer: dict[str, Any]) -> str:
    return f"at least {answer['total']}" if "total_is_at_least" in answer else str(answer["total"])


@click.command("captures")
@click.argument("wanted", metavar="URL|DIGEST")
@click.option("--at", metavar="DATE", help="Nearest to this time first: 2024-12-31, RFC 3339 or 14 digits.")
@click.option("--limit", type=click.IntRange(1), help="Captures to answer (default: all).")
@click.option("--timemap", "as_timemap", is_flag=True, help="Answer the TimeMap of the URL (RFC 7089) instead.")
@common
@pass_call
def captures_command(call: Call, wanted: str, at: str | None, limit: int | None, as_timemap: bool) -> int:
    """List every capture of a URL, oldest first; or all captures with a payload digest (sha256:… or sha1:…).

    \b
    Example:
      sourcekeep captures https://repository.essex.ac.uk/24946/
      sourcekeep captures https://repository.essex.ac.uk/24946/ --at 2021-03-01 --limit 1

    Exits 1 when there is none.
    """
    from desk.looking import captures, timemap

    if as_timemap:
        answer = timemap(call.config, wanted, plain=not call.json)
        print(answer.body.decode(), end="")
        return int(answer.status != 200)
    found = captures(call.config, wanted, at=at, limit=limit)
    if call.json:
        as_json(found)
    elif found["captures"]:
        table(("time", "status", "type", "payload", "where", "note"), map(_capture_row, found["captures"]))
    else:
        print(f"Nothing is archived of {safe(wanted)}")
    return int(not found["captures"])


def _capture_row(capture: dict[str, Any]) -> list[object]:
    notes = [
        f"revisit of {capture['revisit_of']}" if capture["revisit_of"] else "",
        f"cut ({capture['truncated']})" if capture["truncated"] else "",
        f"imported from {capture['imported_from']}" if capture["imported_from"] else "",
    ]
    where = f"{capture['warc']} at {capture['offset']}"
    kind = capture["mime_sniffed"] or capture["mime"] or ""
    told = [capture["timestamp"], capture["http_status"] or "", kind, capture["payload_digest"] or "", where]
    return [*told, ", ".join(filter(None, notes))]
