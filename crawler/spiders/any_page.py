"""Every host that no other publisher owns: a cited page is taken as it is, a document only where the page names it."""

from crawler.moves import rewritten
from crawler.publisher import Publisher
from extract import landing


class AnyPage(Publisher):
    """News, blogs, journals: no hosts of its own, no names, no listings."""

    name = "any_page"
    documents = (landing.scholarly_metadata, landing.embedded, landing.download_block)
    moves = (rewritten(r"https?://(?:www\.|mobile\.)?twitter\.com/(?P<rest>.*)", r"https://x.com/\g<rest>"),)
    quirks = ("Links of unknown sites are not followed: only metadata, a frame or a download block names a document.",)
    expects = range(0, 3)
