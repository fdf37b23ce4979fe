"""GOV.UK, where departments and agencies of the United Kingdom's government publish; files lie on its asset host."""

from crawler.moves import rewritten
from crawler.publisher import Publisher
from extract import landing, listing

_SITE, _ASSETS = "https://www.gov.uk", "https://assets.publishing.service.gov.uk"
_OLD_ASSETS = "assets.digital.cabinet-office.gov.uk"
_FINDERS = ("policy-papers-and-consultations", "research-and-statistics", "guidance-and-regulation")


class GovUk(Publisher):
    """A publication's page leads to its attachments: HTML below the page's own path, files on the asset host."""

    name = "gov_uk"
    hosts = ("www.gov.uk", "assets.publishing.service.gov.uk", _OLD_ASSETS)
    called = (
        "GOV.UK", "UK Government", "HM Government", "Home Office", "Cabinet Office", "UK Ministry of Justice",
        "Department for Education", "Department of Health and Social Care", "Department for Work and Pensions",
        "Department for Science, Innovation and Technology", "Centre for Data Ethics and Innovation", "Ofqual",
        "Competition and Markets Authority", "Surveillance Camera Commissioner", "Biometrics Commissioner",
    )  # fmt: skip
    listings = tuple(f"{_SITE}/search/{finder}" for finder in _FINDERS)
    searches = tuple(f"{_SITE}/search/{finder}?keywords={{words}}&order=relevance" for finder in _FINDERS)
    documents = (
        landing.itself(r"//www\.gov\.uk/government/(?:publications|consultations)/[^/]+/[^/]+$"),
        landing.govuk,
        landing.itself(r"//www\.gov\.uk/"),
    )
    entries = (listing.undated,)
    moves = (
        rewritten(rf"https?://{_OLD_ASSETS}/(?P<rest>.+)", rf"{_ASSETS}/\g<rest>"),
        rewritten(r"https?://www\.gov\.uk/(?P<rest>government/uploads/.+)", rf"{_ASSETS}/\g<rest>"),
    )
    quirks = (
        "robots.txt forbids /search/all and pages for printing; the finders of one kind of document are allowed.",
        "A finder tells when a page was last updated, which is not the year that a citation names.",
        "An HTML attachment is a document of its own; what guidance and news link to within their text is not.",
        "Files at /government/uploads/… moved to /media/<24 characters>/…: by redirects, no rule could name them.",
    )
    expects = range(0, 6)
