"""The United Kingdom's Parliament: reports of committees, papers of bills, briefings of its libraries, debates."""

from crawler.moves import rewritten
from crawler.publisher import Publisher, Work
from extract import landing

_COMMITTEES, _FILES = "https://committees.parliament.uk", "https://researchbriefings.files.parliament.uk/documents"


class UkParliament(Publisher):
    """Each part has a site of its own; reports are HTML at publications.parliament.uk and files of the committees."""

    name = "uk_parliament"
    hosts = (
        "www.parliament.uk", "committees.parliament.uk", "publications.parliament.uk", "bills.parliament.uk",
        "hansard.parliament.uk", "commonslibrary.parliament.uk", "lordslibrary.parliament.uk", "post.parliament.uk",
        "researchbriefings.files.parliament.uk", "researchbriefings.parliament.uk",
    )  # fmt: skip
    called = (
        "UK Parliament", "House of Commons", "House of Lords", "House of Commons Library", "House of Lords Library",
        "Parliamentary Office of Science and Technology", "Joint Committee on Human Rights", "Hansard",
    )  # fmt: skip
    listings = (
        "https://commonslibrary.parliament.uk/research-briefings/feed/",
        "https://lordslibrary.parliament.uk/research-briefings/feed/",
        "https://post.parliament.uk/feed/",
    )
    searches = ("https://commonslibrary.parliament.uk/?s={words}",)
    works = (
        Work(
            "AI in the UK: ready, willing and able?",
            "https://publications.parliament.uk/pa/ld201719/ldselect/ldai/100/100.pdf",
            2018,
        ),
    )
    documents = (
        landing.itself(r"//publications\.parliament\.uk/pa/", r"//hansard\.parliament\.uk/"),
        landing.addressed(
            r"//committees\.parliament\.uk/publications/\d+/documents/\d+/",
            r"//bills\.parliament\.uk/publications/\d+/documents/\d+",
            r"//researchbriefings\.files\.parliament\.uk/documents/",
        ),
        landing.addressed(r"//publications\.parliament\.uk/pa/.+/(?:report\.html|\d+\.pdf)$"),
    )
    moves = (
        rewritten(rf"(?P<paper>{_COMMITTEES}/publications/\d+/documents/\d+)/?(?:default)?/?", r"\g<paper>/default/"),
        rewritten(
            r"https?://researchbriefings\.parliament\.uk/ResearchBriefing/Summary/(?P<id>[A-Z][A-Z0-9-]+)/?",
            rf"{_FILES}/\g<id>/\g<id>.pdf",
        ),
    )
    quirks = (
        "committees.parliament.uk/publications/<id>/ alone answers 404; with documents/<id>/default/ it lasts.",
        "/publications/<id>/html/ counts written evidence, not publications: never made from a publication's number.",
        "A briefing keeps its address when it is revised: the edition is in the file only.",
    )
    delay_s = 3
    expects = range(0, 5)
