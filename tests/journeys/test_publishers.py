"""Pages of publishers that incident pages cite most: each leads to its documents in one step, and these are read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.journeys.program import Program
from tests.site import Site, answer, pdf

PAGES = Path(__file__).parents[1] / "pages"
PUBLISHERS = ("arxiv", "courtlistener", "find_case_law", "gov_uk", "judiciary_uk", "uk_parliament")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def served(site: Site, landing: Path) -> tuple[str, list[str]]:
    """The address of a saved page and those of its documents, all answered by the site."""
    content = landing.read_bytes()
    found = re.search(rb"url: (\S+) -->", content)
    assert found
    url = found[1].decode()
    documents = [link["url"] for link in json.loads(landing.with_suffix(".golden.json").read_text())]
    site.add(urlsplit(url).netloc, urlsplit(url).path, answer(200, content, "text/html; charset=utf-8"))
    for number, document in enumerate(documents):
        name = f"{landing.parent.name} {landing.stem} {number}"
        site.add(urlsplit(document).netloc, urlsplit(document).path, answer(200, pdf(name), "application/pdf"))
    return url, documents


def test_a_cited_page_of_each_publisher_leads_to_its_documents_and_no_further(site: Site, tmp_path: Path) -> None:
    pages = [page for name in PUBLISHERS for page in sorted((PAGES / name).glob("landing*.html"))]
    led = dict(served(site, page) for page in pages)
    program = Program(tmp_path / "data", site.origin, delay_s=0)
    urls = tmp_path / "cited.txt"
    urls.write_text("".join(f"{url}\n" for url in led))
    run = program("archive", urls, "--json", code=None).json
    ended = {row["url"]: row["outcome"] for row in run["outcomes"]}
    assert set(ended) == {*led, *(document for documents in led.values() for document in documents)}
    assert set(ended.values()) == {"captured"}
    hits = program("search", "arxiv", "landing", "--json").json
    assert hits["total"] == 2, "the file of each version is read"
    assert {hit["source_url"] for hit in hits["hits"]} == {url for url in led if "arxiv.org" in url}
