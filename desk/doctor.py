"""Looks at this machine: versions against known-bad ones, disk, clock, locks, sandbox, database."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from archive.errors import SourcekeepError
from crawler.contact import is_own
from desk.config import Config

# package -> least version, and why (each a published fault that reaches us; CVE and advisory numbers)
_FLOORS = {
    "scrapy": ("2.14.2", "CVE-2026-105782: Referrer-Policy import"),
    "twisted": ("24.7", "CVE-2024-41671: answers out of order"),
    "pdfminer.six": ("20251230", "CVE-2025-64512: code from a CMap"),
    "brotli": ("1.2.0", "decompression bombs"),
    "idna": ("3.7", "CVE-2024-3651: quadratic time"),
    "warcio": ("1.8.1", "record building that this archive relies on"),
}
_LEAST_FREE_BYTES = 1 << 30  # below 1 GiB a run may end in a full disk
_SQLITE_BAD, _SQLITE_OLD = (3, 51, 3), (3, 53, 2)  # WAL-reset damage before; CVE-2026-11822 (FTS5) before


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `fix` says what to do when it is not `ok`."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


def examine(config: Config) -> dict[str, Any]:
    """All checks of this machine for these settings: the contract's `{checks: [{name, ok, detail, fix}]}`."""
    checks: list[Check] = []
    looks: tuple[Callable[[Config], Iterator[Check]], ...] = (
        _python, _versions, _sqlite, _disk, _folder, _clock, _sandbox, _browser, _database, _contact,
    )  # fmt: skip
    for look in looks:
        checks.extend(look(config))
    return {"checks": [asdict(check) for check in checks]}


def _python(_: Config) -> Iterator[Check]:
    shown = ".".join(map(str, sys.version_info[:3]))
    yield Check("python", sys.version_info >= (3, 11), shown, "Use Python 3.11 or newer.")


def _versions(_: Config) -> Iterator[Check]:
    for package, (floor, why) in _FLOORS.items():
        try:
            found = version(package)
        except PackageNotFoundError:
            yield Check(package, False, "not installed", f"pip install '{package}>={floor}'")
            continue
        yield Check(package, _numbers(found) >= _numbers(floor), found, f"pip install '{package}>={floor}' ({why})")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _sqlite(_: Config) -> Iterator[Check]:
    from store.database import sqlite_module

    module = sqlite_module()
    found = tuple(map(int, module.sqlite_version.split(".")))
    fix = "pip install 'pysqlite3>=0.6.1'"
    if found < _SQLITE_BAD:
        fix += ": this SQLite can damage a catalogue in WAL mode"
    yield Check("sqlite", found >= _SQLITE_OLD, f"{module.sqlite_version} ({module.__name__})", fix)


def _disk(config: Config) -> Iterator[Check]:
    place = _nearest(config.data)
    free = shutil.disk_usage(place).free
    yield Check("disk", free >= _LEAST_FREE_BYTES, f"{free / 2**30:.1f} GiB free at {place}", "Free some space.")


def _nearest(path: Path) -> Path:
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path


def _folder(config: Config) -> Iterator[Check]:
    place = _nearest(config.data)
    able = os.access(place, os.W_OK | os.X_OK)
    yield Check("data folder", able, str(config.data.absolute()), f"Make {place} writable or choose --data.")
    if able and (config.data / "lock").exists():
        from archive.lock import FolderLock

        try:
            with FolderLock(config.data):
                yield Check("lock", True, "free")
        except SourcekeepError as held:
            yield Check("lock", True, str(held))


def _clock(_: Config) -> Iterator[Check]:
    now = datetime.now(UTC)
    sound = 2026 <= now.year < 2100
    yield Check("clock", sound, now.isoformat(timespec="seconds"), "Set the clock: captures carry its time.")


def _sandbox(_: Config) -> Iterator[Check]:
    from extract.sandbox import describe

    strong, detail = describe()
    yield Check(
        "reading sandbox", strong, detail, "apt install bubblewrap (readers then have no network and no files)."
    )


def _browser(config: Config) -> Iterator[Check]:
    from crawler.chromium import lacking, tried

    wanted = bool(config.crawl.browser_hosts)
    missing = lacking()
    if missing is not None:
        what, fix = missing
        yield Check("browser", not wanted, what if wanted else f"{what}; no host needs one (crawl.browser_hosts)", fix)
        return
    starts, detail = tried()
    yield Check("browser", starts, detail, "Allow unprivileged user namespaces: its sandbox is made of them.")


def _database(config: Config) -> Iterator[Check]:
    if not config.database and not (config.data / "catalog.sqlite").exists():
        yield Check("database", True, "none yet; the first run makes it")
        return
    from store.database import open_database

    try:
        open_database(config.database_url).close()
    except SourcekeepError as error:
        yield Check("database", False, str(error), error.advice)
        return
    yield Check("database", True, "reachable")


def _contact(config: Config) -> Iterator[Check]:
    own = is_own(config.crawl.contact)
    detail = config.crawl.contact if own else "still the example address"
    yield Check(
        "contact address", own, detail, "Set crawl.contact to your own page or address: sites are not asked before."
    )
