"""Office and data files: their words in order, states and limits as for any document, whatever the bytes."""

import io
import struct
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract import office, package
from extract.office import read_office
from extract.pool import Limits, Pool
from extract.reading import READ, document_of, read_document
from extract.sniffing import Kind, sniff
from tests.extract.offices import CORE, docx, odf, paragraph, xlsx, zipped

WORDS = docx(
    paragraph("Trial results", "Heading1")
    + "<w:p><w:r><w:t>Of 42 </w:t><w:tab/><w:t>faces</w:t><w:br/><w:t>eight</w:t></w:r>"
    "<w:del><w:r><w:delText>nine</w:delText></w:r></w:del></w:p>"
    "<w:tbl><w:tr><w:tc>" + paragraph("Place") + paragraph("") + paragraph("day") + "</w:tc>"
    "<w:tc>" + paragraph("42") + "</w:tc></w:tr></w:tbl>"
    '<w:p xmlns:mc="urn:mc"><mc:AlternateContent><mc:Choice><w:txbxContent>' + paragraph("boxed") + "</w:txbxContent>"
    "</mc:Choice><mc:Fallback><w:txbxContent>" + paragraph("boxed") + "</w:txbxContent></mc:Fallback>"
    "</mc:AlternateContent></w:p>",
    word__footnotes="<f xmlns:w='urn:w'>" + paragraph("A note") + "</f>",
)  # fmt: skip


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1) as made:
        yield made


def texts(content: bytes, kind: Kind, **more: str) -> list[str]:
    assert sniff(content, more.get("mime")).kind == kind
    document = read_document(content, mime=more.get("mime"), url=more.get("url", ""))
    assert (document["state"], document["type"]) == ("read", kind.value), document["reason"]
    return [page["text"] for page in document["pages"]]


def test_a_word_file_gives_paragraphs_rows_boxes_and_notes_once_each() -> None:
    assert texts(WORDS, Kind.DOCX) == ["Trial results\nOf 42 faces\neight\nPlace day | 42\nboxed\nA note"]


def test_a_long_word_file_is_cut_at_its_headings() -> None:
    part = "".join(paragraph(f"{number} faces were scanned in the street") for number in range(100))
    content = docx("".join(paragraph(f"Part {at}", "berschrift1") + part for at in range(5)))
    document = read_office(content, Kind.DOCX)
    assert [page.label for page in document.pages] == [f"Part {at}" for at in range(5)]


def test_what_a_package_says_of_itself() -> None:
    document = read_office(WORDS, Kind.DOCX)
    assert (document.title, document.authors) == ("Trial results", ("Ada Byron", "Alan Turing"))
    assert (document.created, document.modified, document.language) == ("2019-07-03T10:00:00+00:00", None, "en-GB")


def test_an_opendocument_text_gives_its_words_without_what_was_struck_out() -> None:
    body = (
        "<office:text><text:tracked-changes><text:p>struck out</text:p></text:tracked-changes><text:h>Results</text:h>"
        '<text:p>Of<text:s text:c="3"/>42<text:line-break/>eight</text:p><table:table><table:table-row>'
        "<table:table-cell><text:p>Place</text:p></table:table-cell><table:table-cell><text:p>42</text:p></table:table-cell>"
        "</table:table-row></table:table></office:text>"
    )
    assert texts(odf("text", body, meta=CORE), Kind.ODT) == ["Results\nOf 42\neight\nPlace | 42"]


def test_a_workbook_gives_a_page_a_sheet_with_its_dates_and_strings() -> None:
    rows = (
        '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>day</t></is></c><c t="str"><v>sum</v></c></row><row/>'
        '<row><c><v>42</v></c><c s="1"><v>43649</v></c><c s="2"><v>43649.4375</v></c><c t="b"><v>1</v></c></row>'
        '<row><c t="s"><v>99</v></c><c s="1"><v>1e99</v></c><c s="x"><v>.5</v></c></row>'
    )
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy hh:mm"/><numFmt numFmtId="165" formatCode="0 &quot;days'
        '&quot;"/></numFmts><cellXfs><xf numFmtId="165"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs>'
    )
    shared = "<si><r><t>Pla</t></r><r><t>ce</t></r><rPh><t>read</t></rPh></si>"
    content = xlsx({"Trials": rows, "Empty": "", "More": '<row><c s="0"><v>7</v></c></row>'}, shared, styles)
    assert texts(content, Kind.XLSX) == [
        "Place | day | sum\n42 | 2019-07-03 | 2019-07-03 10:30:00 | TRUE\n | 1e99 | .5",
        "7",
    ]
    assert [page.label for page in read_office(content, Kind.XLSX).pages] == ["Trials", "More"]
    since_1904 = xlsx({"S": '<row><c s="1"><v>0</v></c></row>'}, styles=styles, workbook='<workbookPr date1904="1"/>')
    assert texts(since_1904, Kind.XLSX) == ["1904-01-01"]


def test_an_opendocument_sheet_is_read_as_it_is_shown() -> None:
    row = "<table:table-row table:number-rows-repeated='1000000'>{}</table:table-row>"
    cell = "<table:table-cell table:number-columns-repeated='{}'><text:p>{}</text:p></table:table-cell>"
    rows = row.format(cell.format(2, "3/7/19") + cell.format(16000, ""))
    table = f"<table:table table:name='Trials'>{rows}</table:table>"
    content = odf("spreadsheet", f"<office:spreadsheet>{table}</office:spreadsheet>")
    assert texts(content, Kind.ODS) == ["3/7/19 | 3/7/19"]
    assert read_office(content, Kind.ODS).pages[0].label == "Trials"


@pytest.mark.parametrize(
    ("content", "mime", "url", "text"),
    [
        (b'a,"b, c"\r\n1,2\r\n\r\n', "text/csv", "", "a | b, c\n1 | 2"),
        (b"a;b,c;d\n1;2,5;3\n", "text/plain", "https://x.example/rows.CSV?v=1", "a | b,c | d\n1 | 2,5 | 3"),
        (b"a\tb\n1\t\n", "text/tab-separated-values", "", "a | b\n1"),
        ("Größe,1".encode("latin-1"), "text/csv; charset=latin-1", "", "Größe | 1"),
        (b'a,"never closed\n' + b"1,2\n" * 40_000, "text/csv", "", None),
    ],
)
def test_rows_of_a_delimited_file_are_lines(content: bytes, mime: str, url: str, text: str | None) -> None:
    document = read_document(content, mime=mime, url=url)
    assert (document["type"], document["state"]) == ("csv", "read")
    found = "\n".join(page["text"] for page in document["pages"])
    assert found == text if text else found.count("1,2") == 40_000


def test_rich_text_gives_its_words_in_its_code_page_and_no_pictures() -> None:
    content = (
        rb"{\rtf1\ansi\ansicpg1251\uc1{\fonttbl{\f0 Arial;}}"
        rb"{\info{\title Trial}{\author Ada Byron; Alan Turing}{\doccomm x}}"
        rb"{\*\generator Some;}\pard One\~\'ef\'f0\par {\b two}\u8364?\u-10179?\u-8704?{\pict 0a0b}\line three\{\}"
        rb"\par\trowd A\cell B\cell\row{\field{\*\fldinst HYPERLINK}{\fldrslt link}}\bin4 {{{{end}"
    )
    assert texts(content, Kind.RTF) == ["One\u00a0пр\ntwo€😀\nthree{}\nA | B\nlinkend"]
    document = read_office(content, Kind.RTF)
    assert (document.title, document.authors) == ("Trial", ("Ada Byron", "Alan Turing"))


def entity_bomb(text: str) -> str:
    levels = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 12))
    return f'<!DOCTYPE d [<!ENTITY e0 "words words">{levels}]><d xmlns:w="urn:w">{paragraph(text)}</d>'


def locked(content: bytes) -> bytes:
    """The ZIP file with the mark of a password on its first part, here and in its directory."""
    at = content.index(b"PK\x01\x02")
    return content[:6] + b"\1" + content[7 : at + 8] + b"\1" + content[at + 9 :]


FAULTS = {
    "cut": (WORDS[: len(WORDS) // 2], "damaged", "damaged: "),
    "no xml": (zipped({"word/document.xml": "words"}), "damaged", "damaged: "),
    "entities": (zipped({"word/document.xml": entity_bomb("&e11;")}), "damaged", "a document type definition"),
    "a file named": (
        zipped({"word/document.xml": '<!DOCTYPE d [<!ENTITY f SYSTEM "/etc/passwd">]><d><p>&f;</p></d>'}),
        "damaged", "a document type definition",
    ),
    "empty": (docx(""), "not_a_document", "no text in it"),
    "no parts": (zipped({"word/": ""}), "not_a_document", "no text in it"),
    "many parts": (zipped({f"word/{at}": "" for at in range(10_001)}), "damaged", "a package of 10,001 parts"),
    "password": (locked(WORDS), "encrypted", "opens with a password"),
    "old password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16le"),
        "encrypted", "an office file that opens with a password",
    ),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "not_a_document", "no reader for "),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_office_file_has_a_state_and_a_reason(name: str) -> None:
    content, state, reason = FAULTS[name]
    document = read_document(content, mime=None, url="")
    assert document["state"] == state
    assert reason in document["reason"]


def test_an_opendocument_with_a_password_is_encrypted() -> None:
    content = zipped(
        {"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": "<m><encryption-data/></m>"}
    )
    assert read_document(content, mime=None, url="")["state"] == "encrypted"


def test_what_stands_before_damage_is_kept_and_the_damage_told() -> None:
    document = read_office(docx(paragraph("kept") + "<broken>"), Kind.DOCX)
    assert ([page.text for page in document.pages], document.state.value) == (["kept"], "read")
    assert document.reason.startswith("damaged: ")


def test_a_zip_bomb_is_refused_by_what_it_says_and_by_what_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "CAP", 100_000)
    bomb = docx("<w:p/>" * 100_000)
    assert "decoded size: more than 100,000 bytes" in read_office(bomb, Kind.DOCX).reason
    size = next(part.file_size for part in zipfile.ZipFile(io.BytesIO(bomb)).infolist() if "document2" in part.filename)
    liar = bomb.replace(struct.pack("<I", size), struct.pack("<I", 90_000))
    document = read_office(liar, Kind.DOCX)
    assert (document.state.value, document.reason[:8]) == ("damaged", "damaged:")


def test_more_text_than_is_taken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "TEXT_CAP", 2 << 20)
    monkeypatch.setattr(office, "PAGE_CAP", 3)
    document = read_office(b"words of a row,1\n" * 200_000, Kind.CSV)
    assert (len(document.pages), document.page_count > 100) == (3, True)
    assert document.reason == f"the first 2 million characters; pages 1–3 of {document.page_count}"


def test_what_takes_too_long_is_told_as_far_as_it_was_read() -> None:
    document = read_office(docx(paragraph("words")), Kind.DOCX, budget_s=-1)
    assert (document.state.value, document.reason) == ("time_limit", "what was read in -1 s")


BOMBS = {
    "zip": docx("<w:p/>" * 8_000_000),
    "cells": xlsx({"S": "<row>" + '<c t="s"><v>0</v></c>' * 300_000 + "</row>"}, f"<si><t>{'x ' * 16_000}</t></si>"),
    "depth": docx("<w:p>" * 100_000),
    "groups": rb"{\rtf1" + b"{" * 3_000_000,
    "quotes": b'"' * 3_000_001,
}


@pytest.mark.parametrize("name", BOMBS)
def test_an_office_bomb_ends_within_its_limit(pool: Pool, name: str) -> None:
    limits = Limits(cpu_s=1, wall_s=2, memory_bytes=1 << 30)
    answer = pool.submit(READ, BOMBS[name], limits, mime="text/csv", url="").result(60)
    assert answer.seconds < 4
    document = document_of(answer, BOMBS[name])
    assert document.state.value in ("damaged", "time_limit", "memory_limit", "not_a_document", "read")
    assert document.type in ("docx", "xlsx", "rtf", "csv")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([WORDS, xlsx({"S": "<row><c><v>4</v></c></row>"}), odf("text", "<p/>")]), st.data())
def test_a_changed_office_file_never_raises(content: bytes, data: st.DataObject) -> None:
    changed = bytearray(content)
    for at in data.draw(st.lists(st.integers(4, len(content) - 1), max_size=8)):
        changed[at] = data.draw(st.integers(0, 255))
    for kind in (Kind.DOCX, Kind.XLSX, Kind.ODS, Kind.ODT):
        read_office(bytes(changed), kind)


@settings(max_examples=150, deadline=None)
@given(st.text(r"\{}'par*ub0123-4;, |" + '"\n', max_size=200))
def test_any_characters_of_rich_text_and_rows_are_harmless(text: str) -> None:
    for kind in (Kind.RTF, Kind.CSV):
        for page in read_office(rb"{\rtf1" + text.encode(), kind).pages:
            page.text.encode("utf-8")
