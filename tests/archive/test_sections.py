"""Sections: whatever the file and wherever it is cut into parts, the answer is that of reading it from end to end."""

import os
import random
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from archive import members, series
from archive.errors import NotAnArchive
from archive.fixity import verify_file, verify_part
from archive.sections import verify_all
from tests.archive.exchanges import answer, exchange, keep_all, only_file


def archive_file(folder: Path, dice: random.Random, count: int = 12) -> Path:
    bodies = [dice.randbytes(dice.randint(0, 4_000)) for _ in range(count)]
    keep_all(folder, [exchange(answer(body=body), f"https://a.example/{n}", tls=None) for n, body in enumerate(bodies)])
    return only_file(folder)


class Counted(ThreadPoolExecutor):
    """Workers that note what they were given."""

    def __init__(self) -> None:
        super().__init__(2)
        self.given: list[str] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given.append(fn.__name__)
        return super().submit(fn, *args, **kwargs)


@pytest.mark.parametrize("seed", range(6))
def test_a_sound_file_in_sections_of_any_size_is_reported_as_a_whole(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    path = archive_file(tmp_path, dice)
    whole = verify_file(path)
    for section in (311, dice.randint(100, 2_000), dice.randint(2_000, 40_000), path.stat().st_size):
        with Counted() as workers:
            assert list(verify_all([path, path], workers, section)) == [whole, whole]
        assert workers.given.count("verify_file") == (2 if section >= path.stat().st_size else 0), "read once, in parts"


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_in_sections_is_reported_as_a_whole(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    path = archive_file(tmp_path, dice, 6)
    content = bytearray(path.read_bytes())
    at = dice.randrange(len(content))
    forms = (
        lambda: content[:at],
        lambda: content[:at] + bytes(30) + content[at + 30 :],
        lambda: content[:at] + dice.randbytes(9) + content[at:],
        lambda: content[:at] + content[at + 7 :],
    )
    path.write_bytes(dice.choice(forms)())
    with Counted() as workers:
        assert list(verify_all([path], workers, dice.randint(200, 3_000))) == [verify_file(path)]


def test_a_section_that_begins_in_a_warc_file_inside_a_response_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = archive_file(tmp_path / "inner", random.Random(1)).read_bytes()
    # Stored without compression, the inner members lie open in the outer file, which does not state a member header.
    monkeypatch.setattr(members, "_compressor", lambda: zlib.compressobj(0, zlib.DEFLATED, 31))
    monkeypatch.setattr(series, "GZIP_HEADER", b"")
    keep_all(tmp_path / "outer", [exchange(), exchange(answer(body=inner)), exchange()])
    path = only_file(tmp_path / "outer")
    at = path.read_bytes().index(inner[:40])
    assert verify_part(path, at, at + 10).records, "the inner records can be taken for the file's own"
    with Counted() as workers:
        assert list(verify_all([path], workers, at)) == [verify_file(path)]
    assert "verify_file" in workers.given, "the parts did not meet, so the file was read as a whole"


def test_a_record_larger_than_many_sections_is_read_once(tmp_path: Path) -> None:
    keep_all(tmp_path, [exchange(), exchange(answer(body=os.urandom(600_000))), exchange()])
    path = only_file(tmp_path)
    with Counted() as workers:
        assert list(verify_all([path], workers, 10_000)) == [verify_file(path)]
    assert "verify_file" not in workers.given


def test_files_of_other_forms_are_read_whole_and_keep_their_errors(real_samples: Path, tmp_path: Path) -> None:
    names = ("example.warc", "example.arc.gz", "valid_example_1.wacz", "example-bad-non-chunked.warc.gz")
    paths = [real_samples / "warc" / name for name in names]
    with Counted() as workers:
        assert list(verify_all(paths, workers, 100)) == [verify_file(path) for path in paths]
        (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
        with pytest.raises(NotAnArchive):
            list(verify_all([tmp_path / "x.pdf"], workers))
        with pytest.raises(FileNotFoundError):
            list(verify_all([tmp_path / "missing.warc.gz"], workers))
