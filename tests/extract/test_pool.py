"""The pool's promises: one document's death is its own, limits hold, nothing is left behind."""

import asyncio
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

import pytest

from archive.errors import WorkerLost
from extract.minder import verdict_of_death
from extract.pool import Answer, Limits, Pool
from extract.sandbox import summary

JOBS = "tests.extract.jobs:"


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1) as made:
        yield made


def value(future: Future[Answer]) -> object:
    answer = future.result(60)
    assert answer.failure is None, answer
    return answer.value


def test_a_worker_gets_the_bytes_and_the_arguments(pool: Pool) -> None:
    answer = pool.submit(JOBS + "length", memoryview(b"\x00\xff" * 500_000), colour="gr\u00fcn").result(60)
    assert isinstance(answer.value, dict)
    assert (answer.value["length"], answer.value["colour"], answer.failure) == (1_000_000, "gr\u00fcn", None)
    assert answer.seconds > 0


def test_a_worker_is_used_again(pool: Pool) -> None:
    pids = {str(value(pool.submit(JOBS + "length"))) for _ in range(5)}
    assert len(pids) == 1


def test_an_exception_is_the_reason_in_one_line(pool: Pool) -> None:
    answer = pool.submit(JOBS + "fail", words="two\nlines").result(60)
    assert (answer.failure, answer.reason) == ("damaged", "ValueError: two lines")


def test_an_exception_without_words_has_its_name_as_reason(pool: Pool) -> None:
    assert pool.submit(JOBS + "fail_without_words").result(60).reason == "AssertionError"


@pytest.mark.parametrize(
    ("job", "failure"),
    [
        ("crash", "damaged"),
        ("drop_dead", "damaged"),
        ("leave", "damaged"),
        ("recurse", "damaged"),
        ("grow", "memory_limit"),
        ("abort", "memory_limit"),
        ("be_killed", "memory_limit"),
    ],
)
def test_a_death_costs_one_order_only(pool: Pool, job: str, failure: str) -> None:
    fatal = pool.submit(JOBS + job)
    after = pool.submit(JOBS + "length", b"abc")
    assert fatal.result(60).failure == failure
    assert fatal.result().reason
    assert after.result(60).failure is None


def test_a_late_worker_is_killed_with_all_it_started(pool: Pool) -> None:
    started = time.monotonic()
    answer = pool.submit(JOBS + "fork_and_dawdle", limits=Limits(wall_s=0.4)).result(60)
    assert (answer.failure, answer.reason) == ("time_limit", "not read within 0.4 s")
    assert time.monotonic() - started < 10


def test_processor_time_is_limited_for_each_order_anew(pool: Pool) -> None:
    assert pool.submit(JOBS + "spin", limits=Limits(cpu_s=0.5)).result(60).failure == "time_limit"
    for _ in range(3):
        assert pool.submit(JOBS + "length", limits=Limits(cpu_s=0.5)).result(60).failure is None


def test_an_answer_above_the_cap_is_refused(pool: Pool) -> None:
    answer = pool.submit(JOBS + "large", limits=Limits(answer_bytes=1000), size=5000).result(60)
    assert answer.failure == "damaged"
    assert "bytes" in answer.reason


def test_what_a_reader_prints_disturbs_nobody(pool: Pool) -> None:
    assert value(pool.submit(JOBS + "chatter")) == "said"


def test_lone_surrogates_do_not_cross(pool: Pool) -> None:
    assert value(pool.submit(JOBS + "surrogates")) == "a?b\x00c"


def test_an_unknown_function_is_the_callers_error(pool: Pool) -> None:
    for name in ("tests.extract.jobs:nothing", "no.such.module:f", "tests.extract.jobs"):
        with pytest.raises(LookupError):
            pool.submit(name).result(60)


def test_a_worker_cannot_write_files(pool: Pool, tmp_path: Path) -> None:
    assert value(pool.submit(JOBS + "write", b"x", path=str(tmp_path / "file"))) != "written"
    assert not any(path.stat().st_size for path in tmp_path.iterdir())


def test_a_worker_reaches_no_network(pool: Pool) -> None:
    if "no network" not in pool.sandbox:
        pytest.skip(f"this machine offers no way to cut the network off: {pool.sandbox}")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert value(pool.submit(JOBS + "dial", port=server.getsockname()[1])) != "reached"


def test_a_worker_sees_no_secrets_of_the_environment(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    with Pool(1) as fresh:
        monkeypatch.setenv("SOURCEKEEP_DATABASE", "postgresql://me:secret@host/db")
        assert "SOURCEKEEP_DATABASE" not in str(value(fresh.submit(JOBS + "environment")))


def test_a_worker_imports_no_parser_it_was_not_asked_for() -> None:
    with Pool(1) as fresh:
        loaded = value(fresh.submit(JOBS + "modules"))
    assert isinstance(loaded, list)
    assert not {"lxml", "pdfplumber", "pypdfium2", "trafilatura", "asyncio"} & set(loaded)


def test_a_worker_is_replaced_after_its_orders_or_when_it_holds_too_much() -> None:
    with Pool(1, orders_per_worker=2) as few:
        pids = [value(few.submit(JOBS + "length")) for _ in range(4)]
    assert str(pids[0]) == str(pids[1]) != str(pids[2]) == str(pids[3])
    with Pool(1, resident_bytes=60 << 20) as lean:
        held = [value(lean.submit(JOBS + "hold")) for _ in range(4)]
    assert len(set(held)) > 1


def test_a_worker_killed_while_idle_costs_nothing() -> None:
    with Pool(1) as pool:
        value(pool.submit(JOBS + "length"))
        worker = pool._minders[0]._worker
        assert worker is not None
        os.killpg(worker.pid, signal.SIGKILL)
        time.sleep(0.1)
        assert value(pool.submit(JOBS + "length"))


def test_leaving_the_pool_waits_and_leaves_nothing() -> None:
    before = threading.active_count()
    with Pool(2) as pool:
        futures = [pool.submit(JOBS + "sleep", seconds=0.05) for _ in range(6)]
        workers = [minder._worker for minder in pool._minders]
    assert all(future.result(0).value == "awake" for future in futures)
    assert threading.active_count() == before
    assert all(worker is None or worker.returncode is not None for worker in workers)
    with pytest.raises(RuntimeError):
        pool.submit(JOBS + "length")


def test_closing_at_once_stops_what_runs_and_cancels_what_waits() -> None:
    pool = Pool(1)
    running = pool.submit(JOBS + "sleep", seconds=30)
    waiting = pool.submit(JOBS + "sleep", seconds=30)
    while not running.running():
        time.sleep(0.01)
    started = time.monotonic()
    pool.close()
    pool.close()
    assert time.monotonic() - started < 5
    with pytest.raises(WorkerLost):
        running.result(0)
    with pytest.raises(CancelledError):
        waiting.result(0)


def test_closing_while_workers_start_ends_soon() -> None:
    for _ in range(5):
        pool = Pool(2)
        futures = [pool.submit(JOBS + "sleep", seconds=30) for _ in range(4)]
        pool.close()
        assert all(future.done() for future in futures)


async def test_the_pool_serves_a_loop_and_keeps_it_free() -> None:
    with Pool(2) as pool:
        futures = [asyncio.wrap_future(pool.submit(JOBS + "sleep", seconds=0.2)) for _ in range(4)]
        ticks = 0
        while not all(future.done() for future in futures):
            await asyncio.sleep(0.01)
            ticks += 1
        assert ticks > 10
        assert [future.result().value for future in futures] == ["awake"] * 4


def test_an_interpreter_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.minder.worker_command", lambda entry: ["/bin/sh", "-c", "echo broken >&2; exit 9"])
    with Pool(1) as pool, pytest.raises(WorkerLost, match="broken"):
        pool.submit(JOBS + "length").result(60)
    monkeypatch.setattr("extract.minder.worker_command", lambda entry: ["/no/such/interpreter"])
    with Pool(1) as pool, pytest.raises(WorkerLost, match="No reading process"):
        pool.submit(JOBS + "length").result(60)


def test_workers_start_beside_files_that_are_named_as_our_rooms(python: str, tmp_path: Path) -> None:
    for name in ("extract.py", "json.py", "archive.py", "socket.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong file')")
    program = (
        "from extract.pool import Pool\nwith Pool(1) as pool: print(pool.submit('tests.extract.jobs:length').result())"
    )
    done = subprocess.run([python, "-P", "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "failure=None" in done.stdout, done.stderr


def wait_until_it_waits(process: int) -> None:
    """Until the main thread sleeps and nothing wakes it: a signal just before a wait is heard when that is over."""
    before = None
    while (now := _state(process)) != before or now[0] != "S":
        before = now
        time.sleep(0.2)


def _state(process: int) -> tuple[str, str]:
    told = dict(line.split(":\t", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return told["State"][0], told["voluntary_ctxt_switches"]


def test_ctrl_c_ends_quietly_and_leaves_no_worker(python: str, tmp_path: Path) -> None:
    program = (
        "from extract.pool import Pool, Limits\n"
        "with Pool(1) as pool:\n"
        "    print(pool.submit('tests.extract.jobs:length').result().value['worker'], flush=True)\n"
        "    pool.submit('tests.extract.jobs:sleep', seconds=30).result()\n"
    )
    child = subprocess.Popen(
        [python, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        wait_until_it_waits(child.pid)
        os.killpg(child.pid, signal.SIGINT)
        _, errors = child.communicate(timeout=20)
    assert errors.count(b"Traceback") <= 1
    assert b"KeyboardInterrupt" in errors
    assert b"worker" not in errors


@pytest.mark.parametrize("path", ["as it is", "without bubblewrap"])
def test_workers_end_with_a_killed_parent(python: str, path: str, tmp_path: Path) -> None:
    program = (
        "from extract.pool import Pool\n"
        "pool = Pool(1)\n"
        "pool.submit('tests.extract.jobs:length').result()\n"
        "pool.submit('tests.extract.jobs:sleep', seconds=60)\n"
        "print(pool._minders[0]._worker.pid, flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    environment = os.environ | ({"PATH": str(tmp_path)} if path != "as it is" else {})
    with subprocess.Popen([python, "-c", program], env=environment, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
    for _ in range(100):
        if not _runs(worker):
            return
        time.sleep(0.05)
    pytest.fail("the worker outlived its parent")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_protects_the_readers_is_said_truthfully() -> None:
    assert summary(True, ["network", "files"]) == (
        True,
        "bubblewrap: no network, files read-only; memory, processor time and wall time limited",
    )
    assert summary(False, ["TCP", "files"])[0] is False
    assert "NOT cut off" in summary(False, [])[1]


def test_deaths_are_read_through_bubblewrap_too() -> None:
    assert verdict_of_death(-signal.SIGXCPU) == verdict_of_death(128 + signal.SIGXCPU)
    assert verdict_of_death(-signal.SIGSEGV)[0] == "damaged"
    assert verdict_of_death(128 + signal.SIGABRT)[0] == "memory_limit"
    assert verdict_of_death(None)[0] == "damaged"


def test_an_order_may_be_limited_more_than_the_pool_but_never_less() -> None:
    granted = Limits(cpu_s=5, wall_s=1, memory_bytes=1 << 30)
    assert Limits(cpu_s=2, wall_s=9, memory_bytes=1 << 40).within(granted) == Limits(2, 1, 1 << 30, 64 << 20)
    with Pool(1, Limits(wall_s=0.4)) as pool:
        answer = pool.submit(JOBS + "fork_and_dawdle", limits=Limits(wall_s=60)).result(60)
    assert (answer.failure, answer.reason) == ("time_limit", "not read within 0.4 s")
