"""A drafted publisher's file: what it may be called, whose names it must not take, source that says what was found."""

import ast
import importlib.util
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.drafting import WIDTH, class_name, is_name, leads_home, read_draft, source
from crawler.publisher import Publisher, publishers, publishers_of

URL = "https://www.institute.example/reports/one"
PAGE = (
    "<html><head><title>{title}</title>{head}</head><body><main><h1>One</h1>"
    "<a href='https://files.institute.example/wp-content/uploads/2023/04/one.pdf'>The report of ours</a>"
    "<a href='https://elsewhere.example/wp-content/uploads/2023/04/two.pdf'>Its data</a></main></body></html>"
)


def draft(title: str = "One", head: str = "", url: str = URL) -> dict[str, object]:
    return read_draft(PAGE.format(title=title, head=head).encode(), url=url, content_type="text/html; charset=utf-8")


def written(folder: Path, name: str, called: str, hosts: list[str], rules: list[str], expects: int) -> type[Publisher]:
    folder.mkdir(exist_ok=True)
    text = source(name, called, hosts, rules, expects)
    (folder / f"{name}.py").write_text(text)
    for line in text.splitlines():
        columns = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
        assert columns <= WIDTH or " " not in line.strip()
    (publisher,) = publishers_of(folder)
    return publisher


def test_a_page_tells_its_layout_its_own_hosts_and_what_it_leads_to() -> None:
    read = draft()
    assert read["rules"] == ("wordpress_uploads",)
    assert read["hosts"] == ["www.institute.example", "files.institute.example"]
    assert [link["text"] for link in read["reading"]] == ["The report of ours", "Its data"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("title", "head", "names"),
    [
        ("One | Example Institute", "", ["Example Institute", "institute.example"]),
        ("One - Reports - The Institute", "", ["The Institute", "Reports", "institute.example"]),
        ("One", "<meta property='og:site_name' content=' An “Institute”  of &quot;ours&quot;\\ '>",
         ["An “Institute” of 'ours'/", "institute.example"]),
        ("One | \u202e | ...", "", ["institute.example"]),
        ("", "<meta property='og:site_name' content='\u200b'>", ["institute.example"]),
    ],
)  # fmt: skip
def test_a_site_is_called_by_what_it_says_of_itself(title: str, head: str, names: list[str]) -> None:
    assert draft(title, head)["names"] == names


def test_what_is_no_page_is_told_by_its_type() -> None:
    assert read_draft(b"%PDF-1.7", url=URL, content_type="text/html") == {"mime": "application/pdf"}
    assert "mime" in read_draft(b"", url=URL)
    assert "mime" in read_draft(b"\x00\x01", url=URL, content_encoding="br")


@pytest.mark.parametrize("text", ["example_institute", "a", "ab_12", "x2"])
def test_a_name_is_words_of_small_letters(text: str) -> None:
    assert is_name(text)
    assert ast.parse(f"class {class_name(text)}: ...")


@pytest.mark.parametrize(
    "text", ["", "Example", "1a", "a__b", "_a", "a_", "a-b", "a.b", "../a", "ä", "publisher", "none", "true", "a" * 61]
)
def test_what_would_be_no_file_or_no_class_is_no_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    ("called", "free"),
    [("Example Institute", True), ("Home Office", False), ("The", False), ("ICO", False), ("Institute of ICO", True),
     ("big-brother watch", False), ("例の研究所", True), ("Straße & Söhne", True)],
)  # fmt: skip
def test_a_name_must_lead_to_the_new_publisher_and_take_nobodys(called: str, free: bool) -> None:
    assert leads_home(called, "example_institute", publishers()) is free


def test_a_draft_of_every_kind_passes_the_linter(tmp_path: Path) -> None:
    hosts = ["www.institute.example", "files.institute.example", f"{'long-' * 12}host.institute.example"]
    written(tmp_path, "one", "Example Institute", hosts[:1], [], 3)
    (tmp_path / "one.py").rename(tmp_path / "kept.py.txt")
    written(tmp_path, "two_words", "例" * 30, hosts, ["scholarly_metadata", "wordpress_uploads"], 6)
    (tmp_path / "kept.py.txt").rename(tmp_path / "one.py")
    if importlib.util.find_spec("ruff") is None:
        pytest.skip("ruff is not installed")
    rules = ["--no-cache", "--config", str(Path(__file__).parents[2] / "pyproject.toml"), str(tmp_path)]
    for check in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *check, *rules], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


@given(st.text(max_size=200))
def test_whatever_a_site_is_called_its_file_states_it_as_it_was_read(
    tmp_path_factory: pytest.TempPathFactory, said: str
) -> None:
    head = f"<meta property='og:site_name' content='{said.replace(chr(39), '').replace('<', '').replace('&', '')}'>"
    called = str(draft(head=head)["names"][0])  # type: ignore[index]
    publisher = written(tmp_path_factory.mktemp("p"), "one", called, ["a.example"], ["linked_pdfs"], 4)
    assert (publisher.name, publisher.called, publisher.hosts) == ("one", (called,), ("a.example",))
    assert publisher.expects == range(0, 5)
