"""Which of the shared layouts a page has: what the rules of each platform find on it, else those for any page."""

from extract import landing
from extract.webpage import WebPage

_PLATFORMS = (
    landing.scholarly_metadata,
    landing.eprints,
    landing.dspace,
    landing.wordpress_uploads,
    landing.drupal,
    landing.processwire,
    landing.mynewsdesk,
)
_ANY = tuple(rule for rule in landing.ANY_LAYOUT if rule not in _PLATFORMS)


def layouts_of(page: WebPage) -> tuple[str, ...]:
    """The names in `landing` of rules that lead from the page to documents, in the order in which to try them.

    A platform's rule that finds all that those before it found and more stands in their place. Rules for any page
    count only where no platform is met, and then only the first that finds something: the others are tried anyway.
    """
    kept: list[str] = []
    known: set[str] = set()
    own = page.url.partition("#")[0]
    for rule in (*_PLATFORMS, *_ANY):
        found = {link.url for link in rule(page)} - {own}
        if rule in _ANY and known:
            break
        if found > known:
            kept = []
        if found - known:
            kept.append(rule.__name__)
            known |= found
    return tuple(kept)
