"""A source whose page is made by scripts: shown, kept, read, followed, found, exported, brought in and made again."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Capture
from archive.reader import captures_in
from tests.browsers import browsers_of, gone, needs_browser
from tests.journeys.program import Program
from tests.journeys.test_rebuild import without_numbers
from tests.site import Answer, Request, Site, Talk, answer, page, pdf

PAGE, DOM, PICTURE = "http://js.test/report", "urn:dom:http://js.test/report", "urn:fullPage:http://js.test/report"
SHELL = "<noscript>Enable JavaScript to run this app.</noscript><div id=root></div><script src=/app.js></script>"
SCRIPT = """fetch('/api/report.json').then(answer => answer.json()).then(report => {
  document.title = report.title;
  document.getElementById('root').innerHTML = '<h1>' + report.title + '</h1><article><p>' + report.text + '</p>' +
    '<a download href="' + report.file + '">Download the report (PDF)</a></article>';
})"""
REPORT = {
    "title": "On cameras in stations",
    "text": "The quizzical camera was looked at by a script and by nobody else. " * 9,
    "file": "/files/report.pdf",
}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.add("js.test", "/report", page(SHELL, ETag='"one"'))
        site.add("js.test", "/app.js", answer(200, SCRIPT.encode(), "text/javascript"))
        site.add("js.test", "/api/report.json", answer(200, json.dumps(REPORT).encode(), "application/json"))
        site.add("js.test", "/files/report.pdf", answer(200, pdf("Behind it stands a walrus"), "application/pdf"))
        yield site


@pytest.fixture
def program(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setenv("SOURCEKEEP_CRAWL__BROWSER_HOSTS", '["*.test"]')
    record = {"key": "cameras", "title": "Cameras", "citations": [{"text": "A report", "url": PAGE}]}
    (tmp_path / "record.json").write_text(json.dumps(record))
    return Program(tmp_path / "data", site.origin, delay_s=0)


def captures(program: Program) -> list[Capture]:
    return [one for path in sorted((program.data / "warc").glob("*.warc.gz")) for one in captures_in(path)]


def assert_sound(program: Program) -> None:
    verified = program("verify", "--json").json
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]


def found(program: Program, words: str) -> list[tuple[str, str]]:
    hits = program("search", words, "--json").json["hits"]
    return [(hit["source_url"], hit["capture"]["url"]) for hit in hits]


def answers(program: Program) -> Any:
    asked = [("show", "cameras"), ("incidents",), ("search", "quizzical"), ("search", "walrus")]
    return [without_numbers(program(*words, "--json").json) for words in asked]


@needs_browser
def test_a_page_made_by_scripts_is_read_as_it_was_shown_and_stays_so(
    site: Site, program: Program, tmp_path: Path
) -> None:
    run = program("archive", tmp_path / "record.json", "--json").json
    ended = {row["url"]: (row["outcome"], row["reason"]) for row in run["outcomes"]}
    assert ended == {
        PAGE: ("captured", "shown in a browser; 2 of 2 requests answered"),
        "http://js.test/files/report.pdf": ("captured", ""),
    }
    in_words = [(PAGE, DOM)]
    assert found(program, "quizzical") == in_words
    assert found(program, "walrus") == [(PAGE, "http://js.test/files/report.pdf")]
    assert found(program, "enable") == [], "the page as it was sent is not read beside it"
    (citation,) = program("show", "cameras", "--json").json["citations"]
    kept = {one["url"]: one for one in citation["captures"]}
    assert set(kept) == {PAGE, DOM, PICTURE, "http://js.test/files/report.pdf"}
    assert kept[DOM]["document"]["reason"] == "read from the page as a browser showed it"
    assert (kept[PAGE]["document"], kept[PICTURE]["document"]) == (None, None)
    assert_sound(program)

    before = answers(program)
    program("verify", "--rebuild", "--json")
    assert answers(program) == before

    program("export", "cameras", "-o", tmp_path / "cameras.wacz")
    assert program("verify", tmp_path / "cameras.wacz", "--json").json["damaged"] == []
    other = Program(tmp_path / "other", site.origin, delay_s=0)
    other("import", tmp_path / "record.json", tmp_path / "cameras.wacz")
    assert {"http://js.test/app.js", "http://js.test/api/report.json"} < {one.url for one in captures(other)}
    assert found(other, "quizzical") == in_words
    assert found(other, "enable") == []
    other("archive", "--due", code=None)
    assert not [one for one in site.requests if "urn" in one.raw.decode("latin-1")], "what was made is never fetched"

    again = program("archive", "cameras", "--force", "--json").json
    assert {row["url"]: row["outcome"] for row in again["outcomes"]} == dict.fromkeys(ended, "unchanged")
    assert all("if-none-match" not in one.headers for one in site.asked(path="/report"))
    parts = [one.record_type for one in captures(program) if one.url == "http://js.test/app.js"]
    assert parts == ["response", "revisit"]
    assert len([one for one in captures(program) if one.url == DOM]) == 2
    assert found(program, "quizzical") == in_words
    assert_sound(program)


@needs_browser
def test_a_bare_page_made_by_scripts_leads_on_too(site: Site, program: Program) -> None:
    run = program("archive", PAGE, "--json").json
    assert {row["url"]: row["outcome"] for row in run["outcomes"]} == {
        PAGE: "captured",
        "http://js.test/files/report.pdf": "captured",
    }
    assert found(program, "quizzical") == [(PAGE, DOM)]


@needs_browser
@pytest.mark.torture
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_ends_while_a_page_is_shown_leaves_no_browser_and_goes_on(
    site: Site, program: Program, tmp_path: Path, sign: signal.Signals
) -> None:
    running: list[int] = []
    process: list[subprocess.Popen[str]] = []

    def slow(request: Request, talk: Talk) -> Answer:
        if not running:
            running.extend(browsers_of(process[0].pid))
            process[0].send_signal(sign)
            talk.wait(20)
        return answer(200, SCRIPT.encode(), "text/javascript")

    site.add("js.test", "/app.js", slow)
    process.append(program.start("archive", tmp_path / "record.json"))
    process[0].wait(60)
    while not running:
        time.sleep(0.05)
    assert gone(running, 5)
    process[0].communicate()
    assert process[0].returncode == (130 if sign == signal.SIGINT else -signal.SIGKILL)
    program("archive", tmp_path / "record.json")
    assert found(program, "quizzical") == [(PAGE, DOM)]
    assert_sound(program)


def test_without_a_browser_a_run_that_needs_one_does_not_begin_and_doctor_says_so(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    said = program("archive", tmp_path / "record.json", code=2)
    assert said.out == ""
    (line,) = said.err.strip().splitlines()
    assert line.startswith("sourcekeep: crawl.browser_hosts names hosts whose pages are shown in a browser, but ")
    assert not list(program.data.glob("warc/*"))
    checks = {check["name"]: check for check in program("doctor", "--json", code=1).json["checks"]}
    assert not checks["browser"]["ok"]
    assert checks["browser"]["fix"]
    monkeypatch.setenv("SOURCEKEEP_CRAWL__BROWSER_HOSTS", "[]")
    checks = {check["name"]: check for check in program("doctor", "--json", code=None).json["checks"]}
    assert checks["browser"]["ok"]
    assert "no host needs one" in checks["browser"]["detail"]
