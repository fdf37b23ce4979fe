"""Science & Technology in Policing, where the National Physical Laboratory's study of police face matching lies."""

from crawler.publisher import Publisher, Work
from extract import landing

_SITE = "https://science.police.uk"
_STUDY = f"{_SITE}/site/assets/files/3396/frt-equitability-study_mar2023.pdf"


class NationalPhysicalLaboratory(Publisher):
    """The police scientific adviser's site publishes what the laboratory measured; it looks like ProcessWire."""

    name = "npl"
    hosts = ("science.police.uk", "www.npl.co.uk")
    called = (
        "Science & Technology in Policing",
        "Science and Technology in Policing",
        "National Physical Laboratory",
        "UK National Physical Laboratory",
        "NPL",
        "Office of the Police Chief Scientific Adviser",
    )
    listings = (f"{_SITE}/research/resources/",)
    works = (
        Work(
            "Operational Testing of Facial Recognition Technology",
            f"{_SITE}/research/resources/operational-testing-of-facial-recognition-technology/",
            2023,
            _STUDY,
        ),
        Work("Facial Recognition Technology in Law Enforcement Equitability Study", _STUDY, 2023),
    )
    documents = (landing.processwire, landing.linked_pdfs)
    quirks = (
        "The cited title is the landing page's, the file carries another.",
        "The site is the publisher of the page; the study behind it is NPL report MS 43.",
    )
    delay_s = 5
    expects = range(0, 3)
