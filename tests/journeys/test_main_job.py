"""The main job: an incident page in, every cited report kept, read, searchable; a second run asks for nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.sample import PAGE_TEXT, PAGE_URL, SampleWeb
from tests.journeys.program import Program

KEY = "met-police-live-facial-recognition"


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as web:
        yield web


@pytest.fixture
def program(web: SampleWeb, tmp_path: Path) -> Program:
    return Program(tmp_path / "data", web.origin, delay_s=0)


def page_of(source: str, request: pytest.FixtureRequest) -> Path:
    if source == "our own page":
        return PAGE_TEXT
    samples: Path = request.getfixturevalue("real_samples")
    return samples / "aiaaic" / f"{KEY}.txt"


@pytest.mark.parametrize("source", ["our own page", "the real page"])
def test_an_editor_archives_an_incident_page_and_asks_it_everything(
    source: str, request: pytest.FixtureRequest, program: Program, web: SampleWeb
) -> None:
    page = page_of(source, request)
    run = program("archive", page, "--json").json
    assert run["state"] == "done"
    assert {row["outcome"] for row in run["outcomes"]} == {"captured"}, run["outcomes"]
    assert len({row["url"] for row in run["outcomes"]}) == len(run["outcomes"]) == run["requested"]

    incident = program("show", KEY, "--json").json
    assert_reads_as_expected(incident)
    assert_each_work_is_kept(incident)
    assert_search_finds_the_page(program)

    verified = program("verify", "--json").json
    assert verified["records"] > 2 * run["captured"]
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]

    asked = len(web.requests)
    again = program("archive", page, "--json").json
    assert again["requested"] == 0
    assert len(web.requests) == asked, "a second run asks for nothing that is not due"


def assert_reads_as_expected(incident: dict[str, Any]) -> None:
    assert [event["date"] for event in incident["events"]] == ["2022-10", "2019-07", "2018"]
    citations = incident["citations"]
    assert [citation["position"] for citation in citations] == list(range(1, 10))
    assert [citation["same_as"] for citation in citations] == [None, None, 7, 8, None, None, None, None, None]
    assert len({citation["source_url"] for citation in citations}) == 7
    assert {citation["resolution"]["state"] for citation in citations} == {"found"}
    assert all(0.9 <= citation["resolution"]["score"] <= 1 for citation in citations)


def assert_each_work_is_kept(incident: dict[str, Any]) -> None:
    for citation in incident["citations"]:
        documents = [capture["document"] for capture in citation["captures"] if capture["document"]]
        assert documents, citation
        if citation["format"] == "pdf":
            assert any(document["type"] == "pdf" for document in documents), citation
        for capture in citation["captures"]:
            assert capture["payload_digest"].startswith("sha256:")
            assert capture["warc"].endswith(".warc.gz")


def assert_search_finds_the_page(program: Program) -> None:
    hit = program("search", '"eight of 42"', "--json").json["hits"][0]
    assert "essex" in hit["source_url"]
    assert hit["page"] == 3
    assert hit["incidents"] == [KEY]
    assert "[eight of 42]" in hit["snippet"].replace("] [", " ")
    assert program("search", "no-such-word-anywhere", "--json").json["total"] == 0


def test_every_archived_document_is_found_by_search_with_the_right_page(program: Program) -> None:
    program("archive", PAGE_TEXT)
    incident = program("show", KEY, "--json").json
    looked_at = 0
    for citation in incident["citations"]:
        for capture in citation["captures"]:
            document = capture["document"]
            if document is None or document["state"] != "read" or document["type"] != "pdf":
                continue
            pages = read_pages(program, capture["url"])
            for number in (1, len(pages)):
                words = pages[number - 1].replace('"', " ").split()
                phrase = '"' + " ".join(words[len(words) // 2 :][:6]) + '"'
                hits = program("search", phrase, "--json", "--limit", "100").json["hits"]
                assert number in [hit["page"] for hit in hits if hit["capture"]["url"] == capture["url"]], phrase
                looked_at += 1
    assert looked_at >= 10


def read_pages(program: Program, url: str) -> list[str]:
    """The pages of a sample document as the reader sees them, from the file itself."""
    from urllib.parse import urlsplit

    from desk.sample import sample_answers

    parts = urlsplit(url)
    path = program.data.parent / "document.pdf"
    path.write_bytes(sample_answers()[parts.netloc, parts.path].content)
    return [page["text"] for page in program("read", path, "--json").json[0]["pages"]]


def test_the_page_on_the_web_leads_to_the_same_and_tells_what_failed(program: Program, web: SampleWeb) -> None:
    run = program("archive", PAGE_URL, "--json", code=1).json
    outcomes = {row["url"]: row["outcome"] for row in run["outcomes"]}
    assert outcomes[PAGE_URL] == "captured"
    failed = {url: outcome for url, outcome in outcomes.items() if outcome != "captured"}
    assert sorted(failed.values()) == ["blocked", "not_found"], failed
    incident = program("show", KEY, "--json").json
    assert len(incident["citations"]) == 12
    assert incident["page_url"] == PAGE_URL

    links = program("check", "--json", code=1).json
    statuses = {link["url"]: link["status"] for link in links["links"]}
    assert sum(links["counts"].values()) == links["checked"] == len(statuses) == 10
    assert set(links["counts"]) == {"ok", "moved", "blocked", "not_found"}
    assert not any(link["confirmed"] for link in links["links"] if link["status"] == "not_found"), (
        "one check is no proof"
    )
    moved = [request for request in web.requests if request.path.startswith("/media2/migrated/2619985/")]
    assert "if-none-match" in moved[-1].headers, "a moved document too is asked for by its validators"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://science.police.uk/research/resources/operational-testing-of-facial-recognition-technology/", 2),
        ("https://www.essex.ac.uk/news/2019/07/03/met-police-live-facial-recognition-trial-concerns", 1),
    ],
)
def test_a_bare_address_is_a_source_of_its_own(program: Program, url: str, page: int) -> None:
    run = program("archive", url, "--json", code=None).json
    assert url in [row["url"] for row in run["outcomes"] if row["outcome"] == "captured"]
    hits = program("search", "facial recognition", "--json").json["hits"]
    assert {hit["source_url"] for hit in hits} == {url}
    assert max(hit["page"] for hit in hits) >= page
    assert [link["url"] for link in program("check", "--json").json["links"]] == [url]


def test_a_page_of_an_unknown_host_that_is_no_record_is_kept_as_a_source(tmp_path: Path) -> None:
    from tests.site import Site, answer, page, pdf

    with Site() as site:
        link = '<a class="download" href="/files/report.pdf">Download the report (PDF)</a>'
        site.add("some.example", "/robots.txt", answer(404))
        site.add("some.example", "/report", page(f"<title>Report on lifts</title><main><p>Lifts.</p>{link}</main>"))
        site.add("some.example", "/files/report.pdf", pdf())
        program = Program(tmp_path / "data", site.origin, delay_s=0)
        said = program("archive", "https://some.example/report", "--json", code=None)
    assert "kept as a source of its own" in said.err
    outcomes = {row["url"]: row["outcome"] for row in said.json["outcomes"]}
    assert outcomes["https://some.example/report"] == "captured"
    assert program("search", "lifts", "--json").json["hits"][0]["source_url"] == "https://some.example/report"


def test_a_package_of_the_incident_opens_with_every_source_in_it(program: Program) -> None:
    from zipfile import ZipFile

    program("archive", PAGE_TEXT)
    out = program.data.parent / "met.wacz"
    said = program("export", KEY, "-o", out, "--json").json
    assert said["bytes"] == out.stat().st_size
    with ZipFile(out) as package:
        names = package.namelist()
        assert {"datapackage.json", "datapackage-digest.json", "pages/pages.jsonl"} <= set(names)
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()[1:]]
    kept = {capture["url"] for one in program("show", KEY, "--json").json["citations"] for capture in one["captures"]}
    assert {page["url"] for page in pages} == kept
    assert program("verify", out, "--json").json["damaged"] == []


def test_a_schedule_archives_what_is_due_once(program: Program) -> None:
    program("archive", PAGE_TEXT)
    row = program("schedule", "add", KEY, "--cron", "0 3 1 1 *", "--json").json
    assert row["target"] == KEY
    assert [one["id"] for one in program("schedule", "list", "--json").json] == [row["id"]]
    reread = program("schedule", "run", "--once", "--json").json
    assert [(one["id"], one["kind"]) for one in reread] == [(None, "verify")], "its first time is still to come"
    assert program("schedule", "run", "--once", "--json").json == [], "and what is kept was read again for the day"
