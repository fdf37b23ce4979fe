"""The sample web answers as its table says, says that it is a sample, and its PDFs hold what the demo looks for."""

import http.client
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urlsplit

import pypdfium2
import pytest

from desk.sample import FOLDER, PAGE_TEXT, PAGE_URL, Answer, SampleWeb, sample_answers

WEB = FOLDER / "web"
PDFS = sorted(WEB.rglob("*.pdf"))
ESSEX = WEB / "repository.essex.ac.uk" / "trial-report.pdf"
SCAN = WEB / "bigbrotherwatch.org.uk" / "briefing-facial-recognition-surveillance.pdf"
PAGES = {
    "briefing-facial-recognition-surveillance.pdf": 3,
    "frt-equitability-study.pdf": 5,
    "ico-opinion-the-use-of-lfr-in-public-places.pdf": 2,
    "live-frt-law-enforcement-report.pdf": 5,
    "mctd-facialrecognition-report.pdf": 4,
    "met-evaluation-report.pdf": 5,
    "trial-report.pdf": 6,
}


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as serving:
        yield serving


@pytest.fixture
def connection(web: SampleWeb) -> Iterator[http.client.HTTPConnection]:
    opened = http.client.HTTPConnection(urlsplit(web.origin).netloc, timeout=5)
    yield opened
    opened.close()


def ask(
    connection: http.client.HTTPConnection, url: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    parts = urlsplit(url)
    connection.request(method, parts.path or "/", headers={"Host": parts.netloc} | headers)
    response = connection.getresponse()
    return response, response.read()


def texts(path: object) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    found = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return found


@pytest.mark.parametrize("answer", sample_answers().values(), ids=lambda answer: answer.url)
def test_every_address_of_the_table_answers(connection: http.client.HTTPConnection, answer: Answer) -> None:
    response, body = ask(connection, answer.url)
    assert (response.status, body) == (answer.status, answer.content)
    for name, value in answer.headers.items():
        assert response.headers[name] == value


def test_every_file_of_the_web_is_served() -> None:
    served = {answer.content for answer in sample_answers().values()}
    assert [path.name for path in WEB.rglob("*.*") if path.is_file() and path.read_bytes() not in served] == []


def test_an_unknown_address_and_an_unknown_host_are_not_found(connection: http.client.HTTPConnection) -> None:
    for url in ("https://ico.org.uk/nothing-here", "https://nobody.example/", "https://ico.org.uk/robots.txt"):
        response, body = ask(connection, url)
        assert response.status == 404
        assert b"Sample page made for sourcekeep's demo" in body


def test_a_head_request_gets_the_head_alone(connection: http.client.HTTPConnection) -> None:
    url = "https://repository.essex.ac.uk/24946/"
    full, body = ask(connection, url)
    head, nothing = ask(connection, url, "HEAD")
    assert (head.status, nothing) == (200, b"")
    assert head.headers["Content-Length"] == full.headers["Content-Length"] == str(len(body))


def test_who_has_the_copy_is_told_so(connection: http.client.HTTPConnection) -> None:
    url = "https://repository.essex.ac.uk/24946/"
    first, _ = ask(connection, url)
    for name, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again, body = ask(connection, url, **{name: first.headers[value]})
        assert (again.status, body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    changed, body = ask(
        connection, url, **{"If-None-Match": '"another"', "If-Modified-Since": first.headers["Last-Modified"]}
    )
    assert changed.status == 200
    assert body


def test_requests_are_noted_in_order(web: SampleWeb, connection: http.client.HTTPConnection) -> None:
    before = len(web.requests)
    ask(connection, "https://ico.org.uk/robots.txt", **{"User-Agent": "someone"})
    ask(connection, "http://Ico.org.uk:80/other", "HEAD")
    first, second = web.requests[before:]
    assert (first.method, first.host, first.path) == ("GET", "ico.org.uk", "/robots.txt")
    assert first.headers["user-agent"] == "someone"
    assert (second.method, second.host, second.path) == ("HEAD", "ico.org.uk", "/other")


def test_leaving_ends_kept_connections_at_once() -> None:
    with SampleWeb() as web:
        kept = http.client.HTTPConnection(urlsplit(web.origin).netloc, timeout=5)
        ask(kept, PAGE_URL)
    assert kept.sock.recv(1) == b""
    kept.close()


def test_the_moved_document_the_dead_one_and_the_wall_are_there(connection: http.client.HTTPConnection) -> None:
    statuses = {answer.status: answer for answer in sample_answers().values() if answer.status != 200}
    assert sorted(statuses) == [301, 403, 404]
    target, body = ask(connection, statuses[301].headers["Location"])
    assert target.status == 200
    assert body.startswith(b"%PDF-")
    assert statuses[403].headers["cf-mitigated"] == "challenge"


def test_every_page_says_that_it_is_a_sample() -> None:
    for path in WEB.rglob("*.*"):
        if path.suffix in (".html", ".txt"):
            assert re.search("Sample(?: page)? made for sourcekeep's demo", path.read_text()), path.name
    assert "Sample page made for sourcekeep's demo; not the AIAAIC record." in PAGE_TEXT.read_text()


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.name)
def test_every_pdf_has_its_pages_and_says_on_each_that_it_is_a_sample(path: object) -> None:
    pages = texts(path)
    assert len(pages) == PAGES[path.name]
    if path != SCAN:
        assert all("Sample text made for sourcekeep's demo" in page for page in pages)


def test_the_scan_has_no_text_layer() -> None:
    assert "".join(texts(SCAN)) == ""


def test_the_figure_and_the_quotations_stand_on_the_pages_where_the_demo_finds_them() -> None:
    pages = texts(ESSEX)
    assert [number for number, page in enumerate(pages, 1) if "eight of 42" in page] == [3]
    assert [number for number, page in enumerate(pages, 1) if "highly possible" in page] == [2, 4]
    assert not any("81 per" in page for page in pages)


def test_the_incident_page_links_only_to_what_the_sample_web_answers() -> None:
    page = sample_answers()[urlsplit(PAGE_URL).netloc, urlsplit(PAGE_URL).path].content.decode()
    cited = [unquote(url) for url in re.findall(r"google\.com/url\?q=([^&]+)&", unescape(page))]
    cited += re.findall(r'href="(https://science[^"]+)"', page) + re.findall(r"<span[^>]*>(https://[^<]+)<", page)
    addresses = {answer.url for answer in sample_answers().values()}
    assert {url for url in cited if "docs.google.com" not in url} <= addresses
    assert len(set(cited) & addresses) == 7


def test_the_whole_sample_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 500_000
