"""The documents say what is so: commands from their help, promises held by tests that exist, links that lead on."""

import re
from pathlib import Path

import pytest

from archive.seed import OutcomeKind
from desk.reference import reference

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_reference_of_commands_is_made_from_their_help() -> None:
    assert (ROOT / "docs" / "commands.md").read_text() == reference()


def test_each_promise_names_tests_that_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    rows = re.findall(r"^\| .+? \| (.*?) \|$", readme, re.MULTILINE)
    promises = [row for row in rows if "tests/" in row]
    assert len(promises) >= 7
    for row in promises:
        folder = Path()
        for name in re.findall(r"`([^`]+)`", row):
            path = Path(name) if "/" in name else folder / name
            folder = path.parent if path.suffix else path
            assert (ROOT / path).exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_documents_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_the_tutorial_explains_every_outcome() -> None:
    tutorial = (ROOT / "docs" / "tutorial.md").read_text()
    missing = [kind.value for kind in OutcomeKind if f"`{kind.value}`" not in tutorial]
    assert not missing


def test_no_document_names_a_command_that_is_not_there() -> None:
    known = set(re.findall(r"^#+ sourcekeep (\w+(?: \w+)?)", reference(), re.MULTILINE))
    first_words = {name.split()[0] for name in known}
    call = re.compile(r"^\$? ?(?:\.venv/bin/)?sourcekeep(?: --\w[\w-]* \S+)* (\w+)", re.MULTILINE)
    for page in PAGES:
        assert set(call.findall(page.read_text())) <= first_words, page.name
