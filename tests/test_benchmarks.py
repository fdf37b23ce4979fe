"""The benchmarks run: the seeded site is the same each time, and every program that is measured keeps every page."""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("reportlab", reason="reportlab, which makes the measured PDFs, is not installed")

from benchmarks import archive, crawl, gold, pages, reading
from benchmarks.crawlers import OURS, TOLD, WARCIO, WGET
from benchmarks.site import Plan, bodies, running
from tests.conftest import ROOT

SMALL = Plan(pages=12, pdfs=3, hosts=4)


def test_a_plan_gives_the_same_site_each_time() -> None:
    assert list(bodies(SMALL)) == list(bodies(SMALL))
    assert sorted(SMALL.urls()) == sorted(url for url, _, _ in bodies(SMALL) if not url.endswith("/robots.txt"))


OVER_TLS = [(WGET, True), ("fetch", True)]  # the others go the same way


@pytest.mark.parametrize(("way", "secure"), [*((way, False) for way in (WGET, *OURS, WARCIO)), *OVER_TLS])
def test_every_program_keeps_every_page_of_the_site(way: str, secure: bool, tmp_path: Path) -> None:
    if way == WGET and shutil.which(WGET) is None:
        pytest.skip("wget is not installed")
    with running(SMALL, tmp_path / "ca.pem" if secure else None) as site:
        (measured,) = crawl.measure(site, SMALL, [way], 1, tmp_path)
    assert measured.responses == 15
    assert measured.asked == (15 + SMALL.hosts if way in OURS else 15)
    assert TOLD[way] in crawl.report([measured, measured], SMALL)


def test_a_queue_is_measured_from_claim_to_settlement() -> None:
    (row,) = run_small("growth", "--urls", "500", "--batches", "3")
    assert row.startswith("| 500 | ")


def test_every_reader_finds_the_same_words(tmp_path: Path) -> None:
    names = [name for name in reading.READERS if name != reading.PDFTOTEXT or shutil.which(name)]
    files = tmp_path / "files"
    files.mkdir()
    count = reading.make_files(files, 2, 1)
    done = reading.measure(names, 1, files, tmp_path)
    assert [one.name for one in done] == names
    assert all(one.alike > 0.99 for one in done)
    assert all(reading.READERS[name] in reading.report(done, count) for name in names)


def test_every_reader_finds_the_main_text_of_a_page(tmp_path: Path) -> None:
    samples = pages.made(3, 1)
    (tmp_path / "html").mkdir()
    for at, sample in enumerate(samples):
        (tmp_path / "html" / f"{at}.html.gz").write_bytes(gzip.compress(sample.content))
    truth = {str(at): {"articleBody": sample.text} for at, sample in enumerate(samples)}
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth))
    assert pages.kept(tmp_path) == samples
    done = pages.measure(list(pages.READERS), 1, samples)
    assert all(one.recall > 0.99 for one in done)
    assert all(one.precision > 0.9 for one in done)
    assert all(told in pages.report(done, 3) for told in pages.READERS.values())
    assert pages.score("a b c d e f", "a b c d x") == (1 / 2, 1 / 3)


def test_the_text_of_every_layout_is_near_the_gold() -> None:
    found = gold.measure(["ours", "pdfplumber"], 2)
    assert set(gold.LAYOUTS) - set(found) <= set(gold.NEED_FONT)
    ours = {layout: one["ours"] for layout, one in found.items() if layout not in gold.UNSOLVED}
    assert sum(ours.values()) / len(ours) >= 0.98
    assert min(ours.values()) >= 0.95
    assert all(f"| {layout} | " in gold.report(found) for layout in found)


def run_small(module: str, *words: str) -> list[str]:
    """The table rows that a small run of a benchmark prints, without its header."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *words], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith("| ")][1:]


def test_a_large_archive_is_verified() -> None:
    assert len(run_small("large", "--megabytes", "2")) == 1


def test_every_look_up_finds_what_the_index_holds() -> None:
    assert len(run_small("lookup", "--captures", "3000", "--lookups", "50")) == 1


def test_every_compressor_is_measured_on_the_same_pages() -> None:
    rows = run_small("compressing", "--rounds", "1", "--pages", "5")
    assert any(row.startswith("| zlib 9 | 1.0 |") for row in rows)
    assert any(row.startswith("| isal 2 ") for row in rows)


def test_every_archivist_is_measured_on_the_same_captures() -> None:
    rows = run_small("archive", "--rounds", "1", "--captures", "40")
    assert len(rows) == len(archive.TOLD)
    assert all(any(told in row for row in rows) for told in archive.TOLD.values())


def test_every_search_engine_answers_the_same_twenty_queries() -> None:
    rows = run_small("search", "--pages", "300", "--rounds", "1")
    assert rows[0].startswith("| ours, SQLite FTS5 | ")
    kinds = rows[rows.index(next(row for row in rows if row.startswith("| slowest of its kind"))) + 1 :]
    assert len(kinds) == 9
