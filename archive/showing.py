"""What a page became in a browser, as resources beside its capture: the addresses they are kept under."""

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
