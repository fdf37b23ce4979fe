"""What every fault trial asks: one line and exit 3, nothing damaged, and the same command completes."""

from pathlib import Path

from tests.journeys.program import Program, Said


def assert_told_in_one_line(said: Said, what: str = "") -> None:
    """Exit 3, and one line of ours that ends what is said, with `what` in it; no traceback (`Program` looks for it)."""
    assert said.code == 3, f"exit {said.code}\n{said.err}"
    told = [line for line in said.err.splitlines() if line.startswith("sourcekeep: ")]
    assert len(told) == 1, said.err
    assert said.err.rstrip().endswith(told[0])
    assert what in told[0]
    assert "unexpected fault" not in told[0]


def assert_nothing_damaged(program: Program) -> None:
    """Every record reads well and every row has its record. Records without a row are adopted by the next run."""
    verified = program("verify", "--json", code=None).json
    assert [verified["damaged"], verified["missing"]] == [[], []]


def assert_completes(program: Program, *targets: Path, codes: tuple[int, ...] = (0,)) -> None:
    """The same command now ends well (0: every source is kept), and catalogue and files agree both ways."""
    assert program("archive", *targets, code=None).code in codes
    verified = program("verify", "--json").json
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]
