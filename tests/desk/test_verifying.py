"""The whole archive read again: what only the custody log can tell, what is due, and what is noted of it."""

import os
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archive.clock import Seams
from archive.custody import CustodyEvent, lines, parse_line
from archive.errors import UsageError, WriteFailed
from archive.lock import FolderLock
from archive.members import member_of
from archive.records import WARC_FIELDS, Record, identity
from desk.config import Config
from desk.fixity import fault_lines, faults_of
from desk.pace import Pace, pace_shown
from desk.place import catalogue
from desk.timer import run_due, stay
from desk.verifying import is_reading_due, verify_folder
from store import intake, rereading
from tests.archive.exchanges import NOW, answer, exchange, keep_all

FOUND = ("damaged", "missing", "unlisted")


def at(moment: datetime) -> Seams:
    return Seams(now=lambda: moment)


def an_archive(folder: Path, files: int = 3, captures: int = 2) -> Config:
    """A data folder of so many files, their captures in the catalogue, made from `NOW` on a day apart."""
    config = Config(data=folder)
    for number in range(files):
        made = [
            exchange(
                answer(body=os.urandom(300)),
                f"https://h{number}.example/{n}",
                tls=None,
                started=NOW + timedelta(days=number),
            )
            for n in range(captures)
        ]
        kept = keep_all(folder, made, seams=at(NOW + timedelta(days=number)))  # so that names sort by age
        with catalogue(config) as database:
            intake.file_captures(database, kept)
    return config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return an_archive(tmp_path / "data")


def warcs(config: Config) -> list[Path]:
    return sorted((config.data / "warc").glob("*.warc.gz"))


def events(config: Config) -> list[str]:
    return [entry.event.value if (entry := parse_line(line)) else "?" for line in lines(config.data)]


def last_facts(config: Config) -> dict[str, Any]:
    *_, last = lines(config.data)
    entry = parse_line(last)
    assert entry is not None
    return dict(entry.facts)


def test_a_sound_archive_is_noted_in_catalogue_and_log(config: Config) -> None:
    found = verify_folder(config, at(NOW))
    assert faults_of(found) == 0
    assert (found["files"], found["records"]) == (3, 3 * 7)
    assert found["custody"]["entries"] == 5
    assert events(config) == ["begun", "captured", "captured", "captured", "verified"]
    assert last_facts(config) == {
        "files": 3, "records": 21, "bytes": found["bytes"], "damaged": 0, "missing": 0, "unlisted": 0, "faults": 0,
        "due": False,
    }  # fmt: skip
    again = verify_folder(config, at(NOW))["custody"]
    assert (again["entries"], again["faults"]) == (6, [])
    with catalogue(config) as database:
        noted = rereading.readings(database)
    assert [one["warc"] for one in noted] == [path.name for path in warcs(config)]
    assert {one["verified_at"] for one in noted} == {"2026-03-04T05:06:07.890123Z"}
    claimed = [entry.facts["sha256"] for line in lines(config.data) if (entry := parse_line(line)) and entry.event
               is CustodyEvent.CAPTURED]  # fmt: skip
    assert sorted(claimed) == sorted(one["sha256"] for one in noted)


def test_a_file_with_a_record_more_is_damaged_though_each_record_is_sound(config: Config) -> None:
    path = warcs(config)[1]
    before = path.stat().st_size
    info = f"<urn:uuid:{'0' * 8}-0000-4000-8000-{'0' * 12}>"
    more = Record("metadata", identity("metadata", info, NOW), WARC_FIELDS, b"note: put in later\r\n")
    with path.open("ab") as file:
        file.write(b"".join(member_of(more)))
    found = verify_folder(config)
    (damage,) = found["damaged"]
    assert (damage["warc"], damage["offset"], damage["url"]) == (path.name, 0, None)
    assert "each record is sound, but the file is not the one of entry 3 of the custody log" in damage["what"]
    assert f"{before} then" in damage["what"]
    assert [found[what] for what in ("missing", "unlisted")] == [[], []]
    assert last_facts(config)["damaged"] == 1


def test_a_file_whose_last_capture_was_cut_off_cleanly_is_named_by_log_and_catalogue(config: Config) -> None:
    path = warcs(config)[0]
    with catalogue(config) as database:
        from store.reconcile import known_end

        assert known_end(database, path.name) == path.stat().st_size
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"\x1f\x8b\x08")])
    found = verify_folder(config)
    assert [row["offset"] for row in found["damaged"]] == [0]
    assert [row["warc"] for row in found["missing"]] == [path.name]


def test_a_damaged_record_is_told_once_and_not_again_as_another_file(config: Config) -> None:
    path = warcs(config)[2]
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)
    (damage,) = verify_folder(config)["damaged"]
    assert damage["offset"] > 0


def test_a_file_that_is_gone_is_told_by_catalogue_and_log(config: Config) -> None:
    path = warcs(config)[0]
    path.unlink()
    found = verify_folder(config)
    assert [row["warc"] for row in found["missing"]] == [path.name] * 2
    assert found["custody"]["faults"] == [{"entry": 2, "what": f"{path.name} is missing"}]
    assert [line.split()[0] for line in fault_lines(found)] == ["missing", "missing", "custody"]


def test_an_archive_without_a_log_that_should_have_one_is_told_even_after_a_new_one_was_begun(config: Config) -> None:
    (config.data / "custody.jsonl").unlink()
    assert faults_of(verify_folder(config)) == 1
    assert events(config) == ["begun", "verified"]
    assert faults_of(verify_folder(config)) == 6, "no file finds its head, nor has an entry"


def test_just_what_is_due_is_read(config: Config) -> None:
    """Captures of three days in three files; the last is 7 days old on day 9."""
    read = {}
    for hours in (0, 1, 23, 24, 24 * 5, 24 * 9 - 1, 24 * 10, 24 * 50, 24 * 88, 24 * 98, 24 * 99):
        found = verify_folder(config, at(NOW + timedelta(hours=hours)), due=True)
        assert faults_of(found) == 0
        read[hours] = found["files"]
        assert not is_reading_due(config, NOW + timedelta(hours=hours))
    assert read == {0: 3, 1: 0, 23: 3, 24: 0, 120: 3, 215: 1, 240: 0, 1200: 0, 2112: 0, 2352: 3, 2376: 0}
    assert events(config).count("verified") == sum(map(bool, read.values())), "a reading of nothing is not noted"
    assert last_facts(config)["due"] is True


def test_a_file_that_the_catalogue_never_met_is_due(config: Config) -> None:
    verify_folder(config)
    keep_all(config.data, [exchange(url="https://unlisted.example/")])
    found = verify_folder(config, due=True)
    assert found["files"] == 1
    assert [row["url"] for row in found["unlisted"]] == ["https://unlisted.example/"]


def test_a_file_that_is_gone_is_told_each_time_though_it_cannot_be_due(config: Config) -> None:
    verify_folder(config)
    warcs(config)[0].unlink()
    for _ in range(2):
        found = verify_folder(config, due=True)
        assert (found["files"], len(found["missing"])) == (0, 2)


def test_without_an_archive_nothing_is_due_and_nothing_made(tmp_path: Path) -> None:
    config = Config(data=tmp_path / "none")
    assert not is_reading_due(config, NOW)
    with pytest.raises(UsageError):
        verify_folder(config)
    assert not config.data.exists()


def test_what_is_due_is_read_by_whoever_runs_the_schedules_and_damage_is_told(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = run_due(config, at(NOW))
    assert (row["kind"], row["result"], row["exit_code"]) == ("verify", "3 files read again, 21 records, 0 faults", 0)
    assert run_due(config, at(NOW + timedelta(hours=1))) == []
    path = warcs(config)[0]
    path.write_bytes(path.read_bytes()[:-9])
    (row,) = run_due(config, at(NOW + timedelta(days=1)))
    assert (row["exit_code"], row["result"]) == (1, "3 files read again, 20 records, 2 faults")
    assert row["verify"]["damaged"][0]["warc"] == path.name
    assert f"damaged  {path.name} at " in capsys.readouterr().err


def test_a_folder_that_is_held_is_left_for_the_next_time(config: Config) -> None:
    with FolderLock(config.data):
        (row,) = run_due(config, at(NOW))
    assert row["exit_code"] == 75
    assert "is held by" in row["result"]
    (row,) = run_due(config, at(NOW))
    assert row["exit_code"] == 0


def test_who_stays_asks_once_an_hour_what_is_due(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    clock = [0.0]

    class Stop:
        def is_set(self) -> bool:
            return clock[0] > 3 * 3600

        def wait(self, seconds: float) -> None:
            clock[0] += seconds

    monkeypatch.setattr("desk.timer.reread", lambda *_: asked.append(clock[0]) or [])
    stay(config, Seams(now=lambda: NOW, monotonic=lambda: clock[0]), Stop())  # type: ignore[arg-type]
    assert len(asked) == 4
    assert all(later - sooner <= 3600 + 60 for sooner, later in pairwise(asked))


def test_a_disk_that_takes_no_note_keeps_nobody_from_the_answer(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise WriteFailed("custody.jsonl could not be written: No space left on device")

    monkeypatch.setattr("desk.verifying.enter", refuse)
    found = verify_folder(config)
    assert found["records"] == 21
    assert "No space left" in found["unnoted"]
    monkeypatch.undo()
    monkeypatch.setattr("desk.verifying.rereading.file_reading", refuse)
    found = verify_folder(config)
    assert (found["records"], events(config)[-1]) == (21, "captured"), "what was not noted of a file is not claimed"
    assert is_reading_due(config, NOW)


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    def peak(files: int) -> int:
        config = an_archive(tmp_path / str(files), files=files, captures=150)
        tracemalloc.start()
        verify_folder(config)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # what is imported or cached once
    assert peak(12) < 1.2 * peak(2)


def shown_lines(paths: list[Path], capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    with pace_shown(paths) as pace:
        for path in pace.through(paths):
            pace.passed(path.stat().st_size)
            yield from capsys.readouterr().err.splitlines()


def test_in_a_pipe_a_line_every_ten_seconds_says_how_far_a_reading_is(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = iter(range(0, 1000, 4))
    monkeypatch.setattr("desk.pace.time.monotonic", lambda: float(next(seconds)))
    told = list(shown_lines(warcs(config), capsys))
    assert told
    assert " of 3 files, 0 of 0 MB read, " in told[0]
    assert told[0].endswith("s left")


def test_on_a_terminal_a_bar_says_how_far_a_reading_is(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    verify_folder(config)
    shown = capsys.readouterr().err
    assert "3 of 3 files" in shown
    assert "kB" in shown


def test_a_quick_reading_is_silent(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(shown_lines(warcs(config), capsys)) == []


def test_a_pace_knows_files_and_bytes(config: Config) -> None:
    seen: list[tuple[int, int]] = []
    paths = warcs(config)
    sizes = [path.stat().st_size for path in paths]
    pace = Pace(paths, lambda one: seen.append((one.files, one.bytes)))
    for path in pace.through(paths):
        pace.passed(path.stat().st_size // 2)
    assert (pace.files, pace.bytes, pace.all_bytes) == (3, sum(sizes), sum(sizes))
    assert seen == sorted(seen)
