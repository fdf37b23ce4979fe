"""Seeded faults of every kind on good archives: `verify` names each one, and never names what is good."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Capture
from archive.fixity import verify_file
from archive.scanner import scan_warc
from desk.config import Config
from desk.place import catalogue
from desk.verifying import verify_folder
from store import intake
from tests.archive.exchanges import answer, exchange, keep_all

Files = dict[str, bytes]


def good_archive(folder: Path, seed: int, captures: int = 5) -> list[Capture]:
    """A data folder of three WARC files with seeded answers of many forms."""
    dice = random.Random(seed)
    kept: list[Capture] = []
    for number in range(3):
        made = [
            exchange(seeded_answer(dice), f"https://h{number}.example/{at}", tls=None)
            for at in range(dice.randint(2, captures))
        ]
        kept += keep_all(folder, made)
    return kept


def seeded_answer(dice: random.Random) -> bytes:
    """A page, an empty answer, a chunked one, one that is too long, noise, or words that look like records."""
    body = dice.randbytes(dice.randint(1, 900)) + b"word " * dice.randint(0, 400)
    forms = (
        lambda: answer(body=body, Content_Type="text/html"),
        lambda: answer("204 No Content"),
        lambda: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
        lambda: answer(body=body) + b"more than was told",
        lambda: b"HTTP/1.0 404 not\r\n\r\n" + body,
        lambda: answer(body=b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n" + body),
    )
    return dice.choice(forms)()


def flipped(dice: random.Random, files: Files, name: str) -> None:
    content = bytearray(files[name])
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    files[name] = bytes(content)


def cut(dice: random.Random, files: Files, name: str) -> None:
    files[name] = files[name][: dice.randrange(len(files[name]))]


def zeroed(dice: random.Random, files: Files, name: str) -> None:
    at, size = dice.randrange(len(files[name]) - 64), dice.choice((16, 64, 512))
    files[name] = files[name][:at] + bytes(min(size, len(files[name]) - at)) + files[name][at + size :]


def spliced(dice: random.Random, files: Files, name: str) -> None:
    """Members of captures of one file lie in another, or twice in their own."""
    other = dice.choice(sorted(files))
    ends = [stretch.end for stretch in scan_warc(files[name])]
    members = [files[other][s.offset : s.end] for s in scan_warc(files[other]) if s.kind == "response"]
    at = dice.choice(ends)
    files[name] = files[name][:at] + dice.choice(members) + files[name][at:]


def swapped(dice: random.Random, files: Files, name: str) -> None:
    """Two captures of a file have changed places, each with all its records."""
    stretches = list(scan_warc(files[name]))
    first, second = sorted(dice.sample([s for s in stretches if s.kind == "response"], 2), key=lambda s: s.offset)
    content = files[name]
    files[name] = (
        content[: first.offset] + content[second.offset : second.end] + content[first.end : second.offset]
        + content[first.offset : first.end] + content[second.end :]
    )  # fmt: skip


def left_out(dice: random.Random, files: Files, name: str) -> None:
    """A whole capture was taken out without a trace in the file."""
    gone = dice.choice([s for s in scan_warc(files[name]) if s.kind == "response"])
    files[name] = files[name][: gone.offset] + files[name][gone.end :]


def missing(_: random.Random, files: Files, name: str) -> None:
    del files[name]


FAULTS = (flipped, cut, zeroed, spliced, swapped, left_out, missing)


class Kept:
    """A good archive with its catalogue, in which one fault at a time is made and then undone."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.config = Config(data=folder)
        self.captures = good_archive(folder, seed)
        self.warc = folder / "warc"
        self.good = {path.name: path.read_bytes() for path in self.warc.glob("*.warc.gz")}
        with catalogue(self.config) as database:
            intake.file_captures(database, self.captures)

    def verified(self, files: Files) -> dict[str, Any]:
        for name in self.good:
            (self.warc / name).unlink(missing_ok=True)
        for name, content in files.items():
            (self.warc / name).write_bytes(content)
        return verify_folder(self.config)


def named(report: dict[str, Any]) -> set[str]:
    """The files that a report has something to say of."""
    return {row["warc"] for fault in ("damaged", "missing", "unlisted") for row in report[fault]}


def faulty(kept: Kept, seed: int, count: int) -> Iterator[tuple[str, str, Files]]:
    """`count` faults in turn: what was done, to which file, and the files then."""
    dice = random.Random(seed)
    for number in range(count):
        fault, files = FAULTS[number % len(FAULTS)], dict(kept.good)
        name = dice.choice(sorted(files))
        fault(dice, files, name)
        if files != kept.good:
            yield fault.__name__, name, files


def assert_each_fault_is_named(folder: Path, seeds: range, count: int) -> int:
    tried = 0
    for seed in seeds:
        kept = Kept(folder / str(seed), seed)
        assert named(kept.verified(kept.good)) == set(), "what is good is not named"
        for what, name, files in faulty(kept, seed, count):
            tried += 1
            assert name in named(kept.verified(files)), (seed, tried, what)
    return tried


def assert_nothing_good_is_named(folder: Path, seeds: range) -> None:
    for seed in seeds:
        place = folder / f"good-{seed}"
        good_archive(place, seed, captures=3)
        for path in (place / "warc").glob("*.warc.gz"):
            report = verify_file(path)
            assert report.damaged == (), (seed, path.name)
            assert report.records == len(list(scan_warc(path.read_bytes())))


def test_each_of_sixty_faults_is_named_and_nothing_good_is(tmp_path: Path) -> None:
    assert assert_each_fault_is_named(tmp_path, range(2), 30) >= 58
    assert_nothing_good_is_named(tmp_path, range(10, 20))


@pytest.mark.torture
def test_each_of_five_hundred_faults_is_named_and_of_a_thousand_good_files_none(tmp_path: Path) -> None:
    assert assert_each_fault_is_named(tmp_path, range(100, 110), 52) >= 500
    assert_nothing_good_is_named(tmp_path, range(1_000, 1_334))
