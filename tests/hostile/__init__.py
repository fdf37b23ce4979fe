"""Misbehaviours of the loopback web, as a table: what is sent, and how whoever meets it must end.

One file a kind; the facts behind them are in the notes of the defects that they caused elsewhere (lost bodies, crashed
crawlers, requests into the inside of a network). `URLS` has all of them by the URL that meets them.
"""

import re

from tests.hostile import (
    coding,
    content,
    handshakes,
    headers,
    length,
    manners,
    redirects,
    robots,
    status,
    text,
    timing,
    walls,
)  # fmt: skip
from tests.hostile.manners import ETAG, MODIFIED
from tests.hostile.table import HELLOS, HOSTS, MOST_BODY_MIB, PATHS, SECURE, Misbehaviour
from tests.site import Request, Response

__all__ = [
    "ETAG", "HELLOS", "HOSTS", "KINDS", "MODIFIED", "MOST_BODY_MIB", "PATHS", "SECURE", "URLS", "Misbehaviour",
    "behaviour", "contexts", "host_of",
]  # fmt: skip
KINDS = (coding, content, handshakes, headers, length, manners, redirects, robots, status, text, timing, walls)
contexts = handshakes.contexts


def host_of(path: str) -> str:
    """The host at which this path is met: one each, so that no misbehaviour is another one's."""
    return f"{re.sub('[^a-z0-9]+', '-', path).strip('-')}.test"


URLS: dict[str, Misbehaviour] = {
    **{f"http://{host_of(path)}{path}": act for path, act in PATHS.items()},
    **{f"http://{host}/page": act for host, act in HOSTS.items()},
    **{f"https://{host}/page": act for host, act in {**HELLOS, **SECURE}.items()},
}


def behaviour(request: Request, *, secure: bool) -> Response | None:
    """What the table has for this request, or None."""
    path = request.path.partition("?")[0]
    if request.method == "HELLO":
        found = HELLOS.get(request.host)
    elif path == "/robots.txt":
        found = HOSTS.get(request.host)
    elif secure and path == "/page":
        found = SECURE.get(request.host)
    else:
        found = PATHS.get(path)
    return found.act if found else None
