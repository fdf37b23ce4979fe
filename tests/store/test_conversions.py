"""Which texts of which payloads are kept."""

from archive.capture import Conversion
from store.conversions import conversions_of, kept_texts, places
from store.database import Database
from store.intake import file_kept
from store.reconcile import adopt, known_end, lost
from tests.store.making import a_capture


def a_conversion(source: str, number: int, reader: str = "reader 1", text: str = "words") -> Conversion:
    return Conversion(
        record_id=f"urn:uuid:c{number}", source=source, payload_digest="sha256:paper", text_digest=f"sha256:{text}",
        reader=reader, warc="run.warc.gz", offset=number * 1000, length=400,
    )  # fmt: skip


def test_conversions_are_filed_once_and_found_by_payload_and_by_capture(db: Database) -> None:
    capture = a_capture("https://a.example/", "paper", offset=0)
    first, second = a_conversion(capture.record_id, 1), a_conversion("urn:uuid:elsewhere", 2, "reader 2")
    assert file_kept(db, [capture, first, second]) == 1
    assert file_kept(db, [capture, first, second]) == 0
    assert kept_texts(db, ["sha256:paper", "sha256:other"]) == {
        "sha256:paper": {("reader 1", "sha256:words"), ("reader 2", "sha256:words")}
    }
    assert conversions_of(db, [capture.record_id]) == [first]
    assert places(db, "run.warc.gz") == [
        ("run.warc.gz", 1000, "urn:uuid:c1", "https://a.example/"),
        ("run.warc.gz", 2000, "urn:uuid:c2", ""),
    ]
    assert places(db, "other.warc.gz") == []
    told = [(one["offset"], one["url"]) for one in lost(db, ())]
    assert told == [(0, "https://a.example/"), (1000, "https://a.example/"), (2000, "")]


def test_the_known_end_of_a_file_is_behind_its_last_text_too(db: Database) -> None:
    file_kept(db, [a_conversion("urn:uuid:x", 3)])
    assert known_end(db, "run.warc.gz") == 3400
    file_kept(db, [a_capture("https://a.example/", offset=9000, length=100)])
    assert known_end(db, "run.warc.gz") == 9100


def test_adopting_counts_captures_and_takes_texts_along(db: Database) -> None:
    capture = a_capture("https://a.example/", "paper")
    found = [capture, a_conversion(capture.record_id, 1)]
    assert [adopt(db, found), adopt(db, found)] == [1, 0]
    assert conversions_of(db, [capture.record_id]) == found[1:]
