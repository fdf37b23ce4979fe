"""Schedules: what runs when, and the running of what is due."""

import threading
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from archive.clock import SYSTEM, Seams
from archive.errors import SourcekeepError, UnknownKey, UsageError
from desk.archiving import archive, missed
from desk.checking import check
from desk.config import Config
from desk.output import say
from desk.place import catalogue
from store import dossier, schedule

_LONGEST_NAP_S = 60.0  # a clock that is set, or a schedule added elsewhere, is noticed within this


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
    """Runs every schedule that is due and answers a row for each with its result and exit code.

    A claim moves the schedule to its next time first, by compare-and-swap, so that two callers never run one twice
    and missed times become one run.
    """
    now = seams.now()
    with catalogue(config) as database:
        claimed = [
            one
            for one in schedule.due(database, now)
            if schedule.claim(database, one, next_time(one.cron, one.zone, now), now)
        ]
    return [{"id": one.id, "kind": one.kind, "target": one.target, **_result(config, one)} for one in claimed]


def _result(config: Config, one: schedule.Due) -> dict[str, Any]:
    """How one scheduled run ended; its errors are told and do not keep the others from running."""
    try:
        if one.kind == "check":
            answer = check(config, [one.target] if one.target else [], due_only=one.target is None)
            return {"result": f"{answer['checked']} links checked", "run": None, "exit_code": 0}
        run = archive(config, [one.target] if one.target else [], due=one.target is None)
        told = f"run {run['run']}, {run['captured']} captured, {run['failed']} failed"
        return {"result": told, "run": run["run"], "exit_code": int(bool(missed(run)))}
    except SourcekeepError as error:
        say(f"sourcekeep: schedule {one.id}: {error}. {error.advice}")
        return {"result": f"failed: {error}", "run": None, "exit_code": error.exit_code}


def stay(config: Config, seams: Seams = SYSTEM, stop: threading.Event | None = None) -> None:
    """Runs what is due, for ever or until `stop` is set; a held data folder is waited for."""
    stop = stop or threading.Event()
    say("waiting for what is due; Ctrl-C ends it")
    while not stop.is_set():
        for row in run_due(config, seams):
            say(f"schedule {row['id']}: {row['result']}")
        stop.wait(min(_LONGEST_NAP_S, _until_next_s(config, seams)))


def _until_next_s(config: Config, seams: Seams) -> float:
    times = [datetime.fromisoformat(row["next_at"]) for row in schedules(config)]
    return max(1.0, min(((time - seams.now()).total_seconds() for time in times), default=_LONGEST_NAP_S))
