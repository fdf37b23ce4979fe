"""The Metropolitan Police Service: statements in its newsroom, reports and records among the downloads of its site."""

from crawler.moves import folder_family
from crawler.publisher import Publisher, Work
from extract import landing

_DOWNLOADS = "/SysSiteAssets/media/downloads/"
_LFR = (
    f"{_DOWNLOADS}central/advice/met/facial-recognition/",
    f"{_DOWNLOADS}force-content/met/advice/lfr/new/",
    f"{_DOWNLOADS}force-content/met/advice/lfr/deployment-records/",
    f"{_DOWNLOADS}force-content/met/advice/lfr/other-lfr-documents/",
    f"{_DOWNLOADS}met/advice/facial-recognition/",
    f"{_DOWNLOADS}lp-test-folder/",
)
_ADVICE = "https://www.met.police.uk/advice/advice-and-information"


class MetPolice(Publisher):
    """London's police force; its newsroom is a Mynewsdesk site."""

    name = "met_police"
    hosts = ("www.met.police.uk", "news.met.police.uk")
    called = ("Metropolitan Police Service", "Metropolitan Police", "Met Police", "MPS", "London Metropolitan Police")
    listings = ("https://news.met.police.uk/latest_news", f"{_ADVICE}/fr/facial-recognition/")
    searches = ("https://news.met.police.uk/news?q={words}",)
    works = (
        Work(
            "Metropolitan Police Service Live Facial Recognition Trials",
            f"https://www.met.police.uk{_LFR[0]}met-evaluation-report.pdf",
            2020,
        ),
        Work("Live Facial Recognition", f"{_ADVICE}/facial-recognition/live-facial-recognition/"),
        Work(
            "Facial Recognition Technology",
            "https://www.met.police.uk/police-forces/metropolitan-police/areas/about-us/about-the-met/facial-recognition-technology/",
        ),
    )
    documents = (landing.mynewsdesk, landing.under(_DOWNLOADS), landing.linked_pdfs)
    moves = (folder_family("www.met.police.uk", *_LFR),)
    quirks = (
        "The CDN answers 403 to scripts and to HEAD: that is a wall, not a missing page.",
        "One kind of record has lain in six folders under the same file name.",
        "A record of 2026 is linked without a file extension: what lies under the downloads folder is a document.",
        "latest_news shows the newest releases only; older ones are found by the newsroom's search.",
    )
    delay_s = 5
    expects = range(0, 6)
