"""Validators: by which a server knows again what it sent (RFC 9110 §8.8), and whether to believe one."""

from collections.abc import Sequence
from itertools import pairwise

# So many answers in a row with one payload and as many ETags: the next is another one too.
DRAWN_AFTER = 3


def is_same_etag(one: str | None, other: str | None) -> bool:
    """Weak comparison (§8.8.3.2), which is what If-None-Match means. None is like None alone."""
    return _opaque(one) == _opaque(other)


def is_drawn(etags: Sequence[str | None]) -> bool:
    """True when the last of the ETags that one payload had, in their order, differ from answer to answer."""
    last = etags[-DRAWN_AFTER:]
    return len(last) == DRAWN_AFTER and all(last) and not any(is_same_etag(*two) for two in pairwise(last))


def _opaque(etag: str | None) -> str | None:
    return etag.removeprefix("W/") if etag else None
