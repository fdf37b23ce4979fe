"""Every host that no other publisher owns: a cited page is taken as it is, a document only where the page names it."""

from crawler.moves import rewritten
from crawler.publisher import Publisher
from extract import landing

_CASES, _NUMBER = "https://caselaw.nationalarchives.gov.uk", r"(?P<number>\d{4}/\d+)"
# A neutral citation is a judgment's identity: BAILII and Find Case Law both have it in their addresses.
_COURTS = {
    "uk/cases/UKSC": "uksc",
    "ew/cases/EWCA/Civ": "ewca/civ",
    "ew/cases/EWCA/Crim": "ewca/crim",
    "ew/cases/EWHC/Admin": "ewhc/admin",
}


class AnyPage(Publisher):
    """News, blogs, journals: no hosts of its own, no names, no listings."""

    name = "any_page"
    documents = (landing.scholarly_metadata, landing.embedded, landing.download_block)
    moves = (
        rewritten(r"https?://(?:www\.|mobile\.)?twitter\.com/(?P<rest>.*)", r"https://x.com/\g<rest>"),
        *(rewritten(rf"https?://(?:www\.)?bailii\.org/{bailii}/{_NUMBER}\.html", rf"{_CASES}/{ours}/\g<number>")
          for bailii, ours in _COURTS.items()),
    )  # fmt: skip
    quirks = ("Links of unknown sites are not followed: only metadata, a frame or a download block names a document.",)
    expects = range(0, 3)
