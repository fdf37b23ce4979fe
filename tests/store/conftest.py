"""A fresh catalogue for each test, copied from one that was migrated once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database, open_database
from store.runs import start_run
from tests.store.making import NOW


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


@pytest.fixture
def run(db: Database) -> int:
    return start_run(db, "archive", ["page.txt"], NOW)
