"""The commands that keep: archive, import, demo."""

from pathlib import Path
from typing import Any

import click

from desk.cli.options import Call, common, pass_call
from desk.output import as_json, safe


@click.command("archive")
@click.argument("targets", nargs=-1, metavar="[TARGET]…")
@click.option("--due", is_flag=True, help="What the schedule of captures says is due.")
@click.option("--all", "everything", is_flag=True, help="Every incident that is known.")
@click.option("--force", is_flag=True, help="Capture again what is not yet due.")
@click.option(
    "--workers",
    type=click.IntRange(1, 32),
    metavar="N",
    help="Crawl in N processes, which share the hosts (default: crawl.workers, 1).",
)
@common
@pass_call
def archive_command(
    call: Call, targets: tuple[str, ...], due: bool, everything: bool, force: bool, workers: int | None
) -> int:
    """Archive every source that a record cites: the main job.

    TARGET is an incident page or record (file or URL, any known format), a file of URLs, the URL of a source, or
    the key of an incident that is known. Running it again does only what is missing or due.

    Pages of the hosts that the setting crawl.browser_hosts names are shown in a browser and read as they were shown.
    That needs `pip install 'sourcekeep[browser]'` and Chromium; `sourcekeep doctor` tries whether it works.

    \b
    Example:
      sourcekeep archive met-police-live-facial-recognition.txt
      sourcekeep archive --due

    Exits 1 when a source could not be archived or found.
    """
    from desk.archiving import archive, missed, raise_if_stopped
    from desk.dossier import print_run

    if not (targets or due or everything):
        raise click.UsageError("give a TARGET, --due or --all")
    if workers is not None:
        call.flags["crawl"] = {"workers": workers}
    run = archive(call.config, targets, due=due, everything=everything, force=force)
    if call.json:
        as_json(run)
    else:
        print_run(run)
    raise_if_stopped(run)
    return int(bool(missed(run)))


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Store nothing; answer what would be stored.")
@click.option("--force", is_flag=True, help="Take a package though its own hashes or signature are false.")
@common
@pass_call
def import_command(call: Call, files: tuple[Path, ...], dry_run: bool, force: bool) -> int:
    """Read incident records, and captures that others made; fetch nothing.

    Records: AIAAIC page (text or HTML) and sheet, AI Incident Database CSV, BibTeX, CSL-JSON, RIS, a list of URLs,
    our own JSON.

    Captures: WACZ packages, WARC and ARC files, whoever wrote them. Each sound record is copied as it is into a WARC
    file of this archive that says where it came from; captures that are here already are not copied again. They are
    read and searched like others, and count for the sources that incidents cite. A package that is made to do harm,
    or is not what its own hashes and signature say, is refused.

    \b
    Example:
      sourcekeep import page.txt --dry-run --json
      sourcekeep import met.wacz page.txt

    Exits 1 when something was damaged and left out.
    """
    from desk.incoming import import_files

    answer = import_files(call.config, files, dry_run=dry_run, force=force)
    if call.json:
        as_json(answer)
    else:
        _show_archives(answer, "would be " if dry_run else "")
        if len(answer["archives"]) < len(files):
            _show_records(answer, "would be " if dry_run else "")
    return int(any(one["records_damaged"] or one["faults"] for one in answer["archives"]))


def _show_archives(answer: dict[str, Any], verb: str) -> None:
    for warning in answer["warnings"]:
        print(f"note: {safe(warning)}")
    for one in answer["archives"]:
        print(f"{safe(one['file'])}: {one['captures_added']} captures {verb}added, {one['captures_known']} known, "
              f"{one['records_damaged']} records damaged, signed by {safe(one['signed_by'] or 'nobody')}")  # fmt: skip


def _show_records(answer: dict[str, Any], verb: str) -> None:
    print(f"{answer['incidents_added']} incidents {verb}added, {answer['incidents_changed']} {verb}changed, "
          f"{answer['citations_added']} citations {verb}added")  # fmt: skip


@click.command("demo")
@common
@pass_call
def demo_command(call: Call) -> int:
    """Run the whole job on a packaged sample web on this machine; no internet needed.

    It archives a sample incident page into a data folder (default ./sourcekeep-demo), checks its links, re-reads
    every record and searches; then it prints what to try next. Exits 0 when all went as the sample web promises:
    one dead link and one bot wall are part of it.

    \b
    Example:
      sourcekeep demo
    """
    from desk.demo import FOLDER, demo, print_demo

    folder = call.flags.get("data")
    answer = demo(call.config, folder)
    if call.json:
        as_json(answer)
    else:
        print_demo(answer, folder or FOLDER)
    return int(bool(answer["surprises"]))
