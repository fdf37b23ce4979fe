"""Guard: which addresses and ports are never dialled, so that no page can reach inside the operator's network."""

import ipaddress
from dataclasses import dataclass

from archive.errors import RefusedUrl
from crawler.contact import nobody_asks
from crawler.target import Target, parse_target

USUAL_PORTS = frozenset({80, 443, 8080, 8443})
FIRST_HIGH_PORT = 1024

# Beside everything that is not `is_global`: Python 3.11 calls many of these global (IANA special-purpose registries;
# 168.63.129.16 and 192.0.0.192 are metadata services of clouds).
REFUSED_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip
REFUSED_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "::1/128", "::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32",
        "2001::/23", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
UNICAST_V6 = ipaddress.IPv6Network("2000::/3")  # nothing else is given out (RFC 4291 §2.4, IANA)
NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
COMPATIBLE = ipaddress.IPv6Network("::/96")


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses what is not a public web address. `high_ports` also lets a URL name any port from 1024 on.

    named: False for a caller who does not say who asks; what is public is then not dialled either.
    """

    allowed_ports: frozenset[int] = USUAL_PORTS
    high_ports: bool = False
    named: bool = True

    def check_url(self, url: str) -> None:
        """RefusedUrl, with a sentence, for a URL that is not dialled: syntax, port, numeric private address."""
        self.check_target(parse_target(url))

    def check_target(self, target: Target) -> None:
        """As `check_url`, for a URL already taken apart. UsageError for a public one when nobody is named."""
        if target.port not in self.allowed_ports and not (self.high_ports and target.port >= FIRST_HIGH_PORT):
            raise RefusedUrl(f"port {target.port} is not among those that are dialled")
        if target.address is not None and (reason := self.check_address(target.address)):
            raise RefusedUrl(reason)
        if target.host.rstrip(".").rpartition(".")[2] == "localhost":
            raise RefusedUrl(f"{target.host} is not public: it means this machine (RFC 6761 §6.3)")
        if not self.named:
            raise nobody_asks(target.host)

    def check_address(self, ip_text: str) -> str | None:
        """Why this numeric address is never dialled, or None for a public one. Anything else is refused too."""
        try:
            address = ipaddress.ip_address(ip_text)
        except ValueError:
            return f"{ip_text[:60]!r} is no numeric address"
        for network in REFUSED_V4 if address.version == 4 else REFUSED_V6:
            if address in network:
                return f"{ip_text} is not a public address (it lies in {network}{_inside(address)})"
        if not address.is_global or (address.version == 6 and address not in UNICAST_V6):
            return f"{ip_text} is not a public address"
        return None


def _inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """The IPv4 address that an IPv6 address carries, told for the reader of the refusal."""
    carried = embedded_v4(address) if isinstance(address, ipaddress.IPv6Address) else None
    return f" and carries {carried}" if carried else ""


def embedded_v4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped, 6to4, Teredo, NAT64 or compatible IPv6 address (RFC 4291, 3056, 4380, 6052)."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    number = int(address)
    if any(address in network for network in NAT64) or (address in COMPATIBLE and number > 1):
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    return None
