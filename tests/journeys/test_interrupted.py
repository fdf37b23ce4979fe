"""Killed or stopped at any time, the same command goes on: nothing durable is fetched again, nothing is lost."""

import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from desk.sample import PAGE_TEXT, PAGE_URL, SampleWeb
from tests.conftest import ROOT
from tests.journeys.program import Program

KEY = "met-police-live-facial-recognition"


def killed_after(program: Program, seconds: float, sign: signal.Signals, target: str | Path = PAGE_TEXT) -> int:
    """Starts the main job and ends it with a signal after some seconds; answers its exit code."""
    process = program.start("archive", target)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(sign)
    process.communicate(timeout=30)
    return process.returncode


def test_a_run_killed_again_and_again_is_completed_by_the_same_command(tmp_path: Path) -> None:
    dice = random.Random(20241201)
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        for _ in range(6):
            killed_after(program, dice.uniform(0.8, 2.6), signal.SIGKILL)
        program("archive", PAGE_TEXT)
        asked = Counter(f"{request.host}{request.path}" for request in web.requests)
    incident = program("show", KEY, "--json").json
    assert len({citation["source_url"] for citation in incident["citations"]}) == 7
    for citation in incident["citations"]:
        assert any(capture["document"] for capture in citation["captures"]), citation["text"]
    verified = program("verify", "--json").json
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]
    assert program("search", '"eight of 42"', "--json").json["hits"][0]["page"] == 3
    assert max(asked.values()) <= 7, "no address is asked more often than there were runs"


def test_a_run_on_a_page_of_the_web_is_completed_too(tmp_path: Path) -> None:
    with SampleWeb() as web:
        slow = Program(tmp_path / "data", web.origin, delay_s=1)
        killed_after(slow, 4.0, signal.SIGKILL, PAGE_URL)
        program = Program(slow.data, web.origin, delay_s=0)
        before = len(web.requests)
        program("archive", PAGE_URL, code=1)
        assert len(web.requests) > before, "there was something left to do"
        program("archive", PAGE_URL, "--json", code=None)
    incident = program("show", KEY, "--json").json
    kept = [citation for citation in incident["citations"] if any(one["document"] for one in citation["captures"])]
    assert len(kept) == 10, "all but the dead and the walled"


def test_ctrl_c_ends_a_run_within_seconds_with_130_and_the_same_command_goes_on(tmp_path: Path) -> None:
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=1)
        started = time.monotonic()
        code = killed_after(program, 3.0, signal.SIGINT)
        assert code == 130
        assert time.monotonic() - started < 3.0 + 6.0
        quick = Program(program.data, web.origin, delay_s=0)
        quick("archive", PAGE_TEXT)
    assert quick("search", '"eight of 42"', "--json").json["total"] >= 1


def test_a_failing_network_ends_with_3_and_the_same_command_fetches_when_it_is_back(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("\n".join(f"https://h{number}.example/report" for number in range(4)))
    down = Program(tmp_path / "data", "http://127.0.0.1:9", delay_s=0)
    said = down("archive", page, code=3)
    assert "none of 4 hosts could be reached" in said.err
    with SampleWeb() as web:
        back = Program(down.data, web.origin, delay_s=0)
        run = back("archive", page, "--json", code=1).json
    assert [row["outcome"] for row in run["outcomes"]] == ["not_found"] * 4


def test_what_scrapy_alone_kept_is_adopted_by_the_next_run(tmp_path: Path, python: str) -> None:
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        crawl = [python, "-m", "scrapy", "crawl", "ico", "-s", "DELAY_S=0", "-s", f"CONNECT_TO=*={web.origin}"]
        done = subprocess.run(
            [*crawl, "-s", f"SOURCEKEEP_DATA={program.data}"], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert program("verify", "--json", code=1).json["unlisted"]
        said = program("archive", PAGE_TEXT)
        assert "adopted" in said.err
    assert program("verify", "--json").json["unlisted"] == []


def test_a_file_in_the_archive_that_is_none_holds_nobody_up_and_verify_names_it(tmp_path: Path) -> None:
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        (program.data / "warc").mkdir(parents=True)
        (program.data / "warc" / "torn.warc.gz").write_bytes(bytes(5000))
        program("archive", PAGE_TEXT)
    damaged = program("verify", "--json", code=1).json["damaged"]
    assert {damage["warc"] for damage in damaged} == {"torn.warc.gz"}
