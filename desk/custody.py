"""What the desk enters in the custody log, and what it says when a crash tore the end of it."""

from collections.abc import Mapping
from typing import Any

from archive.clock import SYSTEM, Seams
from archive.custody import LOG, CustodyEvent, CustodyLog, SetAside, note
from archive.files import TORN
from desk.config import Config
from desk.output import say


def enter(config: Config, event: CustodyEvent, subject: str, facts: Mapping[str, Any], seams: Seams = SYSTEM) -> None:
    """Adds an entry to the data folder's log; WriteFailed when the disk refuses."""
    log = CustodyLog(config.data, seams)
    note(log, event, subject, facts)
    say_torn(log.set_aside)


def say_torn(torn: SetAside | None) -> None:
    """Says that the end of the log was set aside, if it was."""
    if torn is not None:
        say(f"set {torn.bytes} bytes of an unfinished line of {LOG} aside (kept in {LOG}{TORN})")
