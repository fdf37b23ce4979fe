"""What a page became in a browser, as resources beside its capture: the addresses they are kept under."""

from archive.capture import Capture
from archive.seed import Why

DOM = "urn:dom:"
SHOWN_HOP = "S"  # of hopsFromSeed: Heritrix' letter for what was made, not fetched
# As Browsertrix calls a picture of a whole page, so that whoever looks for one of theirs finds ours.
PICTURE = "urn:fullPage:"


def dom_address(url: str) -> str:
    """Where the document is kept that scripts made of the page at `url`: HTML, UTF-8."""
    return DOM + url


def picture_address(url: str) -> str:
    """Where the picture is kept of the page at `url`: PNG."""
    return PICTURE + url


def is_shown(capture: Capture) -> bool:
    """True for what a page became in a browser."""
    return capture.origin.why == Why.SHOWN


def page_url(capture: Capture) -> str:
    """The URL that a capture is of: of what a page became in a browser, the page's."""
    return capture.origin.via or capture.url if is_shown(capture) else capture.url
