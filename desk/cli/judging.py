"""The commands that judge: check, verify, doctor."""

from pathlib import Path
from typing import Any

import click

from desk.cli.options import Call, common, pass_call
from desk.dossier import counted
from desk.output import as_json, safe, table


@click.command("check")
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@click.option("--due", is_flag=True, help="Only links whose next check is due.")
@common
@pass_call
def check_command(call: Call, keys: tuple[str, ...], due: bool) -> int:
    """Check the links of every source, or of the incidents named.

    A wall or a failing network is never called rot: such links are `blocked` or `unknown`.

    \b
    Example:
      sourcekeep check
      sourcekeep check met-police-live-facial-recognition --json

    Exits 1 when a link is not as it should be.
    """
    from desk.checking import check

    answer = check(call.config, keys, due_only=due)
    if call.json:
        as_json(answer)
    else:
        _show_check(answer)
    return int(any(link["status"] not in ("ok", "redirected") for link in answer["links"]))


def _show_check(answer: dict[str, Any]) -> None:
    if not answer["links"]:
        print("No link to check. `sourcekeep archive PAGE` adds some; without --due every link is checked.")
        return
    table(("status", "url", "why"), ([link["status"], link["url"], link["reason"]] for link in answer["links"]))
    print(", ".join(f"{count} {status}" for status, count in answer["counts"].items()))


@click.command("verify")
@click.argument("files", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="First make the catalogue again from the WARC files alone.")
@common
@pass_call
def verify_command(call: Call, files: tuple[Path, ...], rebuild: bool) -> int:
    """Re-read every record, recompute its digests, hold the catalogue against the files both ways.

    With FILE (WARC, ARC or WACZ, whoever wrote it) just those files are checked. --rebuild is for a catalogue that
    is lost or damaged: incidents and documents are read again, what runs decided is in the archive. The old
    catalogue is kept beside the new one.

    \b
    Example:
      sourcekeep verify
      sourcekeep verify --rebuild
      sourcekeep verify crawl.warc.gz

    Exits 1 when something is damaged, missing or unlisted.
    """
    from desk.verifying import verify_files, verify_folder

    if files and rebuild:
        raise click.UsageError("--rebuild is of the data folder; leave FILE away")
    if rebuild:
        from desk.rebuilding import rebuilt_and_verified  # half a second of imports that nobody else needs

        answer = rebuilt_and_verified(call.config)
    else:
        answer = verify_files(files) if files else verify_folder(call.config)
    if call.json:
        as_json(answer)
    else:
        _show_verify(answer)
    return int(any(answer[found] for found in ("damaged", "missing", "unlisted")))


def _show_verify(answer: dict[str, Any]) -> None:
    if rebuilt := answer.get("rebuilt"):
        print(f"catalogue made again: {counted(rebuilt['captures'], 'capture')}")
    for damage in answer["damaged"]:
        print(
            f"damaged  {safe(damage['warc'])} at {damage['offset']}: {safe(damage['what'])} {safe(damage['url'] or '')}"
        )
    for found in ("missing", "unlisted"):
        for row in answer[found]:
            print(f"{found}  {safe(row['warc'])} at {row['offset']}: {safe(row['url'])}")
    bad = sum(len(answer[found]) for found in ("damaged", "missing", "unlisted"))
    told = counted(bad, "fault") if bad else "all as they were"
    print(f"{answer['records']} records, {answer['bytes']:,} bytes: {told}")


@click.command("doctor")
@common
@pass_call
def doctor_command(call: Call) -> int:
    """Check this machine: versions against known-bad ones, disk, clock, locks, sandbox, database.

    \b
    Example:
      sourcekeep doctor

    Exits 1 when something should be mended.
    """
    from desk.doctor import examine

    answer = examine(call.config)
    if call.json:
        as_json(answer)
    else:
        table(
            ("", "check", "found", "what to do"),
            (
                ["ok" if check["ok"] else "!!", check["name"], check["detail"], "" if check["ok"] else check["fix"]]
                for check in answer["checks"]
            ),
        )
    return int(not all(check["ok"] for check in answer["checks"]))
