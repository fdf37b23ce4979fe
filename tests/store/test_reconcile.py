"""Rows against files."""

from archive.capture import Capture, Origin, RecordType, Truncation
from store import schema
from store.captures import capture_of, capture_rows
from store.database import Database
from store.intake import file_captures
from store.reconcile import Compared, adopt, compare, known_end, lost
from tests.store.making import a_capture

A = "https://a.example/"


def test_a_capture_comes_back_as_it_was_filed(db: Database) -> None:
    full = a_capture(
        A, etag='"x"', last_modified="yesterday", location=None, truncated=Truncation.TIME,
        origin=Origin("document", "https://via.example/", "RL"), payload_sha1="sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N",
    )  # fmt: skip
    bare = a_capture("urn:file:x", status=None, mime=None, record_type=RecordType.RESOURCE)
    file_captures(db, [full, bare])
    with db.reading() as connection:
        assert [capture_of(row) for row in connection.execute(capture_rows().order_by(schema.capture.c.id))] == [
            full,
            bare,
        ]


def test_an_unchanged_answer_has_the_payload_of_its_original(db: Database) -> None:
    original = a_capture(A, "same", payload_sha1="sha1:SAME")
    again = a_capture(
        A, record_type=RecordType.REVISIT, http_status=304, payload_digest=None, revisit_of=original.record_id
    )
    file_captures(db, [original])
    file_captures(db, [again])
    with db.reading() as connection:
        columns = schema.capture.c.payload_digest, schema.capture.c.payload_sha1
        digests = connection.execute(schema.capture.select().with_only_columns(*columns))
        assert list(digests) == [("sha256:same", "sha1:SAME")] * 2


def test_the_known_end_of_a_file_is_behind_its_last_record(db: Database) -> None:
    file_captures(db, [a_capture(A, offset=500, length=100), a_capture(A, offset=0, length=500)])
    assert known_end(db, "run.warc.gz") == 600
    assert known_end(db, "other.warc.gz") is None


def test_adopting_is_safe_to_repeat(db: Database) -> None:
    captures = [a_capture(f"{A}{n}") for n in range(3)]
    assert adopt(db, captures) == 3
    assert adopt(db, captures) == 0
    assert adopt(db, []) == 0


def test_missing_and_unlisted_records_of_a_file_are_told(db: Database) -> None:
    kept, gone = a_capture(A, offset=0), a_capture(f"{A}gone", offset=900)
    elsewhere = a_capture(f"{A}elsewhere", offset=0, warc="elsewhere.warc.gz")
    file_captures(db, [kept, gone, elsewhere])
    found = compare(db, "run.warc.gz", [(1800, f"{A}new"), _place(kept)])
    assert found.missing == [{"warc": "run.warc.gz", "offset": 900, "url": f"{A}gone"}]
    assert found.unlisted == [{"warc": "run.warc.gz", "offset": 1800, "url": f"{A}new"}]
    assert compare(db, "run.warc.gz", map(_place, (gone, kept))) == Compared([], [])
    assert compare(db, "new.warc.gz", [(0, A)]).unlisted == [{"warc": "new.warc.gz", "offset": 0, "url": A}]


def test_rows_of_files_that_are_not_there_are_lost(db: Database) -> None:
    file_captures(db, [a_capture(f"{A}{n}", offset=n, warc=f"{n}.warc.gz") for n in (2, 1, 3)])
    assert lost(db, {"1.warc.gz", "3.warc.gz"}) == [{"warc": "2.warc.gz", "offset": 2, "url": f"{A}2"}]
    assert [row["warc"] for row in lost(db, ())] == ["1.warc.gz", "2.warc.gz", "3.warc.gz"]
    assert lost(db, {f"{n}.warc.gz" for n in range(9)}) == []


def _place(capture: Capture) -> tuple[int, str]:
    return capture.offset, capture.url
