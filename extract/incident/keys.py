"""The key of an incident: stable, short, and the same whatever form the record came in."""

import re
import unicodedata
from hashlib import sha256
from urllib.parse import unquote, urlsplit

LONGEST = 120
_AIAAIC_ID = re.compile(r"\bAIAAIC\s?0*([0-9]{1,5})(?![0-9])", re.IGNORECASE)


def slug(text: str) -> str:
    """`text` as lower-case words of a-z and 0-9 with `-` between; text without any such sign gets a digest's name."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
    return words or f"record-{sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"


def page_key(url: str) -> str | None:
    """The slug of an incident page's address: its last path segment, or None when the path is empty."""
    try:
        path = urlsplit(url).path
    except ValueError:  # an address that cannot be parsed names no page
        return None
    last = unquote(path.rstrip("/").rsplit("/", 1)[-1])
    return slug(last) if last else None


def aiaaic_id(text: str) -> str | None:
    """The AIAAIC id in `text` with four digits at least (AIAAIC0028: sheets pad and do not pad), or None."""
    found = _AIAAIC_ID.search(text)
    return f"AIAAIC{int(found[1]):04}" if found else None
