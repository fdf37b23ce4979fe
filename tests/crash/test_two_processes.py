"""Two processes crawl for one run, and some are killed: no host is asked too soon, no URL is lost or ends twice."""

import json
import os
import random
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archive.url import normalise
from archive.warcfile import process_of
from tests.journeys.program import Program
from tests.site import Site, answer, page, redirect

# What hosts that nobody claims are left alone for between two requests, wherever these come from.
DELAY_S = 2.0
HOSTS = 20


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def served(site: Site, pages: int) -> dict[str, str]:
    """By URL how it ends: so many pages a host, one moved to another host; a third of the rules lies elsewhere."""
    ends: dict[str, str] = {}
    for host in range(HOSTS):
        name, other = f"h{host}.example", f"h{(host + 7) % HOSTS}.example"
        for number in range(pages):
            text = f"<!doctype html><title>Report {host}, {number}</title><p>{host} {number} " + "words of it " * 40
            ends[site.add(name, f"/page-{number}", page(text))] = "captured"
        moved = site.add(other, f"/moved-{host}", page(f"<!doctype html><title>Moved {host}</title><p>It is here now."))
        site.add(name, "/page-0", redirect(moved))
        ends[moved] = "captured"
        ends[site.add(name, "/private", page("not for us"))] = "robots_denied"
        rules = answer(200, b"User-agent: *\nDisallow: /private\n", "text/plain")
        if host % 3 == 0:
            site.add(name, "/robots.txt", redirect(site.add(other, f"/rules-{host}.txt", rules)))
        else:
            site.add(name, "/robots.txt", rules)
    return {normalise(url): end for url, end in ends.items()}


def cited(ends: dict[str, str]) -> str:
    return "\n".join(url for url in ends if "/moved-" not in url)


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The numbers of the processes that crawl."""
    found = []
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            with suppress(FileNotFoundError):  # it has ended
                if b"desk.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(int(child))
    return found


def wait_for_requests(site: Site, process: subprocess.Popen[str], count: int) -> None:
    while len(site.requests) < count:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def assert_no_host_was_asked_too_soon(site: Site) -> None:
    times: defaultdict[str, list[float]] = defaultdict(list)
    for request in site.requests:
        times[request.host].append(request.at)
    gaps = {host: min(b - a for a, b in pairwise(sorted(at))) for host, at in times.items()}
    assert len(gaps) == HOSTS
    assert min(gaps.values()) >= DELAY_S, gaps


def assert_whole(program: Program, run: dict[str, Any], ends: dict[str, str]) -> None:
    """Each URL has its one outcome, each capture its row and each file its entry; nothing is damaged."""
    assert run["state"] == "done"
    assert sorted((row["url"], row["outcome"]) for row in run["outcomes"]) == sorted(ends.items())
    verified = program("verify", "--json").json
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]
    assert verified["custody"]["faults"] == []
    assert not list((program.data / "warc").glob("*.open"))


def crawled_and_killed(folder: Path, site: Site, pages: int, kills: int, dice: random.Random) -> None:
    ends = served(site, pages)
    target = folder / "pages.txt"
    target.write_text(cited(ends))
    program = Program(folder / "data", site.origin, delay_s=0.2)
    process = program.start("archive", target, "--workers", "2", "--json")
    for number in range(kills):
        wait_for_requests(site, process, 30 + number * 20)
        os.kill(dice.choice(workers_of(process)), signal.SIGKILL)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 1, err  # what robots.txt forbids is told
    assert err.count("a crawling process ended before its time (signal 9)") == kills, err
    assert "Traceback" not in err
    wrote = {process_of(path.name) for path in (program.data / "warc").glob("*.warc.gz")}
    assert len(wrote - {process.pid}) >= 2, "both crawled"
    assert_no_host_was_asked_too_soon(site)
    assert_whole(program, json.loads(out), ends)


def test_two_processes_keep_every_delay_though_one_is_killed(site: Site, tmp_path: Path) -> None:
    crawled_and_killed(tmp_path, site, pages=1, kills=1, dice=random.Random(1))


@pytest.mark.torture
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(4))
def test_they_keep_every_delay_though_they_are_killed_again_and_again(site: Site, tmp_path: Path, seed: int) -> None:
    crawled_and_killed(tmp_path, site, pages=12, kills=5, dice=random.Random(seed))


def test_workers_end_with_the_process_that_began_them_and_hold_the_folder_until_then(
    site: Site, tmp_path: Path
) -> None:
    site.add("*", "/slow", lambda _, talk: talk.wait(60))
    target = tmp_path / "pages.txt"
    target.write_text("\n".join(f"http://h{host}.example/slow" for host in range(6)))
    program = Program(tmp_path / "data", site.origin, delay_s=0)
    process = program.start("archive", target, "--workers", "2")
    wait_for_requests(site, process, 12)
    assert program("archive", target, code=75).err
    workers = workers_of(process)
    assert len(workers) == 2
    process.kill()
    process.communicate(timeout=10)
    until = time.monotonic() + 5
    while any(Path(f"/proc/{worker}").exists() and _lives(worker) for worker in workers):
        assert time.monotonic() < until, "they outlive it"
        time.sleep(0.02)
    site.add("*", "/slow", page("<title>Here</title>"))
    assert program("archive", target, "--json").json["captured"] == 6


def _lives(process: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
