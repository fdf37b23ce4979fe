"""Rows against files."""

from archive.capture import Capture, Origin, RecordType, Truncation
from store import schema
from store.captures import capture_of, capture_rows
from store.database import Database
from store.intake import file_captures
from store.reconcile import adopt, compare, file_warc, known_end, warc_files
from tests.store.making import NOW, a_capture

A = "https://a.example/"


def test_a_capture_comes_back_as_it_was_filed(db: Database) -> None:
    full = a_capture(
        A, etag='"x"', last_modified="yesterday", location=None, truncated=Truncation.TIME,
        origin=Origin("document", "https://via.example/", "RL"),
    )  # fmt: skip
    bare = a_capture("urn:file:x", status=None, mime=None, record_type=RecordType.RESOURCE)
    file_captures(db, [full, bare])
    with db.reading() as connection:
        assert [capture_of(row) for row in connection.execute(capture_rows().order_by(schema.capture.c.id))] == [
            full,
            bare,
        ]


def test_an_unchanged_answer_has_the_payload_of_its_original(db: Database) -> None:
    original = a_capture(A, "same")
    again = a_capture(
        A, record_type=RecordType.REVISIT, http_status=304, payload_digest=None, revisit_of=original.record_id
    )
    file_captures(db, [original])
    file_captures(db, [again])
    with db.reading() as connection:
        digests = connection.execute(schema.capture.select().with_only_columns(schema.capture.c.payload_digest))
        assert list(digests.scalars()) == ["sha256:same"] * 2


def test_the_known_end_of_a_file_is_behind_its_last_record(db: Database) -> None:
    file_captures(db, [a_capture(A, offset=500, length=100), a_capture(A, offset=0, length=500)])
    assert known_end(db, "run.warc.gz") == 600
    assert known_end(db, "other.warc.gz") is None


def test_adopting_is_safe_to_repeat(db: Database) -> None:
    captures = [a_capture(f"{A}{n}") for n in range(3)]
    assert adopt(db, captures) == 3
    assert adopt(db, captures) == 0
    assert adopt(db, []) == 0


def test_missing_and_unlisted_records_are_told(db: Database) -> None:
    kept, lost = a_capture(A, offset=0), a_capture(f"{A}lost", offset=900)
    elsewhere = a_capture(f"{A}gone", offset=0, warc="gone.warc.gz")
    file_captures(db, [kept, lost, elsewhere])
    found = compare(db, [_place(kept), ("run.warc.gz", 1800, f"{A}new"), ("new.warc.gz", 0, A)])
    assert found.missing == [
        {"warc": "gone.warc.gz", "offset": 0, "url": f"{A}gone"},
        {"warc": "run.warc.gz", "offset": 900, "url": f"{A}lost"},
    ]
    assert found.unlisted == [
        {"warc": "new.warc.gz", "offset": 0, "url": A},
        {"warc": "run.warc.gz", "offset": 1800, "url": f"{A}new"},
    ]
    assert compare(db, map(_place, (kept, lost, elsewhere))).missing == []


def _place(capture: Capture) -> tuple[str, int, str]:
    return capture.warc, capture.offset, capture.url


def test_a_verified_file_is_noted(db: Database) -> None:
    file_captures(db, [a_capture(A)])
    file_warc(db, "run.warc.gz", size=1234, records=3, sha256="ab", now=NOW)
    file_warc(db, "other.warc.gz", size=1, now=NOW)
    assert [(one["warc"], one["bytes"], one["records"]) for one in warc_files(db)] == [
        ("other.warc.gz", 1, None), ("run.warc.gz", 1234, 3),
    ]  # fmt: skip
