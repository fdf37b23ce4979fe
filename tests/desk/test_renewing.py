"""Documents are read again from the archive alone, go on where a call was stopped, and never become worse."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from archive.capture import Capture, Conversion, Origin
from archive.errors import UnknownKey
from archive.reader import items_in
from desk.config import Config
from desk.following import Reading
from desk.place import catalogue, held
from desk.renewing import is_to_tell, read_again
from desk.verifying import verify_folder
from extract.document import DocumentState
from store import intake, schema
from store.search import SearchIndex

OLD = "pypdfium2 4.0.0"
_documents, _pages = schema.document, schema.page


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "data", least_free_mib=0)


def archived(config: Config, *contents: bytes) -> list[Capture]:
    """Texts that are in the archive and were read."""
    with held(config) as place:
        captures = [
            place.writer.keep_resource(f"urn:file:{number}", "text/plain", content, Origin("cited")).result()
            for number, content in enumerate(contents)
        ]
        reading = Reading(place, keep_text=True)
        reading.catch_up()
        reading.finish()
    return captures


def change(config: Config, **values: Any) -> None:
    """Makes the documents be as another version of the program had read them."""
    words = values.pop("text", None)
    with catalogue(config) as database, database.writing() as connection:
        if values:
            connection.execute(update(_documents).values(**values))
        if words is not None:
            connection.execute(update(_pages).values(text=words))


def documents(config: Config) -> list[Any]:
    with catalogue(config) as database, database.reading() as connection:
        query = _documents.select().add_columns(_pages.c.text).outerjoin(_pages).order_by(_documents.c.id)
        return list(connection.execute(query))


def conversions(config: Config) -> int:
    found = [item for path in sorted((config.data / "warc").glob("*.warc.gz")) for item in items_in(path)]
    return sum(isinstance(item, Conversion) for item in found)


def test_what_another_version_read_is_read_again_kept_and_found_and_then_nothing_is_left(config: Config) -> None:
    archived(config, b"The report found eight of 42 matches.")
    change(config, reader=OLD, text="eightof42")
    answer = read_again(config)
    assert [answer[fate] for fate in ("due", "read", "gained", "kept", "unread", "lost")] == [1, 1, 0, 0, 0, 0]
    assert (answer["state"], answer["documents"], is_to_tell(answer)) == ("done", [], False)
    (document,) = documents(config)
    assert (document.reader, document.text) == ("plain text", "The report found eight of 42 matches.")
    with catalogue(config) as database:
        assert SearchIndex(database).search('"eight of 42"')["total"] == 1
    assert conversions(config) == 1, "the words are those that were kept"
    assert read_again(config)["due"] == 0
    verified = verify_folder(config)
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]


def test_what_reads_otherwise_than_before_is_kept_in_the_archive_as_well(config: Config) -> None:
    archived(config, b"words")
    change(config, reader=OLD)
    with catalogue(config) as database, database.writing() as connection:
        connection.execute(update(schema.conversion).values(text_digest="sha256:of other words"))
    read_again(config)
    assert conversions(config) == 2


def test_what_could_not_be_read_is_told_when_it_can_be_and_when_it_still_cannot(config: Config) -> None:
    archived(config, b"words", b"%PDF-1.7 and then nothing that makes one")
    change(config, state=DocumentState.TIME_LIMIT, reason="busy")
    answer = read_again(config)
    told = {one["url"]: (one["fate"], one["was"]["state"], one["now"]["state"]) for one in answer["documents"]}
    assert told == {
        "urn:file:0": ("gained", "time_limit", "read"),
        "urn:file:1": ("unread", "time_limit", "damaged"),
    }
    assert (answer["due"], answer["read"], answer["gained"], answer["unread"]) == (2, 1, 1, 1)
    assert is_to_tell(answer)
    assert [document.state for document in documents(config)] == ["read", "damaged"]


def test_a_worse_reading_never_replaces_a_better_one(config: Config) -> None:
    archived(config, b"a few words")
    better = "many more words than there are " * 10
    change(config, reader=OLD, text=better)
    before = documents(config)[0].read_at
    answer = read_again(config)
    (told,) = answer["documents"]
    assert (told["fate"], told["reason"]) == ("kept", "only 11 characters were read now")
    assert is_to_tell(answer)
    (document,) = documents(config)
    assert (document.reader, document.text) == (OLD, better)
    assert document.read_at > before
    assert conversions(config) == 1


def test_the_bytes_come_from_another_capture_of_them_when_one_is_damaged_and_are_lost_without(config: Config) -> None:
    first, second = archived(config, b"The very same words."), archived(config, b"The very same words.")
    change(config, reader=OLD)
    spoil(config, first[0])
    assert read_again(config)["read"] == 1
    change(config, reader=OLD)
    spoil(config, second[0])
    answer = read_again(config)
    assert (answer["read"], answer["lost"], is_to_tell(answer)) == (0, 1, True)
    assert "verify" in answer["documents"][0]["reason"] or second[0].warc in answer["documents"][0]["reason"]
    assert documents(config)[0].text == "The very same words."


def spoil(config: Config, capture: Capture) -> None:
    path = config.data / "warc" / capture.warc
    content = bytearray(path.read_bytes())
    content[capture.offset + 40 : capture.offset + capture.length] = bytes(capture.length - 40)
    path.write_bytes(content)


class Killed(BaseException):
    """The end of the process at this point."""


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.following.FILED_AT_ONCE", 1)


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("end", [Killed, KeyboardInterrupt])
def test_a_call_that_was_stopped_goes_on_where_it_was(
    config: Config, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
) -> None:
    archived(config, *(b"text %d" % number for number in range(4)))
    file_documents, left = intake.file_documents, [2]

    def file_two(*args: Any, **rest: Any) -> None:
        if not left[0]:
            raise end
        left[0] -= 1
        file_documents(*args, **rest)

    with monkeypatch.context() as patch:
        patch.setattr("store.intake.file_documents", file_two)
        if end is Killed:
            with pytest.raises(Killed):
                read_again(config, everything=True)
        else:
            stopped = read_again(config, everything=True)
            assert (stopped["state"], stopped["due"]) == ("interrupted", 4)
    again = read_again(config, everything=True)
    assert (again["state"], again["due"], again["read"]) == ("done", 2, 2)
    assert read_again(config, everything=True)["due"] == 4, "what was done is done: this is another call"
    assert read_again(config)["due"] == 0


def test_an_unknown_incident_is_said_before_anything_is_read(config: Config) -> None:
    archived(config, b"words")
    with pytest.raises(UnknownKey, match="no incident nothing-of-the-kind"):
        read_again(config, ["nothing-of-the-kind"], everything=True)


def test_a_clock_that_was_wrong_keeps_nothing_from_being_read_again(config: Config) -> None:
    archived(config, b"words")
    with held(config) as place:
        change(config, read_at=place.seams.now().replace(year=2999))
    assert read_again(config, everything=True)["read"] == 1


def test_an_empty_archive_has_nothing_to_read_again(config: Config) -> None:
    assert read_again(config, everything=True)["due"] == 0
