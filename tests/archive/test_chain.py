"""The custody log against itself and the WARC files: whatever is altered, left out, cut or written anew is found."""

import random
from pathlib import Path

import pytest

from archive.chain import anchor_of, hold_chain
from archive.custody import CustodyEvent, CustodyLog, line_of, lines, parse_line
from archive.files import file_digest
from archive.recovery import recover
from tests.archive.exchanges import answer, exchange, keep_all

LOG = "custody.jsonl"


def files_of(folder: Path) -> list[Path]:
    return sorted((folder / "warc").glob("*.warc.gz*"))


def faults(folder: Path) -> list[str]:
    return [fault.what for fault in hold_chain(folder, files_of(folder)).faults]


def an_archive(folder: Path, dice: random.Random, runs: int = 4) -> list[bytes]:
    """Several runs of one or more files, with other entries between them; the lines of the log."""
    folder.mkdir(exist_ok=True)
    for run in range(runs):
        made = [
            exchange(answer(body=dice.randbytes(dice.randint(1, 3_000))), f"https://a.example/{run}/{n}", tls=None)
            for n in range(dice.randint(1, 4))
        ]
        keep_all(folder, made, roll_at=4_000)
        for _ in range(dice.randint(0, 2)):
            event = dice.choice((CustodyEvent.VERIFIED, CustodyEvent.EXPORTED, CustodyEvent.REBUILT))
            CustodyLog(folder).append(event, "x", {"bytes": dice.randrange(9)})
    return list(lines(folder))


@pytest.fixture(params=range(3))
def seeded(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, list[bytes], random.Random]:
    dice = random.Random(request.param)
    return tmp_path / "data", an_archive(tmp_path / "data", dice), dice


def written(folder: Path, those: list[bytes]) -> list[str]:
    """What is found when the log has just these lines."""
    (folder / LOG).write_bytes(b"".join(those))
    return faults(folder)


Seeded = tuple[Path, list[bytes], random.Random]


def test_a_sound_archive_has_no_fault(seeded: Seeded) -> None:
    folder, kept, _ = seeded
    chain = hold_chain(folder, files_of(folder))
    assert chain.faults == []
    assert chain.entries == len(kept) > 6
    assert {name: claim.sha256 for name, claim in chain.claims.items()} == {
        path.name: file_digest(path) for path in files_of(folder)
    }


def test_the_entry_of_a_finished_file_says_all_of_it(tmp_path: Path) -> None:
    captures = keep_all(tmp_path, [exchange(url=f"https://a.example/{n}") for n in range(3)])
    (path,) = files_of(tmp_path)
    begun, finished = (parse_line(line) for line in lines(tmp_path))
    assert begun is not None
    assert finished is not None
    assert finished.event is CustodyEvent.CAPTURED
    assert finished.subject == f"warc/{captures[0].warc}"
    assert finished.facts == {
        "bytes": path.stat().st_size, "sha256": file_digest(path), "records": 10, "captures": 3, "run": "run-1",
    }  # fmt: skip
    assert anchor_of(path) == finished.previous, "the file was begun when the log had one line"


def test_each_altered_byte_of_any_line_is_found(seeded: Seeded) -> None:
    folder, kept, dice = seeded
    for at, line in enumerate(kept):
        for place in dice.sample(range(len(line)), 12):
            other = bytearray(line)
            other[place] ^= 1 << dice.randrange(8)
            assert written(folder, [*kept[:at], bytes(other), *kept[at + 1 :]]), (at, place)


def test_each_line_that_is_left_out_swapped_or_doubled_is_found(seeded: Seeded) -> None:
    folder, kept, _ = seeded
    last = _last_held(folder, kept)
    for at in range(len(kept)):
        assert at > last or written(folder, kept[:at] + kept[at + 1 :]), at
        assert written(folder, [*kept[: at + 1], kept[at], *kept[at + 1 :]]), at
        for other in range(at + 1, len(kept)):
            swapped = list(kept)
            swapped[at], swapped[other] = kept[other], kept[at]
            assert written(folder, swapped), (at, other)


def test_a_line_that_was_put_in_or_written_again_with_its_digest_is_found(seeded: Seeded) -> None:
    folder, kept, dice = seeded
    for at in range(len(kept)):
        entry = parse_line(kept[at])
        assert entry is not None
        forged = line_of(type(entry)(entry.number, entry.at, entry.event, "forged", entry.facts, entry.previous))
        assert at > _last_held(folder, kept) or written(folder, [*kept[:at], forged, *kept[at + 1 :]]), at
        assert at == 0 or written(folder, [*kept[:at], forged, *kept[at:]]), dice


def _last_held(folder: Path, kept: list[bytes]) -> int:
    """The last line that a file holds to: named by its warcinfo, or its own entry. What came after, nothing holds."""
    (folder / LOG).write_bytes(b"".join(kept))
    chain = hold_chain(folder, files_of(folder))
    return max(claim.entry for claim in chain.claims.values()) - 1


def test_a_log_cut_at_a_line_end_is_found_through_the_files(seeded: Seeded) -> None:
    folder, kept, _ = seeded
    last = _last_held(folder, kept)
    for cut in range(last + 1):
        assert written(folder, kept[:cut]), cut
    assert len(kept) - last <= 3, "what nothing holds is what came after the last file"


def test_a_log_written_anew_is_found(seeded: Seeded) -> None:
    """Whoever writes all of it again, chained and digested as it must be, cannot make the files name its heads."""
    folder, _, _ = seeded
    (folder / LOG).unlink()
    recover(folder, lambda _: None)
    named = faults(folder)
    assert len(named) == len(files_of(folder))
    assert all("which no line of the log has" in what for what in named)


def test_a_log_that_is_gone_is_found(seeded: Seeded) -> None:
    folder, _, _ = seeded
    (folder / LOG).unlink()
    (what,) = faults(folder)
    assert what == f"custody.jsonl is missing or empty, and {len(files_of(folder))} WARC files were begun under it"
    (folder / LOG).touch()
    assert faults(folder) == [what]


def test_a_file_that_is_gone_is_named_with_its_entry(seeded: Seeded) -> None:
    folder, _, _ = seeded
    path = files_of(folder)[1]
    claim = hold_chain(folder, files_of(folder)).claims[path.name]
    path.unlink()
    chain = hold_chain(folder, files_of(folder))
    assert [(fault.entry, fault.what) for fault in chain.faults] == [(claim.entry, f"{path.name} is missing")]


def test_a_second_entry_that_gives_a_file_other_bytes_is_named(seeded: Seeded) -> None:
    folder, kept, _ = seeded
    path = files_of(folder)[0]
    first = hold_chain(folder, files_of(folder)).claims[path.name]
    path.write_bytes(path.read_bytes() + b"more")
    facts = {"bytes": path.stat().st_size, "sha256": file_digest(path)}
    CustodyLog(folder).append(CustodyEvent.CAPTURED, f"warc/{path.name}", facts)
    assert faults(folder) == [f"{path.name} is another file than in entry {first.entry}"]
    assert hold_chain(folder, files_of(folder)).faults[0].entry == len(kept) + 1


def test_files_from_before_there_was_a_log_are_no_fault_and_the_next_start_enters_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as old:
        old.setattr("archive.series.CustodyLog", _NoLog)
        keep_all(tmp_path, [exchange()])
    assert not (tmp_path / LOG).exists()
    assert anchor_of(files_of(tmp_path)[0]) is None
    assert faults(tmp_path) == []
    CustodyLog(tmp_path).append(CustodyEvent.EXPORTED, "x.wacz", {})
    assert faults(tmp_path) == []
    (path,) = files_of(tmp_path)
    assert recover(tmp_path, lambda _: None).entered == [path.name]
    assert recover(tmp_path, lambda _: None).entered == []
    begun, _, entered = (parse_line(line) for line in lines(tmp_path))
    assert begun is not None
    assert begun.facts == {"warc_files": 1}
    assert entered is not None
    assert entered.facts == {
        "bytes": path.stat().st_size, "sha256": file_digest(path), "how": "found without an entry",
    }  # fmt: skip
    assert faults(tmp_path) == []


class _NoLog:
    """What stood in the place of the log before there was one."""

    def __init__(self, *_: object) -> None:
        pass

    def head(self) -> str:
        return ""

    def append(self, *_: object) -> None:
        pass


def test_a_file_that_was_imported_as_it_is_may_name_the_head_of_another_log(tmp_path: Path) -> None:
    keep_all(tmp_path / "theirs", [exchange()])
    (theirs,) = files_of(tmp_path / "theirs")
    keep_all(tmp_path / "ours", [exchange()])
    ours = tmp_path / "ours" / "warc" / theirs.name
    theirs.rename(ours)
    facts = {"bytes": ours.stat().st_size, "sha256": file_digest(ours)}
    assert len(faults(tmp_path / "ours")) == 2, "a head that is not ours, and no entry"
    CustodyLog(tmp_path / "ours").append(CustodyEvent.IMPORTED, f"warc/{ours.name}", facts)
    assert faults(tmp_path / "ours") == []
