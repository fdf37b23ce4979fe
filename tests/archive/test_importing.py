"""What others archived comes in as it was: each record unchanged, each capture with all that goes with it."""

import gzip
import json
import random
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import accession, members, series
from archive.capture import Capture, Origin
from archive.cdxj import lookup
from archive.chain import anchor_of, hold_chain
from archive.custody import CustodyEvent, CustodyLog, lines, parse_line
from archive.errors import ArchiveError, WriteFailed
from archive.fields import parse_fields
from archive.files import file_digest, warc_files
from archive.fixity import verify_file
from archive.packages import opened_package
from archive.reader import captures_in, items_in, read_payload
from archive.recovery import recover
from archive.scanner import scan_warc
from archive.wacz import write_wacz
from archive.writer import ArchiveWriter
from tests.archive.exchanges import AGENT, CITED, NOW, PAGE, answer, exchange, keep_all, only_file
from tests.archive.others import (
    ACCESSION,
    bring,
    info,
    kept,
    looked_through,
    named,
    record,
    records_of,
    request,
    response,
    zipped,
)
from tests.archive.test_conversion import write

FROM = f"{ACCESSION.name} {ACCESSION.digest}"


def unplaced(captures: list[Capture]) -> list[Capture]:
    """Without where they lie, and why they are there."""
    return [replace(one, warc="", offset=0, length=0, origin=Origin("")) for one in captures]


def test_every_record_is_copied_as_it_was_and_the_file_says_where_from(tmp_path: Path) -> None:
    captures = keep_all(tmp_path / "theirs", [exchange(url=f"https://a.example/{n}") for n in range(3)])
    theirs = only_file(tmp_path / "theirs")
    found = bring(tmp_path / "ours", theirs)
    ours = only_file(tmp_path / "ours")
    first, *copied = records_of(ours)
    assert copied == records_of(theirs)
    told = parse_fields(first.split(b"\r\n\r\n", 1)[1])
    assert told is not None
    assert (told.get("importedFrom"), told.get("importedDigest")) == (ACCESSION.name, ACCESSION.digest)
    assert told.get("gzipMemberHeader") is None
    assert unplaced(found) == unplaced(captures)
    assert list(captures_in(ours)) == found
    assert {one.origin for one in found} == {replace(CITED, imported=FROM)}
    assert not verify_file(ours).damaged
    assert [entry.offset for one in found for entry in lookup(tmp_path / "ours", one.url)] == [c.offset for c in found]
    assert [read_payload(tmp_path / "ours", one).content for one in found] == [b"hello"] * 3


def test_each_file_names_the_head_of_the_custody_log_and_has_its_entry_there(tmp_path: Path) -> None:
    theirs, ours = kept(tmp_path, "theirs.warc.gz", zipped(info("i"), *map(response, "abc"))), tmp_path / "ours"
    keep_all(ours, [exchange()])
    head = CustodyLog(ours).head()
    bring(ours, theirs, roll_at=1)
    told = [entry for entry in map(parse_line, lines(ours)) if entry and entry.event is CustodyEvent.IMPORTED]
    assert [entry.facts for entry in told] == [
        {"bytes": path.stat().st_size, "sha256": file_digest(path), "records": 3, "captures": 1, "run": "import-1",
         "from": ACCESSION.name, "from_sha256": ACCESSION.digest}
        for path in (ours / entry.subject for entry in told)
    ]  # fmt: skip
    assert len(told) == 3
    anchors = [anchor_of(ours / entry.subject) for entry in told]
    assert (anchors[0], len(set(anchors))) == (head, 3)
    assert hold_chain(ours, warc_files(ours)).faults == []
    assert recover(ours, lambda name: None).entered == []


def test_a_conversion_comes_with_its_capture_and_is_no_reading_of_ours(tmp_path: Path) -> None:
    first, conversion, last = write(tmp_path / "theirs")
    theirs = only_file(tmp_path / "theirs")
    assert conversion in items_in(theirs)
    bring(tmp_path / "ours", theirs, left_out=[last.record_id])
    ours = only_file(tmp_path / "ours")
    assert sorted(records_of(ours)[1:]) == sorted(records_of(theirs)[:6]), "with the metadata that tells of it"
    (found,) = items_in(ours)
    assert isinstance(found, Capture)
    assert unplaced([found]) == unplaced([first])
    assert not verify_file(ours).damaged


def test_what_would_leave_too_little_free_is_not_brought_in(tmp_path: Path) -> None:
    path = kept(tmp_path, "theirs.warc.gz", zipped(response("a")))
    with pytest.raises(WriteFailed, match="must stay free"):
        bring(tmp_path / "ours", path, least_free=1 << 60)
    assert list((tmp_path / "ours" / "warc").iterdir()) == []
    assert hold_chain(tmp_path / "ours", []).faults == []


def test_other_programs_read_the_file_to_its_end(tmp_path: Path) -> None:
    path = kept(tmp_path, "theirs.warc.gz", zipped(info("i"), *(response(str(n)) for n in range(4))))
    bring(tmp_path / "ours", path)
    ours = only_file(tmp_path / "ours")
    with ours.open("rb") as stream:
        kinds = [one.rec_type for one in ArchiveIterator(stream, check_digests="raise")]
    assert kinds == ["warcinfo"] * 2 + ["response"] * 4
    with ours.open("rb") as stream:
        assert all(one.verify_block_digest(consume=False) for one in FastIterator(stream, parse_http=False))
    indexer = Path(sys.executable).with_name("cdxj-indexer")
    lines = subprocess.run([indexer, ours], capture_output=True, text=True, check=True).stdout.splitlines()
    mine = (tmp_path / "ours" / "index.cdxj").read_text().splitlines()

    def places(index: list[str]) -> list[tuple[str, str]]:
        told = [json.loads(line.split(" ", 2)[2]) for line in index]
        return [(one["url"], one["offset"]) for one in told]

    assert sorted(places(lines)) == sorted(places(mine))


def tied(kind: str, name: str, to: str, field: str = "WARC_Concurrent_To") -> bytes:
    return record(kind, name, b"x", **{field: named(to)})


ORDERS = {
    "Heritrix": (
        [response("a"), tied("request", "ra", "a"), response("b"), tied("request", "rb", "b"),
         tied("metadata", "mb", "b")],
        "i ra a rb mb b",
    ),
    "Wget": (
        [request("ra"), response("a", WARC_Concurrent_To=named("ra")), request("rb"),
         response("b", WARC_Concurrent_To=named("rb"))],
        "i ra a rb b",
    ),
    "far apart": (
        [tied("request", "rb", "b"), response("a"), response("b"), tied("request", "ra", "a"),
         tied("conversion", "ca", "a", "WARC_Refers_To")],
        "i ra ca a rb b",
    ),
    "names nothing": (
        [tied("metadata", "ma", "z"), response("a"), request("q"), response("b"), request("r")],
        "i ma a q r b",
    ),
    "two crawls": ([response("a"), info("j"), response("b")], "i a j b"),
    "an id twice": (
        [tied("request", "ra", "a"), response("a"), response("a"), tied("request", "qa", "a")],
        "i ra qa a a",
    ),
}  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_a_capture_stands_behind_all_that_goes_with_it(tmp_path: Path, order: str) -> None:
    records, expected = ORDERS[order]
    bring(tmp_path / "ours", kept(tmp_path, "theirs.warc", b"".join([info("i"), *records])))
    short = {named(name): name for name in ["i", "j", "a", "b", "ra", "rb", "mb", "ma", "ca", "q", "r", "qa"]}
    copied = records_of(only_file(tmp_path / "ours"))[1:]
    ids = [one.split(b"WARC-Record-ID: ", 1)[1].split(b"\r\n", 1)[0].decode() for one in copied]
    assert " ".join(short[name] for name in ids) == expected
    assert sorted(copied) == sorted([info("i"), *records])


def test_a_copy_that_was_cut_anywhere_is_completed_by_bringing_in_the_rest(tmp_path: Path) -> None:
    records = [each for n in range(6) for each in (response(f"a{n}"), tied("request", f"r{n}", f"a{n}"))]
    path = kept(tmp_path, "theirs.warc.gz", zipped(info("i"), *records))
    bring(tmp_path / "whole", path)
    whole = only_file(tmp_path / "whole")
    content, dice = whole.read_bytes(), random.Random(1)
    for cut in sorted(dice.sample(range(len(content)), 60)):
        folder = tmp_path / str(cut)
        kept(folder / "warc", whole.name + ".open", content[:cut])
        adopted = recover(folder, lambda name: None).adopted
        assert all(one.origin.imported == FROM for one in adopted)
        rest = bring(folder, path, [one.record_id for one in adopted])
        assert len(adopted) + len(rest) == 6
        copied = [each for file in sorted((folder / "warc").glob("*.gz")) for each in records_of(file)]
        assert {each for each in copied if b"WARC-Type: warcinfo" not in each} == set(records)
        assert sum(each in records for each in copied) == len(records), "nothing twice"
        assert not [damage for file in (folder / "warc").glob("*.gz") for damage in verify_file(file).damaged]


def test_each_file_of_a_long_import_says_where_from_and_has_the_warcinfo_of_its_records(tmp_path: Path) -> None:
    path = kept(tmp_path, "theirs.warc.gz", zipped(info("i"), *(response(str(n)) for n in range(5))))
    found = bring(tmp_path / "ours", path, roll_at=1_500)
    files = sorted((tmp_path / "ours" / "warc").glob("*.gz"))
    assert len(files) > 1
    for file in files:
        assert records_of(file)[1] == info("i")
    assert {one.origin.imported for one in found} == {FROM}
    assert len(found) == 5


def test_damaged_records_are_named_and_left_out_and_the_rest_is_sound(tmp_path: Path) -> None:
    parts = [zipped(each) for each in (info("i"), response("a"), response("b"), response("c"))]
    parts[2] = parts[2][:60] + bytes([parts[2][60] ^ 4]) + parts[2][61:]
    path = kept(tmp_path, "theirs.warc.gz", b"".join(parts))
    (damage,) = looked_through(path).damaged
    assert (damage.warc, damage.offset) == ("theirs.warc.gz", len(parts[0] + parts[1]))
    assert [one.url[-1] for one in bring(tmp_path / "ours", path)] == ["a", "c"]
    assert not verify_file(only_file(tmp_path / "ours")).damaged


@pytest.mark.parametrize("form", ["warc", "arc"])
def test_a_file_that_was_compressed_as_a_whole_comes_in_record_by_record(tmp_path: Path, form: str) -> None:
    records = {"warc": b"".join([info("i"), response("a"), response("b")]), "arc": ARC}
    path = kept(tmp_path, f"theirs.{form}.gz", gzip.compress(records[form]))
    assert verify_file(path).damaged
    found = bring(tmp_path / "ours", path)
    assert len(found) == 2
    assert not verify_file(only_file(tmp_path / "ours")).damaged
    assert sorted(entry.name for entry in (tmp_path).iterdir()) == ["ours", path.name], "no copy is left"
    cut = kept(tmp_path, f"cut.{form}.gz", path.read_bytes()[:-30])
    assert looked_through(cut).damaged
    assert len(looked_through(cut).captures) <= 2


VERSION = b"1 0 Example\nURL IP-address Archive-date Content-type Archive-length\n"
ARC = (
    b"filedesc://old.arc 0.0.0.0 20060102030405 text/plain %d\n%s\n"
    b"http://old.example/a page 192.0.2.1 20060102030405 text/html %d\n%s\n"
    b"http://old.example/b 192.0.2.1 20060102030406 text/html %d\n%s\n"
) % (len(VERSION), VERSION, len(PAGE), PAGE, len(PAGE), PAGE)


def test_an_arc_file_comes_in_as_warc_under_names_that_its_records_always_get(tmp_path: Path) -> None:
    path = kept(tmp_path, "old.arc", ARC)
    found = bring(tmp_path / "ours", path)
    assert unplaced(found) == unplaced(list(captures_in(path)))
    ours = only_file(tmp_path / "ours")
    assert not verify_file(ours).damaged
    _, first, *rest = records_of(ours)
    assert b"\r\nWARC-Filename: old.arc\r\n" in first
    assert b"WARC-Target-URI" not in first
    assert [each.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n\r\n") for each in rest] == [PAGE, PAGE]
    assert [one.url for one in found] == ["http://old.example/a%20page", "http://old.example/b"]
    assert [read_payload(tmp_path / "ours", one).content for one in found] == [b"hello"] * 2
    renamed = kept(tmp_path, "renamed.arc.gz", gzip.compress(ARC))
    assert [one.record_id for one in looked_through(renamed).captures] == [one.record_id for one in found]
    with ours.open("rb") as stream:
        assert len(list(ArchiveIterator(stream, check_digests="raise"))) == 4


def test_a_warcinfo_of_ours_from_another_machine_speaks_of_its_own_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as another:
        another.setattr(members, "_compressor", lambda: zlib.compressobj(9, zlib.DEFLATED, 31))
        another.setattr(series, "GZIP_HEADER", members.compressed(b"")[:10])
        keep_all(tmp_path / "theirs", [exchange(url=f"https://a.example/{n}") for n in range(3)])
    theirs = only_file(tmp_path / "theirs")
    assert theirs.read_bytes()[:10] != members.GZIP_HEADER
    assert not verify_file(theirs).damaged
    bring(tmp_path / "ours", theirs)
    assert not verify_file(only_file(tmp_path / "ours")).damaged


def test_damage_to_any_one_record_of_an_imported_file_costs_only_that(tmp_path: Path) -> None:
    keep_all(tmp_path / "theirs", [exchange(url=f"https://a.example/{n}") for n in range(3)])
    bring(tmp_path / "ours", only_file(tmp_path / "theirs"))
    ours = only_file(tmp_path / "ours")
    content = ours.read_bytes()
    for stretch in scan_warc(content):
        broken = bytearray(content)
        broken[stretch.offset + 40] ^= 0x10
        ours.write_bytes(broken)
        assert [each.offset for each in verify_file(ours).damaged] == [stretch.offset]


def test_a_package_of_imported_captures_has_both_warcinfos(tmp_path: Path) -> None:
    path = kept(tmp_path, "theirs.warc.gz", zipped(info("i"), response("a"), response("b")))
    found = bring(tmp_path / "ours", path)
    places = [(only_file(tmp_path / "ours"), one.offset, one.length) for one in found[1:]]
    out = tmp_path / "again.wacz"
    write_wacz(out, title="", description="", records=places, pages=[], created=NOW, software="sourcekeep/test")
    report = verify_file(out)
    assert not report.damaged
    assert report.records == 3


def test_what_others_say_of_why_is_believed_only_where_it_does_nothing(tmp_path: Path) -> None:
    whys = {"run": "imported", "incident": "imported", "robots": "robots", "cited": "cited", "odd": "imported"}
    with ArchiveWriter(tmp_path / "theirs", run="r", agent=AGENT) as writer:
        for why in whys:
            writer.keep(exchange(url=f"https://a.example/{why}"), Origin(why, "https://a.example/", "L")).result(5)
    found = bring(tmp_path / "ours", only_file(tmp_path / "theirs"))
    assert {one.url.rsplit("/", 1)[1]: one.origin.why for one in found} == whys
    assert {(one.origin.via, one.origin.hops) for one in found} == {("https://a.example/", "L")}


HOSTILE_URLS = [
    "http://[::1/", "http://a.example:99999/", "http://a.example:port/", "http:///nowhere", "//", "http://\u2100/",
    "javascript:alert(1)", "http://a.example/%" + "25" * 9_000, "http://a.example/" + "x" * 70_000, "dns:a.example",
    "http://a.example/two  blanks", "urn:x", "<http://in.example/>", "http://a@b@c/", "HTTP://UPPER.EXAMPLE/",
]  # fmt: skip


def test_no_url_of_others_keeps_a_file_from_being_indexed(tmp_path: Path) -> None:
    records = [response(str(number), url=url) for number, url in enumerate(HOSTILE_URLS)]
    path = kept(tmp_path, "theirs.warc", b"".join(records))
    found = bring(tmp_path / "ours", path)
    assert len(found) == len(HOSTILE_URLS)
    for one in found:
        assert one.record_id in [capture.record_id for capture in found if lookup(tmp_path / "ours", capture.url)]
        assert lookup(tmp_path / "ours", one.url), one.url[:80]


def test_a_file_that_inflates_beyond_measure_is_taken_as_far_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accession, "ALWAYS_TAKEN", 1 << 20)
    bomb = answer(body=bytes(3 << 20))
    for name, content in (
        ("single.warc.gz", zipped(response("a"), response("b", bomb), response("c"))),
        ("whole.warc.gz", gzip.compress(response("a") + response("b", bomb) + response("c"))),
    ):
        found = looked_through(kept(tmp_path, name, content))
        assert found.captures[0].identity.url.endswith("/a")
        assert len(found.captures) < 3
        assert "inflates to more than" in " ".join(damage.what for damage in found.damaged)


def test_a_disk_that_fails_ends_the_import_with_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path, "theirs.warc.gz", zipped(info("i"), *(response(str(n)) for n in range(5))))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for call in ("archive.warcfile.os.write", "archive.warcfile.os.fdatasync", "archive.importing.leave_lines"):
        folder = tmp_path / call
        with monkeypatch.context() as failing:
            failing.setattr(call, full)
            with pytest.raises(WriteFailed, match="No space left"):
                bring(folder, path)
        adopted = recover(folder, lambda name: None).adopted
        rest = bring(folder, path, [one.record_id for one in adopted])
        assert len(adopted) + len(rest) == 5
        assert not [damage for file in (folder / "warc").glob("*.gz*") for damage in verify_file(file).damaged]


def test_a_file_that_changes_while_it_is_read_is_an_error_in_one_line(tmp_path: Path) -> None:
    path = kept(tmp_path, "theirs.warc.gz", zipped(info("i"), response("a"), response("b")))
    found = looked_through(path)
    changed = pytest.raises(ArchiveError, match=r"theirs\.warc\.gz changed while it was read")
    with accession.original(path.name, zipped(info("i"), response("a"))[:-9], tmp_path) as one, changed:
        list(one.record(found.captures[0].own))


BODIES = st.binary(max_size=2_000)
URLS = st.sampled_from([f"https://{host}.example/{path}" for host in "ab" for path in ("", "x", "y?z=1")])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept_answers=st.lists(st.tuples(URLS, BODIES, st.sampled_from(["200 OK", "404 Not Found", "302 Found"]))))
def test_any_archive_exported_and_brought_in_gives_the_same_captures_and_payloads(
    tmp_path_factory: pytest.TempPathFactory, kept_answers: list[tuple[str, bytes, str]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    captures: list[Capture] = []
    with ArchiveWriter(folder / "theirs", run="r", agent=AGENT) as writer:
        last: dict[str, Capture] = {}
        for url, body, status in kept_answers:
            one = writer.keep(exchange(answer(status, body), url), CITED, previous=last.get(url)).result(10)
            last[url] = one if one.revisit_of is None else last[url]
            captures.append(one)
    out = folder / "theirs.wacz"
    places = [(folder / "theirs" / "warc" / one.warc, one.offset, one.length) for one in captures]
    write_wacz(out, title="", description="", records=places, pages=[], created=NOW, software="sourcekeep/test")
    found = []
    with opened_package(out) as package:
        for name, data in package.warc_files():
            found += bring(folder / "ours", kept(folder, name.split("/")[1], bytes(data)))
    assert unplaced(found) == unplaced(captures)
    for theirs, ours in zip(captures, found, strict=True):
        if theirs.revisit_of is None:
            assert read_payload(folder / "ours", ours) == read_payload(folder / "theirs", theirs)


def test_the_real_samples_come_in_as_far_as_they_are_sound(tmp_path: Path, real_samples: Path) -> None:
    for path in sorted((real_samples / "warc").iterdir()):
        if path.suffix == ".wacz":
            continue
        folder = tmp_path / path.name
        found = bring(folder, path)
        sound = {one.url for one in captures_in(path)}
        assert sound <= {one.url for one in found}, path.name
        for file in (folder / "warc").glob("*.gz"):
            assert not verify_file(file).damaged
            assert list(captures_in(file)) == found
