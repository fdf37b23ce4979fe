"""TLS: nobody is refused, what was shown is kept, and the verdict says what a browser would have said."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from archive.capture import Exchange, Fault, Truncation
from archive.clock import utc_now
from crawler.connect_to import ConnectTo
from crawler.guard import Guard
from crawler.tls import Session, open_context
from crawler.trust import Trust
from crawler.wire import Engine, Limits, WireRequest
from tests.crawler.peer import Answer, serving

HELLO = {"/": Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", keeps=True)}


def der(certificate: trustme.LeafCert) -> tuple[bytes, ...]:
    loaded = (x509.load_pem_x509_certificate(pem.bytes()) for pem in certificate.cert_chain_pems)
    return tuple(one.public_bytes(Encoding.DER) for one in loaded)


def context_for(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def fetch(server: ssl.SSLContext, trust: Trust, host: str = "site.example") -> Exchange:
    async with serving(HELLO, server) as peer:
        engine = Engine(guard=Guard(), connect_to=ConnectTo.of([f"*={peer.origin}"]), trust=trust)
        exchange = await engine.fetch(WireRequest(f"https://{host}/"))
        await engine.close()
    return exchange


async def test_the_handshake_is_recorded_with_its_whole_chain(authority: trustme.CA, trust: Trust) -> None:
    certificate = authority.create_child_ca().issue_cert("site.example")
    exchange = await fetch(context_for(certificate), trust)
    assert exchange.tls is not None
    assert exchange.tls.chain == der(certificate)
    assert (exchange.tls.version, exchange.tls.verdict, exchange.status) == ("TLSv1.3", "ok", 200)
    assert exchange.tls.cipher.startswith("TLS_")


async def test_an_older_protocol_is_spoken_too(authority: trustme.CA, trust: Trust) -> None:
    context = context_for(authority.issue_cert("site.example"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    exchange = await fetch(context, trust)
    assert exchange.tls is not None
    assert (exchange.tls.version, exchange.tls.verdict) == ("TLSv1.2", "ok")


def at(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("issue", "verdict"),
    [
        (lambda ca: ca.issue_cert("site.example"), "ok"),
        (lambda ca: ca.issue_cert("*.example"), "ok"),
        (lambda ca: ca.issue_cert("other.example"), "wrong name"),
        (lambda ca: ca.issue_cert("site.example", not_before=at(2001), not_after=at(2002)), "expired"),
        (lambda ca: ca.issue_cert("other.example", not_before=at(2001), not_after=at(2002)), "expired"),
        (lambda ca: ca.issue_cert("site.example", not_before=at(2100), not_after=at(2101)), "not yet valid"),
        (lambda _: trustme.CA().issue_cert("site.example"), "unknown root"),
    ],
)
async def test_the_page_is_captured_whatever_the_verdict(
    issue: Callable[[trustme.CA], trustme.LeafCert], verdict: str, authority: trustme.CA, trust: Trust
) -> None:
    exchange = await fetch(context_for(issue(authority)), trust)
    assert exchange.tls is not None
    assert exchange.tls.verdict == verdict
    assert bytes(exchange.received).endswith(b"hello")


def test_an_address_is_verified_as_an_address(authority: trustme.CA, trust: Trust) -> None:
    chain = der(authority.issue_cert("127.0.0.1", "::1"))
    assert trust.judge(chain, "127.0.0.1") == trust.judge(chain, "::1") == "ok"
    assert trust.judge(chain, "127.0.0.2") == "wrong name"


def test_a_certificate_that_signs_itself_is_named_so(trust: Trust) -> None:
    root = x509.load_pem_x509_certificate(trustme.CA().cert_pem.bytes()).public_bytes(Encoding.DER)
    assert trust.judge((root,), "site.example") == "self-signed"


def test_a_missing_intermediate_is_an_unknown_root(authority: trustme.CA, trust: Trust) -> None:
    chain = der(authority.create_child_ca().issue_cert("site.example"))
    assert trust.judge(chain, "site.example") == "ok"
    assert trust.judge(chain[:1], "site.example") == "unknown root"


def test_a_retired_protocol_is_no_trusted_one(authority: trustme.CA, trust: Trust) -> None:
    chain = der(authority.issue_cert("site.example"))
    assert trust.judge(chain, "site.example", "TLSv1.1") == "old protocol TLSv1.1"


@pytest.mark.parametrize("host", ["a_b.example", "-x.example", "", "x" * 70 + ".example"])
def test_a_host_that_no_certificate_can_name_has_a_verdict(host: str, authority: trustme.CA, trust: Trust) -> None:
    assert trust.judge(der(authority.issue_cert("site.example")), host).startswith("unreadable")


@pytest.mark.parametrize("chain", [(), (b"",), (b"nonsense",), (b"\x30\x82\x01\x00" + b"\0" * 256,)])
def test_a_broken_chain_has_a_verdict(chain: tuple[bytes, ...], trust: Trust) -> None:
    assert trust.judge(chain, "site.example") not in ("", "ok")


def test_flipped_bits_in_a_certificate_never_raise_and_never_pass(authority: trustme.CA) -> None:
    trust = Trust([x509.load_pem_x509_certificate(authority.cert_pem.bytes())])
    whole = der(authority.issue_cert("site.example"))[0]
    for at_byte in range(0, len(whole), 5):
        damaged = bytearray(whole)
        damaged[at_byte] ^= 0x41
        assert trust.judge((bytes(damaged),), "site.example") != "ok"


def test_a_verdict_is_remembered_for_an_hour(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [utc_now()]
    trust = Trust([x509.load_pem_x509_certificate(authority.cert_pem.bytes())], now=lambda: now[0])
    examined: list[str] = []
    examine = trust._examine

    def count(chain: tuple[bytes, ...], host: str, when: datetime) -> str:
        examined.append(host)
        return examine(chain, host, when)

    monkeypatch.setattr(trust, "_examine", count)
    chain = der(authority.issue_cert("site.example", not_after=now[0] + timedelta(days=1)))
    for _ in range(3):
        assert trust.judge(chain, "site.example") == "ok"
    assert examined == ["site.example"]
    now[0] += timedelta(days=2)
    assert trust.judge(chain, "site.example") == "expired"


def test_the_usual_roots_are_those_of_certifi(authority: trustme.CA) -> None:
    assert Trust().judge(der(authority.issue_cert("site.example")), "site.example") == "unknown root"


async def test_a_plain_server_where_tls_was_asked_for_is_a_fault_of_tls(trust: Trust) -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(shout, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    engine = Engine(guard=Guard(), connect_to=ConnectTo.of([f"*=https://127.0.0.1:{port}"]), trust=trust)
    exchange = await engine.fetch(WireRequest("https://site.example/"))
    await engine.close()
    server.close()
    await asyncio.sleep(0.01)
    assert (exchange.fault, exchange.truncated, exchange.peer) == (Fault.TLS, None, "127.0.0.1")
    assert exchange.fault_detail.startswith("no TLS handshake: ")


@pytest.mark.parametrize(("silent", "fault"), [(False, Fault.TLS), (True, Fault.TIMEOUT)])
async def test_a_handshake_that_does_not_end_well_is_a_fault(silent: bool, fault: Fault, trust: Trust) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        if silent:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    engine = Engine(guard=Guard(), connect_to=ConnectTo.of([f"*=https://127.0.0.1:{port}"]), trust=trust)
    exchange = await engine.fetch(WireRequest("https://site.example/"), Limits(connect_s=0.1))
    await engine.close()
    server.close()
    await asyncio.sleep(0.01)
    assert (exchange.fault, exchange.sent) == (fault, b"")


@pytest.mark.parametrize("host", ["a_b.example", "x" * 70 + ".example", "a..example", "site.example."])
async def test_an_odd_host_name_ends_in_an_exchange(host: str, server_tls: ssl.SSLContext, trust: Trust) -> None:
    exchange = await fetch(server_tls, trust, host)
    assert exchange.fault in (None, Fault.TLS)


@pytest.mark.parametrize(
    ("fields", "truncated", "fault"),
    [(b"", None, None), (b"Content-Length: 50\r\n", Truncation.DISCONNECT, Fault.CLOSED)],
)
async def test_a_missing_goodbye_matters_only_where_a_length_was_stated(
    fields: bytes, truncated: Truncation | None, fault: Fault | None, server_tls: ssl.SSLContext, trust: Trust
) -> None:
    content = b"HTTP/1.1 200 OK\r\n" + fields + b"\r\nhello"
    async with serving({"/": Answer(content, drops=True, pause_s=0.02)}, server_tls) as peer:
        engine = Engine(guard=Guard(), connect_to=ConnectTo.of([f"*={peer.origin}"]), trust=trust)
        exchange = await engine.fetch(WireRequest("https://site.example/"))
        await engine.close()
    assert bytes(exchange.received) == content
    assert (exchange.truncated, exchange.fault) == (truncated, fault)


class Pair:
    """A client session and a server's side, joined in memory."""

    def __init__(self, server: ssl.SSLContext) -> None:
        self.to_server, self.to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.server = server.wrap_bio(self.to_server, self.to_client, server_side=True)
        self.client = Session(open_context(), "site.example", self._to_server)
        while not self._step():
            continue

    def _to_server(self, message: bytes) -> None:
        self.to_server.write(message)

    def _step(self) -> bool:
        done = self.client.shake_hands()
        try:
            self.server.do_handshake()
        except ssl.SSLWantReadError:
            done = False
        self.client.give(memoryview(self.to_client.read()))
        return done


def test_bytes_before_a_broken_record_are_not_lost(server_tls: ssl.SSLContext) -> None:
    pair = Pair(server_tls)
    pair.server.write(b"kept")
    good = pair.to_client.read()
    pair.server.write(b"lost")
    broken = bytearray(pair.to_client.read())
    broken[-1] ^= 1
    pair.client.give(memoryview(good + broken))
    room = memoryview(bytearray(100))
    count, error = pair.client.take(room)
    assert bytes(room[:count]) == b"kept"
    assert isinstance(error, ssl.SSLError)


def test_a_goodbye_ends_the_session_after_its_last_byte(server_tls: ssl.SSLContext) -> None:
    pair = Pair(server_tls)
    pair.server.write(b"last")
    with pytest.raises(ssl.SSLWantReadError):
        pair.server.unwrap()
    pair.client.give(memoryview(pair.to_client.read()))
    room = memoryview(bytearray(100))
    assert pair.client.take(room) == (4, None)
    assert pair.client.closed
