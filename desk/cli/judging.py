"""The commands that judge: check, verify, doctor."""

from pathlib import Path
from typing import Any

import click

from archive.errors import WriteFailed
from desk.cli.options import Call, common, pass_call
from desk.dossier import counted
from desk.output import as_json, table


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
    from desk.checking import check, raise_if_stopped

    answer = check(call.config, keys, due_only=due)
    if call.json:
        as_json(answer)
    else:
        _show_check(answer)
    raise_if_stopped(answer)
    return int(any(link["status"] not in ("ok", "redirected") for link in answer["links"]))


def _show_check(answer: dict[str, Any]) -> None:
    if not answer["links"]:
        print("No link to check. `sourcekeep archive PAGE` adds some; without --due every link is checked.")
        return
    table(("status", "url", "why"), ([link["status"], link["url"], link["reason"]] for link in answer["links"]))
    print(", ".join(f"{count} {status}" for status, count in answer["counts"].items()))


@click.command("verify")
@click.argument("files", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path))
@click.option("--due", is_flag=True, help="Just the WARC files whose reading is due.")
@click.option("--rebuild", is_flag=True, help="First make the catalogue again from the WARC files alone.")
@common
@pass_call
def verify_command(call: Call, files: tuple[Path, ...], due: bool, rebuild: bool) -> int:
    """Re-read every record, recompute its digests, hold catalogue and custody log against the files both ways.

    With FILE (WARC, ARC or WACZ, whoever wrote it) just those files are checked. --due reads the WARC files last
    read some 90 days ago, and daily those with captures of the last 7 days (settings fixity.every_days and
    fixity.newest_days); `schedule run` does that by itself. --rebuild is for a catalogue that is lost or damaged:
    incidents and documents are read again, what runs decided is in the archive. The old catalogue is kept beside
    the new one.

    Each WARC file names the head of the custody log when it was begun, so a log that was cut or written anew is
    found out. Note the head that is printed elsewhere, and what came before it is held to it too.

    \b
    Example:
      sourcekeep verify
      sourcekeep verify --rebuild
      sourcekeep verify crawl.warc.gz

    Exits 1 when something is damaged, missing, unlisted or wrong with the custody log.
    """
    from desk.fixity import faults_of

    if files and (rebuild or due):
        raise click.UsageError(f"{'--rebuild' if rebuild else '--due'} is of the data folder; leave FILE away")
    if rebuild and due:
        raise click.UsageError("after --rebuild every file is read; leave --due away")
    answer = _verified(call, files, due, rebuild)
    if call.json:
        as_json(answer)
    else:
        _show_verify(answer)
    if "unnoted" in answer:
        raise WriteFailed(f"that all this was read could not be noted: {answer['unnoted']}")
    return int(bool(faults_of(answer)))


def _verified(call: Call, files: tuple[Path, ...], due: bool, rebuild: bool) -> dict[str, Any]:
    """The verify object; each way imports its own rooms, since the database alone takes .3 s."""
    if files:
        from desk.fixity import verify_files

        return verify_files(files)
    if rebuild:
        from desk.rebuilding import rebuilt_and_verified

        return rebuilt_and_verified(call.config)
    from desk.verifying import verify_folder

    return verify_folder(call.config, due=due)


def _show_verify(answer: dict[str, Any]) -> None:
    from desk.fixity import fault_lines, faults_of

    if rebuilt := answer.get("rebuilt"):
        print(f"catalogue made again: {counted(rebuilt['captures'], 'capture')}")
    for line in fault_lines(answer):
        print(line)
    faults = faults_of(answer)
    told = counted(faults, "fault") if faults else "all as they were"
    if answer["files"]:
        print(f"{answer['records']} records, {answer['bytes']:,} bytes: {told}")
    else:
        print(f"no WARC file was read (none is there, or none is due): {told}")
    if custody := answer.get("custody"):
        print(f"custody log: {custody['entries']} entries, head {custody['head']}")


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
