"""Target: what a URL asks to dial and to request, read strictly, before anything is dialled."""

import ipaddress
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from archive.errors import RefusedUrl

URL_LENGTH = 2000
DEFAULT_PORTS = {"http": 80, "https": 443}
PARTS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?)?"
)
AUTHORITY = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^:\[\]]+))(?::(?P<port>\d*))?\Z")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
UNFIT_IN_HOST = re.compile(r"[\x00-\x20\x7f\\%<>^|\"'`{}]")
SIGNS = frozenset("/?#@:[]")  # some letters turn into these when a name is made ASCII
UNSENDABLE = re.compile(r"[^\x21-\x7e]")
# A host that ends in a number is an IPv4 address or nothing (WHATWG URL, "ends in a number checker").
ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?\Z")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, taken apart. `host` is lower-case ASCII without brackets; `address` is set when it is numeric.

    `authority` is the value of the Host field and `path` the request target (origin-form, RFC 9112 §3.2.1).
    """

    tls: bool
    host: str
    port: int
    address: str | None
    authority: bytes
    path: bytes

    @property
    def key(self) -> tuple[bool, str, int]:
        """What two requests must share to use one connection."""
        return self.tls, self.host, self.port


@lru_cache(maxsize=4096)  # each URL is asked about by guard, gate and wire
def parse_target(url: str) -> Target:
    """The target of `url`. RefusedUrl with a sentence for what is never dialled, whoever asks.

    That is: other schemes than http and https, user info, control characters, a host or port that is none, more
    than 2,000 characters.
    """
    if len(url) > URL_LENGTH:
        raise RefusedUrl(f"the URL has {len(url)} characters, more than {URL_LENGTH}")
    if CONTROL.search(url):
        raise RefusedUrl("the URL holds control characters")
    match = PARTS.match(url)
    scheme = match["scheme"].lower() if match else ""
    if scheme not in DEFAULT_PORTS:
        raise RefusedUrl(f"only http and https are fetched, not {scheme or 'a text without a scheme'}")
    if match is None or match["authority"] is None:
        raise RefusedUrl("the URL names no host")
    host, port = parse_authority(match["authority"], DEFAULT_PORTS[scheme])
    address = numeric_address(host)
    return Target(
        tls=scheme == "https",
        host=address or host,
        port=port,
        address=address,
        authority=_authority(host, port, DEFAULT_PORTS[scheme]),
        path=_origin_form(match["path"], match["query"] or ""),
    )


def parse_authority(text: str, default_port: int) -> tuple[str, int]:
    """Host (ASCII, lower case) and port of `host[:port]`; RefusedUrl when it is not exactly that."""
    if "@" in text:
        raise RefusedUrl("the URL carries a user name or a password, which are never sent")
    match = AUTHORITY.match(text)
    if match is None or UNFIT_IN_HOST.search(text):
        raise RefusedUrl(f"{text[:80]!r} is no host" if text else "the URL names no host")
    port = int(match["port"][:6]) if match["port"] else default_port
    if not 0 < port < 65536:
        raise RefusedUrl(f"{match['port'][:20]} is no port")
    if match["v6"]:
        return _ipv6(match["v6"]), port
    return _ascii_name(match["name"]), port


def numeric_address(host: str) -> str | None:
    """The address that `host` writes in numbers, in its usual form, or None for a name.

    Reads what resolvers read (inet_aton): `127.1`, `0x7f000001`, `017700000001`, `2130706433`.
    """
    numbered = ENDS_IN_NUMBER.match(host)
    if numbered or ":" in host:  # for a name, `ip_address` would take longer to refuse it than all the rest takes
        with suppress(ValueError):
            return str(ipaddress.ip_address(host))
    if not numbered:
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        raise RefusedUrl(f"{host[:80]!r} is no address") from None


def _ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise RefusedUrl(f"[{text[:80]}] is no IPv6 address") from None


def _ascii_name(name: str) -> str:
    try:
        host = (name if name.isascii() else name.encode("idna").decode("ascii")).lower()
    except UnicodeError:
        raise RefusedUrl(f"{name[:80]!r} is no host name") from None
    if UNFIT_IN_HOST.search(host) or not host.strip(".") or not SIGNS.isdisjoint(host):
        raise RefusedUrl(f"{name[:80]!r} is no host name")
    return host


def _authority(host: str, port: int, default_port: int) -> bytes:
    shown = f"[{host}]" if ":" in host else host
    return (shown if port == default_port else f"{shown}:{port}").encode("ascii")


def _origin_form(path: str, query: str) -> bytes:
    """Path and query as they are sent; what cannot stand in a request line is percent-encoded as UTF-8."""
    text = (path or "/") + query
    try:
        return UNSENDABLE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text).encode("ascii")
    except UnicodeEncodeError:
        raise RefusedUrl("the URL holds half a character (a lone surrogate)") from None
