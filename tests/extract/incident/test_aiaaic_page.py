"""AIAAIC pages: the three generations, as text and as markup."""

from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import UnreadableRecord
from extract.incident.formats import incidents_of, read_material
from extract.incident.values import Citation, Incident, Precision, StatedDate
from tests.extract.incident import pages


@pytest.fixture(scope="module")
def page() -> Incident:
    return pages.read_one(pages.as_text())


def brief(citation: Citation) -> tuple[str, str, int | None, str, int | None]:
    return citation.section, citation.publisher, citation.year, citation.format, citation.same_as


def test_a_text_page_gives_its_citations_in_page_order(page: Incident) -> None:
    assert [citation.position for citation in page.citations] == [1, 2, 3, 4, 5, 6, 7]
    assert [brief(citation) for citation in page.citations] == [
        ("Documents", "Northport Transit Authority", 2021, "", None),
        ("Incidents and issues", "Coastal College's Beacon Institute for Law & Machines", 2021, "pdf", 5),
        ("Incidents and issues", "University of Lakeside", 2019, "pdf", 6),
        ("Legal, regulatory", "City Ombudsman's Office", None, "pdf", None),
        ("Investigations, assessments, audits", "Beacon Institute for Law and Machines", 2021, "pdf", None),
        ("Investigations, assessments, audits", "Fair Travel Centre, Lakeside University", 2019, "pdf", None),
        ("Research, advocacy", "Rail Watch", 2020, "pdf", None),
    ]
    assert page.citations[6].title == "What do they know?"
    assert page.citations[2].text == "A University of Lakeside study (pdf)"
    assert all(citation.url is None for citation in page.citations)


def test_events_that_begin_inside_a_glued_paragraph_are_found(page: Incident) -> None:
    assert [(event.date.iso, event.date.precision, bool(event.text)) for event in page.events] == [
        ("2021-03", Precision.MONTH, True),
        ("2019-11", Precision.MONTH, True),
        ("2018", Precision.YEAR, False),
    ]
    assert page.events[1].headline == "Study says scores miss most dodgers"
    assert page.events[0].text.endswith("broke the city's code.")
    assert page.events[2].headline == "A pupil is fined twice in one day after a false alert."


def test_page_info_and_empty_sections_are_kept(page: Incident) -> None:
    assert (page.key, page.title, page.type) == ("northport-tram-scoring", "Northport tram fare scoring", "System")
    assert page.published == StatedDate("May 2022", "2022-05", Precision.MONTH)
    assert page.updated == StatedDate("January 2024", "2024-01", Precision.MONTH)
    sections = dict(page.sections)
    assert sections["Regulation"] == ""
    assert sections["Transparency and accountability"].startswith("Notice to riders.")
    assert page.summary.count("\n") == 1
    assert not page.warnings


def test_markup_and_text_of_a_page_differ_in_addresses_only(page: Incident) -> None:
    marked = pages.read_one(pages.as_html(), "northport.html")
    assert [citation.url for citation in marked.citations] == [
        pages.POLICY, pages.AUDIT, pages.STUDY, pages.INQUIRY, pages.AUDIT, pages.STUDY, pages.BRIEF,
    ]  # fmt: skip
    bare = tuple(replace(citation, url=None) for citation in marked.citations)
    assert replace(marked, citations=bare, page_url=None) == page
    assert marked.page_url == pages.ADDRESS


def test_a_first_generation_text_is_cut_at_glued_headings_and_sentences() -> None:
    text = (
        "Harbour drone counting\n"
        "https://www.aiaaic.org/aiaaic-repository/ai-algorithmic-and-automation-incidents/harbour-drone-counting\n\n"
        "Drones count boats in the harbour.They began in 2019.Accuracy/reliabilityThe first counts were wrong. "
        "Bias/discriminationSmall boats were missed.ReactionOpenBoats said that it was 'odd'.TransparencyNobody knew.\n"
        "News, commentary, analysishttps://www.bay.example/story-59063766https://www.quay.example/amp/2"
    )
    page = pages.read_one(text, "AIAAIC028.txt")
    assert page.key == "harbour-drone-counting"
    assert page.aliases == (("aiaaic", "AIAAIC0028"),)
    assert page.summary == "Drones count boats in the harbour.\nThey began in 2019."
    assert [heading for heading, _ in page.sections] == [
        "Accuracy/reliability", "Bias/discrimination", "Reaction", "Transparency", "News, commentary, analysis",
    ]  # fmt: skip
    assert dict(page.sections)["Reaction"] == "OpenBoats said that it was 'odd'."
    assert [citation.url for citation in page.citations] == [
        "https://www.bay.example/story-59063766",
        "https://www.quay.example/amp/2",
    ]


def test_a_third_generation_page_gives_dates_and_labelled_facts() -> None:
    text = (
        "Clinic triage bot gives wrong advice\nOccurred: 12 June 2024  Page published: July 2024\n"
        "What happened\nA bot gave wrong advice.\nWhy it happened\nIt was not tested.\nWhat it means\nTests matter.\n"
        "System 🤖\nDeployer: Hill Clinic Developer: TriageCo Country: UK; Ireland\nNews trigger: Media\n"
        "Documents\nHill Clinic (2024). Apology\nRelated 🌐\nPharmacy bot sells twice\n"
        "Oddity 🐙\nA remark.\nAIAAIC Repository ID: AIAAIC1777"
    )
    page = pages.read_one(text, "clinic.txt")
    assert page.occurred == StatedDate("12 June 2024", "2024-06-12", Precision.DAY)
    assert page.published == StatedDate("July 2024", "2024-07", Precision.MONTH)
    assert page.fields == (
        ("Deployer", "Hill Clinic"), ("Developer", "TriageCo"), ("Country", "UK; Ireland"), ("News trigger", "Media"),
    )  # fmt: skip
    assert page.aliases == (("aiaaic", "AIAAIC1777"),)
    assert [citation.title for citation in page.citations] == ["Apology"]
    assert dict(page.sections)["Oddity"] == "A remark."
    assert page.warnings == ("The heading “Oddity” is not one of those known; its text is kept.",)


def test_a_page_that_is_gone_is_no_record() -> None:
    answer = read_material(b"404. That's an error.\nThe page was not found.", name="gone.txt", format="aiaaic-text")
    assert "the page is gone" in answer["error"]
    with pytest.raises(UnreadableRecord) as caught:
        incidents_of(answer)
    assert caught.value.advice.startswith("It looks most like:")


def test_a_page_without_any_source_is_read_with_a_warning() -> None:
    page = pages.read_one("A title\nhttps://www.aiaaic.org/aiaaic-repository/x/a-title\nSome text.", "a.txt")
    assert page.citations == ()
    assert page.warnings == ("The record names no source.",)


def test_the_marker_takes_the_links_of_its_brackets_or_of_the_word_before() -> None:
    html = (
        '<div role="main"><h1>Two parts</h1><h2>Risks and harms</h2><p>A two-part review ('
        '<a href="http://r.example/1.pdf">part one</a>, <a href="http://r.example/2.pdf">two</a> - pdf) was served; '
        'the firm <a href="http://r.example/blog">denied</a> it. <u>https://r.example/only-underlined</u></p>'
        "<h2>Documents</h2></div>"
    )
    page = pages.read_one(html, "two.html")
    assert [(citation.url, citation.format) for citation in page.citations] == [
        ("http://r.example/1.pdf", "pdf"),
        ("http://r.example/2.pdf", "pdf"),
        ("http://r.example/blog", ""),
        ("https://r.example/only-underlined", ""),
    ]


def test_own_pages_forms_and_licence_are_no_sources() -> None:
    html = (
        '<div role="main"><h1>Links</h1><h2>Documents</h2><p><a href="http://a.example/x">A (2020). X</a></p>'
        '<p>See the <a href="/aiaaic-repository/other">other page</a> and the '
        '<a href="https://docs.google.com/forms/d/1">form</a> of the repository, which everyone may fill in '
        "at any hour of any day, wherever they are and whoever they may be, for as long as it is open.</p>"
        '<h2>Related</h2><p><a href="https://www.aiaaic.org/aiaaic-repository/x/y">Another incident</a></p>'
        '<p>under a <a href="https://creativecommons.org/licenses/by-sa/4.0/">CC BY-SA 4.0 licence</a></p></div>'
    )
    page = pages.read_one(html, "links.html", "https://www.aiaaic.org/aiaaic-repository/x/links")
    assert [citation.url for citation in page.citations] == ["http://a.example/x"]


def test_an_address_that_is_never_fetched_is_kept_as_cited() -> None:
    html = '<h1>Odd</h1><h2>Documents</h2><p><a href="file:///etc/passwd">A (2020). X</a></p><h2>Related</h2>'
    page = pages.read_one(html, "odd.html")
    assert page.citations[0].url == "file:///etc/passwd"


def test_the_real_page_reads_as_the_editors_say(real_samples: Path) -> None:
    file = real_samples / "aiaaic" / "met-police-live-facial-recognition.txt"
    page = pages.read_one(file.read_bytes(), file.name)
    assert (page.key, page.type) == ("met-police-live-facial-recognition", "System")
    assert [(event.date.iso, event.date.precision.value) for event in page.events] == [
        ("2022-10", "month"), ("2019-07", "month"), ("2018", "year"),
    ]  # fmt: skip
    assert [event.text == "" for event in page.events] == [False, False, True]
    assert [(citation.section, citation.year, citation.format, citation.same_as) for citation in page.citations] == [
        ("Documents", 2023, "", None),
        ("Documents", 2020, "pdf", None),
        ("Incidents and issues", 2022, "pdf", 7),
        ("Incidents and issues", 2019, "pdf", 8),
        ("Legal, regulatory", None, "pdf", None),
        ("Investigations, assessments, audits", 2023, "", None),
        ("Investigations, assessments, audits", 2022, "pdf", None),
        ("Investigations, assessments, audits", 2019, "pdf", None),
        ("Research, advocacy", 2020, "pdf", None),
    ]
    assert page.citations[3].publisher == "University of Essex"
    assert page.citations[4].publisher == "Information Commisisoner's Office"
    assert dict(page.sections)["Regulation"] == ""
    assert not page.warnings


def test_the_real_texts_of_the_first_generation_are_read(real_samples: Path) -> None:
    files = sorted((real_samples / "aiaaic").glob("AIAAIC*.txt"))
    assert len(files) == 10
    for file in files:
        page = pages.read_one(file.read_bytes(), file.name)
        assert page.title
        assert page.summary
    street = pages.read_one((real_samples / "aiaaic" / "AIAAIC008.txt").read_bytes(), "AIAAIC008.txt")
    assert [heading for heading, _ in street.sections] == [
        "Accuracy/reliability", "Bias/discrimination", "Effectiveness/value",
    ]  # fmt: skip


def test_the_skeleton_of_the_site_gives_its_unwrapped_addresses(real_samples: Path) -> None:
    content = (real_samples / "aiaaic" / "googlesites_skeleton.html").read_bytes()
    page = pages.read_one(content, "googlesites_skeleton.html")
    assert [citation.url for citation in page.citations] == [
        "http://example.org/~a/form.html",
        "https://example.org/report.pdf?v=1&x=2",
        "https://example.org/plain-text-url-not-a-link",
    ]


def test_a_line_break_parts_two_citations_and_the_title_has_the_link() -> None:
    html = (
        '<div role="main"><h1>Lines</h1><p><span><strong>Documents 📃</strong></span></p>'
        '<p><a href="http://pub.example/">Publisher One</a> (2020). '
        '<a href="http://pub.example/a.pdf">First title (pdf)</a>'
        '<br>Publisher Two (2021). <a href="http://two.example/b">Second title</a></p>'
        '<ul><li><a href="http://three.example/c">Publisher Three (2012, updated 2023) Third title?</a></li></ul>'
        "<p>Type: SystemPublished: May 2021Last updated: 2022</p></div>"
    )
    page = pages.read_one(html, "lines.html", "https://www.aiaaic.org/aiaaic-repository/x/lines")
    assert [(one.publisher, one.year, one.title, one.format, one.url) for one in page.citations] == [
        ("Publisher One", 2020, "First title", "pdf", "http://pub.example/a.pdf"),
        ("Publisher Two", 2021, "Second title", "", "http://two.example/b"),
        ("Publisher Three", 2012, "Third title?", "", "http://three.example/c"),
    ]
    assert page.type == "System"
    assert page.published == StatedDate("May 2021", "2021-05", Precision.MONTH)


def test_two_reports_of_one_publisher_and_year_join_no_mention() -> None:
    text = (
        "Twins\nIncidents and issues\nMay 2020. Two reports\nA Gate Watch report (pdf) was read.\n"
        "Documents\nGate Watch (2020). One (pdf)\nGate Watch (2020). Two (pdf)"
    )
    page = pages.read_one(text, "twins.txt")
    assert [citation.same_as for citation in page.citations] == [None, None, None]


def test_who_commissioned_a_work_did_not_write_it() -> None:
    text = "Work\nIncidents and issues\nMay 2020. A study\nA study (pdf) commissioned by Gate Watch said so.\nDocuments"
    assert pages.read_one(text, "work.txt").citations[0].publisher == ""


def test_citations_glued_to_one_another_are_parted() -> None:
    text = (
        "Glue\nNews, commentary, analysis\nWired (2020). What the Huq?VICE News (2021). Location data soldBuzzFeed "
        "News (2022). A third\nTechCrunch (2021). OpenAI and DeepMind\nDocuments"
    )
    assert [(one.publisher, one.year, one.title) for one in pages.read_one(text, "glue.txt").citations] == [
        ("Wired", 2020, "What the Huq?"),
        ("VICE News", 2021, "Location data sold"),
        ("BuzzFeed News", 2022, "A third"),
        ("TechCrunch", 2021, "OpenAI and DeepMind"),
    ]
