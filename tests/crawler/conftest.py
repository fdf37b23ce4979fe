"""A certificate authority of the tests' own, and an engine that only knows the tests' servers."""

import ssl
from collections.abc import AsyncIterator, Callable

import pytest
import trustme
from cryptography import x509

from crawler.connect_to import ConnectTo
from crawler.guard import Guard
from crawler.trust import Trust
from crawler.wire import Engine, Limits

MakeEngine = Callable[..., Engine]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def trust(authority: trustme.CA) -> Trust:
    return Trust([x509.load_pem_x509_certificate(authority.cert_pem.bytes())])


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """A server context with a certificate for site.example and *.site.example."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("site.example", "*.site.example").configure_cert(context)
    return context


@pytest.fixture
async def make_engine(trust: Trust) -> AsyncIterator[MakeEngine]:
    """Makes engines that send every host to `origin`; all are closed when the test ends."""
    made: list[Engine] = []

    def make(origin: str, limits: Limits | None = None, **more: object) -> Engine:
        rules = ConnectTo.of([f"*={origin}"])
        engine = Engine(guard=Guard(), limits=limits or Limits(), connect_to=rules, trust=trust, **more)  # type: ignore[arg-type]
        made.append(engine)
        return engine

    yield make
    for engine in made:
        await engine.close()
