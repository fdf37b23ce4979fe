"""The command `sourcekeep`: its group, and the one door through which every error leaves."""

import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from archive.errors import Interrupted
from desk.cli.options import Call, common
from desk.errors import report
from desk.stopping import leave, listen

# command -> the module that has it and its one line; a module is imported only when its command is called
_COMMANDS = {
    "demo": ("desk.cli.keeping", "Run the whole job on a packaged sample web; no internet needed."),
    "archive": ("desk.cli.keeping", "Archive every source that an incident page or record cites."),
    "import": ("desk.cli.keeping", "Read incident records and captures of others; fetch nothing."),
    "read": ("desk.cli.reading", "Show what the readers make of files; read archived documents again."),
    "incidents": ("desk.cli.asking", "List the incidents."),
    "show": ("desk.cli.asking", "Show one incident whole."),
    "search": ("desk.cli.asking", "Search the text of every archived source, page by page."),
    "captures": ("desk.cli.asking", "List the captures of a URL, or those with a payload digest."),
    "picture": ("desk.cli.reading", "Show a page of an archived PDF, with a quotation marked."),
    "check": ("desk.cli.judging", "Check the links of every source."),
    "verify": ("desk.cli.judging", "Re-read every record and say what is not as it was."),
    "export": ("desk.cli.giving", "Export an incident with its sources."),
    "new-publisher": ("desk.cli.extending", "Write a publisher from one of its landing pages."),
    "schedule": ("desk.cli.timing", "Archiving and checking that go on by themselves."),
    "doctor": ("desk.cli.judging", "Check this machine: versions, disk, locks, sandbox, database."),
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(_COMMANDS[cmd_name][0])
        found: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sourcekeep", prog_name="sourcekeep")
@common
def sourcekeep() -> None:
    """Keep the sources that incident records rest on.

    sourcekeep reads an incident page, finds every source it cites, fetches it politely, keeps it byte for byte in
    WARC, reads it page by page, and then searches it and checks its links.

    \b
    Try it:
      sourcekeep demo
      sourcekeep archive https://www.aiaaic.org/aiaaic-repository/…/met-police-live-facial-recognition
      sourcekeep search '"eight of 42"'

    Exit codes: 0 done, 1 done and there is something to tell, 2 wrong call or input, 3 the world failed (network,
    disk, database), 75 another run holds the data folder, 130 interrupted (running it again goes on).
    """


def main() -> None:
    """The entry point: runs the call, turns every error into one line and its exit code."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (closed by the caller: >&-)
    sys.stderr = sys.stderr or sys.stdout
    call = Call()
    try:
        listen()
        answer: Any = sourcekeep.main(standalone_mode=False, obj=call, prog_name="sourcekeep")
        code = answer if isinstance(answer, int) else 0
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        code = end.exit_code
    except click.ClickException as wrong:
        wrong.show()
        code = wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = report(KeyboardInterrupt(), debug=False)
    except BrokenPipeError:
        # the reader of our output went away (`| head`): nothing to tell anybody
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 128 + signal.SIGPIPE
    except Exception as error:
        code = report(error, debug=call.debug)
    if code == Interrupted.exit_code:
        leave()
    sys.exit(code)
