"""Reading files again: in one process or in several, the answer and the pace are the same."""

import random
from pathlib import Path

import pytest

from archive.errors import NotAnArchive, UsageError
from desk import fixity
from desk.fixity import read_again, verify_files
from desk.pace import Pace
from tests.archive.exchanges import answer, exchange, keep_all


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    dice = random.Random(5)
    for number in range(3):
        bodies = [dice.randbytes(dice.randint(10, 3_000)) for _ in range(6)]
        keep_all(tmp_path, [exchange(answer(body=body), f"https://h{number}.example/") for body in bodies])
    found = sorted((tmp_path / "warc").glob("*.warc.gz"))
    found[1].write_bytes(found[1].read_bytes()[:-9])
    return found


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little there is to read, processes read it."""
    monkeypatch.setattr(fixity, "WORTH_PROCESSES", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def test_several_processes_answer_what_one_does(files: list[Path], request: pytest.FixtureRequest) -> None:
    alone = verify_files(files)
    request.getfixturevalue("several")
    assert verify_files(files) == alone
    assert [row["warc"] for row in alone["damaged"]] == [files[1].name]


@pytest.mark.usefixtures("several")
def test_the_pace_of_several_processes_ends_with_every_byte(files: list[Path]) -> None:
    seen: list[tuple[int, int]] = []
    pace = Pace(files, lambda now: seen.append((now.files, now.bytes)))
    assert [path for path, _ in read_again(files, pace)] == files
    assert seen[-1] == (3, sum(path.stat().st_size for path in files))
    assert seen == sorted(seen)


@pytest.mark.usefixtures("several")
def test_what_several_processes_cannot_read_is_told_as_ever(files: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "x.pdf"
    other.write_bytes(b"%PDF-1.7")
    with pytest.raises(NotAnArchive, match=r"x\.pdf is neither"):
        verify_files([*files, other])
    with pytest.raises(UsageError, match=r"cannot read .*gone"):
        verify_files([*files, tmp_path / "gone.warc.gz"])
