"""The text of each document is in the archive before the catalogue has the document, once, whatever happens between."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Capture, Conversion, Origin
from archive.conversion import joined_pages
from archive.errors import WriteFailed
from archive.reader import items_in, read_capture
from archive.recovery import recover
from archive.scanner import scan_warc
from desk.config import Config
from desk.converting import Converting, text_of
from desk.following import Reading
from desk.place import catalogue, held
from desk.rebuilding import rebuild
from desk.verifying import verify_folder
from extract.document import Document, DocumentState, Page
from store import intake, schema
from store.conversions import conversions_of
from tests.store.making import a_document

TEXT = b"The first page says this.\fThe second says that."


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "data", least_free_mib=0)


def kept(config: Config) -> list[Capture | Conversion]:
    return [item for path in sorted((config.data / "warc").glob("*.warc.gz*")) for item in items_in(path)]


def texts(config: Config) -> list[bytes]:
    """The conversions in the files, as bytes."""
    files = {path.name.removesuffix(".open"): path for path in (config.data / "warc").glob("*.warc.gz*")}
    conversions = [item for item in kept(config) if isinstance(item, Conversion)]
    return [read_capture(files[one.warc], one.offset).block for one in conversions]


def pages(config: Config) -> list[str]:
    with catalogue(config) as database, database.reading() as connection:
        return list(connection.execute(schema.page.select().with_only_columns(schema.page.c.text)).scalars())


def keep(config: Config, content: bytes = TEXT, *, name: str = "report") -> Capture:
    with held(config) as place:
        return place.writer.keep_resource(f"urn:file:{name}", "text/plain", content, Origin("cited")).result()


def read_all(config: Config, *, keep_text: bool = True) -> None:
    """What a run does with what is unread."""
    with held(config) as place:
        reading = Reading(place, keep_text=keep_text)
        reading.catch_up()
        reading.finish()


def test_a_document_has_its_text_in_the_archive_and_a_second_reading_adds_none(config: Config) -> None:
    capture = keep(config)
    read_all(config)
    (conversion,) = [item for item in kept(config) if isinstance(item, Conversion)]
    assert (conversion.source, conversion.payload_digest) == (capture.record_id, capture.payload_digest)
    assert texts(config) == [joined_pages(pages(config))]
    with catalogue(config) as database:
        assert conversions_of(database, [capture.record_id]) == [conversion]
        with database.writing() as connection:
            connection.execute(schema.page.delete())
            connection.execute(schema.document.delete())
    read_all(config)
    assert len(texts(config)) == 1
    assert len(pages(config)) == 2


def test_the_same_bytes_captured_twice_have_one_text(config: Config) -> None:
    keep(config, name="one")
    keep(config, name="two")
    read_all(config)
    keep(config, name="three")
    read_all(config)
    assert len(texts(config)) == 1


def test_what_holds_no_text_has_none_in_the_archive(config: Config) -> None:
    keep(config, b"\x89PNG\r\n\x1a\n" + bytes(100))
    read_all(config)
    assert texts(config) == []


def test_no_text_is_kept_where_that_is_switched_off(config: Config) -> None:
    keep(config)
    read_all(config, keep_text=False)
    assert texts(config) == []
    assert len(pages(config)) == 2


class Killed(BaseException):
    """The end of the process at this point."""


def killed(*_: Any, **__: Any) -> None:
    raise Killed


def test_killed_before_the_document_is_filed_the_text_is_known_again(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(config)
    with monkeypatch.context() as patch:
        patch.setattr("store.intake.file_documents", killed)
        with pytest.raises(Killed):
            read_all(config)
    assert len(texts(config)) == 1
    assert pages(config) == []
    read_all(config)
    assert texts(config) == [joined_pages(pages(config))]


def test_killed_before_the_text_has_its_row_it_is_adopted_and_known_again(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(config)
    with monkeypatch.context() as patch:
        patch.setattr("store.intake.put_conversions", _refuse)
        with pytest.raises(RuntimeError, match="no catalogue"):
            read_all(config)
    assert list((config.data / "warc").glob("*.open"))
    assert pages(config) == []
    read_all(config)
    assert texts(config) == [joined_pages(pages(config))]
    assert verify_folder(config)["missing"] == []


def _refuse(_: object, conversions: list[Conversion]) -> None:
    if conversions:
        raise RuntimeError("no catalogue")


def test_no_document_is_filed_whose_text_the_disk_refuses(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(config)
    with monkeypatch.context() as patch:
        patch.setattr("archive.warcfile.os.fdatasync", _no_disk)
        with pytest.raises(WriteFailed, match="the captures before are safe"):
            read_all(config)
    assert pages(config) == []
    read_all(config)
    assert texts(config) == [joined_pages(pages(config))]


def _no_disk(_: int) -> None:
    raise OSError(5, "Input/output error")


def test_a_rebuild_knows_the_texts_and_adds_none(config: Config) -> None:
    keep(config)
    read_all(config)
    before = sorted(path.name for path in (config.data / "warc").iterdir())
    rebuild(config)
    assert sorted(path.name for path in (config.data / "warc").iterdir()) == before
    read_all(config)
    assert len(texts(config)) == 1
    verified = verify_folder(config)
    assert [verified[fault] for fault in ("damaged", "missing", "unlisted")] == [[], [], []]


def test_a_text_that_was_taken_out_of_its_file_is_missed(config: Config) -> None:
    capture = keep(config)
    read_all(config)
    (path,) = [path for path in (config.data / "warc").glob("*.warc.gz") if path.name != capture.warc]
    content = path.read_bytes()
    (text,) = [stretch for stretch in scan_warc(content) if stretch.kind == "conversion"]
    path.write_bytes(content[: text.offset] + content[text.end :])
    assert verify_folder(config)["missing"] == [{"warc": path.name, "offset": text.offset, "url": "urn:file:report"}]
    path.unlink()
    assert verify_folder(config)["missing"] == [{"warc": path.name, "offset": text.offset, "url": "urn:file:report"}]


def test_a_file_that_holds_texts_alone_is_not_read_again_at_every_start(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(config)
    read_all(config)
    monkeypatch.setattr("desk.place.items_in", killed)
    with held(config):
        pass


def test_the_text_is_what_the_catalogue_holds_page_by_page() -> None:
    read = replace(a_document("one\fand\x00 more", "", "two\r\n"), language="en", reason="all")
    text = text_of(read)
    assert text is not None
    assert text.pages == ("one\nand more", "", "two\n")
    assert (text.reader, text.state, text.page_count, text.language, text.reason) == ("test", "read", 3, "en", "all")
    assert text_of(a_document("", " \n")) is None
    assert text_of(Document("other", DocumentState.NOT_A_DOCUMENT)) is None
    partly = replace(read, state=DocumentState.TIME_LIMIT, pages=(Page(1, "as far as it went"),))
    assert text_of(partly) is not None


def test_another_reader_or_other_words_are_another_text(config: Config) -> None:
    capture = keep(config)
    first = a_document("words")
    readings: list[Callable[[], Document]] = [
        lambda: first,
        lambda: first,
        lambda: replace(first, reader="test 2"),
        lambda: a_document("words", "and more"),
        lambda: first,
    ]
    with held(config) as place:
        for number, reading in enumerate(readings):
            converting = Converting(place)
            converting.expect([capture.payload_digest or ""])
            converting.keep(capture, reading())
            converting.keep(capture, reading())
            converting.settle()
            assert len(conversions_of(place.database, [capture.record_id])) == (1, 1, 2, 3, 3)[number]
    assert recover(config.data, lambda name: None).adopted == []
    with catalogue(config) as database:
        again = [item for item in kept(config) if isinstance(item, Conversion)]
        intake.file_kept(database, again)
        assert conversions_of(database, [capture.record_id]) == again
