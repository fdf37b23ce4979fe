"""The University of Essex's Human Rights Centre: reports in the university's repository and on its project's site."""

from crawler.moves import rewritten
from crawler.publisher import Publisher, Work
from extract import landing

_REPOSITORY = "https://repository.essex.ac.uk/24946/"
_DEAD = "48ba3m4eh2bf2sksp43rq8kk-wpengine.netdna-ssl.com"


class EssexHumanRightsCentre(Publisher):
    """Human Rights Centre with its Human Rights, Big Data and Technology Project; the repository is EPrints."""

    name = "essex_hrc"
    hosts = ("repository.essex.ac.uk", "www.essex.ac.uk", "www.hrbdt.ac.uk", _DEAD)
    called = (
        "Human Rights Centre, University of Essex",
        "Human Rights Centre, Essex University",
        "University of Essex Human Rights Centre",
        "Essex Human Rights Centre",
        "Human Rights, Big Data and Technology Project",
        "University of Essex",
        "Essex University",
        "HRBDT",
    )
    listings = ("https://www.hrbdt.ac.uk/reporting-on-live-facial-recognition-trials/",)
    works = (
        Work(
            "Independent Report on the London Metropolitan Police Service's Trial of Live Facial Recognition"
            " Technology",
            _REPOSITORY,
            2019,
            f"{_REPOSITORY}1/London-Met-Police-Trial-of-Facial-Recognition-Tech-Report-2.pdf",
            also=(
                f"https://{_DEAD}/wp-content/uploads/2019/07/London-Met-Police-Trial-of-Facial-Recognition-Tech-Report.pdf",
            ),
        ),
        Work(
            "New report raises concerns over Met Police trials of live facial recognition technology",
            "https://www.essex.ac.uk/news/2019/07/03/met-police-live-facial-recognition-trial-concerns",
            2019,
        ),
    )
    documents = (landing.eprints, landing.wordpress_uploads, landing.linked_pdfs)
    moves = (
        rewritten(rf"https?://{_DEAD}/.*/London-Met-Police-Trial-of-Facial-Recognition-Tech-Report[^/]*", _REPOSITORY),
        rewritten(rf"https?://{_DEAD}/(?P<path>wp-content/uploads/.+)", r"https://www.hrbdt.ac.uk/\g<path>"),
    )
    quirks = (
        "The report's first host, a content network of its WordPress provider, is dead; the repository has it.",
        "That host served the uploads of www.hrbdt.ac.uk under the same paths.",
        "The name of the file in the repository is known, its position there is not verified.",
    )
    delay_s = 5
    expects = range(0, 3)
