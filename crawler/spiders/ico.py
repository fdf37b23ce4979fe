"""The Information Commissioner's Office, the United Kingdom's regulator of data protection and information rights."""

from crawler.moves import rewritten
from crawler.publisher import Publisher, Work
from extract import landing

_SITE = "https://ico.org.uk"


class InformationCommissionersOffice(Publisher):
    """Reports, opinions and guidance; most are linked to directly as files."""

    name = "ico"
    hosts = ("ico.org.uk",)
    called = (
        "Information Commissioner's Office",
        "UK Information Commissioner's Office",
        "Information Commissioner",
        "Information Commissioners Office (ICO)",
        "ICO",
    )
    listings = (f"{_SITE}/action-weve-taken/audits-and-overview-reports/",)
    works = (
        Work(
            "ICO investigation into how the police use facial recognition technology in public places",
            f"{_SITE}/media/about-the-ico/documents/2616185/live-frt-law-enforcement-report-20191031.pdf",
            2019,
            also=(f"{_SITE}/media2/migrated/2616185/live-frt-law-enforcement-report-20191031.pdf",),
            verified=False,
        ),
    )
    documents = (landing.linked_pdfs,)
    moves = (
        rewritten(
            r"https?://(?:www\.)?ico\.org\.uk/media/.*?(?P<kind>decision-notices/)(?:\d{4}/)?(?P<id>\d{3,8})/(?P<file>[^/]+)",
            rf"{_SITE}/media2/migrated/\g<kind>\g<id>/\g<file>",
        ),
        rewritten(
            r"https?://(?:www\.)?ico\.org\.uk/media/(?:.*/)?(?:documents/)?(?:\d{4}/)?(?P<id>\d{3,8})/(?P<file>[^/]+)",
            rf"{_SITE}/media2/migrated/\g<id>/\g<file>",
        ),
        rewritten(
            r"https?://(?:www\.)?ico\.org\.uk/for-organisations/(?:foi-eir-and-access-to-information|guidance-index)/(?P<rest>.*)",
            rf"{_SITE}/for-organisations/foi/\g<rest>",
        ),
    )
    quirks = (
        "Moved pages get no redirects: the old address answers 404.",
        "Files of /media/<section>/documents/[year/]<id>/<file> lie now at /media2/migrated/<id>/<file>,"
        " at /media2/<8 characters>/<file>, or became an HTML page of the same subject.",
        "The address of the report on live facial recognition is a candidate: nobody has verified it.",
    )
    delay_s = 5
    expects = range(0, 4)
