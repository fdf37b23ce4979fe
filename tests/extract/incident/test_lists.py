"""Bibliographies, AIID files, URL lists and our own JSON."""

import json

import pytest

from archive.errors import UnreadableRecord
from extract.incident.formats import FORMATS, as_plain, incidents_of, join_records, read_material
from extract.incident.plain import as_object
from tests.extract.incident import pages

BIBTEX = r"""
@string{inst = {Beacon Institute}}
@comment{ not an entry }
@techreport{audit21,
  title = {Keeping {S}core: An Audit \& more},
  author = {M{\"u}ller, Anna and Smith, Jo},
  institution = inst # { for Law},
  year = 2021, url = {https://institute.example/tram\_audit.pdf},
}
@misc{web, title = "On doors", howpublished = {\url{http://doors.example/a}}, date = {2019-03-04}}
@article{doi, title = {By DOI}, doi = {10.1000/xyz}, journal = {Journal of Gates}, year={2018}
@book{last, title={Never closed
"""
RIS = (
    "TY  - RPRT\r\nTI  - Keeping Score\r\nAU  - Smith, Jo\r\nAU  - Doe, A.\r\nPB  - Beacon Institute\r\n"
    "PY  - 2021/03/04/\r\nUR  - https://institute.example/a.pdf\r\nER  - \r\nTY  - GEN\r\nTI  - Second"
)
CSL = [
    {"type": "report", "title": "Keeping Score", "publisher": "Beacon Institute",
     "issued": {"date-parts": [[2021, 3]]}, "URL": "https://institute.example/a.pdf",
     "author": [{"family": "Smith", "given": "Jo"}, {"literal": "The Team"}]},
    {"type": "webpage", "title": "By DOI", "DOI": "https://doi.org/10.1000/xyz", "issued": {"raw": "around 2018"}},
]  # fmt: skip
URLS = """# sources of the tram page
https://a.example/one.pdf

https://a.example/two https://b.example/threehttps://c.example/four
http://A.example/one.pdf#page=2
javascript:alert(1)
file:///etc/passwd
"""
INCIDENTS = """_id,incident_id,date,reports,Alleged deployer of AI system,Alleged developer of AI system,Alleged harmed or nearly harmed parties,description,title
x,23,2017-11-08,"[242,243]","[""navya"",""keolis""]","[""navya""]","[""riders""]",A shuttle was hit.,Shuttle is hit
y,24,2014-07-15,[],[],[],[],A text.,No report
"""  # noqa: E501
REPORTS = """_id,authors,date_published,report_number,source_domain,title,url
a,"[""Jo Smith""]",2017-11-08,242,news.example,Shuttle hit on first day,https://news.example/shuttle
b,"['A B', 'C D']",2017-11-09,244,other.example,Unused,https://other.example/x.pdf
"""


def read(content: str, name: str, format: str | None = None) -> dict[str, object]:  # noqa: A002
    answer = read_material(content.encode(), name=name, format=format)
    assert "error" not in answer, answer
    return answer


def test_bibtex_entries_become_citations() -> None:
    answer = read(BIBTEX, "tram.bib")
    (record,) = incidents_of(answer)
    audit, web, doi, last = record.citations
    assert (audit.title, audit.publisher, audit.year, audit.format) == (
        "Keeping Score: An Audit & more", "Beacon Institute for Law", 2021, "pdf",
    )  # fmt: skip
    assert audit.authors == ("Müller, Anna", "Smith, Jo")
    assert audit.url == "https://institute.example/tram_audit.pdf"
    assert (web.url, web.year) == ("http://doors.example/a", 2019)
    assert (doi.url, doi.publisher) == ("https://doi.org/10.1000/xyz", "Journal of Gates")
    assert last.title == "Never closed"
    assert sum("not closed" in warning for warning in record.warnings) == 2


def test_ris_references_become_citations_also_without_an_end() -> None:
    (record,) = incidents_of(read(RIS, "tram.ris"))
    first, second = record.citations
    assert (first.title, first.publisher, first.year, first.url) == (
        "Keeping Score", "Beacon Institute", 2021, "https://institute.example/a.pdf",
    )  # fmt: skip
    assert first.authors == ("Smith, Jo", "Doe, A.")
    assert second.title == "Second"


@pytest.mark.parametrize("wrapped", [CSL, {"items": CSL}])
def test_csl_items_become_citations(wrapped: object) -> None:
    (record,) = incidents_of(read(json.dumps(wrapped), "tram.csl.json"))
    first, second = record.citations
    assert (first.authors, first.year, first.publisher) == (("Jo Smith", "The Team"), 2021, "Beacon Institute")
    assert (second.url, second.year) == ("https://doi.org/10.1000/xyz", 2018)


def test_a_url_list_may_be_commented_glued_and_repeated() -> None:
    answer = read(URLS, "my list.txt")
    (record,) = incidents_of(answer)
    assert answer["format"] == "url-list"
    assert record.key == "my-list"
    assert [citation.url for citation in record.citations] == [
        "https://a.example/one.pdf", "https://a.example/two", "https://b.example/three", "https://c.example/four",
        "http://A.example/one.pdf#page=2", "javascript:alert(1)", "file:///etc/passwd",
    ]  # fmt: skip
    assert record.citations[4].same_as == 1
    assert record.citations[0].format == "pdf"


def test_numbered_reports_find_their_sources_when_both_files_are_given() -> None:
    incidents = incidents_of(read(INCIDENTS, "incidents.csv"))
    assert [incident.key for incident in incidents] == ["aiid-23", "aiid-24"]
    assert [citation.text for citation in incidents[0].citations] == ["AIID report 242", "AIID report 243"]
    assert dict(incidents[0].fields)["Alleged deployer of AI system"] == "navya, keolis"
    reports = incidents_of(read(REPORTS, "reports.csv"))
    assert reports[0].citations[1].authors == ("A B", "C D")
    joined = join_records([*incidents, *reports])
    assert [incident.key for incident in joined] == ["aiid-23", "aiid-24"]
    assert [citation.url for citation in joined[0].citations] == ["https://news.example/shuttle", None]
    assert [citation.position for citation in joined[0].citations] == [1, 2]


def test_our_own_json_is_read_back_with_what_the_store_added() -> None:
    page = pages.read_one(pages.as_html(), "northport.html")
    stored = {**as_object(page), "version": 3, "claims": [{"text": "x"}]}
    for wrapped in (stored, [stored], {"incidents": [stored]}):
        (again,) = incidents_of(read(json.dumps(wrapped), "page.json"))
        assert again == page


def test_a_wrong_value_of_our_own_json_is_named() -> None:
    plain = as_plain(pages.read_one(pages.as_text()))
    plain["citations"][1]["year"] = "soon"
    answer = read_material(json.dumps([plain]).encode(), name="page.json")
    assert "citations[1].year is not a whole number" in answer["error"]


@pytest.mark.parametrize(
    ("content", "name", "first"),
    [
        (b"\x00\x01\x02 nothing", "what.bin", None),
        (b"%PDF-1.7 ...", "a.pdf", None),
        (b"name,colour\nrose,red\n", "flowers.csv", "AIID incidents.csv or reports.csv"),
        (b'{"colour": "red"}', "a.json", "sourcekeep's own JSON"),
        (b"<html><body><p>Roses</p></body></html>", "a.html", "AIAAIC page (HTML)"),
    ],
)
def test_an_unknown_form_names_the_three_it_looks_most_like(content: bytes, name: str, first: str | None) -> None:
    answer = read_material(content, name=name)
    assert name in answer["error"]
    assert len(answer["nearest"]) == 3
    assert first is None or answer["nearest"][0] == first
    with pytest.raises(UnreadableRecord):
        incidents_of(answer)


@pytest.mark.parametrize("content", [b"", b"  \n\n ", b"\xef\xbb\xbf", b"\x00\x00"])
def test_an_empty_file_says_so(content: bytes) -> None:
    assert read_material(content, name="empty.txt")["error"] == "empty.txt is empty"


def test_a_format_can_be_named() -> None:
    assert read_material(b"Just a title", name="a.txt", format="aiaaic-text")["incidents"][0]["title"] == "Just a title"
    assert "no format is called" in read_material(b"x", name="a.txt", format="nonsense")["error"]


def test_formats_have_names_of_their_own() -> None:
    assert len({one.name for one in FORMATS}) == len(FORMATS)
