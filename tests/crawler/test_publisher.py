"""Publishers: who owns a host, whom a citation names, where a moved document may lie, what a worker reads."""

import csv
import gzip
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.moves import folder_family, rewritten, twins
from crawler.publisher import by_name, for_host, named, publishers, read_landing, read_listing

SEEDS_NAMES = {
    "Metropolitan Police Service": "met_police",
    "MPS": "met_police",
    "Met Police": "met_police",
    "Information Commisissoner's Office": "ico",
    "Information Commissioner’s Office (ICO)": "ico",
    "Science & Technology in Policing": "npl",
    "UK National Physical Laboratory": "npl",
    "Minderoo Centre for Technology & Democracy": "minderoo",
    "University of Cambridge's Minderoo Centre for Technology and Democracy": "minderoo",
    "Human Rights Centre, Essex University": "essex_hrc",
    "University of Essex": "essex_hrc",
    "Big Brother Watch": "big_brother_watch",
    "big  brother\nwatch": "big_brother_watch",
    "UK Home Office": "gov_uk",
    "Centre for Data Ethics & Innovation": "gov_uk",
    "House of Commons Science and Technology Committee": "uk_parliament",
    "House of Lords Library": "uk_parliament",
    "Judiciary of England & Wales": "judiciary_uk",
    "Court of Appeal (Civil Division)": "find_case_law",
    "Courtlistener": "courtlistener",
    "arxiv.org": "arxiv",
}


def test_publishers_are_found_by_name_the_one_of_all_other_pages_last() -> None:
    names = [publisher.name for publisher in publishers()]
    assert names == [*sorted(names[:-1]), "any_page"]
    assert set(names) >= {
        "arxiv", "big_brother_watch", "courtlistener", "essex_hrc", "find_case_law", "gov_uk", "ico", "judiciary_uk",
        "met_police", "minderoo", "npl", "uk_parliament",
    }  # fmt: skip


@pytest.mark.parametrize(("text", "name"), SEEDS_NAMES.items())
def test_a_citation_names_its_publisher_also_misspelt(text: str, name: str) -> None:
    found = named(text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BBC",
        "University of Sussex",
        "Essex Police",
        "Police Scotland",
        "University of Cambridge",
        "Mexico",
        "Iconic",
        "US Senate Judiciary Committee",
        "European Parliament",
        "Dutch Ministry of Justice",
        "Court of Justice of the European Union",
        "National Archives",
        "Washington Post",
        "Archive",
        "?",
    ],
)
def test_a_like_name_of_somebody_else_names_nobody(text: str) -> None:
    assert named(text) is None


def test_a_host_belongs_to_its_publisher_with_and_without_www_and_port() -> None:
    for host in ("www.met.police.uk", "met.police.uk", "NEWS.met.police.uk.", "met.police.uk:8443"):
        assert for_host(host).name == "met_police"
    for host in ("police.uk", "evilmet.police.uk", "met.police.uk.evil.example", ""):
        assert for_host(host).name == "any_page"


def test_the_essex_reports_dead_host_leads_to_the_repository() -> None:
    essex = by_name("essex_hrc")
    dead = essex.works[0].also[0]
    assert essex.moved(dead)[0] == essex.works[0].url


def test_any_other_file_of_that_host_is_looked_for_at_the_site_it_served() -> None:
    dead = "https://48ba3m4eh2bf2sksp43rq8kk-wpengine.netdna-ssl.com/wp-content/uploads/2018/11/Oversight.pdf"
    moved = by_name("essex_hrc").moved(dead)
    assert moved[0] == "https://www.hrbdt.ac.uk/wp-content/uploads/2018/11/Oversight.pdf"
    assert not any("repository" in address for address in moved)


def test_a_record_of_the_met_keeps_its_name_and_outside_the_family_nothing_is_guessed() -> None:
    met, downloads = by_name("met_police"), "https://www.met.police.uk/SysSiteAssets/media/downloads"
    record = f"{downloads}/met/advice/facial-recognition/live-facial-recognition-deployment-record-2026"
    moved = met.moved(record)
    assert f"{downloads}/force-content/met/advice/lfr/deployment-records/{record.rpartition('/')[2]}" in moved
    assert {address.rpartition("/")[2] for address in moved} == {record.rpartition("/")[2]}
    other = f"{downloads}/met/about-us/report.pdf"
    assert met.moved(other) == (other.replace("www.", ""),)


def test_a_file_of_the_met_is_looked_for_in_every_folder_of_its_family() -> None:
    met = by_name("met_police")
    moved = met.moved(met.works[0].url)
    assert len(moved) >= 5
    assert met.works[0].url not in moved
    assert all(address.endswith("/met-evaluation-report.pdf") for address in moved)
    assert met.moved("https://www.met.police.uk/advice/") == ("https://met.police.uk/advice/",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://ico.org.uk/media/about-the-ico/documents/2616185/a.pdf", "https://ico.org.uk/media2/migrated/2616185/a.pdf"),
        ("http://www.ico.org.uk/media/for-organisations/documents/2014/1165/b.pdf", "https://ico.org.uk/media2/migrated/1165/b.pdf"),
        (
            "https://ico.org.uk/media/action-weve-taken/decision-notices/2017/2013708/fs50627910.pdf",
            "https://ico.org.uk/media2/migrated/decision-notices/2013708/fs50627910.pdf",
        ),
    ],
)  # fmt: skip
def test_a_file_of_the_ico_is_first_looked_for_where_files_were_migrated(old: str, new: str) -> None:
    assert by_name("ico").moved(old)[0] == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("foi-eir-and-access-to-information/rules/asking-late-regulation-12-4-b-environmental-information-regulations/",
         "rules/regulation-12-4-b-asking-late/"),
        ("guidance-index/rules/asking-often-section-14/", "rules/section-14-asking-often/"),
        ("guidance-index/rules/regulation-12-5-d-asking-whom-environmental-information-regulations",
         "rules/regulation-12-5-d-asking-whom/"),
        ("foi-eir-and-access-to-information/freedom-of-information-and-environmental-information-regulations/#holding",
         "freedom-of-information-and-environmental-information-regulations/#holding"),
    ],
)  # fmt: skip
def test_guidance_of_the_ico_is_first_looked_for_under_its_section(old: str, new: str) -> None:
    site = "https://ico.org.uk/for-organisations/"
    assert by_name("ico").moved(site + old)[0] == f"{site}foi/{new}"


def test_the_rules_name_twelve_of_twenty_repairs_that_people_made_and_never_another_document(
    real_samples: Path,
) -> None:
    with (real_samples / "links" / "moved-documents.tsv").open(newline="") as file:
        pairs = {pair["old_url"]: pair["new_url"] for pair in csv.DictReader(file, delimiter="\t")}
    offers = {old: for_host(urlsplit(old).netloc).moved(old) for old in pairs}
    hits = [old for old, new in pairs.items() if new in offers[old]]
    assert (len(hits), len(pairs)) == (12, 20)
    assert sum("ico.org.uk" in old for old in hits) == 11, "of 19; seven became pages of another name, one a number"
    for old, new in pairs.items():
        assert not (set(pairs.values()) - {new}) & set(offers[old]), f"{old} is offered what another became"
    files = [old for old in pairs if old.endswith(".pdf")]
    assert all(offer.endswith("/" + old.rpartition("/")[2]) for old in files for offer in offers[old])


_ASSETS, _STORED = "https://assets.publishing.service.gov.uk", "https://storage.courtlistener.com"
_CASES = "https://caselaw.nationalarchives.gov.uk"
MOVED = {
    "https://assets.digital.cabinet-office.gov.uk/media/55d5/A.pdf": f"{_ASSETS}/media/55d5/A.pdf",
    "http://www.gov.uk/government/uploads/system/uploads/attachment_data/file/9/A.pdf":
        f"{_ASSETS}/government/uploads/system/uploads/attachment_data/file/9/A.pdf",
    "http://researchbriefings.parliament.uk/ResearchBriefing/Summary/POST-PN-0616":
        "https://researchbriefings.files.parliament.uk/documents/POST-PN-0616/POST-PN-0616.pdf",
    "https://committees.parliament.uk/publications/9/documents/8": "https://committees.parliament.uk/publications/9/documents/8/default/",
    "https://www.judiciary.gov.uk/wp-content/uploads/2022/09/A.pdf": "https://www.judiciary.uk/wp-content/uploads/2022/09/A.pdf",
    "https://assets.caselaw.nationalarchives.gov.uk/ewca/civ/2020/9/ewca_civ_2020_9.pdf":
        f"{_CASES}/ewca/civ/2020/9/data.pdf",
    f"{_CASES}/id/uksc/2020/5": f"{_CASES}/uksc/2020/5",
    "https://www.bailii.org/ew/cases/EWCA/Civ/2020/1058.html": f"{_CASES}/ewca/civ/2020/1058",
    "http://www.bailii.org/uk/cases/UKSC/2021/50.html": f"{_CASES}/uksc/2021/50",
    "https://www.courtlistener.com/recap/gov.uscourts.nod.9/gov.uscourts.nod.9.1.0.pdf":
        f"{_STORED}/recap/gov.uscourts.nod.9/gov.uscourts.nod.9.1.0.pdf",
    f"{_STORED}/recap/gov.uscourts.nod.9/gov.uscourts.nod.9.1.0.pdf":
        "https://archive.org/download/gov.uscourts.nod.9/gov.uscourts.nod.9.1.0.pdf",
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_a_document_is_first_looked_for_where_its_publisher_put_such_documents(old: str, new: str) -> None:
    assert for_host(urlsplit(old).netloc).moved(old)[0] == new


@pytest.mark.parametrize("identity", ["2005.01234", "2005.01234v1", "cs/0112017v2", "math.GT/0309136", "0704.0001"])
@pytest.mark.parametrize(
    "form", ["http://www.arxiv.org/abs/{}", "https://export.arxiv.org/pdf/{}", "https://arxiv.org/pdf/{}.pdf"]
)
def test_a_paper_of_arxiv_is_never_offered_in_another_version(identity: str, form: str) -> None:
    old = form.format(identity)
    offers = by_name("arxiv").moved(old)
    assert offers
    assert {re.sub(r".*/(?:abs|pdf)/|\.pdf$", "", offer) for offer in offers} == {identity}


@pytest.mark.parametrize(
    "url",
    [f"{_CASES}/uksc/2020/5", f"{_ASSETS}/media/65/a.pdf", "https://www.bailii.org/ew/cases/EWHC/Ch/2020/9.html",
     "https://assets.caselaw.nationalarchives.gov.uk/d-0b1c/d-0b1c.pdf", "https://arxiv.org/list/cs.CY/recent",
     "https://committees.parliament.uk/publications/6912/html/"],
)  # fmt: skip
def test_where_no_rule_is_known_only_the_same_address_is_offered_over_https_and_without_www(url: str) -> None:
    bare = url.replace("://www.", "://")
    assert {offer.replace("://www.", "://") for offer in for_host(urlsplit(url).netloc).moved(url)} <= {bare}


def test_moving_rules_never_lower_case_a_path_or_drop_a_query() -> None:
    assert list(twins("http://Site.example/A%7e//b?Q=1")) == [
        "https://Site.example/A%7e//b?Q=1",
        "https://www.Site.example/A%7e//b?Q=1",
    ]
    family = folder_family("a.example", "/One/", "/Two/")
    assert list(family("https://a.example/One/File.PDF?v=2")) == ["https://a.example/Two/File.PDF?v=2"]
    assert list(family("https://b.example/One/File.PDF")) == []
    assert list(rewritten("http://x/(?P<a>.+)", r"http://y/\g<a>")("http://x/A%20b")) == ["http://y/A%20b"]


def test_a_search_address_holds_the_title_quoted() -> None:
    assert by_name("met_police").searched("Trials & tribulations") == (
        "https://news.met.police.uk/news?q=Trials+%26+tribulations",
    )
    assert by_name("ico").searched("x") == ()


def test_a_coded_body_is_decoded_in_the_worker() -> None:
    body = b"<main><h1>T</h1><a href='/wp-content/uploads/2022/10/a.pdf'>The report of ours</a></main>"
    plain = read_landing(body, publisher="minderoo", url="https://www.mctd.ac.uk/x/")
    assert plain == [
        {"url": "https://www.mctd.ac.uk/wp-content/uploads/2022/10/a.pdf", "text": "The report of ours", "year": 2022}
    ]
    coded = gzip.compress(body)
    assert read_landing(coded, publisher="minderoo", url="https://www.mctd.ac.uk/x/", content_encoding="gzip") == plain
    assert (
        read_listing(b"\xff\x00", publisher="ico", url="https://ico.org.uk/", charset="rot13", content_encoding="br")
        == []
    )


def test_an_unknown_publisher_is_an_error_and_no_guess() -> None:
    with pytest.raises(KeyError):
        by_name("nobody")


def test_publishers_load_without_scrapy() -> None:
    """A worker loads them; Scrapy and its reactor would cost it a second and 50 MB."""
    code = (
        "import sys, crawler.publisher as p; p.publishers(); sys.exit(bool({'scrapy', 'twisted'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
