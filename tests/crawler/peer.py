"""A raw server on loopback that sends exactly what a test tells it to."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """What is sent for one path, and what becomes of the connection: kept, closed, reset, or left silent.

    `drops` closes without a TLS goodbye.
    """

    content: bytes
    keeps: bool = False
    resets: bool = False
    drops: bool = False
    silent_after: bool = False
    piece: int = 0
    pause_s: float = 0.0


@dataclass
class Peer:
    """The server's side of what happened: every byte it read, in order, by connection."""

    answers: Mapping[str, Answer]
    origin: str = ""
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.writers.append(writer)
        self.connections += 1
        try:
            while await self._answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            return  # the other side has gone, which is its right, or the test is over
        finally:
            writer.close()
            self.tasks.discard(task)

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(request)
        answer = self.answers[request.split(b" ")[1].decode()]
        step = answer.piece or max(1, len(answer.content))
        for at in range(0, len(answer.content), step):
            writer.write(answer.content[at : at + step])
            await writer.drain()
            if answer.pause_s:
                await asyncio.sleep(answer.pause_s)
        if answer.silent_after:
            await asyncio.sleep(30)
        if answer.resets:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if answer.resets or answer.drops:
            writer.transport.abort()
        return answer.keeps

    async def leave(self) -> None:
        """Drops every connection and waits until all are gone."""
        for task in list(self.tasks):
            task.cancel()
        for writer in self.writers:
            writer.transport.abort()
        gone = (writer.wait_closed() for writer in self.writers)
        await asyncio.gather(*self.tasks, *gone, return_exceptions=True)
        await asyncio.sleep(0)  # lets the transports under TLS go as well


@asynccontextmanager
async def serving(answers: Mapping[str, Answer], tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    """A Peer that answers on a free port of 127.0.0.1 until the block ends."""
    peer = Peer(answers)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0, ssl=tls)
    peer.port = server.sockets[0].getsockname()[1]
    peer.origin = f"{'https' if tls else 'http'}://127.0.0.1:{peer.port}"
    try:
        yield peer
    finally:
        server.close()
        await peer.leave()
