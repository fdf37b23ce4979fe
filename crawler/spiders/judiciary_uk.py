"""The judiciary of England and Wales, whose site has judgments of public interest as files, each with a page."""

from crawler.moves import rewritten
from crawler.publisher import Publisher, Work
from extract import landing

_SITE = "https://www.judiciary.uk"


class JudiciaryUk(Publisher):
    """Judgments, sentencing remarks, guidance and coroners' reports as uploads of a WordPress site."""

    name = "judiciary_uk"
    hosts = ("www.judiciary.uk", "www.judiciary.gov.uk")
    called = (
        "Courts and Tribunals Judiciary", "Judiciary of England and Wales", "Judiciary UK", "UK Judiciary",
        "Judicial Office",
    )  # fmt: skip
    listings = (f"{_SITE}/judgments/",)
    searches = (f"{_SITE}/?s={{words}}",)
    works = (
        Work(
            "R (Bridges) v Chief Constable of South Wales Police",
            f"{_SITE}/wp-content/uploads/2020/08/R-Bridges-v-CC-South-Wales-ors-Judgment.pdf",
            2020,
        ),
    )
    documents = (landing.wordpress_uploads,)
    moves = (rewritten(r"https?://www\.judiciary\.gov\.uk/(?P<rest>.*)", rf"{_SITE}/\g<rest>"),)
    quirks = (
        "The site was at judiciary.gov.uk under the same paths.",
        "The folder of an upload is the month in which it was put there, which may be later than the judgment.",
        "Since April 2022 most judgments are at Find Case Law, and only some of them here.",
    )
    delay_s = 5
    expects = range(0, 4)
