"""Files on disk: their tables as CSV that no spreadsheet obeys, and what is wrong with a call."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.capture import Origin
from desk.cli.group import sourcekeep
from desk.config import Config
from desk.place import held
from tests.extract.pdfs import line, pages
from tests.extract.test_tables import GRID

SUM, DROP = "=SUM(A1:A9)", "-4.5%"
PDF = pages(
    line("first page"),
    GRID + line("Formula", 55, 625, 9) + line("Drop", 155, 625, 9) + line(SUM, 55, 605, 9) + line(DROP, 155, 605, 9),
)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(PDF)
    return path


def call(*words: str | Path) -> str:
    ended = CliRunner().invoke(sourcekeep, ["read", *map(str, words)])
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_each_table_is_a_file_of_rows_without_formulas(report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "tables"
    page = tmp_path / "page.html"
    page.write_text("<html><body><p>Words of a page, enough of them to be read as its main text.</p></body></html>")
    answers = json.loads(call(report, page, "--tables", "-o", folder, "--json"))
    (table,) = answers[0]["tables"]
    assert (table["page"], table["rows"]) == (2, [["Formula", "Drop"], [SUM, DROP]])
    assert table["csv"] == str(folder / "report.pdf.page-2.table-1.csv")
    with Path(table["csv"]).open(newline="") as stream:
        assert list(csv.reader(stream)) == [["Formula", "Drop"], [f"'{SUM}", DROP]]
    assert [path.name for path in folder.iterdir()] == ["report.pdf.page-2.table-1.csv"]
    assert (answers[1]["tables"], answers[1]["tables_reason"]) == ([], "tables are looked for in PDFs")
    assert answers[0]["pages"][0]["text"].strip() == "first page"


def test_a_digest_stands_for_bytes_in_the_archive_of_which_one_sound_copy_is_enough(tmp_path: Path) -> None:
    config = Config(data=tmp_path / "data", least_free_mib=0)
    kept = []
    for number in range(2):
        with held(config) as place:
            name = f"urn:file:{number}.pdf"
            kept.append(place.writer.keep_resource(name, "application/pdf", PDF, Origin("cited")).result())
    digest = kept[0].payload_digest
    assert digest is not None
    folder = tmp_path / "tables"
    words = (digest, "--tables", "-o", folder, "--json", "--data", config.data)
    (answer,) = json.loads(call(*words))
    assert answer["document"]["payload_digest"] == digest
    assert [path.name for path in folder.iterdir()] == [f"{digest.replace(':', '-')}.page-2.table-1.csv"]
    newest = config.data / "warc" / kept[1].warc
    newest.write_bytes(newest.read_bytes()[: kept[1].offset + 60])
    assert json.loads(call(*words)) == [answer]
    unknown = CliRunner().invoke(sourcekeep, ["read", f"sha256:{'0' * 64}", "--data", str(config.data)])
    assert "nothing is archived of sha256:000" in str(unknown.exception)


def test_people_are_shown_the_rows(report: Path) -> None:
    said = call(report, "--tables")
    assert f"report.pdf: 1 table\n--- page 2, table 1\nFormula,Drop\n'{SUM},{DROP}\n" in said


def test_without_the_option_nothing_is_said_of_tables(report: Path) -> None:
    (answer,) = json.loads(call(report, "--json"))
    assert set(answer) == {"file", "document", "pages"}


@pytest.mark.parametrize("words", [[], ["--all", "x"], ["--again", "--tables"], ["x.pdf", "-o", "folder"]])
def test_options_that_do_not_go_together_are_a_wrong_call(words: list[str]) -> None:
    ended = CliRunner().invoke(sourcekeep, ["read", *words])
    assert ended.exit_code == 2
    assert "Usage:" in ended.output


def test_tables_of_two_files_of_one_name_never_mix(report: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "report.pdf"
    other.parent.mkdir()
    other.write_bytes(PDF)
    ended = CliRunner().invoke(sourcekeep, ["read", str(report), str(other), "--tables", "-o", str(tmp_path / "out")])
    assert "two files are called report.pdf" in str(ended.exception)
    assert not (tmp_path / "out").exists()
