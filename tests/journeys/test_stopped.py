"""Ctrl-C and SIGTERM end a call within five seconds whatever it is at, and the same command goes on."""

import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import site as bench
from store import runs, schedule
from store.database import open_database
from tests.crash.test_killed_crawl import asked, durable
from tests.journeys.program import Program
from tests.site import Answer, Request, Site, Talk, answer, page

SLOW = Path(__file__).with_name("slow")
# Five seconds are promised, and kept by a clock of the program's own. What a machine that has more to do than
# processors adds is the time until that clock, the system that clears up and this test have their turn.
NOISE_S = 1.5
INT, TERM = signal.SIGINT, signal.SIGTERM


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@dataclass(frozen=True)
class Stopped:
    """How a call ended: the seconds from the signal on, and what it said last."""

    seconds: float
    out: str
    said: str


def wait_for(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not holds():
        assert process.poll() is None, f"it ended before it could be stopped: {process.communicate()}"
        time.sleep(0.02)


def stopped(process: subprocess.Popen[str], *signs: signal.Signals) -> Stopped:
    """Sends the signals, half a second apart; holds what every stopped call must keep."""
    for number, sign in enumerate(signs):
        if number:
            time.sleep(0.5)
        began = time.monotonic()
        process.send_signal(sign)
    out, err = process.communicate(timeout=60)
    seconds = time.monotonic() - began
    assert process.returncode == 130, err
    assert seconds < 5 + NOISE_S, err
    lines = [line for line in err.splitlines() if line.startswith("sourcekeep: ")]
    assert len(lines) == 1, err
    assert "stopped" in lines[0]
    assert lines[0].endswith("Run the same command again to go on.")
    assert "Traceback" not in err
    return Stopped(seconds, out, lines[0])


def assert_in_good_order(end: Stopped, program: Program) -> None:
    """The run says itself how it ended, and its file is closed; only want of time excuses from that."""
    if end.seconds > 4:
        return
    assert "stopped with" in end.said
    database = open_database(f"sqlite:///{program.data / 'catalog.sqlite'}")
    try:
        assert runs.runs(database)[0]["state"] == "interrupted"
    finally:
        database.close()
    assert not list((program.data / "warc").glob("*.open"))


def write_list(folder: Path, urls: Sequence[str]) -> Path:
    target = folder / "list.txt"
    target.write_text("\n".join(urls))
    return target


def documents(site: Site, count: int = 8) -> list[str]:
    """PDFs that take a reader seconds each."""
    dice = random.Random(1)
    body = bench.pdf(dice, bench.vocabulary(dice), 60)
    for number in range(count):
        site.add(f"p{number}.example", "/p.pdf", answer(200, body + b"\n%%%d" % number, "application/pdf"))
    return [f"http://p{number}.example/p.pdf" for number in range(count)]


def large(site: Site, count: int = 6) -> list[str]:
    body = random.Random(2).randbytes(1 << 20) * 20
    site.add("*", "/large", answer(200, body, "application/octet-stream"))
    return [f"http://b{number}.example/large" for number in range(count)]


def silent(site: Site, path: str = "/silent") -> list[str]:
    site.add("*", path, lambda _, talk: talk.wait(60))
    return [f"http://s{number}.example/silent" for number in range(40)]


def many(site: Site, count: int = 1200) -> list[str]:
    site.add("*", "/x", page("<title>One of many</title><p>words of some report here</p>"))
    return [f"http://h{number}.example/x?{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("serve", "requests", "sign", "more"),
    [
        pytest.param(documents, 16, TERM, [], id="documents wait to be read"),
        pytest.param(large, 9, INT, [], id="large bodies are in flight"),
        pytest.param(silent, 70, TERM, [], id="silent hosts"),
        pytest.param(lambda site: silent(site, "/robots.txt"), 30, INT, [], id="silent robots.txt"),
        pytest.param(many, 300, INT, [], id="many hosts"),
        pytest.param(silent, 70, INT, ["--workers", "2"], id="silent hosts, two workers"),
    ],
)
def test_a_crawl_ends_in_good_order_and_goes_on(
    site: Site,
    tmp_path: Path,
    serve: Callable[[Site], list[str]],
    requests: int,
    sign: signal.Signals,
    more: list[str],
) -> None:
    urls = serve(site)
    program = Program(tmp_path / "data", site.origin, delay_s=0)
    process = program.start("archive", write_list(tmp_path, urls), *more, "--json")
    wait_for(lambda: len(site.requests) >= requests, process)
    end = stopped(process, sign)
    assert_in_good_order(end, program)
    kept, before = durable(program.data), len(asked(site))
    for path in ("/silent", "/robots.txt"):
        site.add("*", path, answer(404))
    if len(urls) > 100:
        return  # to the end it takes a minute; the torture below does it
    run = program("archive", tmp_path / "list.txt", "--json", code=None).json
    assert run["state"] == "done"
    assert not kept.intersection(asked(site)[before:]), "what is kept is not asked for again"
    assert_all_read(program, [url for url in urls if url.endswith("pdf")])


def assert_all_read(program: Program, urls: list[str]) -> None:
    incident = program("show", program("incidents", "--json").json["incidents"][0]["key"], "--json").json
    read = {one["url"] for citation in incident["citations"] for one in citation["captures"] if one["document"]}
    assert read >= set(urls)


@pytest.mark.torture
@pytest.mark.parametrize("requests", [20, 2000, 12_000])
def test_a_list_of_ten_thousand_hosts_ends_and_goes_on(site: Site, tmp_path: Path, requests: int) -> None:
    urls = many(site, 10_000)
    program = Program(tmp_path / "data", site.origin, delay_s=0)
    process = program.start("archive", write_list(tmp_path, urls))
    wait_for(lambda: len(site.requests) >= requests, process)
    stopped(process, INT)
    process = program.start("archive", tmp_path / "list.txt", "--json")
    process.communicate(timeout=1200)
    assert process.returncode == 0
    assert len(durable(program.data) & set(urls)) == len(urls)


@pytest.mark.parametrize(
    ("call", "on", "signs"),
    [
        pytest.param("lookup", ".example", [INT], id="while names are looked up"),
        pytest.param("fdatasync", ".warc.gz", [INT], id="while the disk does not answer"),
        pytest.param("fdatasync", ".warc.gz", [TERM, INT], id="at once the second time"),
        pytest.param("fsync", "index.cdxj", [INT], id="while it closes"),
    ],
)
def test_nothing_that_takes_long_holds_it_up(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, on: str, signs: list[signal.Signals]
) -> None:
    log = tmp_path / "slow"
    target = write_list(tmp_path, many(site, 3))
    program = Program(tmp_path / "data", None if call == "lookup" else site.origin, delay_s=0)
    monkeypatch.setenv("SOURCEKEEP_CRAWL__CONTACT", "https://archive.example/who-we-are")
    with monkeypatch.context() as patched:
        patched.setenv("PYTHONPATH", str(SLOW), prepend=":")
        for name, value in {"CALL": call, "ON": on, "S": "60", "LOG": str(log)}.items():
            patched.setenv(f"SLOW_{name}", value)
        process = program.start("archive", target)
        wait_for(log.exists, process)
    end = stopped(process, *signs)
    if len(signs) > 1:
        assert end.seconds < 1
    quick = Program(program.data, site.origin, delay_s=0)
    assert quick("archive", target, "--json").json["state"] == "done"


def test_a_catalogue_that_another_program_holds_does_not_hold_it_up(site: Site, tmp_path: Path) -> None:
    """The main thread waits within the database then, and hears of no signal."""
    target = write_list(tmp_path, many(site, 3))
    program = Program(tmp_path / "data", site.origin)
    program("import", target)
    target.write_text(target.read_text() + "\nhttp://another.example/x")
    holder = sqlite3.connect(program.data / "catalog.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    process = program.start("import", target)
    wait_for(lambda: "process" in (program.data / "lock").read_text(), process)
    time.sleep(2.5)  # until it has come to writing
    stopped(process, TERM)
    holder.execute("ROLLBACK")
    holder.close()
    assert program("import", target, "--json").json["citations_added"] >= 1


def test_a_check_files_what_it_found_and_ends(site: Site, tmp_path: Path) -> None:
    program = Program(tmp_path / "data", site.origin, delay_s=0)
    urls = many(site, 20)
    program("archive", write_list(tmp_path, urls))

    def act(request: Request, talk: Talk) -> Answer:
        if request.host in ("h3.example", "h4.example"):
            talk.wait(60)
        return page("<title>One of many</title>")

    site.add("*", "/x", act)
    before = len(site.requests)
    process = program.start("check", "--json")
    wait_for(lambda: len(site.requests) >= before + 20, process)
    time.sleep(1)  # for the answers to be on disk
    end = stopped(process, INT)
    assert '"state": "interrupted"' in end.out
    assert "links checked" in end.said
    many(site)
    checked = program("check", "--due", "--json", code=None)
    assert 2 <= len(checked.json["links"]) < 20, "what had been checked is not due"


def test_a_scheduled_run_that_is_stopped_is_due_again(site: Site, tmp_path: Path) -> None:
    program = Program(tmp_path / "data", site.origin, delay_s=0)
    program("import", write_list(tmp_path, silent(site)))
    past = datetime.now(UTC) - timedelta(hours=1)
    database = open_database(f"sqlite:///{program.data / 'catalog.sqlite'}")
    key = program("incidents", "--json").json["incidents"][0]["key"]
    for cron in ("0 3 * * 1", "0 4 * * 1"):
        schedule.add(database, kind="archive", target=key, cron=cron, zone="UTC", next_at=past, now=past)
    process = program.start("schedule", "run")
    wait_for(lambda: bool(site.asked(path="/silent")), process)
    stopped(process, TERM)
    assert len(schedule.due(database, datetime.now(UTC))) == 2
    database.close()


def test_the_demo_ends_where_it_is(tmp_path: Path) -> None:
    program = Program(tmp_path / "demo")
    process = program.start("demo")
    wait_for(lambda: bool(list(program.data.glob("warc/*"))), process)
    end = stopped(process, INT)
    assert "not as promised" not in end.out


def test_reading_files_ends_at_once(tmp_path: Path) -> None:
    dice = random.Random(1)
    heavy = tmp_path / "heavy.pdf"
    heavy.write_bytes(bench.pdf(dice, bench.vocabulary(dice), 100))
    process = Program(tmp_path / "none").start("read", *[heavy] * 60)
    time.sleep(2)
    assert stopped(process, INT).seconds < 3 + NOISE_S


def test_verifying_ends_with_all_its_processes(site: Site, tmp_path: Path) -> None:
    program = Program(tmp_path / "data", site.origin, delay_s=0)
    program("archive", write_list(tmp_path, large(site, 1)))
    (file,) = (program.data / "warc").glob("*.warc.gz")
    long = tmp_path / "long.warc.gz"
    long.write_bytes(file.read_bytes() * 12)
    process = program.start("verify", long)
    wait_for(lambda: len(children(process)) >= 2, process)
    workers = children(process)
    stopped(process, TERM)
    time.sleep(NOISE_S)
    assert not [one for one in workers if lives(one)]


def lives(process: str) -> bool:
    """False also for one that has ended and that nobody asked how."""
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def children(process: subprocess.Popen[str]) -> list[str]:
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
