"""arXiv, where papers are posted before and beside journals; each version of a paper is a document of its own."""

from crawler.moves import rewritten
from crawler.publisher import Publisher
from extract import landing, listing

_SITE, _ANY = "https://arxiv.org", r"https?://(?:www\.|export\.)?arxiv\.org"
_ID = r"(?P<id>(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)"


class Arxiv(Publisher):
    """An abstract's page leads to the file of the version that it shows, not to what is the latest on another day."""

    name = "arxiv"
    hosts = ("arxiv.org", "export.arxiv.org")
    called = ("arXiv", "arXiv.org", "arXiv preprint")
    listings = (f"{_SITE}/list/cs.CY/recent",)
    documents = (landing.from_head("og:url", r"/abs/(?=.+v\d+$)", "/pdf/"), landing.scholarly_metadata)
    entries = (listing.described,)
    moves = (
        rewritten(rf"{_ANY}/(?:pdf|html|format)/{_ID}(?:\.pdf)?", rf"{_SITE}/pdf/\g<id>", rf"{_SITE}/abs/\g<id>"),
        rewritten(rf"{_ANY}/abs/{_ID}", rf"{_SITE}/abs/\g<id>"),
    )
    quirks = (
        "robots.txt asks for 15 s between requests, and forbids search and source files; the terms of the API say 3 s.",
        "export.arxiv.org forbids robots everything, so titles are not looked up through its API; the list of Computers"
        " and Society has the newest papers only.",
        "v1 and v2 are different documents; an address without a version means the latest of the day.",
    )
    delay_s = 15
    expects = range(1, 2)
