"""Opening a catalogue: made, migrated, refused."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import store.migration
from archive.errors import DatabaseUnreachable, NewerSchema, StoreError
from store import intake, schema
from store.captures import capture_of, capture_rows
from store.database import Database, open_database, sqlite_module
from tests.store.making import a_capture

STEPS = Path(store.migration.__file__).with_name("migrations")


def test_the_steps_lead_to_the_tables_that_the_code_knows(db: Database) -> None:
    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind != "table" or not str(name).startswith(("page_index", "title_index"))

    with db.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, schema.metadata) == []


def test_the_newest_step_is_the_one_that_the_code_expects() -> None:
    assert ScriptDirectory(str(STEPS), version_locations=[str(STEPS)]).get_current_head() == schema.HEAD


def test_opening_twice_changes_nothing(place: Path) -> None:
    before = place.read_bytes()
    open_database(f"sqlite:///{place}").close()
    assert place.read_bytes() == before


def test_connections_keep_what_they_commit_and_check_what_they_refer_to(db: Database) -> None:
    with db.reading() as connection:
        told = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in (
            "journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout",
        )}  # fmt: skip
    assert told == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "busy_timeout": 30_000,
    }  # fmt: skip


def test_a_newer_schema_is_refused(place: Path) -> None:
    with sqlite3.connect(place) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchema, match="9999") as refused:
        open_database(f"sqlite:///{place}")
    assert refused.value.exit_code == 2


def test_a_catalogue_of_an_older_schema_is_copied_aside_and_brought_up(tmp_path: Path) -> None:
    place = tmp_path / "old.sqlite"
    shown = _at_first_step(place)
    open_database(f"sqlite:///{place}").close()
    copy = tmp_path / "old.sqlite.schema-0001"
    assert _tables(copy) == shown
    assert {"capture", "page_index"} <= _tables(place)
    with sqlite3.connect(place) as raw:
        assert raw.execute("SELECT count(*) FROM run").fetchone() == (1,)


def test_captures_filed_before_the_second_digest_are_kept_without_it(tmp_path: Path) -> None:
    place = tmp_path / "old.sqlite"
    with open_database(f"sqlite:///{place}") as old:
        intake.file_captures(old, [a_capture("https://a.example/", payload_sha1="sha1:X")])
    with sqlite_module().connect(str(place)) as raw:
        raw.execute("DROP INDEX ix_capture_payload_sha1")
        raw.execute("ALTER TABLE capture DROP COLUMN payload_sha1")
        raw.execute("DROP TABLE conversion")
        raw.execute("ALTER TABLE warc_file DROP COLUMN imported_from")
        raw.execute("DROP INDEX ix_host_held")
        for column in ("host DROP COLUMN held_by", "host DROP COLUMN held_until", "host DROP COLUMN asked_by"):
            raw.execute(f"ALTER TABLE {column}")
        raw.execute("ALTER TABLE url DROP COLUMN leased_by")
        for view in ("page_words", "title_words"):
            raw.execute(f"DROP VIEW {view}")
        raw.execute("DROP TABLE title_index")
        raw.execute("ALTER TABLE document DROP COLUMN cited")
        raw.execute("UPDATE alembic_version SET version_num = '0003'")
    with open_database(f"sqlite:///{place}") as brought_up, brought_up.reading() as connection:
        (capture,) = map(capture_of, connection.execute(capture_rows()))
    assert (capture.url, capture.payload_sha1) == ("https://a.example/", None)
    assert (tmp_path / "old.sqlite.schema-0003").exists()


def test_a_step_that_fails_leaves_the_catalogue_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "old.sqlite"
    before = _at_first_step(place)
    steps = tmp_path / "steps"
    shutil.copytree(STEPS, steps, ignore=shutil.ignore_patterns("__pycache__"))
    broken = steps / "step_0003_words.py"
    broken.write_text(broken.read_text().replace("CREATE VIEW", "CREATE NONSENSE"))
    monkeypatch.setattr(store.migration, "_STEPS", steps)
    with pytest.raises(DatabaseUnreachable):
        open_database(f"sqlite:///{place}")
    assert _tables(place) == before


def _at_first_step(place: Path) -> set[str]:
    """A catalogue as its first version made it, with a run in it; the names of its tables."""
    open_database(f"sqlite:///{place}").close()
    with sqlite_module().connect(str(place)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DROP VIEW page_words")
        raw.execute("DROP VIEW title_words")
        later = ("page", "document", "host", "robots", "schedule")
        for name in ("page_index", "title_index", "outcome", "capture", "conversion", "warc_file", *later):
            raw.execute(f"DROP TABLE {name}")
        raw.execute("ALTER TABLE url DROP COLUMN leased_by")
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
        raw.execute("INSERT INTO run(kind, targets, state, forced, started) VALUES ('archive', '[]', 'done', 0, 0)")
    return _tables(place)


def _tables(place: Path) -> set[str]:
    with sqlite3.connect(place) as raw:
        return {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_file_of_another_program_is_never_touched(tmp_path: Path) -> None:
    place = tmp_path / "bookmarks.sqlite"
    with sqlite3.connect(place) as raw:
        raw.execute("CREATE TABLE bookmark(url TEXT)")
    before = place.read_bytes()
    with pytest.raises(DatabaseUnreachable, match="another program"):
        open_database(f"sqlite:///{place}")
    assert place.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bookmarks.sqlite"]


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "sqlite:////nowhere/at/all/catalog.sqlite",
        "sqlite:////etc/hostname",
        "sqlite:////",
        "postgresql+nodriver://user:secret@127.0.0.1:1/catalog",
        "nodb://user:secret@127.0.0.1/catalog",
    ],
)
def test_an_unreachable_database_is_one_line_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        open_database(url)
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)
    assert refused.value.exit_code == 3


def test_writers_in_many_threads_wait_for_each_other(db: Database) -> None:
    def write(start: int) -> None:
        for number in range(start, start + 20):
            with db.writing() as connection:
                known = connection.exec_driver_sql("SELECT count(*) FROM host").scalar()
                connection.exec_driver_sql(
                    "INSERT INTO host(host, failures, reason) VALUES (?, ?, '')", (f"h{number}", known)
                )

    threads = [threading.Thread(target=write, args=(100 * at,)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as connection:
        counts = list(connection.exec_driver_sql("SELECT failures FROM host ORDER BY failures").scalars())
    assert counts == list(range(120))


def test_what_fails_in_a_transaction_leaves_nothing(db: Database) -> None:
    def fail() -> None:
        with db.writing() as connection:
            connection.exec_driver_sql("INSERT INTO host(host, failures, reason) VALUES ('h', 0, '')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with db.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM host").scalar() == 0


def test_a_database_that_fails_later_is_told_in_the_programs_own_words(db: Database) -> None:
    with pytest.raises(StoreError, match="no such table"), db.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM absent")
