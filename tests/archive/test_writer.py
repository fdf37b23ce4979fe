"""The writer: whole files byte for byte, revisits, groups, and what happens when the disk refuses."""

import errno
import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.capture import Capture, Fault, Origin, RecordType, Truncation
from archive.clock import fixed_seams
from archive.errors import Interrupted, WriteFailed
from archive.event import Making, exchange_event
from archive.fixity import verify_file
from archive.members import member_of
from archive.reader import captures_in, read_capture, read_payload
from archive.records import Ids
from archive.recovery import Recovered, recover
from archive.scanner import scan_warc
from archive.seed import Why
from archive.showing import dom_address, page_url
from archive.writer import ArchiveWriter, Kept
from tests.archive.exchanges import AGENT, CITED, NOW, PAGE, answer, exchange, keep_all, only_file

VALIDATED = b"GET / HTTP/1.1\r\nHost: a.example\r\nIf-None-Match: W/x\r\n\r\n"


def test_the_same_exchanges_give_the_same_file_byte_for_byte(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        exchanges = [exchange(answer(body=b"x" * n), f"https://a.example/{n}") for n in range(20)]
        keep_all(tmp_path / name, exchanges, seams=fixed_seams(NOW, step=timedelta(0)))
        files.append((only_file(tmp_path / name), (tmp_path / name / "index.cdxj").read_bytes()))
    (one, index_one), (two, index_two) = files
    assert one.name == two.name
    assert one.name.startswith(f"sourcekeep-20260304050607-00001-{os.getpid()}-")
    assert one.read_bytes() == two.read_bytes()
    assert index_one == index_two


def test_every_record_names_the_warcinfo_and_the_one_date_of_its_event(tmp_path: Path) -> None:
    keep_all(tmp_path, [exchange(), exchange(url="https://b.example/", started=NOW + timedelta(microseconds=1))])
    with only_file(tmp_path).open("rb") as file:
        headers = [record.rec_headers for record in ArchiveIterator(file)]
    info, *others = headers
    assert info["WARC-Type"] == "warcinfo"
    assert {header["WARC-Warcinfo-ID"] for header in others} == {info["WARC-Record-ID"]}
    assert all(header["WARC-Block-Digest"].startswith("sha256:") for header in headers)
    assert [header["WARC-Date"] for header in others] == ["2026-03-04T05:06:07.890123Z"] * 3 + [
        "2026-03-04T05:06:07.890124Z"
    ] * 3
    metadata, request, response = others[:3]
    assert metadata["WARC-Concurrent-To"] == request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert response["WARC-IP-Address"] == "192.0.2.7"


def test_an_unchanged_page_becomes_a_revisit_of_the_response(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, run="r", agent=AGENT) as writer:
        first = writer.keep(exchange(), CITED).result(5)
        later = exchange(started=NOW + timedelta(days=1))
        again = writer.keep(later, CITED, previous=first).result(5)
    assert again.record_type is RecordType.REVISIT
    assert again.revisit_of == first.record_id
    assert (again.payload_digest, again.payload_length) == (first.payload_digest, 5)
    assert again.truncated is None
    assert list(captures_in(only_file(tmp_path))) == [first, again]
    held = read_capture(only_file(tmp_path), again.offset)
    assert held.block == PAGE[:-5]
    assert held.fields.get("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert held.fields.get("WARC-Refers-To") == f"<{first.record_id}>"
    assert held.fields.get("WARC-Refers-To-Date") == "2026-03-04T05:06:07.890123Z"
    assert held.fields.get("WARC-Refers-To-Target-URI") == first.url
    assert held.fields.get("WARC-Truncated") == "length"
    assert not verify_file(only_file(tmp_path)).damaged


def test_a_304_becomes_a_revisit_only_when_it_was_asked_for(tmp_path: Path) -> None:
    not_modified = b"HTTP/1.1 304 Not Modified\r\nETag: W/x\r\n\r\n"
    with ArchiveWriter(tmp_path, run="r", agent=AGENT) as writer:
        first = writer.keep(exchange(), CITED).result(5)
        asked = writer.keep(exchange(not_modified, sent=VALIDATED), CITED, previous=first).result(5)
        unasked = writer.keep(exchange(not_modified), CITED, previous=first).result(5)
        without = writer.keep(exchange(not_modified, sent=VALIDATED), CITED).result(5)
    assert [c.record_type.value for c in (asked, unasked, without)] == ["revisit", "response", "response"]
    assert asked.payload_digest == first.payload_digest
    assert read_capture(only_file(tmp_path), asked.offset).block == not_modified
    assert list(captures_in(only_file(tmp_path))) == [first, asked, unasked, without]


def test_the_payload_is_known_by_its_sha1_too_and_so_is_what_repeats_it(tmp_path: Path) -> None:
    sha1 = "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"
    with ArchiveWriter(tmp_path, run="r", agent=AGENT) as writer:
        first = writer.keep(exchange(), CITED).result(5)
        unchanged = writer.keep(exchange(), CITED, previous=replace(first, payload_sha1=None)).result(5)
        not_modified = exchange(b"HTTP/1.1 304 Not Modified\r\n\r\n", sent=VALIDATED)
        asked = writer.keep(not_modified, CITED, previous=first).result(5)
        unknown = writer.keep(not_modified, CITED, previous=replace(first, payload_sha1=None)).result(5)
        file = writer.keep_resource("urn:file:x", "text/plain", b"hello", CITED).result(5)
        no_answer = writer.keep(exchange(b"garbage"), CITED).result(5)
    kept = [first, unchanged, asked, unknown, file, no_answer]
    assert [one.payload_sha1 for one in kept] == [sha1, sha1, sha1, None, sha1, None]
    assert list(captures_in(only_file(tmp_path))) == kept
    with only_file(tmp_path).open("rb") as stream:
        for record in ArchiveIterator(stream):
            names = [name for name, _ in record.rec_headers.headers]
            assert len(names) == len(set(names)) or record.rec_type in ("request", "response", "revisit")
            assert names.count("WARC-Payload-Digest") <= 1, "a field is not repeated (WARC/1.1 §5.1)"


def test_a_file_of_others_that_names_sha1_is_known_by_it(tmp_path: Path) -> None:
    path = tmp_path / "theirs.warc"
    path.write_bytes(
        b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n"
        b"WARC-Target-URI: https://a.example/\r\nWARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r\n"
        b"Content-Length: 5\r\n\r\nhello\r\n\r\n"
    )
    (capture,) = captures_in(path)
    assert capture.payload_digest == capture.payload_sha1 == "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"http_status": 404}, "another status"),
        ({"location": "/elsewhere"}, "another Location"),
        ({"truncated": Truncation.TIME}, "a truncated response is no reference"),
        ({"record_type": RecordType.REVISIT}, "a revisit is no reference"),
        ({"payload_length": 0}, "an empty payload is no reference"),
        ({"payload_digest": "sha256:00"}, "another payload"),
    ],
)
def test_no_revisit_unless_all_is_equal(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    (first,) = keep_all(tmp_path / "first", [exchange()])
    with ArchiveWriter(tmp_path, run="r", agent=AGENT) as writer:
        again = writer.keep(exchange(), CITED, previous=replace(first, **change)).result(5)
    assert again.record_type is RecordType.RESPONSE, why


def test_a_cut_answer_is_kept_and_marked(tmp_path: Path) -> None:
    cut = exchange(PAGE[:-2], truncated=Truncation.DISCONNECT, fault=Fault.RESET, fault_detail="reset\r\nby peer")
    (capture,) = keep_all(tmp_path, [cut])
    assert capture.truncated is Truncation.DISCONNECT
    assert capture.payload_length == 3
    assert read_payload(tmp_path, capture).reason == "the answer was cut (disconnect)"
    assert list(captures_in(only_file(tmp_path))) == [capture]


def test_an_imported_file_becomes_a_resource(tmp_path: Path) -> None:
    origin = Origin("incident", "Met Police – page\n.txt")
    with ArchiveWriter(tmp_path, run="r", agent=AGENT, seams=fixed_seams(NOW)) as writer:
        capture = writer.keep_resource(
            "file:///Ünt itled<1>.txt", "Text/Plain; charset=utf-8", b"\r\n\r\nx", origin
        ).result(5)
    assert capture.record_type is RecordType.RESOURCE
    assert capture.url == "file:///%C3%9Cnt%20itled%3C1%3E.txt"
    assert (capture.mime, capture.http_status, capture.payload_length) == ("text/plain", None, 5)
    assert capture.origin == Origin("incident", "Met Police – page%0A.txt")
    assert list(captures_in(only_file(tmp_path))) == [capture]
    payload = read_payload(tmp_path, capture)
    assert (payload.content, payload.content_type) == (b"\r\n\r\nx", "Text/Plain; charset=utf-8")


def test_what_was_made_of_a_capture_names_it_and_what_made_it(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, run="r", agent=AGENT, seams=fixed_seams(NOW)) as writer:
        page = writer.keep(exchange(), CITED).result(5)
        origin = Origin(Why.SHOWN.value, page.url, "S")
        made = writer.keep_resource(
            dom_address(page.url), "text/html", b"<p>shown", origin, made_of=Making(page, "Chromium/156")
        ).result(5)
    assert list(captures_in(only_file(tmp_path))) == [page, made]
    assert page_url(made) == page_url(page) == page.url
    with only_file(tmp_path).open("rb") as stream:
        records = [(one.rec_headers, one.content_stream().read()) for one in ArchiveIterator(stream)]
    (notes, told), (headers, content) = records[-2:]
    assert (headers.get_header("WARC-Type"), content) == ("resource", b"<p>shown")
    assert headers.get_header("WARC-Concurrent-To") == f"<{page.record_id}>"
    assert headers.get_header("WARC-Refers-To") is None, "WARC/1.1 §5.11"
    assert notes.get_header("WARC-Concurrent-To") == headers.get_header("WARC-Record-ID")
    assert b"madeBy: Chromium/156\r\n" in told


def test_nothing_received_is_not_kept(tmp_path: Path) -> None:
    with (
        ArchiveWriter(tmp_path, run="r", agent=AGENT) as writer,
        pytest.raises(ValueError, match="nothing was received"),
    ):
        writer.keep(exchange(b""), CITED)
    assert not list((tmp_path / "warc").glob("*"))
    with pytest.raises(ValueError, match="closed"):
        writer.keep(exchange(), CITED)


def test_who_is_told_finds_the_record_on_disk_and_in_order(tmp_path: Path) -> None:
    told: list[Kept] = []
    threads = set()

    def on_durable(kept: Sequence[Kept]) -> None:
        threads.add(threading.current_thread().name)
        for each in kept:
            assert read_payload(tmp_path, each.item).content == str(each.ticket).encode()
        told.extend(kept)

    with ArchiveWriter(tmp_path, run="r", agent=AGENT, on_durable=on_durable) as writer:
        futures = [writer.keep(exchange(answer(body=str(n).encode())), CITED, ticket=n) for n in range(200)]
        assert not futures[-1].cancel()
    assert [each.ticket for each in told] == list(range(200))
    assert [future.result(0) for future in futures] == [each.item for each in told]
    assert [each.item.offset for each in told] == sorted(each.item.offset for each in told)
    assert threads == {"archive-writer"}
    assert writer.pending_bytes == 0


def test_a_full_file_is_closed_and_another_begun(tmp_path: Path) -> None:
    body = os.urandom(40_000)
    exchanges = [exchange(answer(body=body), f"https://a.example/{n}") for n in range(300)]
    captures = keep_all(tmp_path, exchanges, roll_at=2_000_000)
    files = sorted((tmp_path / "warc").iterdir())
    assert len(files) > 3
    assert all(path.name.endswith(".warc.gz") for path in files)
    assert sorted({c.warc for c in captures}) == [path.name for path in files]
    assert [c for path in files for c in captures_in(path)] == captures
    assert len((tmp_path / "index.cdxj").read_text().splitlines()) == 300


def test_a_large_body_is_kept_whole(tmp_path: Path) -> None:
    body = os.urandom(20 << 20)
    (capture,) = keep_all(tmp_path, [exchange(answer(body=body))])
    assert read_payload(tmp_path, capture).content == body
    part = read_payload(tmp_path, capture, limit=10)
    assert (part.content, part.reason) == (body[:10], f"only the first 10 of {20 << 20} bytes")
    assert not verify_file(only_file(tmp_path)).damaged


class FailingDisk:
    """os.write and os.fdatasync of the writer, the `at`-th call of which fails, half done."""

    def __init__(self, at: int, number: int) -> None:
        self.calls = 0
        self.at = at
        self.number = number

    def fail(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            raise OSError(self.number, os.strerror(self.number))

    def write(self, fd: int, data: memoryview) -> int:
        if self.calls + 1 == self.at:
            _real_write(fd, data[: len(data) // 2])
        self.fail()
        return _real_write(fd, data)

    def fdatasync(self, fd: int) -> None:
        self.fail()
        _real_sync(fd)


_real_write, _real_sync = os.write, os.fdatasync


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("at", range(1, 13))
def test_a_refused_write_claims_nothing_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, number: int
) -> None:
    disk = FailingDisk(at, number)
    monkeypatch.setattr("archive.warcfile.os.write", disk.write)
    monkeypatch.setattr("archive.warcfile.os.fdatasync", disk.fdatasync)
    told: list[Capture] = []
    with ArchiveWriter(
        tmp_path, run="r", agent=AGENT, on_durable=lambda kept: told.extend(k.item for k in kept)
    ) as writer:
        exchanges = [exchange(answer(body=os.urandom(2_000)), f"https://a.example/{n}") for n in range(8)]
        failures = [writer.keep(each, CITED).exception(5) for each in exchanges]
    monkeypatch.undo()
    failed = [failure for failure in failures if failure is not None]
    assert len(told) + len(failed) == 8
    assert failed
    assert all(isinstance(failure, WriteFailed) and os.strerror(number) in str(failure) for failure in failed)
    ends = {c.warc: c.offset + c.length for c in told}
    found = recover(tmp_path, ends.get)
    assert not found.adopted
    assert not found.short
    kept = [c for path in sorted((tmp_path / "warc").glob("*.warc.gz")) for c in captures_in(path)]
    assert kept == told
    again = keep_all(tmp_path, [exchange(url="https://a.example/again")])
    files = sorted((tmp_path / "warc").glob("*.warc.gz"))
    assert all(not verify_file(path).damaged for path in files)
    assert len((tmp_path / "index.cdxj").read_text().splitlines()) == len(told) + len(again)


class ShrinkingDisk:
    """A disk that has `free` bytes and loses to others what `on_durable` is told of, and `looks` at it."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.looks = 0

    def fstatvfs(self, fd: int) -> SimpleNamespace:
        self.looks += 1
        return SimpleNamespace(f_bavail=self.free // 512, f_frsize=512, f_bfree=1 << 40)


def test_a_write_that_would_leave_too_little_free_stops_the_writer_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = ShrinkingDisk(101 << 20)
    monkeypatch.setattr("archive.room.os.fstatvfs", disk.fstatvfs)
    with ArchiveWriter(tmp_path, run="r", agent=AGENT, least_free=100 << 20) as writer:
        first = writer.keep(exchange(answer(body=os.urandom(900_000))), CITED).result(5)
        assert disk.looks == 1, "one look a group"
        (open_file,) = (tmp_path / "warc").iterdir()
        before = open_file.read_bytes()
        told = "only 101.0 MiB are free, 100.0 MiB must stay free, 1.1 MiB were to be written"
        for _ in range(2):
            with pytest.raises(WriteFailed, match=told) as refused:
                writer.keep(exchange(answer(body=os.urandom(1_200_000))), CITED).result(5)
            assert refused.value.exit_code == 3
            assert "the captures before are safe" in str(refused.value)
    assert open_file.read_bytes() == before
    found = recover(tmp_path, {first.warc: first.offset + first.length}.get)
    assert found == Recovered(entered=[first.warc]), "closed as it is, and entered in the custody log"
    disk.free = 1 << 40
    again = keep_all(tmp_path, [exchange(answer(body=os.urandom(1_200_000)))], least_free=100 << 20)
    kept = [c for path in sorted((tmp_path / "warc").glob("*.warc.gz")) for c in captures_in(path)]
    assert sorted(kept, key=lambda c: c.payload_length) == [first, *again]


def test_a_body_that_outgrows_the_room_is_taken_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = ShrinkingDisk(40 << 20)
    monkeypatch.setattr("archive.room.os.fstatvfs", disk.fstatvfs)

    def write(fd: int, data: memoryview) -> int:
        disk.free -= len(data)
        return _real_write(fd, data)

    monkeypatch.setattr("archive.warcfile.os.write", write)
    with ArchiveWriter(tmp_path, run="r", agent=AGENT, least_free=30 << 20) as writer:
        failure = writer.keep(exchange(answer(body=os.urandom(20 << 20))), CITED).exception(5)
    assert isinstance(failure, WriteFailed)
    assert not list((tmp_path / "warc").iterdir()), "nothing in it was durable"
    assert disk.free >= 30 << 20


def test_a_writer_without_a_floor_does_not_ask_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = ShrinkingDisk(0)
    monkeypatch.setattr("archive.room.os.fstatvfs", disk.fstatvfs)
    keep_all(tmp_path, [exchange()])
    assert disk.looks == 0


def test_when_the_catalogue_refuses_nothing_is_claimed_and_the_record_is_adopted_later(tmp_path: Path) -> None:
    def refuse(_: Sequence[Kept]) -> None:
        raise RuntimeError("no catalogue")

    with ArchiveWriter(tmp_path, run="r", agent=AGENT, on_durable=refuse) as writer:
        one = writer.keep(exchange(), CITED)
        with pytest.raises(RuntimeError, match="no catalogue"):
            one.result(5)
        with pytest.raises(RuntimeError, match="no catalogue"):
            writer.keep(exchange(), CITED).result(5)
    assert len(recover(tmp_path, lambda _: None).adopted) == 1


def test_what_waits_may_be_dropped_and_what_is_being_written_is_kept_whole(tmp_path: Path) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def slow_catalogue(_: Sequence[Kept]) -> None:
        writing.set()
        go_on.wait(10)

    with ArchiveWriter(tmp_path, run="r", agent=AGENT, on_durable=slow_catalogue) as writer:
        first = writer.keep(exchange(), CITED)
        writing.wait(10)
        waiting = [writer.keep(exchange(url=f"https://b.example/{n}"), CITED) for n in range(3)]
        writer.drop()
        writer.drop()
        assert [type(future.exception(0)) for future in waiting] == [Interrupted] * 3
        after = writer.keep(exchange(url="https://c.example/"), CITED)
        go_on.set()
        kept = [first.result(10), after.result(10)]
        assert writer.pending_bytes == 0
    assert list(captures_in(only_file(tmp_path))) == kept
    assert not verify_file(only_file(tmp_path)).damaged


def test_dropping_while_it_closes_lets_it_close(tmp_path: Path) -> None:
    go_on = threading.Event()
    writer = ArchiveWriter(tmp_path, run="r", agent=AGENT, on_durable=lambda _: go_on.wait(10) and None)
    writer.keep(exchange(), CITED)
    closing = threading.Thread(target=writer.close)
    closing.start()
    while not writer._closed:
        closing.join(0.01)
    writer.drop()
    go_on.set()
    closing.join(10)
    assert not closing.is_alive()
    assert only_file(tmp_path).suffix == ".gz"


def test_what_cannot_be_built_fails_alone_and_leaves_no_trace(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, run="r", agent=AGENT) as writer:
        good = writer.keep(exchange(), CITED)
        bad = writer.keep(exchange(started=None), CITED)
        last = writer.keep(exchange(), CITED)
        with pytest.raises(AttributeError):
            bad.result(5)
    assert list(captures_in(only_file(tmp_path))) == [good.result(0), last.result(0)]
    assert not verify_file(only_file(tmp_path)).damaged


_HOSTILE = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    ["http://a/\r\nWARC-Type: response", "http://a/\r\n\r\nHTTP/1.1 200 OK\r\n\r\nforged", "\ud800", "a\x00b", " <x> "]
)


@given(url=_HOSTILE, via=_HOSTILE, why=_HOSTILE, detail=_HOSTILE, peer=_HOSTILE)
def test_no_text_forges_or_breaks_a_record(url: str, via: str, why: str, detail: str, peer: str) -> None:
    one = exchange(url=url, fault_detail=detail, peer=peer)
    ids = Ids("<urn:uuid:1>", "<urn:uuid:2>", "<urn:uuid:3>", "<urn:uuid:4>")
    event = exchange_event(one, Origin(why, via), None, ids)
    data = b"".join(piece for record in event.records for piece in member_of(record))
    stretches = list(scan_warc(data))
    assert [stretch.kind for stretch in stretches] == ["metadata", "request", "response"]
    assert not any(stretch.faults for stretch in stretches)
    names = [name for stretch in stretches if stretch.fields for name, _ in stretch.fields.pairs]
    honest = exchange_event(exchange(peer=one.peer), Origin("x", "y"), None, ids)
    expected = [name for record in honest.records for name, _ in record.headers]
    added = len(stretches) * ["WARC-Block-Digest", "Content-Type", "Content-Length"]
    assert sorted(names) == sorted(expected + added)


def test_a_file_in_use_by_others_is_never_taken_over(tmp_path: Path) -> None:
    keep_all(tmp_path, [exchange()], seams=fixed_seams(NOW, step=timedelta(0)))
    shutil.copy(only_file(tmp_path), only_file(tmp_path).with_suffix(".gz.open"))
    with pytest.raises(WriteFailed, match="File exists"):
        keep_all(tmp_path, [exchange()], seams=fixed_seams(NOW, step=timedelta(0)))
