"""The Information Commissioner's Office, the United Kingdom's regulator of data protection and information rights."""

from crawler.moves import rewritten
from crawler.publisher import Publisher, Work
from extract import landing

_SITE, _ANY = "https://ico.org.uk", r"https?://(?:www\.)?ico\.org\.uk"
_FOI = f"{_SITE}/for-organisations/foi/"
_OLD_FOI = rf"{_ANY}/for-organisations/(?:foi-eir-and-access-to-information|guidance-index)/"
_SECTION = r"(?P<section>(?:section|regulation)-\d+(?:-\d+)?(?:-[a-z])?)"
_ACT = "-environmental-information-regulations"


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
            rf"{_ANY}/media/.*?(?P<kind>decision-notices/)(?:\d{{4}}/)?(?P<id>\d{{3,8}})/(?P<file>[^/]+)",
            rf"{_SITE}/media2/migrated/\g<kind>\g<id>/\g<file>",
        ),
        rewritten(
            rf"{_ANY}/media/(?P<path>(?:.*/)?(?P<id>\d{{3,8}})/(?P<file>[^/]+))",
            rf"{_SITE}/media2/migrated/\g<id>/\g<file>",
            rf"{_SITE}/media2/\g<path>",
        ),
        rewritten(
            rf"{_OLD_FOI}(?P<folder>[^#?]*/)(?P<subject>[^/#?]+?)-{_SECTION}(?:{_ACT})?/?",
            rf"{_FOI}\g<folder>\g<section>-\g<subject>/",
        ),
        rewritten(rf"{_OLD_FOI}(?P<page>[^#?]*/[^/#?]+?){_ACT}/?", rf"{_FOI}\g<page>/"),
        rewritten(
            rf"{_OLD_FOI}(?P<page>[^#?]+?)/?(?P<end>[#?].*)?", rf"{_FOI}\g<page>/\g<end>", rf"{_FOI}\g<page>\g<end>"
        ),
    )
    quirks = (
        "Moved pages get no redirects: the old address answers 404.",
        "Files of /media/<section>/documents/[year/]<id>/<file> lie now at /media2/migrated/<id>/<file>,"
        " at /media2/<8 characters>/<file>, or became an HTML page of the same subject.",
        "Guidance of the Act and the Regulations now begins with the section that it is about: section-14-…/.",
        "The address of the report on live facial recognition is a candidate: nobody has verified it.",
    )
    delay_s = 5
    expects = range(0, 4)
