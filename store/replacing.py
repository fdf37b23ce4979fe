"""One SQLite catalogue in the place of another: whole or not at all, the old one kept as a copy."""

import os
import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from archive.errors import StoreError, UsageError
from archive.files import sync_folder
from store.database import open_database

_FRESH = ".rebuild"  # ending of the catalogue that is being made; who is killed leaves it, the next begins anew
_BESIDE = ("-wal", "-shm")  # what SQLite keeps beside a database file


def catalogue_file(database_url: str) -> Path:
    """The file of a SQLite catalogue; UsageError when the catalogue is none."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise UsageError(
            "only a catalogue in a SQLite file can be made again in its place",
            advice="Leave --database away; the data folder then gets a catalogue of its own.",
        )
    return Path(url.database)


def fresh_beside(path: Path) -> Path:
    """Where a new catalogue is made, in the same folder; what a killed rebuild left there is gone."""
    fresh = path.with_name(path.name + _FRESH)
    for ending in ("", *_BESIDE):
        fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
    return fresh


def replace(path: Path, fresh: Path, now: datetime) -> Path | None:
    """Puts the new catalogue in the place of the old one, at once; where the old one lies now, or None.

    What the old one had in its write-ahead log is moved into it first, and the log goes before the new file comes:
    a log beside a file that it does not belong to could spoil it (sqlite.org/howtocorrupt.html §1.4).
    """
    backup = None
    if path.exists():
        _settle_log(path)
        backup = path.with_name(f"{path.name}.{now:%Y%m%d%H%M%S%f}.backup")
        for ending in ("", *_BESIDE):
            _keep(path.with_name(path.name + ending), backup.with_name(backup.name + ending))
    for ending in _BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    fresh.replace(path)
    sync_folder(path.parent)
    return backup


def _settle_log(path: Path) -> None:
    """A sound old catalogue takes in its log; of a damaged one file and log are kept side by side as they are."""
    try:
        with open_database(f"sqlite:///{path.absolute()}") as database, database.writing():
            pass
    except StoreError:
        return  # it is to be replaced because it is damaged; the copy is made of what there is


def _keep(old: Path, copy: Path) -> None:
    """A second name for a file; a copy where the file system has no such thing."""
    if not old.exists():
        return
    try:
        os.link(old, copy)
    except OSError:
        shutil.copy2(old, copy)
