"""The repair after a crash, itself killed at each of its steps and at any moment, again and again until it is done."""

import random
import shutil
import time
from pathlib import Path

import pytest

from archive.cdxj import line_of
from archive.fixity import verify_file
from archive.reader import captures_in
from tests.crash.killing import dies_after, dies_at
from tests.crash.left import Left, left_by_crashes
from tests.crash.starting import REPAIR, place, repaired, rows_of, write_rows

pytestmark = pytest.mark.usefixtures("unsynced")


def assert_nothing_lost(folder: Path, left: Left) -> None:
    """No row without record, no record without row, none lost and none damaged, the index whole, the torn ends kept."""
    files = sorted((folder / "warc").glob("*.warc.gz"))
    kept = [one for path in files for one in captures_in(path)]
    assert {one.record_id for one in kept} == {one.record_id for one in left.whole}
    assert rows_of(folder) == {one.record_id: place(one) for one in kept}
    assert not any(verify_file(path).damaged for path in files)
    assert (folder / "index.cdxj").read_bytes() == b"".join(sorted(map(line_of, kept)))
    ends = {path.name.removesuffix(".torn"): path.read_bytes() for path in (folder / "warc").glob("*.torn")}
    assert ends == left.torn
    assert len(list((folder / "warc").iterdir())) == len(files) + len(ends), "nothing else is left"


def left_with_rows(folder: Path, dice: random.Random, *, files: int, captures: int) -> Left:
    left = left_by_crashes(folder, dice, files, captures)
    write_rows(folder, {one.record_id: place(one) for one in left.filed})
    return left


def copied(folder: Path, number: int) -> Path:
    return Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-copy-{number}")))


def test_a_repair_killed_at_any_of_its_steps_is_completed_by_the_next(tmp_path: Path) -> None:
    left = left_with_rows(tmp_path / "left", random.Random(6), files=6, captures=4)
    done, step = False, 0
    while not done:
        step += 1
        folder = copied(tmp_path / "left", step)
        done = not dies_at(step, REPAIR, folder)
        if not done:
            repaired(folder)
        assert_nothing_lost(folder, left)
        shutil.rmtree(folder)
    assert step > 80, "so many steps do these states take"


def assert_kills_lose_nothing(folder: Path, dice: random.Random, *, files: int, captures: int, kills: int) -> None:
    """So many kills of repairs at any moment; a killed one is begun again, and killed again, until it is done."""
    left = left_with_rows(folder, dice, files=files, captures=captures)
    measured = copied(folder, 0)
    started = time.monotonic()
    repaired(measured)
    whole_s = time.monotonic() - started
    trial = 0
    while kills > 0:
        trial += 1
        copy = copied(folder, trial)
        while dies_after(dice.uniform(0.000_1, whole_s), REPAIR, copy):
            kills -= 1
        assert_nothing_lost(copy, left)
        shutil.rmtree(copy)


def test_repairs_killed_at_any_moment_again_and_again_lose_nothing(tmp_path: Path) -> None:
    assert_kills_lose_nothing(tmp_path / "left", random.Random(7), files=12, captures=5, kills=10)


@pytest.mark.torture
@pytest.mark.timeout(1_800)
def test_a_thousand_kills_of_repairs_lose_nothing(tmp_path: Path) -> None:
    dice = random.Random(1_000)
    for number in range(10):
        (tmp_path / str(number)).mkdir()
        assert_kills_lose_nothing(tmp_path / str(number) / "left", dice, files=30, captures=9, kills=100)
