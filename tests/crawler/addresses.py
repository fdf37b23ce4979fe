"""Addresses inside a network, however they are written, and URLs that are never dialled."""

from collections.abc import Iterator

from crawler.guard import REFUSED_V4, REFUSED_V6

PUBLIC = [
    "8.8.8.8", "1.1.1.1", "93.184.216.34", "168.63.129.15", "168.63.129.17", "100.63.255.255", "100.128.0.0",
    "172.15.255.255", "172.32.0.0", "192.0.1.255", "192.0.3.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450:4001::1", "2001:200::1", "2003::1", "2400::1",
]  # fmt: skip
REFUSED = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "169.254.169.254",
    "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.0.0.192", "192.0.2.7", "192.88.99.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.4", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "168.63.129.16",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::7f00:1", "100::1", "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::", "2002:0808:0808::1", "3fff::1", "5f00::1",
    "fc00::1", "fd12:3456::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip

LOOPBACK_SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7F.1", "017700000001", "0177.0.0.1",
    "0177.1", "127.0.0.1.", "0", "0x0", "127.0x0.0.1", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1",
]  # fmt: skip
METADATA_SPELLINGS = [
    "2852039166", "0xa9fea9fe", "0xA9.0xFE.0xA9.0xFE", "0251.0376.0251.0376", "169.254.43518", "169.16689662",
    "169.254.169.254.", "①⑥⑨.②⑤④.①⑥⑨.②⑤④", "169。254。169。254", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
    "[64:ff9b::169.254.169.254]", "[2002:a9fe:a9fe::]", "[fd00:ec2::254]", "192.0.0.192", "168.63.129.16",
]  # fmt: skip
# As the authority of a URL: other ports, as far as they are none of the web's, are refused for that alone.
WITH_PORTS = [
    "127.0.0.1:80", "127.0.0.1:443", "127.0.0.1:8080", "[::1]:8443", "10.0.0.1:8080", "169.254.169.254:80",
    "localhost.:8080", "127.0.0.1:22", "10.0.0.1:1023", "192.168.0.1:6379", "[::1]:9200", "8.8.8.8:6379",
]  # fmt: skip
NEVER_DIALLED = [
    "ftp://example.org/", "file:///etc/passwd", "data:text/html,x", "javascript:alert(1)", "gopher://example.org/",
    "dict://example.org/", "s3://bucket/key", "example.org/", "//example.org/", "", "http:/example.org", "http:///x",
    "http://", "http://?x", "http://user@example.org/", "http://user:secret@example.org/", "http://@example.org/",
    "http://example.org@127.0.0.1/", "http://127.0.0.1#@example.org/", "http://127.0.0.1?@example.org/",
    "http://example.org\\@127.0.0.1/", "http://127.0.0.1\\@example.org/", "http://exa\tmple.org/",
    "http://example.org/\r\nHost: x", "http://exa\x00mple.org/", "http://example.org%00.x/",
    "http://127.0.0.1%2f@example.org/", "http://exa mple.org/", "http://example.org:99999/", "http://example.org:0/",
    "http://example.org:80:80/", "http://example.org:x/", "http://[::1/", "http://[::1]x/", "http://[fe80::1%25eth0]/",
    "http://[::g]/", "http://1.2.3.4.5.6/", "http://256.256.256.256/", "http://08.1/", "http://example.org/\ud800",
    "http://example.org/" + "x" * 2000, "http://‥/", "http://a／b.example/", "http://＠.example/",
]  # fmt: skip


def addresses() -> Iterator[str]:
    """Every address above that is refused, and the first, middle and last one of each range that is."""
    yield from REFUSED
    for network in (*REFUSED_V4, *REFUSED_V6):
        yield from map(str, (network[0], network[network.num_addresses // 2], network[-1]))


def inside() -> Iterator[str]:
    """URLs of what must not be reached, each with a path of its own, every third one over TLS."""
    numeric = (f"[{one}]" if ":" in one else one for one in addresses() if "%" not in one)
    for number, authority in enumerate((*LOOPBACK_SPELLINGS, *METADATA_SPELLINGS, *WITH_PORTS, *numeric)):
        yield f"http{'s' if number % 3 == 2 else ''}://{authority}/{number}"
