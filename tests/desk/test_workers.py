"""What workers may do instead of crawling, and what is made of it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from archive.errors import CrawlError, WriteFailed
from archive.seed import OutcomeKind, Why
from crawler.progress import CrawlProgress, HostProgress
from desk import workers
from desk.config import Config, Crawl
from desk.place import Place, held
from desk.supply import Ended
from desk.workers import Workers
from store import frontier, runs
from store.frontier import Wanted

TELL = "import sys; sys.stdin.readline(); print({!r}, flush=True); "
WAIT_FOR_THE_END = "sys.stdin.read()"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with held(Config(data=tmp_path / "data", crawl=Crawl(workers=2))) as place:
        yield place


def begun(place: Place, *, waiting: bool) -> int:
    run = runs.start_run(place.database, "archive", [], place.seams.now())
    if waiting:
        wanted = [Wanted("https://a.example/", Why.CITED)]
        frontier.add_seeds(place.database, run, wanted, now=place.seams.now())
    return run


class Heard:
    """What the one that began the run hears."""

    def __init__(self) -> None:
        self.settled: list[Ended] = []
        self.progress = CrawlProgress()
        self.looked = 0

    def look(self) -> "Future[bool]":
        self.looked += 1
        found: Future[bool] = Future()
        found.set_result(False)
        return found

    def shown(self, progress: CrawlProgress) -> None:
        self.progress = progress


def crawled(
    place: Place, work: str, monkeypatch: pytest.MonkeyPatch, *, waiting: bool, stop_after: float = 60
) -> Heard:
    monkeypatch.setattr(workers, "_START", work)
    heard, stop = Heard(), threading.Event()
    timer = threading.Timer(stop_after, stop.set)
    timer.start()
    try:
        run = begun(place, waiting=waiting)
        Workers(place, run, heard.look, heard.settled.extend, heard.shown, stop).crawl()
    finally:
        timer.cancel()
    return heard


def test_workers_that_die_again_and_again_end_the_run_with_their_last_words(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CrawlError, match="10 crawling processes ended before their time, the last by exit 1: no way"):
        crawled(place, "raise SystemExit('no way')", monkeypatch, waiting=True)
    assert capsys.readouterr().err.count("ended before its time") == 10


@pytest.mark.parametrize(
    ("told", "error", "text"),
    [
        ('{"broke": ["WriteFailed", "the disk is full", "Free some."]}', WriteFailed, "the disk is full"),
        ('{"broke": ["", "KeyError: 3", "Traceback: where it was"]}', RuntimeError, "broke: KeyError: 3"),
    ],
)
def test_what_breaks_a_worker_is_raised_as_if_it_had_broken_here(
    place: Place, monkeypatch: pytest.MonkeyPatch, told: str, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text) as broke:
        crawled(place, TELL.format(told) + WAIT_FOR_THE_END, monkeypatch, waiting=True)
    assert "Free some." in (getattr(broke.value, "advice", ""), *getattr(broke.value, "__notes__", ())) or (
        broke.value.__notes__ == ["Traceback: where it was"]
    )


def test_what_workers_tell_is_added_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        '{"settled": [["https://a.example/", "not_found"]]}',
        '{"progress": [3, 1, 500, 2, 4], "hosts": {"a.example": [3, 1, 500]}}',
    ]
    heard = crawled(place, TELL.format("\n".join(lines)) + WAIT_FOR_THE_END, monkeypatch, waiting=True, stop_after=1.5)
    assert heard.settled == [("https://a.example/", OutcomeKind.NOT_FOUND)] * 2
    now = heard.progress
    assert (now.done, now.failed, now.bytes) == (6, 2, 1000)
    assert now.hosts == {"a.example": HostProgress(6, 2, 1000)}
    assert heard.looked == 0, "something waits"


def test_a_worker_that_does_not_end_when_all_is_done_is_killed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "CLOSING_S", 0.3)
    began = time.monotonic()
    heard = crawled(place, "import time; time.sleep(60)", monkeypatch, waiting=False)
    assert time.monotonic() - began < 20
    assert heard.looked == 1


def test_what_a_worker_is_told_is_all_that_it_needs(tmp_path: Path) -> None:
    config: dict[str, Any] = {"connect_to": {"*.example": "http://127.0.0.1:1"}, "crawl": {"delay_s": 7.0}}
    given = Config(data=tmp_path, **config)
    assert Config(**given.model_dump(mode="json")) == given
