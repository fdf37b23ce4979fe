"""The guard: no address inside the operator's network is dialled, however it is written or named."""

import ipaddress
from collections.abc import Sequence

import pytest

from archive.capture import Exchange, Fault
from archive.errors import RefusedUrl, UsageError
from crawler.guard import REFUSED_V4, REFUSED_V6, Guard, embedded_v4
from crawler.target import parse_target
from crawler.wire import Engine, WireRequest
from tests.crawler.addresses import LOOPBACK_SPELLINGS, NEVER_DIALLED, PUBLIC, REFUSED
from tests.crawler.peer import Answer, Peer, serving


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_dialled(address: str) -> None:
    assert Guard().check_address(address) is None


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused_with_its_reason(address: str) -> None:
    reason = Guard().check_address(address)
    assert reason is not None
    assert "public" in reason


@pytest.mark.parametrize("network", [*REFUSED_V4, *REFUSED_V6], ids=str)
def test_every_refused_range_is_refused_to_its_last_address(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> None:
    for address in (network[0], network[-1], network[network.num_addresses // 2]):
        assert Guard().check_address(str(address)), address


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "1.2.3.4.5", "8.8.8.8 ", "[::1]", "0x7f.1"])
def test_what_is_no_numeric_address_is_refused(text: str) -> None:
    assert Guard().check_address(text)


@pytest.mark.parametrize(
    ("address", "carried"),
    [
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("::ffff:0a00:0001", "10.0.0.1"),
        ("2002:7f00:0001::", "127.0.0.1"),
        ("64:ff9b::a9fe:a9fe", "169.254.169.254"),
        ("64:ff9b:1::7f00:1", "127.0.0.1"),
        ("::127.0.0.1", "127.0.0.1"),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", "127.0.0.1"),
        ("::1", None),
        ("2606:4700::1111", None),
    ],
)
def test_an_ipv4_address_inside_an_ipv6_one_is_seen(address: str, carried: str | None) -> None:
    found = embedded_v4(ipaddress.IPv6Address(address))
    assert (str(found) if found else None) == carried
    if carried:
        assert carried in str(Guard().check_address(address))


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_loopback_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(RefusedUrl, match="public"):
        Guard().check_url(f"http://{host}/")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "a.localhost", "ⓛocalhost"])
def test_names_of_this_machine_are_refused_whatever_they_resolve_to(host: str) -> None:
    with pytest.raises(RefusedUrl, match="not public"):
        Guard().check_url(f"http://{host}/")


def test_nobody_in_particular_dials_nothing_and_what_is_refused_stays_refused() -> None:
    nobody = Guard(named=False)
    for url in ("http://10.0.0.1/", "http://localhost/", "http://example.org:22/", "file:///etc/passwd"):
        with pytest.raises(RefusedUrl):
            nobody.check_url(url)
    with pytest.raises(UsageError, match=r"crawl\.contact: example\.org is not asked"):
        nobody.check_url("http://example.org/")


@pytest.mark.parametrize("url", NEVER_DIALLED)
def test_a_url_that_is_never_dialled_is_refused(url: str) -> None:
    with pytest.raises(RefusedUrl):
        Guard().check_url(url)


@pytest.mark.parametrize("port", [22, 25, 81, 1023, 1024, 3306, 6379, 9000, 65535])
def test_only_web_ports_are_dialled(port: int) -> None:
    with pytest.raises(RefusedUrl, match=str(port)):
        Guard().check_url(f"http://example.org:{port}/")


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_web_ports_are_dialled(port: int) -> None:
    Guard().check_url(f"http://example.org:{port}/")


def test_high_ports_are_dialled_when_allowed_but_never_low_ones() -> None:
    Guard(high_ports=True).check_url("http://example.org:9000/")
    with pytest.raises(RefusedUrl):
        Guard(high_ports=True).check_url("http://example.org:1023/")


def test_a_url_is_taken_apart_as_it_will_be_sent() -> None:
    target = parse_target("https://BÜCHER.example:8443/ä b?q=1&r=[x]#part")
    assert target.key == (True, "xn--bcher-kva.example", 8443)
    assert target.authority == b"xn--bcher-kva.example:8443"
    assert target.path == b"/%C3%A4%20b?q=1&r=[x]"
    assert parse_target("http://[2606:4700::1111]").authority == b"[2606:4700::1111]"
    assert parse_target("http://example.org?x").path == b"/?x"


class OneLoopback(Guard):
    """Takes 127.0.0.1 for public, so that what is dialled can be seen, and nothing else."""

    def check_address(self, ip_text: str) -> str | None:
        return None if ip_text == "127.0.0.1" else f"{ip_text} is not a public address"


class Names:
    """A resolver that answers from a list, one answer a look-up."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


async def fetch(peer: Peer, guard: Guard, names: Names, times: int = 1) -> list[Exchange]:
    engine = Engine(guard=guard, resolve=names)
    exchanges = [await engine.fetch(WireRequest(f"http://name.example:{peer.port}/")) for _ in range(times)]
    await engine.close()
    return exchanges


HELLO = {"/": Answer(b"HTTP/1.1 200 OK\r\n\r\nhello")}


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"]]
)
async def test_a_name_that_means_a_private_address_is_not_dialled(addresses: list[str]) -> None:
    async with serving(HELLO) as peer:
        [exchange] = await fetch(peer, Guard(high_ports=True), Names(addresses))
        assert peer.connections == 0
    assert exchange.fault is Fault.REFUSED_ADDRESS
    assert exchange.fault_detail.startswith("name.example: ")
    assert (exchange.sent, len(exchange.received)) == (b"", 0)


async def test_the_address_that_was_judged_is_the_one_dialled() -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    async with serving(HELLO) as peer:
        [exchange] = await fetch(peer, OneLoopback(high_ports=True), names)
    assert (exchange.status, exchange.peer, exchange.port) == (200, "127.0.0.1", peer.port)
    assert names.asked == ["name.example"], "a second look-up could mean another address"


async def test_a_name_that_rebinds_is_judged_again() -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    async with serving(HELLO) as peer:
        first, second = await fetch(peer, OneLoopback(high_ports=True), names, times=2)
        assert peer.connections == 1
    assert (first.fault, second.fault) == (None, Fault.REFUSED_ADDRESS)


async def test_a_refused_url_is_an_exchange_and_no_exception() -> None:
    engine = Engine(guard=Guard())
    for url in ("file:///etc/passwd", "http://127.0.0.1/", "http://user@example.org/", "http://example.org:22/"):
        exchange = await engine.fetch(WireRequest(url))
        assert exchange.fault is Fault.REFUSED_ADDRESS
        assert exchange.fault_detail
    await engine.close()
