"""Captures that were brought in count for the sources they are of, and are fetched again when it is time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.capture import Capture, Origin, RecordType, Truncation
from archive.fixity import FileReport
from archive.seed import Why
from store import dossier, frontier, intake, schema
from store.captures import captures_under
from store.database import Database
from store.frontier import Wanted
from store.imported import join_imported
from store.objects import captures_at, captures_of_payload
from store.reconcile import adopt
from store.rereading import file_reading
from store.runs import start_run
from tests.store.making import NOW, a_capture, a_citation, a_record, fetch_all

CITED = "https://www.institute.example/report?utm_source=x"
FROM = "theirs.wacz!archive/a.warc.gz sha256:ab"
DAY = timedelta(days=1)


def theirs(
    url: str, payload: str | None = None, status: int | None = 200, why: str = "imported", **more: object
) -> Capture:
    """A capture that was brought in; `via` and `hops` are those of its origin."""
    origin = Origin(why, more.pop("via", None), more.pop("hops", ""), FROM)  # type: ignore[arg-type]
    made = {"warc": "imported.warc.gz", "timestamp": NOW - 3 * DAY, "origin": origin, **more}
    return a_capture(url, payload, status, **made)


def cite(db: Database, url: str = CITED) -> None:
    intake.file_incident(db, a_record(a_citation(1, "A title", url)), now=NOW)


def shown(db: Database) -> list[str]:
    """The URLs of the captures that the incident shows."""
    (citation,) = dossier.incident_object(db, "tram-scoring")["citations"]
    return [one["url"] for one in citation["captures"]]


def wanted(db: Database, now: object = NOW) -> list[str]:
    """What a run that archives the incident would fetch."""
    run = start_run(db, "archive", [], NOW)
    (work,) = dossier.works(db, ["tram-scoring"])
    assert work.url is not None
    seed = Wanted(work.url, Why.CITED, None, "", "any_page", work.source_id)
    frontier.add_seeds(db, run, [seed], now=now)  # type: ignore[arg-type]
    return sorted(fetch_all(db, run, now))  # type: ignore[arg-type]


OWN_PACKAGE = [
    theirs(CITED, status=302, why="cited", location="/landing"),
    theirs("https://www.institute.example/landing", why="cited", via=CITED, hops="LR"),
    theirs("https://files.example/r.pdf", why="document", via="https://www.institute.example/landing", hops="LRL"),
    theirs("https://www.institute.example/robots.txt", why="robots", via=CITED, hops="P"),
    theirs("https://elsewhere.example/", why="cited", via="https://elsewhere.example/x", hops="R"),
]


@pytest.mark.parametrize("first", ["the captures", "the record"])
def test_what_our_own_package_followed_serves_the_source_and_is_not_due(db: Database, first: str) -> None:
    for step in ("captures", "record") if first == "the captures" else ("record", "captures"):
        if step == "record":
            cite(db)
        else:
            assert adopt(db, OWN_PACKAGE, now=NOW) == 5
    assert shown(db) == [one.url for one in OWN_PACKAGE[:3]]
    with db.reading() as connection:
        hops = connection.execute(schema.trail.select().with_only_columns(schema.trail.c.hops)).scalars().all()
    assert sorted(hops) == ["", "R", "RL"]
    assert wanted(db) == []
    assert wanted(db, NOW + 28 * DAY) == sorted(one.url for one in OWN_PACKAGE[:3])


@pytest.mark.parametrize(
    "url",
    [
        "http://institute.example/report", "https://institute.example/report?utm_campaign=y",
        "https://www.institute.example/report",
    ],
)  # fmt: skip
def test_another_form_of_the_cited_url_is_a_capture_of_the_source(db: Database, url: str) -> None:
    cite(db)
    adopt(db, [theirs(url), theirs("https://www.institute.example/Report")], now=NOW)
    assert shown(db) == [url]


def test_a_redirect_of_others_leads_to_its_target(db: Database) -> None:
    target = theirs("https://files.example/r.pdf", mime="application/pdf")
    adopt(db, [target, theirs(CITED, status=301, location="https://files.example/r.pdf")], now=NOW)
    cite(db)
    assert set(shown(db)) == {CITED, target.url}
    assert wanted(db) == [CITED], "nobody has seen whether it leads to more; the document is there"


def test_pages_that_others_followed_from_a_source_are_not_its_documents(db: Database) -> None:
    adopt(db, [theirs(CITED), theirs("https://www.institute.example/jobs", via=CITED, hops="L")], now=NOW)
    cite(db)
    assert shown(db) == [CITED]


def test_a_page_of_others_is_asked_for_again_and_a_document_is_not(db: Database) -> None:
    adopt(db, [theirs(CITED)], now=NOW)
    cite(db)
    assert wanted(db) == [CITED]
    pdf = "https://www.institute.example/other.pdf"
    adopt(db, [theirs(pdf, mime="application/pdf")], now=NOW)
    intake.file_incident(db, a_record(a_citation(1, "A title", pdf)), now=NOW)
    assert wanted(db) == []


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": NOW + 9_000 * DAY}, {"timestamp": NOW - 31 * DAY}, {"truncated": Truncation.LENGTH},
        {"http_status": 404}, {"http_status": 503},
    ],
    ids=str,
)  # fmt: skip
def test_a_capture_that_says_nothing_of_today_puts_nothing_off(db: Database, change: dict[str, object]) -> None:
    adopt(db, [replace(theirs(CITED, why="cited", mime="application/pdf"), **change)], now=NOW)  # type: ignore[arg-type]
    cite(db)
    assert wanted(db) == [CITED]


def test_what_was_fetched_here_is_due_as_it_was(db: Database) -> None:
    cite(db)
    assert wanted(db) == [CITED]
    adopt(db, [theirs(CITED, why="cited", timestamp=NOW - DAY)], now=NOW)
    assert wanted(db, NOW + 29 * DAY) == []
    assert wanted(db, NOW + 30 * DAY) == [CITED]


def test_the_newest_capture_is_the_good_one_whatever_came_in_last(db: Database) -> None:
    new, old = theirs(CITED, timestamp=NOW - DAY), theirs(CITED, timestamp=NOW - 99 * DAY)
    adopt(db, [new], now=NOW)
    adopt(db, [old], now=NOW)
    with db.reading() as connection:
        good = schema.url.c.good_capture_id == schema.capture.c.id
        query = schema.capture.select().join(schema.url, good).with_only_columns(schema.capture.c.record_id)
        assert connection.execute(query).scalars().all() == [new.record_id]


def test_hosts_have_their_publishers_and_the_file_says_where_from(db: Database) -> None:
    one = theirs(CITED)
    adopt(db, [one, a_capture("https://ours.example/")], now=NOW, publisher_of=lambda host: host.split(".")[0])
    with db.reading() as connection:
        rows = connection.execute(schema.url.select().with_only_columns(schema.url.c.url, schema.url.c.publisher)).all()
    assert dict(rows) == {CITED: "institute", "https://ours.example/": "ours"}
    assert captures_under(db, [one.record_id, "none"]) == {one.record_id: one}
    place = one.warc, one.offset
    found = captures_at(db, [place, ("imported.warc.gz", 7), ("none.warc.gz", 0)])
    assert found[place]["imported_from"] == FROM
    assert captures_of_payload(db, ["sha256:none", str(one.payload_digest)]) == [found[place]]


def test_what_others_were_answered_is_no_answer_to_a_run_of_ours(db: Database) -> None:
    cite(db)
    adopt(db, [theirs(CITED, status=404, why="cited", timestamp=NOW - DAY / 2)], now=NOW)
    run = start_run(db, "archive", [], NOW)
    frontier.add_seeds(db, run, [Wanted(CITED, Why.CITED, None, "", "any_page", 1)], now=NOW)
    (seed,) = frontier.claim(db, run, 5, NOW)
    assert (seed.url, seed.kept) == (CITED, None)


def test_a_file_that_was_read_before_it_was_adopted_still_says_where_from(db: Database) -> None:
    file_reading(db, "imported.warc.gz", FileReport(2, 900, (), sha256="sha256:ab"), NOW)
    one = theirs("https://a.example/")
    adopt(db, [one], now=NOW)
    assert captures_under(db, [one.record_id])[one.record_id].origin.imported == FROM


def test_a_url_that_others_captured_for_their_own_reasons_can_be_claimed_when_it_is_due(db: Database) -> None:
    adopt(db, [theirs(CITED, mime="application/pdf")], now=NOW)
    cite(db)
    run = start_run(db, "archive", [], NOW)
    assert frontier.add_due(db, run, NOW + 99 * DAY) == 1
    assert [seed.why for seed in frontier.claim(db, run, 10, NOW + 99 * DAY)] == [Why.CITED]


def test_of_what_was_brought_in_documents_are_read_and_pictures_only_when_cited(db: Database) -> None:
    kinds = {"a": "text/html", "b": "image/png", "c": "application/pdf", "d": None, "e": "text/css", "f": "video/mp4"}
    adopt(db, [theirs(f"https://x.example/{name}", mime=kind) for name, kind in kinds.items()], now=NOW)
    adopt(db, [theirs("https://x.example/huge", mime="application/pdf", payload_length=1 << 30)], now=NOW)
    adopt(db, [a_capture("https://ours.example/", mime="image/png")], now=NOW)

    def names() -> str:
        return "".join(one.capture.url.removeprefix("https://x.example/") for one in frontier.unread(db))

    assert names() == "acdhttps://ours.example/"
    cite(db, "https://x.example/b")
    assert names() == "abcdhttps://ours.example/"


def test_joining_is_safe_to_repeat_and_minds_no_url_that_is_none(db: Database) -> None:
    cite(db)
    odd = [theirs(url) for url in ("http://[::1/", "http://a:99999/", "urn:x", "http://\u2100/")]
    adopt(db, [*odd, theirs(CITED, status=301, location="http://[bad/")], now=NOW)
    before = shown(db)
    for _ in range(2):
        join_imported(db, [CITED, *(one.url for one in odd)], NOW)
    assert shown(db) == before == [CITED]


def test_a_ring_of_redirects_ends(db: Database) -> None:
    ring = [f"https://r.example/{number}" for number in range(30)]
    steps = zip(ring, [*ring[1:], CITED], strict=True)
    adopt(db, [theirs(CITED, status=302, location=ring[0])], now=NOW)
    adopt(db, [theirs(url, status=302, location=to) for url, to in steps], now=NOW)
    cite(db)
    assert len(shown(db)) <= 31


def test_an_unchanged_answer_of_theirs_counts_for_its_source(db: Database) -> None:
    first = theirs(CITED, "same", why="cited")
    again = theirs(CITED, None, 304, why="cited", record_type=RecordType.REVISIT, revisit_of=first.record_id)
    adopt(db, [first, replace(again, payload_digest=None, timestamp=NOW - DAY)], now=NOW)
    cite(db)
    assert shown(db) == [CITED, CITED]
    assert wanted(db, NOW + 28 * DAY) == []
    assert wanted(db, NOW + 29 * DAY) == [CITED]
