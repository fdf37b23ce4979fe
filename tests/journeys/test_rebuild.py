"""The catalogue lost, and made again from the WARC files alone: it answers as before."""

import json
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.sample import PAGE_TEXT, PAGE_URL, SampleWeb
from tests.journeys.program import Program

KEY = "met-police-live-facial-recognition"
ROW_NUMBERS = {"id", "source_id"}


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as web:
        yield web


@pytest.fixture
def program(web: SampleWeb, tmp_path: Path) -> Program:
    return Program(tmp_path / "data", web.origin, delay_s=0)


def without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_numbers(inner) for name, inner in value.items() if name not in ROW_NUMBERS}
    return [without_numbers(inner) for inner in value] if isinstance(value, list) else value


def answers(program: Program) -> dict[str, Any]:
    """What people ask of the catalogue, without the numbers of its rows."""
    asked = {
        "show": ("show", KEY),
        "incidents": ("incidents",),
        "phrase": ("search", '"eight of 42"'),
        "words": ("search", "facial recognition", "--limit", "100"),
        "of the incident": ("search", "police", "--incident", KEY),
        "of a publisher": ("search", "police", "--publisher", "met_police"),
        "schedules": ("schedule", "list"),
    }
    return {name: without_numbers(program(*words, "--json").json) for name, words in asked.items()}


def assert_asks_for_nothing(program: Program, web: SampleWeb, target: str | Path) -> None:
    before = len(web.requests)
    assert program("archive", target, "--json", code=None).json["requested"] == 0
    assert len(web.requests) == before


@pytest.mark.parametrize("target", [PAGE_TEXT, PAGE_URL], ids=["a file", "a page of the web"])
def test_a_lost_catalogue_is_made_again_and_answers_as_before(
    target: str | Path, program: Program, web: SampleWeb
) -> None:
    program("schedule", "list")
    program("archive", target, code=None)
    program("check", code=None)
    before = answers(program)
    (program.data / "catalog.sqlite").rename(program.data / "lost.sqlite")
    said = program("verify", "--rebuild", "--json").json
    assert [said[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]
    assert said["rebuilt"]["backup"] is None
    assert answers(program) == before
    assert_asks_for_nothing(program, web, target)


def test_the_link_history_and_the_schedules_come_back(program: Program) -> None:
    program("archive", PAGE_TEXT)
    program("schedule", "add", KEY, "--cron", "0 3 * * 1")
    program("check", code=None)
    before = answers(program)
    assert before["schedules"]
    program("verify", "--rebuild")
    assert answers(program) == before
    assert program("check", "--due", "--json").json["checked"] == 0, "no check is due again"


def test_what_is_decided_after_a_rebuild_comes_back_too(program: Program, tmp_path: Path) -> None:
    program("archive", PAGE_TEXT)
    program("verify", "--rebuild")
    urls = tmp_path / "more.txt"
    urls.write_text("https://ico.org.uk/for-organisations/none-of-these\n")
    program("archive", urls, code=1)
    before = answers(program)
    (program.data / "catalog.sqlite").unlink()
    program("verify", "--rebuild")
    assert answers(program) == before
    assert len(before["incidents"]["incidents"]) == 2


def test_a_sound_catalogue_is_kept_as_a_copy(program: Program) -> None:
    program("archive", PAGE_TEXT)
    before = program("show", KEY, "--json").json
    said = program("verify", "--rebuild", "--json")
    backup = Path(said.json["rebuilt"]["backup"])
    assert backup.parent == program.data
    assert f"is kept as {backup}" in said.err
    assert program("--database", f"sqlite:///{backup}", "show", KEY, "--json").json == before
    again = program("verify", "--rebuild", "--json").json["rebuilt"]["backup"]
    assert backup.exists(), "a second rebuild leaves the copy of the first alone"
    assert again != str(backup)


def test_a_damaged_catalogue_is_made_again(program: Program) -> None:
    program("archive", PAGE_TEXT)
    before = answers(program)
    (program.data / "catalog.sqlite").write_bytes(b"no database" * 1000)
    program("verify", "--rebuild")
    assert answers(program) == before


def test_a_rebuild_killed_at_any_moment_leaves_a_catalogue_and_is_done_by_the_same_command(
    program: Program, web: SampleWeb
) -> None:
    dice = random.Random(20261124)
    program("archive", PAGE_TEXT)
    before = answers(program)
    for _ in range(4):
        process = program.start("verify", "--rebuild")
        try:
            process.wait(dice.uniform(0.4, 2.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        assert answers(program) == before
    program("verify", "--rebuild")
    assert answers(program) == before
    assert_asks_for_nothing(program, web, PAGE_TEXT)


def test_what_a_killed_run_left_is_taken_in_and_completed(web: SampleWeb, tmp_path: Path) -> None:
    program = Program(tmp_path / "data", web.origin, delay_s=0.2)
    process = program.start("archive", PAGE_TEXT)
    try:
        process.wait(2.5)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    program("verify", "--rebuild", "--json", code=None)
    program("archive", PAGE_TEXT)
    incident = program("show", KEY, "--json").json
    for citation in incident["citations"]:
        assert any(capture["document"] for capture in citation["captures"]), citation["text"]
    assert [program("verify", "--json").json[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]


def test_a_run_that_decides_nothing_writes_nothing(program: Program) -> None:
    program("archive", PAGE_TEXT)
    files = sorted(path.name for path in (program.data / "warc").iterdir())
    program("archive", PAGE_TEXT)
    assert sorted(path.name for path in (program.data / "warc").iterdir()) == files


def test_without_an_archive_there_is_nothing_to_make_a_catalogue_of(program: Program) -> None:
    assert "holds no archive" in program("verify", "--rebuild", code=2).err
    program("archive", PAGE_TEXT)
    wrong = program("verify", "--rebuild", program.data / "catalog.sqlite", code=2)
    assert "leave FILE away" in wrong.err
    json.loads(program("verify", "--json").out)
