"""A crawl that is killed again and again ends whole, and asks again only for what was in flight."""

import random
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from archive.reader import captures_in
from archive.seed import OutcomeKind
from archive.url import normalise
from crawler.asking import MOST_ANSWERS
from store import dossier, runs
from store.database import open_database
from tests.journeys.program import Program
from tests.site import Answer, Request, Site, Talk, page

HOSTS = 20
WORDS = "words of the report that this page is about, " * 60


def served(site: Site, pages: int, dice: random.Random) -> list[str]:
    """So many pages over the hosts, each with words of its own, each a little late."""

    def act(request: Request, talk: Talk) -> Answer:
        talk.wait(dice.random() * 0.02)
        return page(f"<!doctype html><title>Report {request.path}</title><p>{request.path} {WORDS}")

    return [site.add(f"h{number % HOSTS}.example", f"/page-{number}", act) for number in range(pages)]


def asked(site: Site) -> list[str]:
    """The pages that were asked for, in order."""
    return [f"http://{one.host}{one.path}" for one in list(site.requests) if one.path != "/robots.txt"]


def kill_after(program: Program, target: Path, site: Site, requests: int, more_s: float) -> None:
    """Runs the command until so many more requests have come, and a moment longer; then kill -9."""
    wanted = len(site.requests) + requests
    process = program.start("archive", target)
    while len(site.requests) < wanted and process.poll() is None:
        time.sleep(0.005)
    try:
        process.wait(more_s)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()


def durable(data: Path) -> set[str]:
    """The URLs whose answers are whole in the files, whatever the catalogue says."""
    files = [path for path in (data / "warc").glob("*.warc.gz*") if path.suffix in (".gz", ".open")]
    return {capture.url for path in files if path.stat().st_size for capture in captures_in(path)}


def killed_and_completed(folder: Path, *, pages: int, kills: int, seed: int) -> tuple[int, int]:
    """One trial: so many kills at any moment, then the same command to its end; how often a page was asked for again,
    and how often it may have been: what was asked for and not durable when a kill came.
    """
    dice = random.Random(seed)
    target = folder / "pages.txt"
    with Site() as site:
        urls = served(site, pages, dice)
        target.write_text("\n".join(urls))
        program = Program(folder / "data", site.origin, delay_s=0)
        kept_at: list[tuple[int, set[str]]] = []
        for _ in range(kills):
            kill_after(program, target, site, dice.randint(pages // 10, pages // 4), dice.random() * 0.4)
            kept_at.append((len(asked(site)), durable(program.data)))
        program("archive", target)
        order = asked(site)
    for before, kept in kept_at:
        assert not kept.intersection(order[before:]), "what was durable at a kill is never asked for again"
    in_flight = sum(len(set(order[:before]) - kept) for before, kept in kept_at)
    again = len(order) - len(set(order))
    assert again <= min(in_flight, kills * (HOSTS + MOST_ANSWERS)), "one a host under way, a group for the disk"
    assert_whole(program, [normalise(url) for url in urls])
    return again, in_flight


def assert_whole(program: Program, urls: list[str]) -> None:
    """Each page was captured, once among all runs that tell of it, and read; nothing is damaged."""
    database = open_database(f"sqlite:///{program.data / 'catalog.sqlite'}")
    try:
        told = [runs.run_object(database, one["run"])["outcomes"] for one in runs.runs(database)]
        incident = dossier.incident_object(database, dossier.incidents(database)[0]["key"])
    finally:
        database.close()
    captured = Counter(row["url"] for rows in told for row in rows if row["outcome"] == OutcomeKind.CAPTURED)
    assert captured == Counter(urls)
    read = [one["document"] for citation in incident["citations"] for one in citation["captures"]]
    assert len([document for document in read if document and document["state"] == "read"]) >= len(urls)
    verified = program("verify", "--json").json
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]


def test_a_crawl_killed_twice_asks_again_only_for_what_was_in_flight(tmp_path: Path) -> None:
    killed_and_completed(tmp_path, pages=150, kills=2, seed=20251124)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(12))
def test_six_hundred_pages_survive_three_kills(tmp_path: Path, seed: int) -> None:
    killed_and_completed(tmp_path, pages=600, kills=3, seed=seed)
