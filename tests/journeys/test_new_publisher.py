"""A developer writes a publisher from one landing page: three files that pass the golden test as they are, or none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.errors import NetworkDown, UsageError
from desk.config import Config
from desk.newpublisher import new_publisher
from tests.journeys.program import Program
from tests.site import Site, answer, page, pdf, redirect

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("archive", "extract", "store", "crawler", "desk")
URL = "https://www.institute.example/reports/one"
CALL = ("new-publisher", "example_institute", URL)
LANDING = (
    "<html><head><title>Watching | Example Institute</title></head><body><nav><a href='/'>Home</a></nav><main>"
    "<h1>Watching the watchers</h1><p>Prose that is the institute's own and stays with it, of 2021 or so.</p>"
    "<a href='/wp-content/uploads/2023/04/watching.pdf'>Read the report (PDF, 2MB)</a></main></body></html>"
)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.add("www.institute.example", "/reports/one", page(LANDING))
        yield site


@pytest.fixture
def program(site: Site, tmp_path: Path) -> Program:
    return Program(tmp_path / "data", site.origin, delay_s=0)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the golden test needs."""
    copy = tmp_path / "tree"
    for part in (*ROOMS, "tests/pages", "tests/loopback_only"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "tests/__init__.py", "tests/conftest.py", "tests/test_pages.py"):
        shutil.copy(ROOT / file, copy / file)
    return copy


def files_in(tree: Path) -> dict[str, bytes]:
    parts = (tree / "crawler" / "spiders", tree / "tests" / "pages")
    files = [file for part in parts for file in part.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    return {str(file.relative_to(tree)): file.read_bytes() for file in files}


def golden_test(tree: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-q", "tests/test_pages.py", *words]
    path = os.pathsep.join([str(tree / "tests" / "loopback_only"), str(tree)])
    return subprocess.run(
        command, cwd=tree, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )


def test_what_is_written_passes_the_golden_test_as_it_is(program: Program, site: Site, tree: Path) -> None:
    before = files_in(tree)
    said = program(*CALL, "--into", tree, "--json").json
    after = files_in(tree)
    written = {name: content for name, content in after.items() if name not in before}
    assert before == {name: content for name, content in after.items() if name in before}
    assert set(written) == {
        "crawler/spiders/example_institute.py",
        "tests/pages/example_institute/landing.html",
        "tests/pages/example_institute/landing.golden.json",
    }
    assert {Path(file).relative_to(tree).as_posix() for file in said["files"]} == set(written)
    assert said["documents"] == [
        {"url": "https://www.institute.example/wp-content/uploads/2023/04/watching.pdf",
         "text": "Watching the watchers", "year": 2023}
    ]  # fmt: skip
    assert (said["called"], said["hosts"], said["rules"]) == (
        ["Example Institute"], ["www.institute.example"], ["wordpress_uploads"],
    )  # fmt: skip
    assert b"Prose" not in written["tests/pages/example_institute/landing.html"]
    assert [request.path for request in site.requests] == ["/robots.txt", "/reports/one"], "asked once, and permitted"
    verified = program("verify", "--json").json
    assert (verified["records"] > 0, verified["unlisted"]) == (True, []), "the page is kept like every answer"
    done = golden_test(tree)
    assert done.returncode == 0, done.stdout
    golden = tree / "tests" / "pages" / "example_institute" / "landing.golden.json"
    golden.write_text(golden.read_text().replace('"year": 2023', '"year": 2022'))
    assert golden_test(tree, "-k", "example_institute").returncode == 1, "a golden that says something else fails"


def test_a_saved_page_needs_no_network_and_a_page_that_leads_nowhere_says_so(tmp_path: Path, tree: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_text("<html><head><title>A speech</title></head><body><h1>A speech</h1><p>Words.</p></body></html>")
    program = Program(tmp_path / "data")
    said = program(*CALL, "--page", saved, "--into", tree, code=1)
    assert "No shared layout leads to a document" in said.out
    assert 'called = ("institute.example",)' in (tree / "crawler/spiders/example_institute.py").read_text()
    assert not program.data.exists(), "nothing is fetched, so nothing is kept"
    assert golden_test(tree, "-k", "example_institute or nobody or host").returncode == 0


Write = Callable[..., dict[str, Any]]


@pytest.fixture
def write(site: Site, tree: Path, tmp_path: Path) -> Write:
    """The command's work in this process."""
    config = Config(data=tmp_path / "data", connect_to={"*": site.origin}, crawl={"delay_s": 0}, reading={"workers": 1})
    return lambda name, url, saved=None: new_publisher(config, name, url, page=saved, into=tree)


def test_nothing_is_overwritten_and_no_host_gets_two_publishers(write: Write, site: Site, tree: Path) -> None:
    write("example_institute", URL)
    (tree / "tests" / "pages" / "left").mkdir()
    before, asked = files_in(tree), len(site.requests)
    for name, url, told in (
        ("example_institute", "https://new.example/", "the name example_institute is taken"),
        ("ico", "https://new.example/", "the name ico is taken"),
        ("left", "https://new.example/", "the name left is taken"),
        ("no-name", "https://new.example/", "is no name for a publisher"),
        ("other", "http://institute.example/two", "institute.example belongs to example_institute already"),
        ("other", "https://ico.org.uk/report", "ico.org.uk belongs to ico already"),
        ("other", "ftp://new.example/", "is not fetched"),
        ("other", "http://[2606:4700::1111]/", "has no host name"),
    ):
        with pytest.raises(UsageError, match=told):
            write(name, url)
    assert files_in(tree) == before
    assert len(site.requests) == asked, "what is refused is refused before anybody is asked"


def test_a_redirect_is_followed_and_the_host_it_leads_to_counts(write: Write, site: Site) -> None:
    site.add("old.example", "/one", redirect(URL, 301))
    site.add("old.example", "/ico", redirect("https://ico.org.uk/landing"))
    site.add("ico.org.uk", "/landing", page(LANDING))
    said = write("example_institute", "http://old.example/one")
    assert (said["url"], said["hosts"]) == (URL, ["www.institute.example"])
    with pytest.raises(UsageError, match="belongs to ico already"):
        write("other", "http://old.example/ico")


REFUSED = {
    "/missing": (answer(404, b"no"), "not_found"),
    "/forbidden": (page("x"), "robots_denied"),
    "/report.pdf": (answer(200, pdf(), "text/html"), "no web page but application/pdf"),
    "/text": (answer(200, b"plain words", "text/plain"), "no web page but text/plain"),
    "/circle": (redirect("https://www.institute.example/circle"), "gave no page"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_an_answer_that_is_no_page_writes_nothing_and_says_why(path: str, write: Write, site: Site, tree: Path) -> None:
    response, told = REFUSED[path]
    site.add("www.institute.example", path, response)
    site.add("www.institute.example", "/robots.txt", answer(200, b"User-agent: *\nDisallow: /forbidden\n"))
    before = files_in(tree)
    with pytest.raises(UsageError, match=told) as refused:
        write("example_institute", f"https://www.institute.example{path}")
    assert "nothing was written" in str(refused.value)
    assert files_in(tree) == before


def test_a_host_that_cannot_be_reached_is_the_worlds_fault_and_not_the_callers(tree: Path, tmp_path: Path) -> None:
    closed = Config(data=tmp_path / "data", connect_to={"*": "http://127.0.0.1:9"}, crawl={"delay_s": 0})
    with pytest.raises(NetworkDown, match="connect_error"):
        new_publisher(closed, "example_institute", URL, page=None, into=tree)


def test_a_saved_page_that_is_not_there_and_a_tree_that_is_none_are_named(write: Write, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*none\.html"):
        write("example_institute", URL, tmp_path / "none.html")
    with pytest.raises(UsageError, match="is no checkout of sourcekeep"):
        new_publisher(Config(), "example_institute", URL, page=None, into=tmp_path)


@pytest.mark.parametrize("befalls", ["another run was faster", "the folder is gone"])
def test_a_write_that_fails_halfway_leaves_the_tree_as_it_was(
    befalls: str, write: Write, tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, spiders = tmp_path / "saved.html", tree / "crawler" / "spiders"
    saved.write_text(LANDING)
    before = files_in(tree)

    def source(*words: object) -> str:
        if befalls == "another run was faster":
            (spiders / "example_institute.py").write_text("theirs")
        else:
            spiders.rename(tree / "away")
        return "ours"

    monkeypatch.setattr("desk.newpublisher.source", source)
    with pytest.raises(UsageError if befalls == "another run was faster" else FileNotFoundError):
        write("example_institute", URL, saved)
    if befalls == "another run was faster":
        assert (spiders / "example_institute.py").read_text() == "theirs"
        (spiders / "example_institute.py").unlink()
    else:
        (tree / "away").rename(spiders)
    assert files_in(tree) == before
    assert not (tree / "tests" / "pages" / "example_institute").exists()


def test_installed_without_its_source_tree_it_says_so_in_one_line(tmp_path: Path, site: Site) -> None:
    installed = tmp_path / "site-packages"
    for room in ROOMS:
        shutil.copytree(ROOT / room, installed / room, ignore=shutil.ignore_patterns("__pycache__"))
    guard = os.environ["PYTHONPATH"].split(os.pathsep)[0]
    done = subprocess.run(
        [sys.executable, "-B", "-m", "desk", "--connect-to", site.connect_to, *CALL],
        cwd=installed, env={**os.environ, "PYTHONPATH": os.pathsep.join([guard, str(installed)])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "installed without its source tree" in done.stderr
    assert site.requests == []
