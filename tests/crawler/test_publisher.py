"""Publishers: who owns a host, whom a citation names, where a moved document may lie, what a worker reads."""

import csv
import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.moves import folder_family, rewritten, twins
from crawler.publisher import by_name, for_host, named, publishers, read_landing, read_listing

SEEDS_NAMES = {
    "Metropolitan Police Service": "met_police",
    "MPS": "met_police",
    "Met Police": "met_police",
    "Information Commisissoner's Office": "ico",
    "Information Commissioner’s Office (ICO)": "ico",
    "Science & Technology in Policing": "npl",
    "UK National Physical Laboratory": "npl",
    "Minderoo Centre for Technology & Democracy": "minderoo",
    "University of Cambridge's Minderoo Centre for Technology and Democracy": "minderoo",
    "Human Rights Centre, Essex University": "essex_hrc",
    "University of Essex": "essex_hrc",
    "Big Brother Watch": "big_brother_watch",
    "big  brother\nwatch": "big_brother_watch",
}


def test_seven_publishers_are_found_by_name() -> None:
    assert [publisher.name for publisher in publishers()] == [
        "big_brother_watch", "essex_hrc", "ico", "met_police", "minderoo", "npl", "any_page",
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), SEEDS_NAMES.items())
def test_a_citation_names_its_publisher_also_misspelt(text: str, name: str) -> None:
    found = named(text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BBC",
        "University of Sussex",
        "Essex Police",
        "Police Scotland",
        "University of Cambridge",
        "Mexico",
        "Iconic",
        "?",
    ],
)
def test_a_like_name_of_somebody_else_names_nobody(text: str) -> None:
    assert named(text) is None


def test_a_host_belongs_to_its_publisher_with_and_without_www_and_port() -> None:
    for host in ("www.met.police.uk", "met.police.uk", "NEWS.met.police.uk.", "met.police.uk:8443"):
        assert for_host(host).name == "met_police"
    for host in ("police.uk", "evilmet.police.uk", "met.police.uk.evil.example", ""):
        assert for_host(host).name == "any_page"


def test_the_essex_reports_dead_host_leads_to_the_repository() -> None:
    essex = by_name("essex_hrc")
    dead = essex.works[0].also[0]
    assert essex.moved(dead)[0] == essex.works[0].url


def test_a_file_of_the_met_is_looked_for_in_every_folder_of_its_family() -> None:
    met = by_name("met_police")
    moved = met.moved(met.works[0].url)
    assert len(moved) >= 5
    assert met.works[0].url not in moved
    assert all(address.endswith("/met-evaluation-report.pdf") for address in moved)
    assert met.moved("https://www.met.police.uk/advice/") == ("https://met.police.uk/advice/",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://ico.org.uk/media/about-the-ico/documents/2616185/a.pdf", "https://ico.org.uk/media2/migrated/2616185/a.pdf"),
        ("http://www.ico.org.uk/media/for-organisations/documents/2014/1165/b.pdf", "https://ico.org.uk/media2/migrated/1165/b.pdf"),
        (
            "https://ico.org.uk/media/action-weve-taken/decision-notices/2017/2013708/fs50627910.pdf",
            "https://ico.org.uk/media2/migrated/decision-notices/2013708/fs50627910.pdf",
        ),
    ],
)  # fmt: skip
def test_a_file_of_the_ico_is_first_looked_for_where_files_were_migrated(old: str, new: str) -> None:
    assert by_name("ico").moved(old)[0] == new


def test_the_rules_name_seven_of_twenty_repairs_that_people_made(real_samples: Path) -> None:
    with (real_samples / "links" / "moved-documents.tsv").open(newline="") as file:
        pairs = list(csv.DictReader(file, delimiter="\t"))
    hits = [pair for pair in pairs if pair["new_url"] in for_host(pair["old_url"].split("/")[2]).moved(pair["old_url"])]
    assert (len(hits), len(pairs)) == (7, 20)


def test_moving_rules_never_lower_case_a_path_or_drop_a_query() -> None:
    assert list(twins("http://Site.example/A%7e//b?Q=1")) == [
        "https://Site.example/A%7e//b?Q=1",
        "https://www.Site.example/A%7e//b?Q=1",
    ]
    family = folder_family("a.example", "/One/", "/Two/")
    assert list(family("https://a.example/One/File.PDF?v=2")) == ["https://a.example/Two/File.PDF?v=2"]
    assert list(family("https://b.example/One/File.PDF")) == []
    assert list(rewritten("http://x/(?P<a>.+)", r"http://y/\g<a>")("http://x/A%20b")) == ["http://y/A%20b"]


def test_a_search_address_holds_the_title_quoted() -> None:
    assert by_name("met_police").searched("Trials & tribulations") == (
        "https://news.met.police.uk/news?q=Trials+%26+tribulations",
    )
    assert by_name("ico").searched("x") == ()


def test_a_coded_body_is_decoded_in_the_worker() -> None:
    body = b"<main><h1>T</h1><a href='/wp-content/uploads/2022/10/a.pdf'>The report of ours</a></main>"
    plain = read_landing(body, publisher="minderoo", url="https://www.mctd.ac.uk/x/")
    assert plain == [
        {"url": "https://www.mctd.ac.uk/wp-content/uploads/2022/10/a.pdf", "text": "The report of ours", "year": 2022}
    ]
    coded = gzip.compress(body)
    assert read_landing(coded, publisher="minderoo", url="https://www.mctd.ac.uk/x/", content_encoding="gzip") == plain
    assert (
        read_listing(b"\xff\x00", publisher="ico", url="https://ico.org.uk/", charset="rot13", content_encoding="br")
        == []
    )


def test_an_unknown_publisher_is_an_error_and_no_guess() -> None:
    with pytest.raises(KeyError):
        by_name("nobody")


def test_publishers_load_without_scrapy() -> None:
    """A worker loads them; Scrapy and its reactor would cost it a second and 50 MB."""
    code = (
        "import sys, crawler.publisher as p; p.publishers(); sys.exit(bool({'scrapy', 'twisted'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
