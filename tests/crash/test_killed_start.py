"""The start of a run and a rebuild, killed at each of their steps: catalogue and files agree after the next start."""

import random
import shutil
from pathlib import Path

import pytest

from desk.config import Config
from desk.place import catalogue
from desk.verifying import verify_folder
from store import intake
from tests.crash.killing import dies_at
from tests.crash.left import Left, left_by_crashes
from tests.crash.starting import REBUILD, START, started

pytestmark = pytest.mark.usefixtures("unsynced")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Left]:
    folder = tmp_path_factory.mktemp("start") / "left"
    left = left_by_crashes(folder, random.Random(5), files=6, captures=3)
    with catalogue(Config(data=folder)) as database:
        intake.file_captures(database, left.filed)
    return folder, left


def assert_agrees(folder: Path, left: Left) -> None:
    """After the next start each record has its row, each row its record, and none is lost."""
    started(folder)
    verified = verify_folder(Config(data=folder))
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]
    assert len((folder / "index.cdxj").read_text().splitlines()) == len(left.whole)


def steps_of(work: str, left: tuple[Path, Left], every: int) -> int:
    """Kills `work` at one step after the other, each time on what the crashes left; the number of steps tried."""
    for tried in range(1_000):
        copy = Path(shutil.copytree(left[0], left[0].with_name("copy")))
        died = dies_at(1 + tried * every, work, copy)
        assert_agrees(copy, left[1])
        shutil.rmtree(copy)
        if not died:
            return tried
    raise AssertionError("it never ends")


def test_a_start_killed_at_every_seventh_of_its_steps_is_completed_by_the_next(left: tuple[Path, Left]) -> None:
    assert steps_of(START, left, every=7) >= 10


def test_a_start_after_a_rebuild_killed_at_every_twentieth_of_its_steps_knows_all(left: tuple[Path, Left]) -> None:
    assert steps_of(REBUILD, left, every=20) >= 4


@pytest.mark.torture
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("work", [START, REBUILD])
def test_at_each_step_of_a_start_and_of_a_rebuild(work: str, left: tuple[Path, Left]) -> None:
    assert steps_of(work, left, every=1) >= 70
