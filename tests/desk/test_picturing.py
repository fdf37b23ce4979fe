"""A page of an archived PDF is shown from the archive alone, named by digest or by URL."""

from pathlib import Path

import pytest

from archive.capture import Capture, Origin
from archive.errors import UsageError, WriteFailed
from desk.config import Config
from desk.following import Reading
from desk.picturing import picture
from desk.place import held
from tests.extract.pdfs import line, pages

URL = "urn:file:report.pdf"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "data", least_free_mib=0)


def archived(config: Config, content: bytes, mime: str = "application/pdf") -> Capture:
    with held(config) as place:
        capture = place.writer.keep_resource(URL, mime, content, Origin("cited")).result()
        reading = Reading(place, keep_text=False)
        reading.catch_up()
        reading.finish()
    return capture


def test_a_page_is_named_by_digest_or_url_and_the_newest_is_taken(config: Config, tmp_path: Path) -> None:
    old = archived(config, pages(line("the old report")))
    new = archived(config, pages(line("first"), line("eight of 42")))
    assert old.payload_digest is not None
    out = tmp_path / "page.png"
    answer = picture(config, URL, 2, out, quote="eight of 42", width=300)
    assert (answer["file"], answer["pages"], answer["width"], len(answer["boxes"])) == (str(out), 2, 300, 1)
    assert answer["capture"]["payload_digest"] == new.payload_digest
    assert out.read_bytes().startswith(b"\x89PNG")
    by_digest = picture(config, old.payload_digest, 1, out, quote="old")
    assert (by_digest["pages"], len(by_digest["boxes"])) == (1, 1)


def test_what_cannot_be_shown_is_said_and_nothing_is_written(config: Config, tmp_path: Path) -> None:
    archived(config, pages(line("first")))
    out = tmp_path / "page.png"
    answer = picture(config, URL, 7, out)
    assert (answer["file"], answer["reason"]) == (None, "there is no page 7: the file has 1")
    assert not out.exists()
    with pytest.raises(WriteFailed, match="could not be written"):
        picture(config, URL, 1, tmp_path / "no" / "such" / "folder.png")


def test_what_is_no_archived_pdf_is_a_wrong_call(config: Config, tmp_path: Path) -> None:
    archived(config, b"a text, no PDF", "text/plain")
    for wanted in (URL, f"sha256:{'0' * 64}", "https://a.example/unknown.pdf"):
        with pytest.raises(UsageError, match=r"(no PDF|nothing) is archived of"):
            picture(config, wanted, 1, tmp_path / "page.png")
