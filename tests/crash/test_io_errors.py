"""A disk that fails a write or a sync: the run stops with one line, nothing is damaged, the same command goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desk.sample import PAGE_TEXT, SampleWeb
from tests.crash.outcome import assert_completes, assert_nothing_damaged, assert_told_in_one_line
from tests.journeys.program import Program

FAULTY = Path(__file__).with_name("faulty")
FIRST_CALLS = 50
MORE_HOSTS = 4  # with the sample they lead to more than 50 calls


@contextmanager
def faulty_disk(program: Program, monkeypatch: pytest.MonkeyPatch, **fault: object) -> Iterator[Path]:
    """What the program does here meets this fault; the log of the calls that counted."""
    log = program.data.parent / "calls"
    with monkeypatch.context() as patched:
        patched.setenv("PYTHONPATH", str(FAULTY), prepend=":")
        patched.setenv("FAULT_FOLDER", str(program.data))
        patched.setenv("FAULT_LOG", str(log))
        for name, value in fault.items():
            patched.setenv(f"FAULT_{name.upper()}", str(value))
        yield log


def archive_with_fault(program: Program, targets: list[Path], monkeypatch: pytest.MonkeyPatch, **fault: object) -> bool:
    """One run on a disk with this fault; whether the fault was met. A run that met it ends as a fault must."""
    with faulty_disk(program, monkeypatch, **fault) as log:
        said = program.alone("archive", *targets, code=None)
    met = "EIO" in log.read_text()
    log.unlink()
    if met:
        assert_told_in_one_line(said, "Input/output error")
    else:
        assert said.code in (0, 1), said.err
    return met


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"at": 1}, id="the first line of the custody log"),
        pytest.param({"at": 1, "on": "fsync"}, id="the first sync of the custody log"),
        pytest.param({"at": 1, "on": "/data/warc"}, id="the folder of a new file cannot be synced"),
        pytest.param({"at": 1, "on": "fdatasync"}, id="the first sync"),
        pytest.param({"at": 3, "on": "write"}, id="a later write"),
        pytest.param({"at": 3, "on": "fdatasync", "stays": 1}, id="a later sync and all that follow"),
        pytest.param({"at": 1, "on": ".warc.gz.cdxj.new"}, id="the index lines of the finished file"),
        pytest.param({"at": 1, "on": "/index.cdxj.new", "stays": 1}, id="the index"),
        pytest.param({"at": 3, "on": "/custody.jsonl"}, id="the custody log, of the finished file"),
    ],
)
def test_a_failing_disk_stops_the_run_and_the_same_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: dict[str, object]
) -> None:
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        assert archive_with_fault(program, [PAGE_TEXT], monkeypatch, **fault)
        assert_nothing_damaged(program)
        assert_completes(program, PAGE_TEXT)


def test_an_answer_of_verify_that_cannot_be_noted_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SampleWeb() as web:
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        program("archive", PAGE_TEXT)
    before = (program.data / "custody.jsonl").read_bytes()
    for call in ("write", "fsync"):
        with faulty_disk(program, monkeypatch, at=1, on=f"{call} {program.data}/custody.jsonl"):
            said = program.alone("verify", "--json", code=None)
        assert_told_in_one_line(said, "could not be noted")
        assert said.json["records"] > 50
        assert (program.data / "custody.jsonl").read_bytes() == before, "nothing is claimed"
    assert program("verify", "--json").json["custody"]["faults"] == []


@pytest.mark.torture
@pytest.mark.parametrize("first", range(1, FIRST_CALLS, 10))
def test_each_of_the_first_fifty_calls_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    more = tmp_path / "more.txt"
    more.write_text("\n".join(f"https://h{number}.example/report" for number in range(MORE_HOSTS)))
    with SampleWeb() as web:
        for at in range(first, first + 10):
            program = Program(tmp_path / str(at) / "data", web.origin, delay_s=0)
            program.data.parent.mkdir()
            fault: dict[str, object] = {"at": at, "alone": 1} | ({} if at % 2 else {"stays": 1})
            assert archive_with_fault(program, [PAGE_TEXT, more], monkeypatch, **fault), f"the run has no call {at}"
            assert_nothing_damaged(program)
            # the hosts of `more` answer 404: those that did so before the fault are not asked again
            assert_completes(program, PAGE_TEXT, more, codes=(0, 1))
