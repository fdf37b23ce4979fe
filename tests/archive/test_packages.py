"""Packages made to do harm are refused by name before anything of them is used, whatever they cost to make."""

import random
import re
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from archive.fixity import verify_file
from archive.packages import PackageRefused, opened_package
from tests.archive.exchanges import exchange, keep_all, only_file
from tests.archive.hostile_packages import hostile, keep, package


@pytest.fixture(scope="module")
def warc(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("honest")
    keep_all(folder, [exchange()])
    return only_file(folder).read_bytes()


def used(path: Path) -> None:
    """What an import does with a package before it writes anything."""
    with opened_package(path) as opened:
        list(opened.faults())
        opened.raise_if_unreadable()


def test_every_harm_is_refused_by_name_and_at_once(tmp_path: Path, warc: bytes) -> None:
    for name, (content, said) in hostile(warc).items():
        path = keep(tmp_path, content)
        began = time.process_time()
        with pytest.raises(PackageRefused, match=re.escape(said)):
            used(path)
        assert time.process_time() - began < 3, name
        assert said in verify_file(path).damaged[0].what, name
        assert list(tmp_path.iterdir()) == [path]


def test_an_honest_package_is_read_also_when_it_is_deflated(tmp_path: Path, warc: bytes) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = keep(tmp_path, package(warc, ("archive/notes.txt", b"x"), ("readme", b"x"), method=method))
        used(path)
        with opened_package(path) as opened:
            assert [(name, bytes(data)) for name, data in opened.warc_files(tmp_path)] == [("archive/a.warc", warc)]
            assert list(opened.faults()) == ["archive/notes.txt is not listed"]
            assert opened.signed_by() == ""
        assert list(tmp_path.iterdir()) == [path], "the temporary file had no name"


def test_whatever_is_altered_in_a_package_nothing_but_a_refusal_comes_of_it(tmp_path: Path, warc: bytes) -> None:
    honest = package(warc, method=zipfile.ZIP_DEFLATED)
    directory = honest.find(b"PK\x01\x02")
    dice = random.Random(60)
    for _ in range(1_500):
        content = bytearray(honest)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(directory, len(content)) if dice.random() < 0.8 else dice.randrange(len(content))
            content[at] = dice.choice((0, 255, dice.randrange(256)))
        with suppress(PackageRefused):
            used(keep(tmp_path, bytes(content)))
