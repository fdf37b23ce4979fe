"""Several processes on one catalogue, and processes that are killed."""

import random
import subprocess
import time
from collections import Counter
from pathlib import Path

from archive.seed import Why
from store import schema
from store.database import Database, open_database
from store.frontier import Wanted, add_due, add_seeds, release_all, waiting
from store.runs import run_object, start_run
from tests.store.making import NOW

SEEDS = [f"https://h{n % 9}.example/{n}" for n in range(120)]


def start(python: str, place: Path, run: int, size: int, name: str) -> "subprocess.Popen[str]":
    words = [python, "-m", "tests.store.settling_process", f"sqlite:///{place}", str(run), str(size), name]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_never_fetch_the_same_url(python: str, place: Path, db: Database, run: int) -> None:
    add_seeds(db, run, [Wanted(url, Why.CITED) for url in SEEDS], now=NOW)
    working = [start(python, place, run, 3, name) for name in ("one", "two")]
    answers = [process.communicate(timeout=60) for process in working]
    assert [process.returncode for process in working] == [0, 0], answers
    shares = [set(out.split()) for out, _ in answers]
    assert not shares[0] & shares[1]
    assert shares[0] | shares[1] == {*SEEDS, *(f"{url}/document.pdf" for url in SEEDS)}
    assert run_object(db, run)["requested"] == 2 * len(SEEDS)


def test_a_kill_while_settling_loses_nothing_that_was_said_and_halves_nothing(
    python: str, place: Path, db: Database, run: int
) -> None:
    add_seeds(db, run, [Wanted(url, Why.CITED) for url in SEEDS], now=NOW)
    dice, said = random.Random(7), list[str]()
    for trial in range(4):
        process = start(python, place, run, 5, f"trial{trial}")
        assert process.stdout is not None
        said.append(process.stdout.readline().strip())
        time.sleep(dice.random() * 0.05)
        process.kill()
        said += process.communicate()[0].split()
        release_all(db, NOW)
        _check_whole(place)
        run = start_run(db, "archive", [], NOW)
        add_due(db, run, NOW)
    left = start(python, place, run, 50, "last")
    said += left.communicate(timeout=60)[0].split()
    everything = {*SEEDS, *(f"{url}/document.pdf" for url in SEEDS)}
    assert waiting(db, run) == 0
    assert {url: count for url, count in Counter(_settled(db)).items() if count != 1} == {}
    assert set(_settled(db)) == everything
    assert {url for url in said if url in everything} <= everything
    assert max(Counter(said).values()) == 1


def _check_whole(place: Path) -> None:
    """The file is sound; what an outcome led to is known, and no outcome is without its capture."""
    with open_database(f"sqlite:///{place}") as db, db.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        known = set(connection.execute(schema.url.select().with_only_columns(schema.url.c.url)).scalars())
        settled = _settled(db)
        assert {f"{url}/document.pdf" for url in settled if "document" not in url} <= known
        query = "SELECT count(*) FROM outcome LEFT JOIN capture ON capture.id = capture_id WHERE capture.id IS NULL"
        assert connection.exec_driver_sql(query).scalar() == 0


def _settled(db: Database) -> list[str]:
    with db.reading() as connection:
        query = "SELECT url.url FROM outcome JOIN url ON url.id = outcome.url_id"
        return list(connection.exec_driver_sql(query).scalars())
