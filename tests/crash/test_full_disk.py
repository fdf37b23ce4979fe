"""A disk that fills up: the run stops with one line, nothing is damaged; with room again the same command goes on."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.sample import PAGE_TEXT, SampleWeb
from tests.crash.outcome import assert_completes, assert_nothing_damaged, assert_told_in_one_line
from tests.journeys.program import Program, Said

SIZE = 8 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB of its own, unmounted afterwards."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount the small file system that this test fills")
    place = tmp_path / "small"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    mounted = subprocess.run(mounting, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def no_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs begin however little is free."""
    monkeypatch.setenv("SOURCEKEEP_LEAST_FREE_MIB", "0")


def leave_free(disk: Path, free: int) -> None:
    """Fills the disk up to `free` bytes."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - free)


FREE_KIB = [0, 8, 64, 192, 384, 448, 512, 640, 768, 896]


@pytest.mark.usefixtures("no_floor")
@pytest.mark.parametrize(
    "free_kib",
    [value if value in (0, 448, 768) else pytest.param(value, marks=pytest.mark.torture) for value in FREE_KIB],
)
def test_a_disk_that_fills_up_stops_the_run_and_damages_nothing(small_disk: Path, free_kib: int) -> None:
    with SampleWeb() as web:
        program = Program(small_disk / "data", web.origin, delay_s=0)
        leave_free(small_disk, free_kib << 10)
        said = program("archive", PAGE_TEXT, code=None)
        if said.code:
            assert_told_in_one_line(said)
        (small_disk / "filler").unlink()
        assert_nothing_damaged(program)
        assert_completes(program, PAGE_TEXT)


@pytest.mark.usefixtures("no_floor")
def test_a_catalogue_on_a_full_disk_is_told_in_one_line(small_disk: Path, tmp_path: Path) -> None:
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        catalogue = small_disk / "catalog.sqlite"
        program("import", PAGE_TEXT, "--database", f"sqlite:///{catalogue}")
        leave_free(small_disk, 0)
        for words in (["archive", PAGE_TEXT], ["check"], ["import", PAGE_TEXT]):
            assert_told_in_one_line(program(*words, "--database", f"sqlite:///{catalogue}", code=None))
        (small_disk / "filler").unlink()
        program("archive", PAGE_TEXT, "--database", f"sqlite:///{catalogue}")
        verified = program("verify", "--json", "--database", f"sqlite:///{catalogue}").json
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]


def test_a_disk_that_others_fill_during_a_run_stops_it_while_there_is_room_to_end_well(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCEKEEP_LEAST_FREE_MIB", "3")
    with SampleWeb() as web:
        program = Program(small_disk / "data", web.origin, delay_s=0.2)
        run = program.start("archive", PAGE_TEXT)
        while kept_bytes(program) < 10_000:
            assert run.poll() is None, "the run ends before it is disturbed"
            time.sleep(0.01)
        leave_free(small_disk, 3 << 20)
        _, err = run.communicate(timeout=60)
        assert_told_in_one_line(Said(run.returncode, "", err), "MiB are free, 3.0 MiB must stay free")
        verified = program("verify", "--json").json
        assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]
        assert verified["records"] > 10, "what was kept before"
        (small_disk / "filler").unlink()
        assert_completes(program, PAGE_TEXT)


def kept_bytes(program: Program) -> int:
    """What is in the WARC files by now."""
    return sum(path.stat().st_size for path in (program.data / "warc").glob("*.warc.gz*"))


def test_a_run_does_not_begin_on_a_disk_that_is_nearly_full(small_disk: Path) -> None:
    program = Program(small_disk / "data", "http://127.0.0.1:9")
    said = program("archive", PAGE_TEXT, code=3)
    assert_told_in_one_line(said, "a run begins with 64 (least_free_mib)")
    assert not (small_disk / "data" / "catalog.sqlite").exists()
