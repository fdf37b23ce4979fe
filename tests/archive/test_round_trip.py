"""What was received is what is read back, byte for byte, by this reader and by others."""

import base64
import gzip
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from archive.fields import parse_fields, sha256_of
from archive.fixity import verify_file
from archive.payload import entity_body
from archive.reader import captures_in, read_capture, read_payload
from archive.scanner import scan_warc
from archive.stretch import mapped
from tests.archive.exchanges import exchange, forms, keep_all, only_file


def test_every_odd_answer_is_kept_byte_for_byte(tmp_path: Path, real_samples: Path) -> None:
    named = forms(real_samples)
    exchanges = [exchange(content, f"https://a.example/{name}") for name, content in named.items()]
    captures = keep_all(tmp_path, exchanges)
    path = only_file(tmp_path)
    assert len(named) == 57
    assert list(captures_in(path)) == captures
    report = verify_file(path)
    assert not report.damaged
    assert report.records == 3 * len(captures) + 1
    for each, capture in zip(exchanges, captures, strict=True):
        held = read_capture(path, capture.offset)
        before = _interim(path, capture.record_id)
        assert before + held.block == bytes(each.received), each.url
        if capture.payload_digest:
            entity = entity_body(each.received, each.body_at, each.end_at, each.framing)
            assert read_payload(tmp_path, capture).content == bytes(entity), each.url
            assert capture.payload_digest == sha256_of(entity)


def _interim(path: Path, record_id: str) -> bytes:
    for stretch in scan_warc(mapped(path)):
        assert stretch.fields is not None
        assert stretch.measure is not None
        if stretch.kind == "metadata" and stretch.fields.get("WARC-Concurrent-To") == f"<{record_id}>":
            fields = parse_fields(stretch.measure.content)
            assert fields is not None
            return base64.b64decode(fields.get("interim") or "")
    raise AssertionError("no metadata record")


def test_other_readers_give_the_same_bytes(tmp_path: Path, real_samples: Path) -> None:
    named = forms(real_samples)
    exchanges = [exchange(content, f"https://a.example/{name}") for name, content in named.items()]
    captures = keep_all(tmp_path, exchanges)
    path = only_file(tmp_path)
    blocks = {f"<{c.record_id}>": read_capture(path, c.offset).block for c in captures}
    with path.open("rb") as file:
        seen = {
            record.rec_headers.get_header("WARC-Record-ID"): record.raw_stream.read()
            for record in ArchiveIterator(file, no_record_parse=True)
            if record.rec_type == "response"
        }
    assert seen == blocks
    with path.open("rb") as file:
        iterator = FastIterator(file, record_types=WarcRecordType.response, parse_http=False)
        fast = {record.headers["WARC-Record-ID"]: record.reader.read() for record in iterator}
    assert fast == blocks
    assert gzip.decompress(path.read_bytes()).startswith(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n")
