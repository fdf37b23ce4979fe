"""The answer of `import`: records and archive files of others, told apart, looked at, then brought in."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from desk.accessions import Brought, Sieve, bring, is_archive, look_through, open_archive
from desk.config import Config
from desk.following import Reading
from desk.importing import Record, file_record, read_records
from desk.place import catalogue, held, reading_pool
from desk.telling import tell
from extract.incident.plain import as_object
from store import dossier, intake
from store.database import Database
from store.search import SearchIndex


def import_files(
    config: Config, files: Sequence[Path], *, dry_run: bool = False, force: bool = False
) -> dict[str, Any]:
    """What was added and changed (or would be), each incident whole, each archive file by counts, every warning.

    All files are looked at before anything is written: UsageError, UnreadableRecord or PackageRefused names the first
    that cannot be used. `force` takes packages whose own hashes or signature are false.
    """
    archives = [path for path in files if is_archive(path)]
    records = [path for path in files if path not in archives]
    if dry_run:
        return _would_import(config, archives, records, force)
    with ExitStack() as closing:
        opened = [open_archive(closing, path, force=force) for path in archives]
        place = closing.enter_context(held(config))
        read = read_records(place.pool, records)
        brought = [bring(place, one) for one in opened]
        filed = [one for record in read for one in file_record(place, record)]
        if archives:
            Reading(place, keep_text=config.reading.keep_text).finish()
        if archives or any(one.state != "same" for one in filed):
            SearchIndex(place.database).refresh()
        incidents = [dossier.incident_object(place.database, one.key) for one in filed]
        tell(place)
    return _answer(read, filed, incidents, brought)


def _would_import(config: Config, archives: Sequence[Path], records: Sequence[Path], force: bool) -> dict[str, Any]:
    """A known incident counts as changed, since only filing compares it."""
    with ExitStack() as closing:
        pool = closing.enter_context(reading_pool(config))
        read = read_records(pool, records)
        database = _known_catalogue(closing, config)
        sieve = Sieve(database)
        opened = [open_archive(closing, path, force=force) for path in archives]
        brought = [look_through(one, sieve) for one in opened]
        known = {row["key"] for row in dossier.incidents(database)} if database else set()
    incidents = [one for record in read for one in record.incidents]
    filed = [
        intake.Filed(
            one.key, "changed" if one.key in known else "added", 0 if one.key in known else len(one.citations), 0
        )
        for one in incidents
    ]
    return _answer(read, filed, [as_object(one) for one in incidents], brought)


def _known_catalogue(closing: ExitStack, config: Config) -> Database | None:
    """The catalogue, which is not made where there is none."""
    if not config.database and not (config.data / "catalog.sqlite").exists():
        return None
    return closing.enter_context(catalogue(config))


def _answer(
    records: Sequence[Record],
    filed: Sequence[intake.Filed],
    incidents: list[dict[str, Any]],
    brought: Sequence[Brought],
) -> dict[str, Any]:
    warnings = [warning for record in records for warning in record.warnings]
    return {
        "incidents_added": sum(one.state == "added" for one in filed),
        "incidents_changed": sum(one.state == "changed" for one in filed),
        "citations_added": sum(one.citations_added for one in filed),
        "captures_added": sum(one.added for one in brought),
        "captures_known": sum(one.known for one in brought),
        "records_damaged": sum(one.damaged for one in brought),
        "warnings": [*warnings, *(warning for one in brought for warning in one.warnings)],
        "archives": [one.told() for one in brought],
        "incidents": incidents,
    }
