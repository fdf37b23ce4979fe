"""Brings a catalogue to today's schema: all steps in one transaction, an older file copied aside first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect

from archive.errors import DatabaseUnreachable, NewerSchema
from store.schema import APPLICATION_ID, HEAD

_STEPS = Path(__file__).with_name("migrations")


def migrate(engine: Engine) -> None:
    """Takes the steps that are missing, if any. NewerSchema for a catalogue of a later version of the program.

    DatabaseUnreachable for a SQLite file that another program made; a file is never changed before that is known.
    """
    with engine.connect() as connection:
        with connection.begin():
            found = revision(connection)
            if found == HEAD:
                return
            _refuse_foreign(connection, found)
            known = _known(found)
        if found is not None and not known:
            raise NewerSchema(f"the catalogue has schema {found}, which this version of the program does not know")
    if engine.dialect.name == "sqlite":
        _prepare_file(engine, found)
    with _stepping(engine) as connection:
        _take_steps(connection)


def revision(connection: Connection) -> str | None:
    """The step at which the catalogue is; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _known(found: str | None) -> bool:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(_STEPS), version_locations=[str(_STEPS)])
    return found in {script.revision for script in scripts.walk_revisions()}


def _refuse_foreign(connection: Connection, found: str | None) -> None:
    if connection.dialect.name != "sqlite":
        return
    owner = connection.exec_driver_sql("PRAGMA application_id").scalar()
    is_empty = not connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    if owner != APPLICATION_ID and not is_empty:
        raise DatabaseUnreachable(
            f"{connection.engine.url.database} is a SQLite file of another program",
            advice="Name another file with --database; foreign files are never opened.",
        )


def _prepare_file(engine: Engine, found: str | None) -> None:
    """A write-ahead log for a new file; a copy of an old one, `catalog.sqlite.schema-0001`, unless it is there."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA journal_mode=WAL").close()
        copy = Path(f"{engine.url.database}.schema-{found}")
        if found is not None and not copy.exists():
            driver.execute("VACUUM INTO ?", (str(copy),)).close()


@contextmanager
def _stepping(engine: Engine) -> Iterator[Connection]:
    """One writing transaction without foreign keys (a step may rebuild a table), which are checked at its end."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF").close()
        try:
            marked = connection.execution_options(writing=True)
            with marked.begin():
                yield marked
                broken = marked.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise DatabaseUnreachable(
                        f"the catalogue has a row of {broken[0]} that leads nowhere; nothing was changed"
                    )
        finally:
            driver.execute("PRAGMA foreign_keys=ON").close()


def _take_steps(connection: Connection) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    found = revision(connection)  # again, now alone: another process may have been faster
    if found == HEAD:
        return
    scripts = ScriptDirectory(str(_STEPS), version_locations=[str(_STEPS)])
    context = MigrationContext.configure(connection)
    with Operations.context(context):
        for script in reversed(list(scripts.iterate_revisions(HEAD, found or "base"))):
            script.module.upgrade()
    context.stamp(scripts, HEAD)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
