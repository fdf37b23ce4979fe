"""The command `schedule`: archiving and checking that go on by themselves."""

from typing import Any

import click

from desk.cli.options import Call, common, pass_call
from desk.output import as_json, table


@click.group("schedule")
@common
def schedule_command() -> None:
    """Archiving and checking that go on by themselves.

    \b
    Example:
      sourcekeep schedule add --all --cron "0 3 * * 1"
      sourcekeep schedule run --once          # for cron and systemd timers
    """


@schedule_command.command("add")
@click.argument("key", required=False)
@click.option("--all", "everything", is_flag=True, help="Every incident, also those added later.")
@click.option("--cron", "cron", required=True, metavar="TEXT", help='When, in cron form: "0 3 * * 1" is Mondays at 3.')
@click.option(
    "--zone", default="UTC", show_default=True, metavar="NAME", help="The time zone that the cron text means."
)
@click.option(
    "--kind", type=click.Choice(["archive", "check"]), default="archive", show_default=True, help="What to do."
)
@common
@pass_call
def add(call: Call, key: str | None, everything: bool, cron: str, zone: str, kind: str) -> None:
    """Add a schedule for one incident (KEY) or for all."""
    from desk.timer import add_schedule

    if (key is None) != everything:
        raise click.UsageError("give either a KEY or --all")
    row = add_schedule(call.config, kind=kind, target=key, cron=cron, zone=zone)
    if call.json:
        as_json(row)
    else:
        print(f"schedule {row['id']}: {row['kind']} {row['target'] or 'everything'}, next at {row['next_at']}")


@schedule_command.command("list")
@common
@pass_call
def list_(call: Call) -> None:
    """List the schedules."""
    from desk.timer import schedules

    rows = schedules(call.config)
    if call.json:
        as_json(rows)
    elif not rows:
        print('No schedule yet. Try: sourcekeep schedule add --all --cron "0 3 * * 1"')
    else:
        columns = ("id", "kind", "target", "cron", "zone", "next_at", "last_run")
        table(columns, ([row[column] if row[column] is not None else "-" for column in columns] for row in rows))


@schedule_command.command("remove")
@click.argument("number", metavar="ID", type=int)
@common
@pass_call
def remove(call: Call, number: int) -> None:
    """Remove a schedule."""
    from desk.timer import remove_schedule

    remove_schedule(call.config, number)
    if call.json:
        as_json({"removed": number})
    else:
        print(f"schedule {number} removed")


@schedule_command.command("run")
@click.option("--once", is_flag=True, help="Run what is due now and end, for cron and systemd timers.")
@common
@pass_call
def run(call: Call, once: bool) -> int:
    """Run what is due; without --once stay and go on.

    It also reads again what is kept, without a schedule: each record at least every 90 days, the newest 7 days
    daily (settings fixity.every_days and fixity.newest_days). What is not as it was is told on standard error, and
    the exit code is 1.
    """
    from desk.timer import run_due, stay, title

    if not once:
        stay(call.config)
        return 0
    rows: list[dict[str, Any]] = run_due(call.config)
    if call.json:
        as_json(rows)
    else:
        for row in rows:
            print(f"{title(row)}: {row['kind']} {row['target'] or 'everything'}: {row['result']}")
        if not rows:
            print("nothing is due")
    return max((row["exit_code"] for row in rows), default=0)
