"""Find Case Law, the National Archives' service for judgments of the courts and tribunals of England and Wales."""

from crawler.moves import rewritten
from crawler.publisher import Publisher
from extract import landing

_SITE, _ASSETS = "https://caselaw.nationalarchives.gov.uk", "https://assets.caselaw.nationalarchives.gov.uk"


class FindCaseLaw(Publisher):
    """A judgment's page has its text; the file as it was handed down lies below it, or on the asset host."""

    name = "find_case_law"
    hosts = ("caselaw.nationalarchives.gov.uk", "assets.caselaw.nationalarchives.gov.uk")
    called = (
        "Find Case Law", "National Archives Find Case Law", "England and Wales Court of Appeal",
        "England and Wales High Court", "Court of Appeal (Civil Division)", "UK Employment Appeal Tribunal",
    )  # fmt: skip
    listings = (f"{_SITE}/atom.xml",)
    searches = (f"{_SITE}/atom.xml?query={{words}}",)
    documents = (
        landing.addressed(rf"^{_SITE}/.+/data\.pdf$", rf"^{_ASSETS}/.+\.pdf$"),
        landing.itself(rf"^{_SITE}/"),
    )
    moves = (
        rewritten(rf"{_ASSETS}/(?P<page>(?!d-)[a-z0-9/]+)/[^/?#]+\.pdf", rf"{_SITE}/\g<page>/data.pdf"),
        rewritten(rf"{_SITE}/id/(?P<page>.+)", rf"{_SITE}/\g<page>"),
    )
    quirks = (
        "To take single judgments is free; computational analysis in bulk needs a licence (terms of the service).",
        "robots.txt forbade everything for years and names robots of AI makers still; it is asked before each request.",
        "Files of the asset host were named after the citation, newer ones after a number that tells nothing.",
        "data.xml beside a page is the same text in LegalDocML and is not fetched.",
        "A press summary has an address of its own: /press-summary/1.",
    )
    delay_s = 5
    expects = range(0, 3)
