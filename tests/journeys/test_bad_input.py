"""Wrong input, as people give it: one line that says what, where and what to do next, and nothing lost."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.sample import PAGE_TEXT, SampleWeb
from tests.journeys.program import Program

KEY = "met-police-live-facial-recognition"


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as web:
        yield web


@pytest.fixture
def program(web: SampleWeb, tmp_path: Path) -> Program:
    return Program(tmp_path / "data", web.origin, delay_s=0)


def refused(program: Program, *words: str | Path, code: int = 2) -> str:
    """The one line on standard error; nothing on standard output."""
    said = program(*words, code=code)
    assert said.out == ""
    lines = said.err.strip().splitlines()
    assert len(lines) == 1, said.err
    assert lines[0].startswith("sourcekeep: ")
    return lines[0]


def test_a_file_that_is_not_there(program: Program) -> None:
    assert "nowhere.txt is no file, no URL and no incident" in refused(program, "archive", "nowhere.txt")


def test_an_empty_page(program: Program, tmp_path: Path) -> None:
    page = tmp_path / "empty.txt"
    page.write_text(" \n")
    assert "empty.txt is empty" in refused(program, "archive", page)


def test_a_file_that_is_no_record_names_the_formats_it_looks_most_like(program: Program, tmp_path: Path) -> None:
    page = tmp_path / "picture.png"
    page.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    assert "It looks most like: " in refused(program, "import", page)


def test_a_folder_instead_of_a_page(program: Program, tmp_path: Path) -> None:
    assert "is a folder" in refused(program, "archive", tmp_path)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "http://user:secret@host.example/"])
def test_a_url_that_is_never_fetched(program: Program, url: str) -> None:
    said = refused(program, "archive", url)
    assert "is not fetched" in said


def test_an_unknown_incident(program: Program) -> None:
    assert "`sourcekeep incidents` lists the keys" in refused(program, "show", "no-such-key")


def test_a_rule_that_is_none(program: Program) -> None:
    assert "GLOB=ORIGIN" in refused(program, "--connect-to", "nonsense", "archive", PAGE_TEXT)


def test_a_database_that_does_not_answer(program: Program, tmp_path: Path) -> None:
    place = tmp_path / "no-folder" / "catalog.sqlite"
    assert "sourcekeep: " in refused(program, "incidents", "--database", f"sqlite:///{place}", code=3)


def test_a_page_that_cites_nothing_is_kept_and_said(program: Program, tmp_path: Path) -> None:
    page = tmp_path / "silent.txt"
    page.write_text(
        "Silent incident\nA system did something.\nDocuments\nResearch, advocacy\n"
        "Page info\nType: Incident\nPublished: March 2023\n"
    )
    said = program("archive", page, "--json")
    assert "cites nothing" in said.err
    assert said.json["requested"] == 0
    assert [row["key"] for row in program("incidents", "--json").json["incidents"]] == ["silent"]


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks the live web has said who it is."""
    monkeypatch.setenv("SOURCEKEEP_CRAWL__CONTACT", "https://archive.example/who-we-are")


@pytest.mark.usefixtures("named")
def test_links_that_are_never_dialled_end_in_their_outcome_and_the_run_goes_on(tmp_path: Path, web: SampleWeb) -> None:
    page = tmp_path / "mixed.txt"
    page.write_text(
        "file:///etc/passwd\njavascript:alert(1)\nhttp://169.254.169.254/latest/meta-data/\nhttp://10.0.0.1/x.pdf\n"
        "https://repository.essex.ac.uk/24946/\nhttps://dead.example/report.pdf\n"
    )
    program = Program(tmp_path / "data", delay_s=0)
    rules = ["--connect-to", f"repository.essex.ac.uk={web.origin}"]
    run = program("archive", page, "--json", *rules, code=1).json
    outcomes = {row["url"] or row["source"]: row["outcome"] for row in run["outcomes"]}
    assert outcomes["https://repository.essex.ac.uk/24946/"] == "captured"
    assert outcomes["http://169.254.169.254/latest/meta-data/"] == "refused_address"
    assert outcomes["http://10.0.0.1/x.pdf"] == "refused_address"
    assert outcomes["https://dead.example/report.pdf"] == "dns_error"
    refused_texts = {text for text, outcome in outcomes.items() if outcome == "refused_address"}
    assert {"file:///etc/passwd", "javascript:alert(1)"} <= refused_texts
    assert run["captured"] == 2, "the landing page and its document"


@pytest.mark.parametrize("contact", [None, "", "https://sourcekeep.example/bot"])
def test_nobody_goes_out_to_the_web_without_saying_who_asks(
    tmp_path: Path, web: SampleWeb, monkeypatch: pytest.MonkeyPatch, contact: str | None
) -> None:
    if contact is not None:
        monkeypatch.setenv("SOURCEKEEP_CRAWL__CONTACT", contact)
    page = tmp_path / "urls.txt"
    page.write_text("http://10.0.0.1/x.pdf\nhttps://repository.essex.ac.uk/24946/\n")
    rules = ["--connect-to", f"repository.essex.ac.uk={web.origin}"]
    program = Program(tmp_path / "data", delay_s=0)
    assert program("archive", page, "--json", *rules, code=1).json["captured"] == 2, "nobody outside was asked"
    page.write_text(f"https://outside.example/report.pdf\n{page.read_text()}")
    for words in (("archive", page, "--json", *rules), ("check", "--json")):
        said = program(*words, code=2)
        assert said.out == ""
        [line] = [line for line in said.err.splitlines() if line.startswith("sourcekeep: ")]
        assert "crawl.contact" in line
        assert "SOURCEKEEP_CRAWL__CONTACT=" in line
        assert "outside.example is not asked" in line or "check" in words
    stand_in = Program(program.data, web.origin, delay_s=0)
    ended = {row["url"]: row["outcome"] for row in stand_in("archive", page, "--json", code=1).json["outcomes"]}
    assert ended["https://outside.example/report.pdf"] == "not_found", "it was still due"


def test_a_second_run_on_a_held_folder_ends_with_75_and_says_who_holds_it(program: Program) -> None:
    from archive.lock import FolderLock

    program.data.mkdir()
    with FolderLock(program.data):
        said = program("archive", PAGE_TEXT, code=75)
    assert "is held by sourcekeep (process" in said.err
    assert "since" in said.err
    program("archive", PAGE_TEXT)


def test_verify_names_a_flipped_bit_and_everything_else_is_still_read(program: Program) -> None:
    program("archive", PAGE_TEXT)
    warc = next((program.data / "warc").glob("*.warc.gz"))
    content = bytearray(warc.read_bytes())
    content[len(content) // 2] ^= 1
    warc.write_bytes(content)
    answer = program("verify", "--json", code=1).json
    assert len(answer["damaged"]) == 1
    assert answer["damaged"][0]["warc"] == warc.name
    assert answer["records"] > 10


def test_verify_misses_a_file_that_is_gone(program: Program, tmp_path: Path) -> None:
    program("archive", PAGE_TEXT)
    for warc in (program.data / "warc").glob("*.warc.gz"):
        shutil.move(warc, tmp_path)
    answer = program("verify", "--json", code=1).json
    assert len(answer["missing"]) >= 7


def test_an_unknown_ending_of_an_export(program: Program) -> None:
    program("import", PAGE_TEXT)
    assert "has no ending that says what to write" in refused(program, "export", KEY, "-o", "x.docx")
    assert "nothing of" in refused(program, "export", KEY, "-o", "x.wacz")


def test_a_run_on_one_address_leaves_other_incidents_alone(program: Program) -> None:
    program("import", PAGE_TEXT)
    run = program(
        "archive", "http://127.0.0.2/", "--json", "--connect-to", "none.example=http://127.0.0.1:9", code=None
    )
    assert [row["url"] for row in run.json["outcomes"]] == ["http://127.0.0.2/"]


def test_closed_standard_output_is_no_fault(program: Program) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *program.command("incidents")],
        env=program.environment(), cwd=program.data.parent, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
