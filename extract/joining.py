"""Addresses as links state them become whole URLs."""

import re
from urllib.parse import urljoin, urlsplit

URL_LIMIT = 2_000  # characters, as for every URL that is fetched
# Most links are a path from the root, of plain characters and without `.` or empty segments: joined to the base's host
# they are whole. `urljoin` and the check of its answer took half of the time in which a page's links were read.
_PLAIN_PATH = re.compile(r"(?:/(?!\.)[\w.~%:@!$&'()*+,=-]+)+/?(?:\?[\w.~%:@!$&'()*+,=/-]+)?", re.ASCII)
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?(?=/|$)")


def joined(base: str, address: str) -> str | None:
    """The address as a whole http or https URL without fragment, or None when it leads nowhere that is fetched."""
    address = address.strip()
    if not address or len(address) > URL_LIMIT or address.startswith("#"):
        return None
    origin = _ORIGIN.match(base)
    if origin and _PLAIN_PATH.fullmatch(address):
        url = origin[0] + address
        return url if len(url) <= URL_LIMIT else None
    return _joined(base, address)


def _joined(base: str, address: str) -> str | None:
    try:
        url = urljoin(base, address).partition("#")[0]
        parts = urlsplit(url)
    except ValueError:  # a bracket of no IPv6 address: `http://[`
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc and len(url) <= URL_LIMIT else None
