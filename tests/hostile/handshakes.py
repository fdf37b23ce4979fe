"""TLS that fails before it begins, shows what nobody trusts, or breaks in between; by host, asked as https://HOST/page."""

import ssl
import tempfile
import warnings
from datetime import UTC, datetime

import trustme

from archive.capture import Truncation
from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, HELLOS, SECURE, Misbehaviour, raw
from tests.hostile.timing import reset, silent
from tests.site import Request, Talk, page

NO_HANDSHAKE = "no TLS handshake"
STATED = raw(b"200 OK\nContent-Type: text/html\nContent-Length: 5000", BODY)
OLD_HOST = "secure-old-protocol.test"


# What meets a hello where no TLS is spoken
HELLOS["hello-plain.test"] = Misbehaviour(b"HTTP/1.1 400 Bad Request\r\n\r\n", K.TLS_ERROR, NO_HANDSHAKE)
HELLOS["hello-alert.test"] = Misbehaviour(b"\x15\x03\x03\x00\x02\x02\x28", K.TLS_ERROR, NO_HANDSHAKE)
HELLOS["hello-half-a-record.test"] = Misbehaviour(b"\x16\x03\x03\x40\x00\x02", K.TLS_ERROR, "TLS handshake")
HELLOS["hello-closed.test"] = Misbehaviour(b"", K.TLS_ERROR, "TLS handshake")
HELLOS["hello-resets.test"] = Misbehaviour(reset, K.TLS_ERROR, "TLS handshake")
HELLOS["hello-silent.test"] = Misbehaviour(silent, K.TIMEOUT, "no connection within")


def _garbled(_: Request, talk: Talk) -> None:
    talk.send(STATED)
    talk.garble()
    talk.wait(60)


def _silent_in_body(_: Request, talk: Talk) -> None:
    talk.send(STATED)
    talk.wait(60)


# What is answered once the handshake is done; the certificates are those of `contexts`
SECURE["secure-unknown-root.test"] = Misbehaviour(page(BODY), K.CAPTURED, "certificate not verified: unknown root")
SECURE["secure-expired.test"] = Misbehaviour(page(BODY), K.CAPTURED, "certificate not verified: expired")
SECURE["secure-not-yet-valid.test"] = Misbehaviour(page(BODY), K.CAPTURED, "certificate not verified: not yet valid")
SECURE["secure-self-signed.test"] = Misbehaviour(page(BODY), K.CAPTURED, "certificate not verified: self-signed")
SECURE[OLD_HOST] = Misbehaviour(page(BODY), K.CAPTURED, "certificate not verified")
SECURE["secure-no-goodbye.test"] = Misbehaviour(
    raw(b"200 OK\nContent-Type: text/html", BODY), K.CAPTURED, "unknown root"
)
SECURE["secure-cut.test"] = Misbehaviour(STATED, K.TRUNCATED, "closed before the answer", Truncation.DISCONNECT)
SECURE["secure-garbled.test"] = Misbehaviour(_garbled, K.TLS_ERROR, "", Truncation.DISCONNECT)
SECURE["secure-silent.test"] = Misbehaviour(_silent_in_body, K.TIMEOUT, "silent for", Truncation.TIME)


def contexts() -> dict[str, ssl.SSLContext]:
    """By host pattern, contexts for sites that show these certificates; all of them of a root that nobody knows."""
    authority = trustme.CA()
    shown = {
        "secure-expired.test": authority.issue_cert("secure-expired.test", not_before=_in(2001), not_after=_in(2002)),
        "secure-not-yet-valid.test": authority.issue_cert(
            "secure-not-yet-valid.test", not_before=_in(2100), not_after=_in(2101)
        ),
    }
    usual = _context()
    authority.issue_cert("*.test").configure_cert(usual)
    by_host = {host: _context() for host in shown}
    for host, certificate in shown.items():
        certificate.configure_cert(by_host[host])
    by_host["secure-self-signed.test"] = _self_signed()

    def choose(connection: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> None:
        connection.context = by_host.get(host or "", usual)

    usual.sni_callback = choose
    old = _context()
    authority.issue_cert(OLD_HOST).configure_cert(old)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    return {OLD_HOST: old, **{host: usual for host in SECURE if host != OLD_HOST}}


def _context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def _self_signed() -> ssl.SSLContext:
    """A context that shows the certificate of a root itself."""
    authority, context = trustme.CA(), _context()
    with tempfile.NamedTemporaryFile() as pem:
        pem.write(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
        pem.flush()
        context.load_cert_chain(pem.name)
    return context


def _in(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)
