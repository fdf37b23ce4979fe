"""Leading: no page from which a rule for unknown sites would find a document is ever spared the reading."""

import random
from pathlib import Path

import pytest

from crawler.publisher import read_landing
from extract.leading import may_lead
from tests.conftest import ROOT

URL = "https://unknown.example/reports/one"
SAVED = sorted((ROOT / "tests" / "pages").rglob("*.html"))
HEADS = (
    '<meta name="citation_pdf_url" content="/files/{n}">',
    '<META NAME="eprints.document_url" CONTENT="/{n}/1/paper">',
    '<meta name="bepress_citation_pdf_url" content="https://x.example/{n}">',
    '<meta name="description" content="words">',
)
BODIES = (
    '<a class="download" href="/get/{n}{ending}">The paper</a>',
    '<div id="attachments"><a href="/a/{n}?download=1">one</a></div>',
    '<div class="wp-block-file"><a href="/a/{n}{ending}">file</a></div>',
    '<div class="Attachment"><a href="/a/{n}" type="application/pdf">file</a></div>',
    '<iframe src="/viewer?file=/f/{n}.p&#100;f"></iframe>',
    '<object data="/f/{n}.PDF"></object>',
    '<p>See <a href="/f/{n}{ending}">Download the full report</a></p>',
    '<p>See <a href="/f/{n}">Read the report (PDF)</a></p>',
    "<p>Only words, and <a href='/next/{n}'>a link</a>.</p>",
)
ENDINGS = (".pdf", ".Doc", ".DOCX", ".odt", ".rtf", ".xls", ".csv", ".pptx", "%2Epdf", "%2edoc", "&period;xlsx", "")


def leads(content: bytes) -> bool:
    return bool(read_landing(content, publisher="any_page", url=URL))


@pytest.mark.parametrize("path", SAVED, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_saved_page_that_leads_on_is_read(path: Path) -> None:
    content = path.read_bytes()
    assert may_lead(content) or not leads(content)


def test_a_made_page_that_leads_on_is_read_and_many_that_do_not_are_spared() -> None:
    dice, led, spared = random.Random(11), 0, 0
    for number in range(1_500):
        parts = [dice.choice(HEADS), "</head><body>", *dice.choices(BODIES, k=dice.randint(0, 2))]
        text = "<!doctype html><html><head>" + "".join(parts)
        content = text.format(n=number, ending=dice.choice(ENDINGS)).encode(dice.choice(("utf-8", "utf-8", "utf-16")))
        if leads(content):
            led += 1
            assert may_lead(content), content
        spared += not may_lead(content)
    assert led > 500
    assert spared > 60


def test_a_page_of_words_is_spared() -> None:
    assert not may_lead(b"<!doctype html><title>News</title><p>Faces were matched in the street." + b" words" * 3_000)
