"""TLS without judging: the handshake succeeds with any certificate, and what the server showed is kept."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

LEGACY_RENEGOTIATION = getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)  # named since Python 3.12
DER = 2  # _ssl.ENCODING_DER, which has no public name


def open_context() -> ssl.SSLContext:
    """A client context that refuses nobody: old protocols and weak keys too, since the verdict is told apart.

    A connection is recorded as trusted only by `crawler.trust`; here as much as possible must be seen.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= LEGACY_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context


@dataclass(frozen=True, slots=True)
class Shown:
    """What a finished handshake showed; `chain` is DER, leaf first."""

    version: str
    cipher: str
    chain: tuple[bytes, ...]


class Session:
    """One TLS client over bytes in memory: cipher text goes in by `give`, plain text comes out by `take`.

    What must go to the peer is handed to `send`. Errors are `ssl.SSLError`; ValueError for a name that no
    certificate can carry. `closed` is True once the peer said that it sends no more.
    """

    __slots__ = ("_incoming", "_outgoing", "_send", "_tls", "closed")

    def __init__(self, context: ssl.SSLContext, server_name: str, send: Callable[[bytes], None]) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._send = send
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name.rstrip("."))
        self.closed = False

    def give(self, cipher_text: memoryview) -> None:
        """Adds what came from the peer."""
        self._incoming.write(cipher_text)

    def shake_hands(self) -> bool:
        """Goes on with the handshake; True when it is done."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        finally:
            self._flush()  # an alert tells the peer why, also when the handshake fails
        return True

    def take(self, room: memoryview) -> tuple[int, ssl.SSLError | None]:
        """Fills `room` with plain text: how many bytes, and the error that ends the session, if one does.

        What was read before an error is counted, so that no byte is lost to a broken record after it.
        """
        read = cast(Callable[[int, memoryview], int], self._tls.read)  # with a buffer it gives a count
        count = 0
        try:
            while count < len(room):
                step = read(len(room) - count, room[count:])
                if not step:
                    self.closed = True
                    break
                count += step
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLZeroReturnError:
            self.closed = True
        except ssl.SSLError as error:
            return count, error
        return count, None

    def write(self, plain: bytes) -> None:
        """Sends `plain` to the peer."""
        self._tls.write(plain)
        self._flush()

    def say_goodbye(self) -> None:
        """Tells the peer that the session ends, without waiting for its answer."""
        try:
            self._tls.unwrap()
        except ssl.SSLError:
            return  # the peer's own goodbye has not come: nobody waits for it
        finally:
            self._flush()

    def shown(self) -> Shown:
        """What the handshake showed."""
        cipher = self._tls.cipher()
        return Shown(self._tls.version() or "unknown", cipher[0] if cipher else "unknown", _chain(self._tls))

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._send(self._outgoing.read())


def _chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """The certificates as sent, unverified. Public since Python 3.13; before that on the wrapped object only."""
    if hasattr(tls, "get_unverified_chain"):
        return tuple(tls.get_unverified_chain())
    wrapped: Any = vars(tls)["_sslobj"]
    shown = wrapped.get_unverified_chain() or ()
    return tuple(certificate.public_bytes(DER) for certificate in shown)
