"""Every odd form over real sockets: the bytes sent are the bytes recorded, in both directions."""

import asyncio
import ssl

import pytest

from archive.capture import Exchange, Fault, Truncation
from crawler.wire import WireRequest
from tests.crawler.conftest import MakeEngine
from tests.crawler.forms import OWN, Form, real_forms
from tests.crawler.peer import Answer, Peer, serving

HEADERS = ((b"User-Agent", b"test/1"), (b"Accept-Encoding", b"gzip"))


def answers(forms: dict[str, Form]) -> dict[str, Answer]:
    return {f"/{name}": Answer(form.content, keeps=form.keeps, resets=form.resets) for name, form in forms.items()}


def request(name: str, scheme: str) -> WireRequest:
    return WireRequest(f"{scheme}://www.site.example/{name}", headers=HEADERS)


def as_sent(name: str) -> bytes:
    lines = (f"GET /{name} HTTP/1.1", "Host: www.site.example", "User-Agent: test/1", "Accept-Encoding: gzip", "", "")
    return "\r\n".join(lines).encode()


def hold(name: str, form: Form, exchange: Exchange, peer: Peer) -> None:
    assert bytes(exchange.received) == form.content, name
    assert exchange.sent == as_sent(name), name
    assert exchange.sent in peer.requests, name


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest, server_tls: ssl.SSLContext) -> ssl.SSLContext | None:
    return server_tls if request.param == "tls" else None


@pytest.fixture(params=["own", "real"])
def forms(request: pytest.FixtureRequest) -> dict[str, Form]:
    chosen = OWN if request.param == "own" else real_forms()
    if not chosen:
        pytest.skip("the real forms (../shared/data) are not beside this checkout")
    return chosen


async def test_each_form_is_kept_to_the_byte(
    forms: dict[str, Form], tls: ssl.SSLContext | None, make_engine: MakeEngine
) -> None:
    async with serving(answers(forms), tls) as peer:
        engine = make_engine(peer.origin)
        for name, form in forms.items():
            exchange = await engine.fetch(request(name, "https" if tls else "http"))
            hold(name, form, exchange, peer)
            assert (exchange.tls is not None) is (tls is not None)
        assert peer.connections < len(forms), "no connection was used twice"


async def test_four_at_once_stay_apart(
    forms: dict[str, Form], tls: ssl.SSLContext | None, make_engine: MakeEngine
) -> None:
    names = iter(list(forms) * 4)

    async with serving(answers(forms), tls) as peer:
        engine = make_engine(peer.origin)

        async def fetch_on() -> None:
            for name in names:
                hold(name, forms[name], await engine.fetch(request(name, "http")), peer)

        await asyncio.gather(*(fetch_on() for _ in range(4)))


@pytest.mark.parametrize("name", OWN)
async def test_each_own_form_is_read_as_expected(name: str, make_engine: MakeEngine) -> None:
    form = OWN[name]
    async with serving(answers(OWN)) as peer:
        exchange = await make_engine(peer.origin).fetch(request(name, "http"))
    read = (exchange.status, exchange.framing, exchange.truncated, exchange.fault)
    assert read == (form.status, form.framing, form.truncated, form.fault)
    assert bytes(exchange.received[exchange.body_at : exchange.end_at]) == form.body


NOT_WHOLE = {
    "trunc": (200, Truncation.DISCONNECT, Fault.CLOSED),
    "badstatus": (None, None, Fault.NOT_HTTP),
    "nospace": (None, None, Fault.NOT_HTTP),
    "st99": (None, None, Fault.NOT_HTTP),
    "http09": (None, None, Fault.NOT_HTTP),
    "icy": (None, None, Fault.NOT_HTTP),
    "tothdr290k": (None, None, Fault.HEADERS_TOO_LARGE),
    "tothdr400k": (None, None, Fault.HEADERS_TOO_LARGE),
    "longhdr90k": (None, None, Fault.HEADERS_TOO_LARGE),
    "longhdr200k": (None, None, Fault.HEADERS_TOO_LARGE),
    "hdr6000": (None, None, Fault.HEADERS_TOO_LARGE),
    "hints25": (None, None, Fault.HEADERS_TOO_LARGE),
    "badchunk": (200, Truncation.UNSPECIFIED, None),
    "truncchunk": (200, Truncation.DISCONNECT, Fault.CLOSED),
    "nolastchunk": (200, Truncation.DISCONNECT, Fault.CLOSED),
    "emptyreply": (None, None, Fault.CLOSED),
    "headcut": (None, Truncation.DISCONNECT, Fault.CLOSED),
    "statuscut": (None, Truncation.DISCONNECT, Fault.CLOSED),
    "rst": (200, Truncation.DISCONNECT, Fault.RESET),
}


async def test_of_the_real_forms_just_these_are_not_whole(make_engine: MakeEngine) -> None:
    real = real_forms()
    if not real:
        pytest.skip("the real forms (../shared/data) are not beside this checkout")
    found = {}
    async with serving(answers(real)) as peer:
        engine = make_engine(peer.origin)
        for name in real:
            exchange = await engine.fetch(request(name, "http"))
            if exchange.status is None or exchange.truncated or exchange.fault:
                found[name] = (exchange.status, exchange.truncated, exchange.fault)
    assert found == NOT_WHOLE


@pytest.mark.parametrize("name", [name for name in OWN if not OWN[name].resets])
async def test_a_dripping_server_changes_nothing(name: str, make_engine: MakeEngine) -> None:
    form = OWN[name]
    piece = 1 if len(form.content) < 500 else 997
    async with serving({f"/{name}": Answer(form.content, piece=piece, pause_s=0.0001)}) as peer:
        exchange = await make_engine(peer.origin).fetch(request(name, "http"))
    assert (exchange.status, exchange.truncated, exchange.fault) == (form.status, form.truncated, form.fault)
    assert form.content.startswith(bytes(exchange.received))
    assert bytes(exchange.received[exchange.body_at : exchange.end_at]) == form.body
