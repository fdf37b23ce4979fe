"""Every saved page of a publisher reads as its golden says; no host is claimed twice; every name leads home."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.publisher import Publisher, by_name, for_host, named, publishers, read_landing, read_listing

PAGES = Path(__file__).with_name("pages")
SAVED = sorted(page for page in PAGES.glob("*/*") if page.suffix in (".html", ".xml"))
ABOUT = re.compile(rb"<!-- Made for sourcekeep's tests after the layout of .+; licence Apache-2\.0\. url: (\S+) -->\n")
KINDS = {"landing": read_landing, "listing": read_listing}
HOSTED = [publisher for publisher in publishers() if publisher.hosts]


@pytest.mark.parametrize("page", SAVED, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_page_reads_as_its_golden(page: Path) -> None:
    content = page.read_bytes()
    about = ABOUT.match(content)
    assert about, f"{page} has to begin with its layout, licence and address"
    read = KINDS[page.stem.partition("-")[0]]
    reading = read(content, publisher=page.parent.name, url=about[1].decode())
    golden = page.with_suffix(".golden.json")
    if not golden.exists():
        golden.write_text(json.dumps(reading, indent=1, ensure_ascii=False) + "\n")
        pytest.fail(f"{golden} was written: read it, and run again if it says what the page says")
    assert reading == json.loads(golden.read_text())


@pytest.mark.parametrize(
    "page", sorted(PAGES.glob("*/landing*.html")), ids=lambda page: f"{page.parent.name}-{page.stem}"
)
def test_a_landing_page_gives_as_many_documents_as_expected(page: Path) -> None:
    golden = json.loads(page.with_suffix(".golden.json").read_text())
    assert len(golden) in by_name(page.parent.name).expects


@pytest.mark.parametrize("publisher", publishers(), ids=lambda publisher: publisher.name)
def test_each_publisher_has_a_saved_landing_page_and_a_listing_where_its_site_lists(publisher: type[Publisher]) -> None:
    saved = {page.stem.partition("-")[0] for page in SAVED if page.parent.name == publisher.name}
    wanted = {"landing", "listing"} if publisher.listings else {"landing"}
    assert wanted <= saved <= set(KINDS)


def test_no_saved_page_is_of_nobody_and_no_golden_of_no_page() -> None:
    names = {publisher.name for publisher in publishers()}
    assert {page.parent.name for page in PAGES.glob("*/*")} <= names
    goldens = {page.with_suffix(".golden.json") for page in SAVED}
    assert {file for file in PAGES.glob("*/*") if file not in SAVED} == goldens


def test_no_host_has_two_publishers() -> None:
    claimed = [(host.removeprefix("www."), publisher.name) for publisher in publishers() for host in publisher.hosts]
    assert len(claimed) == len({host for host, _ in claimed})
    for host, name in claimed:
        assert for_host(host).name == name


@pytest.mark.parametrize("publisher", HOSTED, ids=lambda publisher: publisher.name)
def test_each_name_that_citations_use_leads_to_its_publisher(publisher: type[Publisher]) -> None:
    assert publisher.called
    for name in publisher.called:
        for written in (name, name.upper(), f"the {name}", name.replace("&", "and")):
            found = named(written)
            assert found is publisher, written


@pytest.mark.parametrize("publisher", HOSTED, ids=lambda publisher: publisher.name)
def test_addresses_that_a_publisher_states_are_its_own(publisher: type[Publisher]) -> None:
    works = [address for work in publisher.works for address in work.addresses]
    for address in (*publisher.listings, *publisher.searches, *works):
        assert urlsplit(address).scheme == "https"
        assert publisher.owns(urlsplit(address).netloc), address
        assert for_host(urlsplit(address).netloc) is publisher


@pytest.mark.parametrize("publisher", publishers(), ids=lambda publisher: publisher.name)
def test_a_publisher_is_told_to_people_in_sentences(publisher: type[Publisher]) -> None:
    assert publisher.__doc__
    assert all(quirk.endswith(".") for quirk in publisher.quirks)
    assert publisher.delay_s >= 1
