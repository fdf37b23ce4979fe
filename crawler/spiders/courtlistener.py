"""CourtListener, the Free Law Project's collection of opinions and dockets of the courts of the United States."""

from crawler.moves import rewritten
from crawler.publisher import Publisher
from extract import landing

_STORAGE = "https://storage.courtlistener.com"


class CourtListener(Publisher):
    """Pages of opinions, dockets and their papers lead to files on the storage host."""

    name = "courtlistener"
    hosts = ("www.courtlistener.com", "storage.courtlistener.com")
    called = ("CourtListener", "Court Listener", "Free Law Project", "RECAP Archive")
    documents = (landing.links_to("storage.courtlistener.com"), landing.itself(r"//www\.courtlistener\.com/"))
    moves = (
        rewritten(r"https?://www\.courtlistener\.com/(?P<rest>(?:recap|pdf)/.+)", rf"{_STORAGE}/\g<rest>"),
        rewritten(
            rf"{_STORAGE}/recap/(?P<case>gov\.uscourts\.\w+\.\d+)/(?P<file>[^/?#]+)",
            r"https://archive.org/download/\g<case>/\g<file>",
        ),
    )
    quirks = (
        "robots.txt of www.courtlistener.com forbids its pages to robots and asks them to use the API: then only files,"
        " which lie on another host, are fetched; there is no listing that might be asked.",
        "The Internet Archive mirrors the papers of a docket under the same file name.",
        "A docket grows: its first papers are taken, as many as are expected.",
    )
    delay_s = 5
    expects = range(0, 6)
