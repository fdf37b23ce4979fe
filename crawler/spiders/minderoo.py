"""The Minderoo Centre for Technology and Democracy at Cambridge, which announces each report on a page of its own."""

from crawler.publisher import Publisher, Work
from extract import landing

_SITE = "https://www.mctd.ac.uk"


class MinderooCentre(Publisher):
    """A research centre of the University of Cambridge; its site is WordPress."""

    name = "minderoo"
    hosts = ("www.mctd.ac.uk",)
    called = (
        "Minderoo Centre for Technology & Democracy",
        "Minderoo Centre for Technology and Democracy",
        "University of Cambridge's Minderoo Centre",
        "Minderoo Centre for Tech & Democracy",
        "Minderoo Centre",
        "MCTD",
    )
    listings = (f"{_SITE}/publications/",)
    works = (
        Work(
            "A Sociotechnical Audit: Assessing Police Use of Facial Recognition",
            f"{_SITE}/a-sociotechnical-audit-assessing-police-use-of-facial-recognition/",
            2022,
            f"{_SITE}/wp-content/uploads/2022/10/MCTD-FacialRecognition-Report-WEB-1.pdf",
            verified=False,
        ),
    )
    documents = (landing.wordpress_uploads, landing.download_block)
    quirks = (
        "The host answers 403 to scripts.",
        "The title says Sociotechnical, records write Socio-Technical.",
        "The addresses of the audit, its file and the list of publications are candidates: nobody has verified them.",
    )
    delay_s = 5
    expects = range(0, 3)
