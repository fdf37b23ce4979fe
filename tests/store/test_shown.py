"""What pages became in a browser: it serves what its page serves, is read in its place, and is never fetched."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from archive.capture import Capture, Origin, RecordType
from archive.seed import Why
from archive.showing import dom_address, picture_address
from store import schema
from store.database import Database
from store.frontier import Wanted, add_due, add_seeds, claim, settle, unread
from store.intake import file_kept, file_source
from store.reconcile import adopt
from store.shown import embedded
from tests.store.making import NOW, a_capture, a_seed, captured

PAGE = "http://js.test/report"
LATER = NOW + timedelta(seconds=9)


def made(url: str, mime: str) -> Capture:
    return a_capture(
        url, None, None, record_type=RecordType.RESOURCE, mime=mime, timestamp=LATER,
        origin=Origin(Why.SHOWN.value, PAGE, "S"),
    )  # fmt: skip


DOM, PICTURE = made(dom_address(PAGE), "text/html"), made(picture_address(PAGE), "image/png")


def to_read(db: Database) -> list[tuple[str, Why]]:
    return [(one.capture.url, one.why) for one in unread(db)]


def trail(db: Database) -> list[tuple[str, str]]:
    query = select(schema.url.c.url, schema.trail.c.hops).join(schema.trail, schema.trail.c.url_id == schema.url.c.id)
    with db.reading() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(schema.trail.c.hops, schema.url.c.url))]


def test_the_document_of_a_shown_page_is_read_in_its_place_for_the_source_it_serves(db: Database, run: int) -> None:
    source = file_source(db, PAGE, publisher="any_page", now=NOW)
    add_seeds(db, run, [Wanted(PAGE, Why.CITED, source_id=source)], now=NOW)
    claim(db, run, 10, NOW)
    settle(db, run, [captured(a_seed(PAGE))], NOW)
    assert to_read(db) == [(PAGE, Why.CITED)]
    file_kept(db, [DOM, PICTURE])
    file_kept(db, [DOM, PICTURE])
    assert to_read(db) == [(dom_address(PAGE), Why.CITED)]
    assert trail(db) == [(PAGE, ""), (dom_address(PAGE), "S"), (picture_address(PAGE), "S")]


def test_a_page_that_becomes_a_source_later_takes_along_what_it_became(db: Database, run: int) -> None:
    add_seeds(db, run, [Wanted(PAGE, Why.INCIDENT)], now=NOW)
    claim(db, run, 10, NOW)
    file_kept(db, [DOM, PICTURE])
    settle(db, run, [captured(a_seed(PAGE, Why.INCIDENT))], NOW)
    assert to_read(db) == [(dom_address(PAGE), Why.INCIDENT)], "it may be the record itself"
    file_source(db, PAGE, publisher="any_page", now=NOW)
    assert len(trail(db)) == 3


def test_a_page_that_could_not_be_shown_this_time_is_read_as_it_was_sent(db: Database, run: int) -> None:
    source = file_source(db, PAGE, publisher="any_page", now=NOW)
    add_seeds(db, run, [Wanted(PAGE, Why.CITED, source_id=source)], now=NOW)
    claim(db, run, 10, NOW)
    file_kept(db, [DOM])
    outcome = captured(a_seed(PAGE))
    assert outcome.capture is not None
    next_month = replace(outcome.capture, timestamp=LATER + timedelta(days=30))
    settle(db, run, [replace(outcome, capture=next_month)], NOW)
    assert to_read(db) == [(dom_address(PAGE), Why.CITED), (PAGE, Why.CITED)]


def test_what_was_made_of_a_page_is_neither_due_nor_fetched_nor_the_last_good_answer(db: Database, run: int) -> None:
    source = file_source(db, PAGE, publisher="any_page", now=NOW)
    adopt(db, [DOM, PICTURE], now=NOW)
    add_seeds(db, run, [Wanted(PAGE, Why.CITED, source_id=source)], now=NOW, force=True)
    add_due(db, run, NOW + timedelta(days=400))
    assert [seed.url for seed in claim(db, run, 10, NOW)] == [PAGE]
    with db.reading() as connection:
        outcomes = connection.execute(select(schema.capture.c.outcome)).scalars().all()
    assert outcomes == [None, None]


def test_what_a_page_embeds_is_known_with_what_it_repeats_and_read_by_nobody(db: Database) -> None:
    parts = [Origin(Why.EMBEDDED.value, PAGE, "E"), Origin(Why.EMBEDDED.value, "http://js.test/other", "E")]
    script = a_capture("http://js.test/app.js", origin=parts[1])
    again = a_capture(
        script.url, origin=parts[0], record_type=RecordType.REVISIT, revisit_of=script.record_id, payload_digest=None
    )
    data = a_capture("http://js.test/data.json", origin=parts[0])
    alien = a_capture("http://js.test/alien.js", origin=parts[1])
    adopt(db, [script, again, data, alien])
    assert [place.offset for place in embedded(db, [PAGE])] == [script.offset, again.offset, data.offset]
    assert to_read(db) == []
