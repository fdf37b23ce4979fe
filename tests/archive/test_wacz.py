"""Packages: whole, sealed, the same every time, and accepted by others."""

import gzip
import io
import json
import shutil
import struct
import subprocess
import zipfile
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive.cdxj import parse_line
from archive.errors import ArchiveError, WriteFailed
from archive.fields import sha256_of
from archive.fixity import verify_file
from archive.wacz import WaczFile, WaczPage, write_wacz
from archive.writer import ArchiveWriter
from tests.archive.exchanges import AGENT, CITED, NOW, SENT, answer, exchange, only_file

PAGES = [WaczPage("https://a.example/1", NOW, "Page „one“", "its text"), WaczPage("https://a.example/2", NOW)]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    write(tmp_path, tmp_path / "out.wacz")
    return tmp_path / "out.wacz"


def write(data: Path, out: Path) -> WaczFile:
    """Ten captures in the archive, of which three go into the package: a page, a page, and a revisit of the first."""
    if not (data / "warc").exists():
        with ArchiveWriter(data, run="r", agent=AGENT) as writer:
            kept = [writer.keep(exchange(answer(body=b"p%d" % n), f"https://a.example/{n}"), CITED) for n in range(9)]
            again = exchange(answer(body=b"p1"), "https://a.example/1", started=NOW + timedelta(days=1))
            kept.append(writer.keep(again, CITED, previous=kept[1].result(5)))
        chosen = [kept[n].result(5) for n in (2, 1, 9)]
        (data / "chosen").write_text(json.dumps([(c.offset, c.length) for c in chosen]))
    records = [(only_file(data), *place) for place in json.loads((data / "chosen").read_text())]
    return write_wacz(
        out, title="An incident", description="Its sources", records=records, pages=PAGES, main_page=PAGES[0],
        created=NOW, software="sourcekeep/test",
    )  # fmt: skip


def test_a_package_holds_all_records_of_the_captures_chosen(package: Path) -> None:
    with zipfile.ZipFile(package) as opened:
        names = opened.namelist()
        (warc,) = [name for name in names if name.startswith("archive/")]
        content = opened.read(warc)
        assert opened.getinfo(warc).compress_type == zipfile.ZIP_STORED
        assert opened.getinfo("indexes/index.cdx.gz").compress_type == zipfile.ZIP_STORED
        lines = gzip.decompress(opened.read("indexes/index.cdx.gz")).splitlines(keepends=True)
        index = opened.read("indexes/index.idx").decode().splitlines()
        pages = [json.loads(line) for line in opened.read("pages/pages.jsonl").splitlines()]
    kinds = [record.rec_type for record in ArchiveIterator(io.BytesIO(content))]
    assert kinds == ["warcinfo"] + ["metadata", "request", "response"] * 2 + ["metadata", "request", "revisit"]
    assert sum(1 for _ in FastIterator(io.BytesIO(content))) == 10
    entries = [parse_line(line) for line in lines]
    assert [(entry.url, entry.mime) for entry in entries if entry] == [
        ("https://a.example/1", ""), ("https://a.example/1", "warc/revisit"), ("https://a.example/2", ""),
    ]  # fmt: skip
    for entry in entries:
        assert entry is not None
        assert entry.warc == warc.removeprefix("archive/")
        member = gzip.decompress(content[entry.offset : entry.offset + entry.length])
        assert f"WARC-Target-URI: {entry.url}\r\n".encode() in member
    assert index[0].startswith("!meta 0 ")
    assert index[1].startswith("example,a)/1 20260304050607 {")
    assert pages[0] == {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}
    assert pages[1]["ts"] == "2026-03-04T05:06:07Z"
    assert pages[1]["text"] == "its text"


def test_a_player_that_reads_only_the_central_directory_finds_every_file(package: Path) -> None:
    """As wabac.js does: it takes a local header to hold an extra field only when the directory's entry has one."""
    content = package.read_bytes()
    with zipfile.ZipFile(package) as opened:
        for entry in opened.infolist():
            at = entry.header_offset
            name, extra = struct.unpack_from("<HH", content, at + 26)
            start = at + 30 + name + (extra if entry.extra else 0)
            stored = content[start : start + entry.compress_size]
            inflated = stored if entry.compress_type == zipfile.ZIP_STORED else zlib.decompress(stored, -15)
            assert inflated == opened.read(entry), entry.filename


def test_a_304_is_packed_but_not_indexed_since_players_would_show_an_empty_page(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, run="r", agent=AGENT) as writer:
        first = writer.keep(exchange(answer(body=b"p1")), CITED).result(5)
        asked = SENT.replace(b"\r\n\r\n", b'\r\nIf-None-Match: "x"\r\n\r\n')
        same = exchange(b"HTTP/1.1 304 Not Modified\r\n\r\n", sent=asked, started=NOW + timedelta(days=1))
        again = writer.keep(same, CITED, previous=first).result(5)
    assert (again.http_status, again.revisit_of) == (304, first.record_id)
    records = [(only_file(tmp_path), each.offset, each.length) for each in (first, again)]
    out = tmp_path / "out.wacz"
    write_wacz(out, title="", description="", records=records, pages=[], created=NOW, software="sourcekeep/test")
    with zipfile.ZipFile(out) as opened:
        lines = gzip.decompress(opened.read("indexes/index.cdx.gz")).splitlines()
    entries = [parse_line(line) for line in lines]
    assert [(entry.status, entry.mime) for entry in entries if entry] == [(200, "")]
    assert [each.url for each in verify_file(out).captures] == [first.url, again.url]


def test_two_captures_of_a_page_within_a_second_are_one_page(tmp_path: Path) -> None:
    pages = [WaczPage("https://a.example/", NOW + timedelta(milliseconds=n), "A page") for n in range(2)]
    out = tmp_path / "out.wacz"
    write_wacz(out, title="", description="", records=[], pages=pages, created=NOW, software="sourcekeep/test")
    with zipfile.ZipFile(out) as opened:
        ids = [json.loads(line)["id"] for line in opened.read("pages/pages.jsonl").splitlines()]
    assert len(ids) == len(set(ids)) == 2, "the head and one page"


def test_a_package_lists_and_seals_every_file(package: Path) -> None:
    with zipfile.ZipFile(package) as opened:
        told = json.loads(opened.read("datapackage.json"))
        seal = json.loads(opened.read("datapackage-digest.json"))
        assert seal == {"path": "datapackage.json", "hash": sha256_of(opened.read("datapackage.json"))}
        assert (told["profile"], told["wacz_version"], told["title"]) == ("data-package", "1.1.1", "An incident")
        assert told["mainPageUrl"] == "https://a.example/1"
        listed = {each["path"]: (each["hash"], each["bytes"]) for each in told["resources"]}
        others = {"datapackage.json", "datapackage-digest.json"}
        found = {name: opened.read(name) for name in opened.namelist() if name not in others}
        assert listed == {name: (sha256_of(content), len(content)) for name, content in found.items()}
    report = verify_file(package)
    assert not report.damaged
    assert (report.records, len(report.captures)) == (10, 3)


def test_the_same_captures_give_the_same_package(tmp_path: Path) -> None:
    one, two = write(tmp_path, tmp_path / "1.wacz"), write(tmp_path, tmp_path / "2.wacz")
    assert one == two
    assert one == WaczFile((tmp_path / "1.wacz").stat().st_size, sha256_of((tmp_path / "1.wacz").read_bytes()))


def test_an_altered_package_is_found_out(package: Path, tmp_path: Path) -> None:
    content = bytearray(package.read_bytes())
    with zipfile.ZipFile(package) as opened:
        info = next(entry for entry in opened.infolist() if entry.filename.startswith("archive/"))
    content[info.header_offset + 900] ^= 4
    package.write_bytes(content)
    assert verify_file(package).damaged


def test_a_package_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    write(tmp_path, tmp_path / "good.wacz")
    path = only_file(tmp_path)
    common: dict[str, Any] = {"title": "", "description": "", "pages": [], "created": NOW, "software": ""}
    with pytest.raises(ArchiveError, match="no sound capture"):
        write_wacz(tmp_path / "bad.wacz", records=[(path, 3, 10)], **common)
    with pytest.raises(WriteFailed):
        write_wacz(tmp_path / "missing" / "bad.wacz", records=[], **common)
    assert not list(tmp_path.glob("bad*"))


def test_wacz_validate_accepts_a_package(package: Path) -> None:
    program = shutil.which("wacz")
    if program is None:
        pytest.skip("py-wacz is not installed (it wants an environment of its own, with `wacz` on the PATH)")
    judged = subprocess.run([program, "validate", "-f", str(package)], capture_output=True, text=True)
    assert judged.returncode == 0, judged.stdout + judged.stderr
