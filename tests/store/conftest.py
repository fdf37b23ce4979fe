"""A fresh catalogue for each test, copied from one that was migrated once."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from store.database import Database, open_database
from store.runs import start_run
from tests import postgres
from tests.store.making import NOW

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalogue") / "catalog.sqlite"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def place(migrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "catalog.sqlite"))


@pytest.fixture
def db(place: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{place}") as database:
        yield database


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """A PostgreSQL server whose database `postgres` is a migrated catalogue, or a skipped test."""
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.serving() as url:
        open_database(url.render_as_string()).close()
        yield url


@pytest.fixture
def on_postgres(server: URL) -> Iterator[Database]:
    """A fresh catalogue there."""
    import psycopg

    name = f"catalogue_{next(_NUMBERS)}"
    with psycopg.connect(host=server.host, port=server.port, user=server.username, dbname="template1") as connection:
        connection.autocommit = True
        connection.execute(f"CREATE DATABASE {name} TEMPLATE postgres")
    with open_database(server.set(database=name).render_as_string()) as database:
        yield database


@pytest.fixture
def run(db: Database) -> int:
    return start_run(db, "archive", ["page.txt"], NOW)
