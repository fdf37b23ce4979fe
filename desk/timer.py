"""Schedules: what runs when, and the running of what is due; the re-reading of what is kept needs none."""

import threading
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from archive.clock import SYSTEM, Seams
from archive.errors import Interrupted, SourcekeepError, UnknownKey, UsageError, WriteFailed
from desk import archiving, checking
from desk.archiving import archive, missed
from desk.checking import check
from desk.config import Config
from desk.dossier import counted
from desk.fixity import fault_lines, faults_of
from desk.output import say
from desk.place import catalogue
from desk.verifying import is_reading_due, verify_folder
from store import dossier, schedule

_LONGEST_NAP_S = 60.0  # a clock that is set, or a schedule added elsewhere, is noticed within this
_REREAD_EVERY_S = 3600.0  # whether files are due to be read again is asked so often: what is due is due for the day
_REREAD: dict[str, Any] = {"id": None, "kind": "verify", "target": None, "run": None}  # a row without a schedule


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """The first time after `after` (aware) that the cron text means in its time zone, aware UTC.

    UsageError for a text or a zone that is none.
    """
    try:
        local = after.astimezone(ZoneInfo(zone))
        return next(CronSim(cron, local)).astimezone(after.tzinfo)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"{zone!r} is no time zone", advice="Write it as UTC or Europe/London.") from error
    except (CronSimError, StopIteration) as error:
        advice = 'Five fields: minute hour day month weekday; "0 3 * * 1" is Mondays at 3.'
        raise UsageError(f"{cron!r} is no cron text: {error}", advice=advice) from error


def add_schedule(
    config: Config, *, kind: str, target: str | None, cron: str, zone: str, seams: Seams = SYSTEM
) -> dict[str, Any]:
    """Adds a schedule and answers its row; UsageError, or UnknownKey for an incident that is not known."""
    now = seams.now()
    first = next_time(cron, zone, now)
    with catalogue(config) as database:
        if target is not None and not dossier.is_known(database, target):
            raise UnknownKey(f"no incident {target}")
        return schedule.add(database, kind=kind, target=target, cron=cron, zone=zone, next_at=first, now=now)


def schedules(config: Config) -> list[dict[str, Any]]:
    """Every schedule's row."""
    with catalogue(config) as database:
        return schedule.rows(database)


def remove_schedule(config: Config, number: int) -> None:
    """Removes a schedule; UnknownKey when there is none with this id."""
    with catalogue(config) as database:
        schedule.remove(database, number)


def run_due(config: Config, seams: Seams = SYSTEM) -> list[dict[str, Any]]:
    """Runs every schedule that is due, then reads again what is due to be; a row for each."""
    return [*run_schedules(config, seams), *reread(config, seams)]


def run_schedules(config: Config, seams: Seams) -> list[dict[str, Any]]:
    """Runs every schedule that is due and answers a row for each with its result and exit code.

    A claim moves the schedule to its next time first, by compare-and-swap, so that two callers never run one twice
    and missed times become one run. One that is stopped is due again, and Interrupted raised.
    """
    now = seams.now()
    with catalogue(config) as database:
        due = schedule.due(database, now)
    return [
        {"id": one.id, "kind": one.kind, "target": one.target, **_result(config, one)}
        for one in due
        if _claimed(config, one, now)
    ]


def _claimed(config: Config, one: schedule.Due, now: datetime) -> bool:
    """True when it is ours to run, now: what comes after one that is stopped is not claimed at all."""
    with catalogue(config) as database:
        return schedule.claim(database, one, next_time(one.cron, one.zone, now), now)


def _result(config: Config, one: schedule.Due) -> dict[str, Any]:
    """How one scheduled run ended; its errors are told and do not keep the others from running."""
    try:
        if one.kind == "check":
            answer = check(config, [one.target] if one.target else [], due_only=one.target is None)
            checking.raise_if_stopped(answer)
            return {"result": f"{answer['checked']} links checked", "run": None, "exit_code": 0}
        run = archive(config, [one.target] if one.target else [], due=one.target is None)
        archiving.raise_if_stopped(run)
        told = f"run {run['run']}, {run['captured']} captured, {run['failed']} failed"
        return {"result": told, "run": run["run"], "exit_code": int(bool(missed(run)))}
    except (KeyboardInterrupt, Interrupted):
        with catalogue(config) as database:
            schedule.give_back(database, one)
        raise
    except SourcekeepError as error:
        say(f"sourcekeep: schedule {one.id}: {error}. {error.advice}")
        return {"result": f"failed: {error}", "run": None, "exit_code": error.exit_code}


def reread(config: Config, seams: Seams) -> list[dict[str, Any]]:
    """Reads the WARC files again whose reading is due: one row, with the whole verify object; none when none is.

    What is not as it was is told on standard error too. A folder that is held is left for the next time.
    """
    try:
        if not is_reading_due(config, seams.now()):
            return []
        answer = verify_folder(config, seams, due=True)
    except SourcekeepError as error:
        say(f"sourcekeep: reading again: {error}. {error.advice}")
        failed = {"result": f"failed: {error}", "exit_code": error.exit_code}
        return [{**_REREAD, **failed}]
    for line in fault_lines(answer):
        say(line)
    read = f"{counted(answer['files'], 'file')} read again, {counted(answer['records'], 'record')}"
    told = f"{read}, {counted(faults_of(answer), 'fault')}"
    code = int(bool(faults_of(answer)))
    if "unnoted" in answer:
        told, code = f"{told}; not noted: {answer['unnoted']}", WriteFailed.exit_code
    return [{**_REREAD, "result": told, "exit_code": code, "verify": answer}]


def title(row: dict[str, Any]) -> str:
    """What a row is of, for people."""
    return "fixity" if row["id"] is None else f"schedule {row['id']}"


def stay(config: Config, seams: Seams = SYSTEM, stop: threading.Event | None = None) -> None:
    """Runs what is due, for ever or until `stop` is set; a held data folder is waited for."""
    stop = stop or threading.Event()
    say("waiting for what is due; Ctrl-C ends it")
    reread_at = seams.monotonic()
    while not stop.is_set():
        rows = run_schedules(config, seams)
        if seams.monotonic() >= reread_at:
            rows += reread(config, seams)
            reread_at = seams.monotonic() + _REREAD_EVERY_S
        for row in rows:
            say(f"{title(row)}: {row['result']}")
        stop.wait(min(_LONGEST_NAP_S, _until_next_s(config, seams)))


def _until_next_s(config: Config, seams: Seams) -> float:
    times = [datetime.fromisoformat(row["next_at"]) for row in schedules(config)]
    return max(1.0, min(((time - seams.now()).total_seconds() for time in times), default=_LONGEST_NAP_S))
