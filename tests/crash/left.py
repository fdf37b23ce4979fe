"""What crashed runs leave: WARC files in every state that a killed run, or a killed repair of it, can leave behind."""

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from archive.capture import Capture
from archive.cdxj import leave_lines, line_of, merge_index
from archive.files import OPEN
from tests.archive.exchanges import answer, exchange, keep_all, only_file


@dataclass
class Left:
    """What crashed runs left: captures that are whole, those with a row, and ends that are torn off, by file."""

    whole: list[Capture] = field(default_factory=list)
    filed: list[Capture] = field(default_factory=list)
    torn: dict[str, bytes] = field(default_factory=dict)


def left_by_crashes(folder: Path, dice: random.Random, files: int, captures: int) -> Left:
    """A data folder with WARC files that were left in every state a killed run, or a killed repair, can leave."""
    left = Left()
    for number in range(files):
        apart = folder.with_name(f"{folder.name}-{number}")
        made = [
            exchange(answer(body=dice.randbytes(dice.randint(1, 9_000))), f"https://h{number}.example/{at}", tls=None)
            for at in range(dice.randint(2, captures))
        ]
        kept = keep_all(apart, made)
        (LEFT_AS * files)[number](folder, only_file(apart), kept, left, dice)
    return left


def merged(folder: Path, made: Path, kept: list[Capture], left: Left, _: random.Random) -> None:
    """Finished, its lines in the index."""
    waiting(folder, made, kept, left, _)
    merge_index(folder)


def waiting(folder: Path, made: Path, kept: list[Capture], left: Left, _: random.Random) -> None:
    """Finished, its lines beside it."""
    (folder / "warc").mkdir(parents=True, exist_ok=True)
    shutil.copy(made, folder / "warc")
    leave_lines(folder, made.name, map(line_of, kept))
    left.whole += kept
    left.filed += kept


def still_open(folder: Path, made: Path, kept: list[Capture], left: Left, dice: random.Random) -> None:
    """Written to the last byte, some of its captures without a row."""
    shutil.copy(made, folder / "warc" / (made.name + OPEN))
    left.whole += kept
    left.filed += kept[: dice.randint(0, len(kept) - 1)]


def torn(folder: Path, made: Path, kept: list[Capture], left: Left, dice: random.Random) -> None:
    """Broken off within its last capture or the records that belong to it."""
    start, content = kept[-2].offset + kept[-2].length, made.read_bytes()
    cut = dice.randint(start + 1, len(content) - 1)
    (folder / "warc" / (made.name + OPEN)).write_bytes(content[:cut])
    left.whole += kept[:-1]
    left.filed += kept[: dice.randint(0, len(kept) - 1)]
    left.torn[made.name] = content[start:cut]


def half_repaired(folder: Path, made: Path, kept: list[Capture], left: Left, dice: random.Random) -> None:
    """Behind its last record what a power cut leaves, and beside it what a repair left that was killed too."""
    content, tail = made.read_bytes(), bytes(dice.randint(1, 5_000))
    (folder / "warc" / (made.name + OPEN)).write_bytes(content + tail)
    (folder / "warc" / (made.name + ".torn.new")).write_bytes(b"not wh")
    (folder / "warc" / (made.name + ".cdxj.new")).write_bytes(b"not wh")
    left.whole += kept
    left.filed += kept[: dice.randint(0, len(kept))]
    left.torn[made.name] = tail


def nothing_whole(folder: Path, made: Path, _: list[Capture], left: Left, __: random.Random) -> None:
    """Broken off within its first record."""
    left.torn[made.name] = made.read_bytes()[:100]
    (folder / "warc" / (made.name + OPEN)).write_bytes(left.torn[made.name])


LEFT_AS = (merged, waiting, still_open, torn, half_repaired, nothing_whole)
