"""Big Brother Watch, a civil liberties group that publishes briefings and reports as uploads of its WordPress site."""

from crawler.publisher import Publisher, Work
from extract import landing

_SITE = "https://bigbrotherwatch.org.uk"


class BigBrotherWatch(Publisher):
    """Briefings are linked to directly; campaign pages list them."""

    name = "big_brother_watch"
    hosts = ("bigbrotherwatch.org.uk",)
    called = ("Big Brother Watch", "BigBrotherWatch", "BBW")
    listings = (f"{_SITE}/campaigns/stop-facial-recognition/",)
    works = (
        Work(
            "Big Brother Watch briefing on Facial recognition surveillance",
            f"{_SITE}/wp-content/uploads/2020/06/Big-Brother-Watch-briefing-on-Facial-recognition-surveillance-June-2020.pdf",
            2020,
            verified=False,
        ),
        Work(
            "Face Off: The lawless growth of facial recognition in UK policing",
            f"{_SITE}/wp-content/uploads/2018/05/Face-Off-final-digital-1.pdf",
            2018,
            also=(f"{_SITE}/campaigns/stop-facial-recognition/report/",),
        ),
    )
    documents = (landing.wordpress_uploads, landing.download_block)
    quirks = (
        "Addresses are cited with and without www.",
        "The address of the briefing is a candidate made after the site's pattern: nobody has verified it.",
    )
    delay_s = 5
    expects = range(0, 6)
