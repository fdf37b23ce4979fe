"""Fixity: whatever is cut, flipped, zeroed or spliced is found and named; what is sound never is."""

import gzip
import os
import random
import zipfile
import zlib
from pathlib import Path

import pytest

from archive.capture import Capture
from archive.errors import ArchiveError, NotAnArchive
from archive.fixity import verify_file
from archive.reader import captures_in, read_payload
from archive.scanner import scan_warc
from tests.archive.exchanges import answer, exchange, keep_all, only_file

# name: (sound records, damage: (offset, part of what is said of it))
REAL = {
    "bad.arc": (0, [(0, "no ARC record")]),
    "cc.warc.gz": (1, []),
    "example-bad-non-chunked.warc.gz": (0, [(0, "several records share one gzip member")] * 6),
    "example-bad.warc.gz.bad": (0, [(0, "several records share one gzip member")] * 6),
    "example-digest.warc": (3, [(0, "no digest of its algorithm")]),
    "example-iana.org-chunked.warc": (3, []),
    "example-resource.warc.gz": (3, []),
    "example-space-in-target-uri.warc.gz": (2, []),
    "example-space-in-url.arc": (1, [(149, "1579 of 1591 bytes")]),
    "example-trunc.warc": (3, [(1197, "block digest does not match")]),
    "example-wget-bad-target-uri.warc.gz": (6, []),
    "example-wrong-chunks.warc.gz": (0, [(0, "343 of 1613"), (516, "no WARC record"), (1130, "no WARC record")]),
    "example.arc": (2, []),
    "example.arc.gz": (2, []),
    "example.warc": (6, []),
    "example.warc.gz": (6, []),
    "gzip_extra_sl.warc.gz": (1, []),
    "invalid_example_1.wacz": (0, [(0, "listed and missing")]),
    "invalid_signed_example_1.wacz": (4, [(0, "was not trusted for")]),
    "post-test.warc.gz": (6, []),
    "valid_example_1.wacz": (4, []),
    "valid_example_2.wacz": (4, []),
    "valid_signed_example_1.wacz": (4, []),
}


@pytest.mark.parametrize("name", REAL)
def test_every_real_sample_is_read_as_far_as_it_is_sound(real_samples: Path, name: str) -> None:
    report = verify_file(real_samples / "warc" / name)
    records, damage = REAL[name]
    assert report.records == records
    assert [each.offset for each in report.damaged] == [offset for offset, _ in damage]
    for each, (_, what) in zip(report.damaged, damage, strict=True):
        assert what in each.what


@pytest.mark.parametrize("name", [name for name in REAL if not name.endswith("wacz")])
def test_verify_takes_the_same_records_for_captures_as_the_reader(real_samples: Path, name: str) -> None:
    path = real_samples / "warc" / name
    found = [(each.warc, each.offset, each.url) for each in captures_in(path)]
    assert [(each.warc, each.offset, each.url) for each in verify_file(path).captures] == found


def test_no_real_sample_is_left_out(real_samples: Path) -> None:
    assert {path.name for path in (real_samples / "warc").iterdir()} == set(REAL)


def test_captures_of_other_writers_are_read(real_samples: Path) -> None:
    first, revisit = captures_in(real_samples / "warc" / "example.warc.gz")
    assert (first.url, first.http_status, first.mime) == ("http://example.com/", 200, "text/html")
    assert first.payload_digest == "sha1:G7HRM7BGOKSKMSXZAHMUQTTV53QOFSMK"
    assert revisit.record_type.value == "revisit"
    assert [c.url for c in captures_in(real_samples / "warc" / "example.arc.gz")] == ["http://example.com/"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("sound")
    bodies = [b"text " * 400, os.urandom(3_000), b"", b"<html>" * 90]
    keep_all(folder, [exchange(answer(body=body), f"https://a.example/{n}", tls=None) for n, body in enumerate(bodies)])
    return only_file(folder).read_bytes()


def damage_of(folder: Path, content: bytes) -> list[tuple[int, str | None]]:
    path = folder / "x.warc.gz"
    path.write_bytes(content)
    return [(each.offset, each.url) for each in verify_file(path).damaged]


def test_every_cut_is_found(tmp_path: Path, sound: bytes) -> None:
    ends = {stretch.end for stretch in scan_warc(sound)}
    dice = random.Random(1)
    for cut in [0, 1, 5, *dice.sample(range(len(sound)), 150), len(sound) - 1, len(sound)]:
        assert bool(damage_of(tmp_path, sound[:cut])) == (cut not in ends), cut


def captures_of_bytes(folder: Path, content: bytes) -> list[Capture]:
    path = folder / "y.warc.gz"
    path.write_bytes(content)
    return list(captures_in(path))


def test_every_flipped_bit_is_found_and_costs_one_record(tmp_path: Path, sound: bytes) -> None:
    dice = random.Random(2)
    for _ in range(200):
        at, bit = dice.randrange(len(sound)), dice.randrange(8)
        flipped = bytearray(sound)
        flipped[at] ^= 1 << bit
        if says_the_same(bytes(flipped), sound):
            continue  # one of up to seven bits that pad a deflate stream to a whole byte: nothing is written in them
        found = damage_of(tmp_path, bytes(flipped))
        assert len(found) == 1, (at, bit)
        assert found[0][0] <= at


def says_the_same(content: bytes, sound: bytes) -> bool:
    """True when gzip itself, checksums and all, reads the same bytes from both."""
    try:
        return gzip.decompress(content) == gzip.decompress(sound)
    except (OSError, EOFError, zlib.error):
        return False


def test_zeroed_and_spliced_bytes_are_found(tmp_path: Path, sound: bytes) -> None:
    dice = random.Random(3)
    for _ in range(60):
        at, size = dice.randrange(len(sound) - 64), dice.randrange(8, 64)
        assert damage_of(tmp_path, sound[:at] + bytes(size) + sound[at + size :]), at
        assert damage_of(tmp_path, sound[:at] + sound[at + size :]), at
        assert damage_of(tmp_path, sound[:at] + dice.randbytes(size) + sound[at:]), at


def test_a_damaged_capture_is_named_even_when_its_header_is_lost(tmp_path: Path, sound: bytes) -> None:
    target = captures_of_bytes(tmp_path, sound)[1]
    content = bytearray(sound)
    content[target.offset : target.offset + 30] = bytes(30)
    assert damage_of(tmp_path, bytes(content)) == [(target.offset, "https://a.example/1")]


def test_a_payload_that_was_altered_is_not_given_out(tmp_path: Path) -> None:
    one, two = keep_all(tmp_path, [exchange(answer(body=b"one")), exchange(answer(body=b"two"))])
    path = only_file(tmp_path)
    content = path.read_bytes()
    for damaged in (content[: one.offset] + content[two.offset :], content[: one.offset + 40], content[: one.offset]):
        path.write_bytes(damaged)
        with pytest.raises(ArchiveError):
            read_payload(tmp_path, one)
    path.unlink()
    with pytest.raises(ArchiveError, match="is missing"):
        read_payload(tmp_path, one)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "x.gz").write_bytes(b"\x1f\x8b\x08\0")
    (tmp_path / "empty").write_bytes(b"")
    for path in (*tmp_path.iterdir(), tmp_path):
        with pytest.raises(NotAnArchive):
            verify_file(path)
    with pytest.raises(FileNotFoundError):
        verify_file(tmp_path / "missing.warc.gz")


def test_a_file_that_is_empty_or_zeroed_is_damage_not_an_error(tmp_path: Path) -> None:
    for name, content in (("a.warc.gz", b""), ("b.warc.gz", bytes(500)), ("c.arc", b"x"), ("d.wacz", b"PK")):
        path = tmp_path / name
        path.write_bytes(content)
        assert len(verify_file(path).damaged) == 1, name


def test_a_file_in_which_nothing_was_written_yet_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz.open"
    path.touch()
    assert verify_file(path).damaged == ()


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ([("archive/../../x.warc", b"x")], "leaves the package"),
        ([("/etc/x", b"x")], "leaves the package"),
        ([("archive/bomb.warc", bytes(3_000_000))], "inflates"),
        ([("datapackage.json", b"["), ("archive/a.warc", b"junk")], "lists no resources"),
    ],
)
def test_a_package_made_to_do_harm_is_named_and_not_unpacked(
    tmp_path: Path, entries: list[tuple[str, bytes]], named: str
) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries:
            package.writestr(name, content)
    assert named in verify_file(path).damaged[0].what
    assert list(tmp_path.iterdir()) == [path]
