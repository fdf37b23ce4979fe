"""ConnectTo: stand-ins answer for the hosts that a rule names, and for no others."""

import ssl

import pytest

from archive.capture import Fault
from archive.errors import UsageError
from crawler.connect_to import ConnectTo, parse
from crawler.guard import Guard
from crawler.wire import Engine, WireRequest
from tests.crawler.peer import Answer, serving

HELLO = {"/path?q": Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", keeps=True)}


@pytest.mark.parametrize(
    ("text", "glob", "key"),
    [
        ("*=http://127.0.0.1:8123", "*", (False, "127.0.0.1", 8123)),
        ("*.Example.ORG=https://[::1]:8443/", "*.example.org", (True, "::1", 8443)),
        (" ico.org.uk = http://localhost ", "ico.org.uk", (False, "localhost", 80)),
    ],
)
def test_a_rule_is_a_pattern_and_an_origin(text: str, glob: str, key: tuple[bool, str, int]) -> None:
    rule = parse(text)
    assert (rule.glob, rule.origin.key) == (glob, key)


@pytest.mark.parametrize(
    "text",
    [
        "", "*", "=http://127.0.0.1", "*=", "*=127.0.0.1:80", "*=ftp://127.0.0.1", "*=http://", "*=http://a:99999",
        "*=http://127.0.0.1/path", "*=http://127.0.0.1/?q", "*=http://127.0.0.1/#f", "*=http://u:p@127.0.0.1",
        "http://a=http://b", "a b=http://c", "a:80=http://c",
    ],
)  # fmt: skip
def test_nonsense_is_a_usage_error_that_shows_the_form(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert "GLOB=ORIGIN" in caught.value.advice


def test_the_first_rule_that_matches_wins_in_any_letter_case() -> None:
    rules = ConnectTo.of(["www.a.example=http://127.0.0.1:1", "*.a.example=http://127.0.0.1:2"])
    found = {host: rules.find(host) for host in ("WWW.A.example", "b.a.example", "www.a.example.", "a.example")}
    ports = {host: rule.origin.port if rule else None for host, rule in found.items()}
    assert ports == {"WWW.A.example": 1, "b.a.example": 2, "www.a.example.": 1, "a.example": None}
    assert ConnectTo().find("a.example") is None


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_plain_stand_in_answers_for_both_schemes(scheme: str) -> None:
    async with serving(HELLO) as peer:
        engine = Engine(guard=Guard(), connect_to=ConnectTo.of([f"*.example=http://127.0.0.1:{peer.port}"]))
        exchange = await engine.fetch(WireRequest(f"{scheme}://Www.site.example/path?q"))
        await engine.close()
    assert (exchange.status, exchange.tls, exchange.peer) == (200, None, "127.0.0.1")
    assert exchange.url == f"{scheme}://Www.site.example/path?q"
    assert peer.requests == [b"GET /path?q HTTP/1.1\r\nHost: www.site.example\r\n\r\n"] == [exchange.sent]


async def test_a_tls_stand_in_is_asked_for_the_urls_own_name(server_tls: ssl.SSLContext) -> None:
    names: list[str | None] = []
    server_tls.sni_callback = lambda _sock, name, _context: names.append(name)
    async with serving(HELLO, server_tls) as peer:
        engine = Engine(guard=Guard(), connect_to=ConnectTo.of([f"*={peer.origin}"]))
        exchange = await engine.fetch(WireRequest("http://www.site.example/path?q"))
        await engine.close()
    server_tls.sni_callback = None
    assert names == ["www.site.example"]
    assert exchange.tls is not None


async def test_a_stand_in_may_be_named_and_serves_private_hosts_and_any_port() -> None:
    async with serving(HELLO) as peer:
        engine = Engine(guard=Guard(), connect_to=ConnectTo.of([f"*=http://localhost:{peer.port}"]))
        for url in ("http://10.0.0.1/path?q", "http://intranet:22/path?q"):
            assert (await engine.fetch(WireRequest(url))).status == 200
        await engine.close()


async def test_hosts_without_a_rule_stay_guarded() -> None:
    async with serving(HELLO) as peer:
        engine = Engine(
            guard=Guard(high_ports=True), connect_to=ConnectTo.of([f"a.example=http://127.0.0.1:{peer.port}"])
        )
        exchange = await engine.fetch(WireRequest(f"http://127.0.0.1:{peer.port}/path?q"))
        await engine.close()
        assert peer.connections == 0
    assert exchange.fault is Fault.REFUSED_ADDRESS
