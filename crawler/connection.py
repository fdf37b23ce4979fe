"""Connection: one socket, plain or TLS, handing what comes to the exchange that waits for it."""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from archive.capture import Fault, Tls
from crawler.reception import LARGEST_PIECE, Reception
from crawler.tls import Session


class Scratch:
    """The two buffers that all connections of one loop read into: each piece is used up before the next comes."""

    __slots__ = ("plain", "raw")

    def __init__(self) -> None:
        self.raw = memoryview(bytearray(LARGEST_PIECE))
        self.plain = memoryview(bytearray(LARGEST_PIECE))


class Connection(asyncio.BufferedProtocol):
    """Carries one exchange at a time.

    `open` is False once nothing more can be sent. `tls` is what the handshake showed, with the verdict; None on a
    plain connection. `on_gone` is told when the socket is closed.
    """

    def __init__(self, scratch: Scratch, on_gone: Callable[["Connection"], None]) -> None:
        self._scratch = scratch
        self._on_gone = on_gone
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None
        self._handshake: asyncio.Future[None] | None = None
        self._reception: Reception | None = None
        self.open = False
        self.tls: Tls | None = None
        self.peer: str | None = None
        self.port: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Notes who answers. Nothing is read before the first request: it would belong to no exchange."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.pause_reading()
        name = transport.get_extra_info("peername")
        if name:
            self.peer, self.port = str(name[0]), int(name[1])
        self.open = True

    async def secure(self, context: ssl.SSLContext, server_name: str) -> Session:
        """Shakes hands; ssl.SSLError, OSError or ValueError when that fails."""
        assert self._transport is not None
        self._session = Session(context, server_name, self._transport.write)
        self._handshake = asyncio.get_running_loop().create_future()
        self._transport.resume_reading()
        self._go_on_shaking()
        await self._handshake
        self._handshake = None
        return self._session

    def request(self, message: bytes, reception: Reception) -> None:
        """Sends `message`; what comes from now on belongs to `reception`."""
        assert self._transport is not None
        self._reception = reception
        reception.on_over = self._release
        if not self.open:
            reception.connection_ended(None)
            return
        fresh = not self._transport.is_reading()
        try:
            if self._session is None:
                self._transport.write(message)
            else:
                self._session.write(message)
        except ssl.SSLError as error:
            self._lost(error, Fault.TLS)
            return
        if fresh:
            self._transport.resume_reading()
            if self._session is not None:
                self._decrypt(self._session)  # what came with the end of the handshake

    def _release(self) -> None:
        self._reception = None

    def get_buffer(self, sizehint: int) -> memoryview:
        """Gives the loop the shared buffer to read into."""
        return self._scratch.raw

    def buffer_updated(self, nbytes: int) -> None:
        """Hands on what was just read: to the exchange, or to TLS first."""
        if self._session is None:
            self._deliver(self._scratch.raw[:nbytes])
        elif self._handshake is None:
            self._session.give(self._scratch.raw[:nbytes])
            self._decrypt(self._session)
        else:
            self._session.give(self._scratch.raw[:nbytes])
            self._go_on_shaking()

    def _go_on_shaking(self) -> None:
        assert self._session is not None
        assert self._transport is not None
        if self._handshake is None or self._handshake.done():
            return
        try:
            if self._session.shake_hands():
                self._handshake.set_result(None)
                self._transport.pause_reading()
        except ssl.SSLError as error:
            self._handshake.set_exception(error)

    def _decrypt(self, session: Session) -> None:
        plain = self._scratch.plain
        while True:
            count, error = session.take(plain)
            if count:
                self._deliver(plain[:count])
            if error is not None:
                self._lost(error, Fault.TLS)
            elif session.closed:
                self._lost(None)
            if error is not None or session.closed or count < len(plain):
                return

    def _deliver(self, piece: memoryview) -> None:
        if self._reception is not None:
            self._reception.receive(piece)
        else:
            self.abort()  # bytes nobody asked for: this connection cannot be trusted with another request

    def eof_received(self) -> None:
        """The peer sends no more. TLS without a goodbye is no error: the framing tells what is missing."""
        self._lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed."""
        self._lost(exc)
        self._on_gone(self)

    def _lost(self, error: Exception | None, fault: Fault | None = None) -> None:
        """Nothing more comes."""
        self.open = False
        if self._handshake is not None and not self._handshake.done():
            self._handshake.set_exception(error or ConnectionResetError("closed during the handshake"))
        if self._reception is not None:
            self._reception.connection_ended(error, fault)
        self.abort()

    def close(self) -> None:
        """Ends the connection in good order."""
        if self.open and self._session is not None and self._transport is not None:
            self._session.say_goodbye()
        self.open = False
        if self._transport is not None:
            self._transport.close()

    def end(self, why: str) -> None:
        """Ends whatever goes on; an exchange keeps what came so far, with `why` as the reason."""
        self._lost(ConnectionAbortedError(why), Fault.CLOSED)

    def abort(self) -> None:
        """Ends the connection at once."""
        self.open = False
        if self._transport is not None:
            self._transport.abort()
