"""The AIAAIC sheet in its four layouts."""

import csv
import io

from extract.incident.formats import incidents_of, read_material
from extract.incident.values import Incident, Precision, StatedDate

SITE = "https://www.aiaaic.org/aiaaic-repository/ai-algorithmic-and-automation-incidents"
FLAT = [
    [
        "AIAAIC ID#",
        "Headline/title",
        "Type",
        "Occurred",
        "Country(ies)",
        "External harms Individual",
        "Description/links",
    ],
    [
        "AIAAIC0028",
        "Bins report their owners",
        "Incident",
        "2019",
        "UK, China",
        "Privacy loss",
        f"{SITE}/bins-report-owners",
    ],
]
VIEW = f"{SITE}/bins?fromSearch=true"
ACCENTS = f"{SITE}/lampes-%C3%A9teintes"
LAMPS = ["AIAAIC2094", "Lamps go dark", "2020-", "LampCo", "France", "Energy", "", "Darkness", "", ACCENTS]
THREE_ROWS = [
    ["AIAAIC Repository", "", "", "", "", "", "", "", ""],
    ["AIAAIC ID#", "Headline", "Occurred", "Deployer", "Impacted area", "", "External harm", "", "Summary/links", ""],
    ["", "", "", "", "Jurisdiction", "Sector", "Individual", "Societal ", "", ""],
    ["AIAAIC028", "Bins report their owners", "2019-2021", "Bin\nCo", "UK; Oman", "Waste", "No privacy", "", VIEW, ""],
    LAMPS,
    LAMPS,
    ["AIAAIC2095", "Other lamps", "", "=HYPERLINK(\"x\")", "", "", "", "", "", ACCENTS],
    ["AIAAIC2096", "A row without page", "soon", "", "", "", "", "", "https://news.example/1", ""],
    ["", "", "", "", "", "", "", "", "", ""],
]  # fmt: skip


def read(rows: list[list[str]], name: str = "sheet.csv") -> list[Incident]:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    answer = read_material(text.getvalue().encode(), name=name)
    assert answer["format"] == "aiaaic-sheet"
    return incidents_of(answer)


def test_the_flat_layout_is_mapped_by_its_words() -> None:
    (incident,) = read(FLAT)
    assert (incident.key, incident.type) == ("bins-report-owners", "Incident")
    assert incident.aliases == (("aiaaic", "AIAAIC0028"),)
    assert dict(incident.fields)["External harms Individual"] == "Privacy loss"
    assert incident.occurred == StatedDate("2019", "2019", Precision.YEAR)


def test_merged_headers_span_their_sub_headers() -> None:
    bins, lamps, *_ = read(THREE_ROWS)
    assert bins.fields == (
        ("Deployer", "Bin Co"), ("Impacted area Jurisdiction", "UK; Oman"), ("Impacted area Sector", "Waste"),
        ("External harm Individual", "No privacy"), ("Summary/links", VIEW),
    )  # fmt: skip
    assert dict(lamps.fields)["External harm Societal"] == "Darkness"
    assert lamps.occurred == StatedDate("2020-", "2020/..", Precision.OPEN_RANGE)
    assert bins.page_url == f"{SITE}/bins"


def test_ids_are_padded_alike_and_accents_folded_in_keys() -> None:
    bins, lamps, *_ = read(THREE_ROWS)
    assert dict(bins.aliases)["aiaaic"] == "AIAAIC0028"
    assert lamps.key == "lampes-eteintes"


def test_a_row_given_twice_is_one_incident_and_a_shared_page_keeps_both() -> None:
    incidents = read(THREE_ROWS)
    assert [incident.key for incident in incidents] == [
        "bins", "lampes-eteintes", "lampes-eteintes-aiaaic2095", "aiaaic2096",
    ]  # fmt: skip
    assert "both are kept" in incidents[2].warnings[0]


def test_a_formula_stays_text_and_a_vague_date_keeps_its_words() -> None:
    *_, other, pageless = read(THREE_ROWS)
    assert dict(other.fields)["Deployer"] == '=HYPERLINK("x")'
    assert pageless.occurred == StatedDate("soon", "", Precision.UNKNOWN)
    assert [citation.url for citation in pageless.citations] == ["https://news.example/1"]
    assert "no page address" in pageless.warnings[0]


def test_an_id_used_for_two_incidents_keeps_both() -> None:
    rows = [FLAT[0], ["AIAAIC0001", "One", "", "", "", "", ""], ["AIAAIC0001", "Another", "", "", "", "", ""]]
    assert [incident.key for incident in read(rows)] == ["aiaaic0001", "another"]
