"""A web that did not change, archived twice: the second run keeps that it was the same, not what it was."""

import os
import sqlite3
import zlib
from pathlib import Path

import pytest

from archive.capture import Capture, RecordType
from archive.reader import captures_in, read_capture
from archive.revisit import Profile
from tests import site
from tests.conftest import GUARD, ROOT
from tests.journeys.kept import assert_replays, kept_in, warcs
from tests.journeys.oracles import wayback
from tests.journeys.program import Program
from tests.site import Answer, Request, Site, Talk

BODILESS = {"http://moved.example/bare", "http://empty.example/report"}
ARTICLE = "<title>The report</title><article>" + "<p>What the auditors found, in their own words.</p>" * 20


def validated(answer: Answer, name: str, value: str) -> site.Act:
    """An answer whose server knows it again: 304 when it is asked for with this validator."""
    asked = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}[name]

    def act(request: Request, _: Talk) -> Answer:
        same = request.headers.get(asked) == value
        return Answer(304 if same else 200, b"" if same else answer.body, (*answer.headers, (name, value)))

    return act


def chunked(body: bytes, *headers: tuple[str, str]) -> Answer:
    framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:100], body[100:], b""))
    return Answer(200, framed, (*headers, ("Transfer-Encoding", "chunked")))


def gzipped(text: str) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(text.encode()) + packer.flush()


def unchanging(web: Site) -> list[str]:
    """A web of answers of every kind, none of which ever changes; the URLs to archive."""
    link = '<p><a href="/report.pdf" class="download">Download the report (PDF)</a></p>'
    pdf = site.answer(200, site.pdf("The findings"), "application/pdf")
    web.add("landing.example", "/report.pdf", site.answer(200, site.pdf("Behind a page"), "application/pdf"))
    web.add("plain.example", "/robots.txt", site.answer(200, b"User-agent: *\nDisallow: /private\n"))
    web.add("moved.example", "/new", ARTICLE)
    return [
        web.add("plain.example", "/report", ARTICLE),
        web.add("plain.example", "/report.pdf", pdf),
        web.add("etag.example", "/report", validated(site.page(ARTICLE), "ETag", '"one"')),
        web.add("dated.example", "/report.pdf", validated(pdf, "Last-Modified", "Mon, 02 Dec 2024 09:00:00 GMT")),
        web.add("landing.example", "/report", validated(site.page(ARTICLE + link), "ETag", 'W/"two"')),
        web.add("chunked.example", "/report.pdf", chunked(pdf.body, *pdf.headers)),
        web.add("coded.example", "/report", chunked(gzipped(ARTICLE), ("Content-Encoding", "gzip"))),
        web.add("moved.example", "/old", site.redirect("/new", 301)),
        web.add("moved.example", "/bare", Answer(302, b"", (("Location", "/new"),))),
        web.add("gone.example", "/report", site.page("<h1>Not here</h1>", 404)),
        web.add("walled.example", "/report", site.page("<h1>Forbidden</h1>", 403)),
        web.add("empty.example", "/report", site.page("")),
    ]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, list[str]]:
    """The web archived, and again after its robots.txt files had to be asked for anew."""
    home = tmp_path_factory.mktemp("twice")
    with Site() as web, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(GUARD), str(ROOT)]))
        patch.setenv("HOME", str(home))
        program = Program(home / "data", web.origin, delay_s=0)
        urls = unchanging(web)
        (home / "urls.txt").write_text("\n".join(urls))
        program("archive", home / "urls.txt", code=1)
        with sqlite3.connect(program.data / "catalog.sqlite") as catalogue:
            catalogue.execute("UPDATE robots SET expires = fetched")
        catalogue.close()
        program("archive", "--force", home / "urls.txt", code=1)
    return program, urls


def by_url(path: Path) -> dict[str, Capture]:
    captures = [capture for capture in captures_in(path) if capture.url.startswith("http")]
    found = {capture.url: capture for capture in captures}
    assert len(found) == len(captures), "each address is asked once"
    return found


def test_a_second_run_over_an_unchanged_web_writes_only_revisits(twice: tuple[Program, list[str]]) -> None:
    program, urls = twice
    first, second = map(by_url, warcs(program.data))
    assert set(first) == set(second) > {*urls, "http://landing.example/report.pdf", "http://moved.example/new"}
    assert {"http://plain.example/robots.txt", "http://gone.example/robots.txt"} < set(second)
    whole = {url for url, capture in second.items() if capture.record_type is not RecordType.REVISIT}
    assert whole == BODILESS, "there is nothing to leave out"
    for url in set(second) - whole:
        assert second[url].revisit_of == first[url].record_id
        assert second[url].payload_digest == first[url].payload_digest


def test_a_revisit_says_whether_the_server_knew_it_again_or_the_payload_was_equal(
    twice: tuple[Program, list[str]],
) -> None:
    program, _ = twice
    path = warcs(program.data)[1]
    said = {url: read_capture(path, one.offset).fields.get("WARC-Profile") for url, one in by_url(path).items()}
    known = {"http://etag.example/report", "http://dated.example/report.pdf", "http://landing.example/report"}
    assert {url for url, profile in said.items() if profile == Profile.NOT_MODIFIED} == known
    assert {url for url, profile in said.items() if profile is None} == BODILESS
    assert len(said) > len(known | BODILESS) + 15
    assert set(said.values()) == {*Profile, None}


def by_lot(answer: Answer, date: str) -> site.Act:
    """An answer whose ETag is another one each time; so it is known again by its date, and only if no ETag is named."""

    def act(request: Request, _: Talk) -> Answer:
        etag = f'"{request.at}"'
        same = "if-none-match" not in request.headers and request.headers.get("if-modified-since") == date
        validators = (("ETag", etag), ("Last-Modified", date))
        return Answer(304 if same else 200, b"" if same else answer.body, (*answer.headers, *validators))

    return act


def test_a_second_run_asks_with_validators_and_an_etag_that_is_drawn_by_lot_is_named_no_more(tmp_path: Path) -> None:
    date = "Mon, 02 Dec 2024 09:00:00 GMT"
    with Site() as web:
        drawn = web.add("drawn.example", "/report", by_lot(site.page(ARTICLE), date))
        web.add("etag.example", "/report", validated(site.page(ARTICLE), "ETag", '"one"'))
        (tmp_path / "urls.txt").write_text(f"{drawn}\nhttp://etag.example/report")
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        told = [program("archive", "--force", tmp_path / "urls.txt", "--json").json for _ in range(4)]
        requests = web.asked("drawn.example", "/report")
        assert web.asked("etag.example", "/report")[-1].headers["if-none-match"] == '"one"'
    outcomes = [{row["url"]: row for row in run["outcomes"]} for run in told]
    assert [one["http://etag.example/report"]["outcome"] for one in outcomes] == ["captured", *["unchanged"] * 3]
    assert [one[drawn]["outcome"] for one in outcomes] == ["captured", *["unchanged"] * 3]
    assert [one[drawn]["http_status"] for one in outcomes] == [200, 200, 200, 304]
    assert all("though under another ETag" in one[drawn]["reason"] for one in outcomes[1:3])
    assert outcomes[3][drawn]["reason"] == "not modified since the last capture"
    asked_with = [("if-none-match" in one.headers, one.headers.get("if-modified-since")) for one in requests]
    assert asked_with == [(False, None), (True, date), (True, date), (False, date)]


def test_pywb_replays_what_both_runs_kept(twice: tuple[Program, list[str]], tmp_path: Path) -> None:
    program, _ = twice
    with wayback(program.data, tmp_path / "pywb") as server:
        assert_replays(server, kept_in(program.data))
