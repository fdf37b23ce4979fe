"""Citations to sources: what is near enough is found, what is near is proposed, what is dead is not believed."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from archive.clock import SYSTEM
from archive.seed import Found, Outcome, OutcomeKind, Seed, Why
from desk.place import Place
from desk.resolving import Resolver
from extract.incident.values import Citation, Incident
from store import dossier, frontier, intake, runs
from store.database import Database, open_database

LISTING = "https://ico.org.uk/action-weve-taken/audits-and-overview-reports/"
REPORT = "https://ico.org.uk/media/about-the-ico/documents/2616185/live-frt-law-enforcement-report-20191031.pdf"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{tmp_path}/catalog.sqlite") as database:
        yield database


def resolver(database: Database, *citations: Citation) -> Resolver:
    now = SYSTEM.now()
    filed = intake.file_incident(database, Incident("case", "A case", citations=citations), now=now)
    place = cast(Place, SimpleNamespace(database=database, seams=SYSTEM))
    return Resolver(place, runs.start_run(database, "archive", [], now), {filed.key})


def cite(
    title: str, publisher: str = "Information Commissioner's Office", year: int | None = None, **more: Any
) -> Citation:
    return Citation(1, "Documents", f"{publisher}. {title}", publisher, year=year, title=title, **more)


def asked(one: Resolver) -> list[Seed]:
    return frontier.claim(one.place.database, one.run, 100, SYSTEM.now())


def settle(one: Resolver, seed: Seed, kind: OutcomeKind, *found: Found) -> None:
    outcome = Outcome(seed, kind, found=found)
    frontier.settle(one.place.database, one.run, [outcome], SYSTEM.now())
    one.heard([(seed.url, kind)])


def resolution(one: Resolver) -> dict[str, Any]:
    citation: dict[str, Any] = dossier.incident_object(one.place.database, "case")["citations"][0]
    return {**citation["resolution"], "url": citation["source_url"]}


def unresolved(one: Resolver) -> list[str]:
    rows = runs.run_object(one.place.database, one.run)["outcomes"]
    return [row["reason"] for row in rows if row["outcome"] == "unresolved"]


def test_a_given_address_is_fetched_as_it_is_cited(database: Database) -> None:
    one = resolver(database, cite("Anything", url="https://some.example/report?utm_source=x"))
    assert one.step()
    assert [seed.url for seed in asked(one)] == ["https://some.example/report?utm_source=x"]
    assert resolution(one)["state"] == "given"
    assert not one.step()


def test_a_known_work_needs_no_listing(database: Database) -> None:
    title = "ICO investigation into how the police use facial recognition technology in public places"
    one = resolver(database, cite(title))
    assert one.step()
    assert [seed.url for seed in asked(one)] == [REPORT]
    assert resolution(one)["state"] == "found"
    assert resolution(one)["method"].startswith("known work")
    assert resolution(one)["score"] >= 0.9


def test_a_dead_address_of_a_known_work_is_not_believed_and_where_it_may_have_moved_is_tried(
    database: Database,
) -> None:
    title = "ICO investigation into how the police use facial recognition technology in public places"
    one = resolver(database, cite(title))
    one.step()
    (seed,) = asked(one)
    settle(one, seed, OutcomeKind.NOT_FOUND)
    assert one.step()
    assert "https://ico.org.uk/media2/migrated/2616185/live-frt-law-enforcement-report-20191031.pdf" in [
        seed.url for seed in asked(one)
    ]


def test_a_title_that_is_not_known_is_looked_up_in_the_listings_first_and_then_found(database: Database) -> None:
    one = resolver(database, cite("Data sharing in smart bins: an overview", year=2024))
    assert one.step()
    listings = asked(one)
    assert {seed.why for seed in listings} == {Why.LISTING}
    assert LISTING in [seed.url for seed in listings]
    assert not one.step(), "the listings are waited for"
    assert unresolved(one) == []
    for seed in listings:
        work = Found(
            "https://ico.org.uk/media2/abc/bins.pdf", Why.CITED, "L", "Data sharing in smart bins - overview", 2024
        )
        settle(one, seed, OutcomeKind.CAPTURED, work)
    assert one.step()
    assert [seed.url for seed in asked(one)] == ["https://ico.org.uk/media2/abc/bins.pdf"]
    assert resolution(one)["method"].startswith("listing")


def test_what_is_only_near_is_proposed_and_never_fetched(database: Database) -> None:
    one = resolver(database, cite("Data sharing in smart bins: an overview", year=2024))
    one.step()
    for seed in asked(one):
        near = Found("https://ico.org.uk/bins", Why.CITED, "L", "Data sharing in smart homes: an overview", 2024)
        settle(one, seed, OutcomeKind.CAPTURED, near)
    while one.step():
        for seed in asked(one):
            assert seed.why is Why.LISTING
            settle(one, seed, OutcomeKind.CAPTURED)
    assert resolution(one)["state"] == "proposed"
    assert resolution(one)["url"] == "https://ico.org.uk/bins", "an editor sees what is proposed"
    assert asked(one) == []
    assert "only proposed" in unresolved(one)[0]


def test_nothing_near_and_nobody_known_are_unresolved_with_the_reason(database: Database) -> None:
    one = resolver(database, cite("Whatever it was", publisher="The Daily Example"))
    assert not one.step()
    assert resolution(one)["state"] == "unresolved"
    assert "no publisher is known as 'The Daily Example'" in unresolved(one)[0]


def test_an_address_that_is_never_dialled_ends_as_refused(database: Database) -> None:
    one = resolver(database, cite("Inside", url="file:///etc/passwd"))
    assert not one.step()
    (row,) = runs.run_object(database, one.run)["outcomes"]
    assert row["outcome"] == "refused_address"
    assert "only http and https are fetched" in row["reason"]


def test_what_no_listing_has_is_looked_for_on_the_front_page_at_last(database: Database) -> None:
    one = resolver(database, cite("A note on lamps", year=2021))
    assert one.step()
    (listing,) = asked(one)
    settle(one, listing, OutcomeKind.NOT_FOUND)
    assert one.step()
    (front,) = asked(one)
    assert (front.url, front.why) == ("https://ico.org.uk/", Why.LISTING)
    settle(one, front, OutcomeKind.CAPTURED, Found("https://ico.org.uk/lamps", Why.CITED, "L", "A note on lamps", 2021))
    assert one.step()
    assert [seed.url for seed in asked(one)] == ["https://ico.org.uk/lamps"]
