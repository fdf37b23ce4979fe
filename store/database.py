"""The database: engine, pragmas, reading and writing transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
)

from archive.errors import DatabaseUnreachable, StoreError
from store.migration import migrate

BUSY_MS = 30_000
_WRITING = "writing"
# A full sync: a committed row survives a power cut. Two keep a crafted file from doing harm. WAL is set once, by
# `store.migration`, since it is a property of the file. The cache is 4 MiB for each connection that is in use: 16 MiB
# made 1,700 documents no faster and cost 14 MiB.
_PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "cache_size=-4096",
)


def sqlite_module() -> ModuleType:
    """The SQLite driver in use: pysqlite3 where it is installed (its SQLite is newer), else the interpreter's own."""
    try:
        import pysqlite3.dbapi2 as newer
    except ImportError:
        return sqlite3
    return newer  # type: ignore[no-any-return]


class Database:
    """One catalogue. Threads may share it; each transaction belongs to the thread that opened it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        # Threads of one process queue here; waiting inside SQLite is polling, and unfair.
        self._turn = threading.Lock()
        self._wrote = False
        # By run, the host at which the last claim ended: the next one goes on from there.
        self.last_hosts: dict[int, str] = {}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the catalogue; StoreError when the database fails."""
        with self._told(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write: all of it is durable on leaving, or nothing; StoreError when it fails.

        On SQLite it begins IMMEDIATE: a deferred one that writes later fails under load whatever the time-out (three
        of four, measured).
        """
        with self._told(), self._turn, self.engine.connect() as connection:
            self._wrote = True
            marked = connection.execution_options(**{_WRITING: True})
            with marked.begin():
                yield marked

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if isinstance(error, IntegrityError | ProgrammingError | DataError):
                raise  # ours to mend, not the world's
            raise StoreError(f"{shown(self.engine.url)}: {error.orig}", advice=_advice(str(error.orig))) from error
        except sqlite_module().OperationalError as error:  # of a statement that went past SQLAlchemy
            raise StoreError(f"{shown(self.engine.url)}: {error}", advice=_advice(str(error))) from error

    def close(self, *, alone: bool = True) -> None:
        """Let go of the database; what was written is moved out of the write-ahead log, so that it stays short.

        That waits for others who read or write: not where they are at it on purpose (not `alone`).
        """
        try:
            if self.is_sqlite and self._wrote and alone:
                self._shorten()
        finally:
            self.engine.dispose()

    def _shorten(self) -> None:
        with self._told(), self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            for statement in ("PRAGMA analysis_limit=400", "PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)"):
                driver.execute(statement).fetchall()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_database(url: str) -> Database:
    """The catalogue at a SQLAlchemy URL, made when it is not there, brought to today's schema when it is older.

    An existing SQLite file is copied aside before its schema changes. DatabaseUnreachable says in a line why it
    cannot be used; NewerSchema when a later version of the program made it.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnreachable(
            "the database is not named by a SQLAlchemy URL such as sqlite:///catalog.sqlite"
        ) from error
    engine = _engine(parsed)
    try:
        migrate(engine)
    except (DBAPIError, sqlite_module().OperationalError) as error:
        engine.dispose()
        said = str(getattr(error, "orig", error))
        raise DatabaseUnreachable(f"{shown(parsed)} cannot be used: {said}", advice=_advice(said)) from error
    except BaseException:
        engine.dispose()
        raise
    return Database(engine)


def shown(url: URL) -> str:
    """The URL for people, without its password; of a SQLite one just the path."""
    return url.database or "memory" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url)
        if url.database and url.database != ":memory:" and not Path(url.database).parent.is_dir():
            raise DatabaseUnreachable(f"{url.database} cannot be made: its folder does not exist")
        # The connection used last, whose cache is warm, comes first: in turn all five would fill theirs.
        engine = create_engine(
            url, module=sqlite_module(), connect_args={"check_same_thread": False}, pool_use_lifo=True
        )
    except (NoSuchModuleError, ImportError) as error:
        name = url.drivername.partition("+")[0]
        is_ours = name == "postgresql"
        advice = "Install it: pip install 'sourcekeep[postgres]'" if is_ours else DatabaseUnreachable.advice
        raise DatabaseUnreachable(f"no driver for {name} databases is installed: {error}", advice=advice) from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(driver: Any, _: object) -> None:
    """Pragmas for a new connection; transactions are begun by `_begin`, not by the driver."""
    driver.isolation_level = None
    for pragma in _PRAGMAS:
        driver.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _advice(said: str) -> str:
    if "full" in said:
        return "Free some space, then run the same command again: it goes on where it stopped."
    if "locked" in said or "busy" in said:
        return "Another program holds the catalogue; end it, then run the same command again."
    if "malformed" in said:
        return "Run `sourcekeep verify --rebuild`: the catalogue is made again from the WARC files."
    return DatabaseUnreachable.advice
