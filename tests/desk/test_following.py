"""Reading beside the crawl: whatever the order in which captures are settled, each is read in the same run."""

from pathlib import Path

from archive.capture import Origin
from archive.seed import Outcome, OutcomeKind, Seed, Why
from desk.config import Config
from desk.following import Reading
from desk.place import Place, held
from store import runs
from store.frontier import Wanted, add_seeds, claim, settle, unread
from tests.archive.exchanges import answer, exchange

SLOW, QUICK = "https://a.example/landing", "https://b.example/file"


def test_a_page_that_is_settled_after_a_later_capture_is_read_all_the_same(tmp_path: Path) -> None:
    with held(Config(data=tmp_path / "data")) as place:
        number = runs.start_run(place.database, "archive", [], place.seams.now())
        add_seeds(place.database, number, [Wanted(SLOW, Why.CITED), Wanted(QUICK, Why.CITED)], now=place.seams.now())
        seeds = {seed.url: seed for seed in claim(place.database, number, 9, place.seams.now())}
        kept = [outcome(place, seeds[url]) for url in (SLOW, QUICK)]
        reading = Reading(place)
        for late in reversed(kept):
            settle(place.database, number, [late], place.seams.now())
            assert reading.catch_up() == 1
        reading.finish()
        assert unread(place.database) == []


def outcome(place: Place, seed: Seed) -> Outcome:
    received = answer(body=f"<h1>A page at {seed.url}</h1>".encode(), Content_Type="text/html")
    capture = place.writer.keep(exchange(received, seed.url), Origin(seed.why.value)).result()
    return Outcome(seed, OutcomeKind.CAPTURED, http_status=200, capture=capture)
