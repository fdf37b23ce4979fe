"""Messages between the pool and a worker: a length-prefixed JSON note and, behind it, bytes as they are."""

import json
import socket
import struct
import time
from typing import Any

HEAD = struct.Struct("!QQ")  # bytes of the note, bytes of the content
CHUNK = 1 << 20


class Oversized(ValueError):
    """A message announces more bytes than its receiver takes."""


def send(channel: socket.socket, note: dict[str, Any], content: bytes | memoryview = b"") -> None:
    """Send one message; OSError when the other side is gone, TimeoutError after the channel's own time limit.

    Lone surrogates in the note become question marks, for UTF-8 has no form for them.
    """
    send_encoded(channel, encode(note), content)


def encode(note: dict[str, Any]) -> bytes:
    """The note as bytes of JSON; TypeError or ValueError when it holds what JSON cannot say."""
    return json.dumps(note, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def send_encoded(channel: socket.socket, note: bytes, content: bytes | memoryview = b"") -> None:
    """Send a note that is encoded already; errors as for `send`."""
    view = memoryview(content).cast("B")
    channel.sendall(HEAD.pack(len(note), len(view)) + note)
    if len(view):
        channel.sendall(view)


def receive(
    channel: socket.socket, *, note_cap: int, content_cap: int, deadline: float | None = None
) -> tuple[dict[str, Any], bytes]:
    """The next message: its note and its content.

    `deadline` is on the monotonic clock. EOFError when the other side is gone, TimeoutError when the deadline
    passes, Oversized when more than a cap is announced (caps are bytes), ValueError when the note is no JSON object.
    """
    note_size, content_size = HEAD.unpack(_exactly(channel, HEAD.size, deadline))
    if note_size > note_cap or content_size > content_cap:
        raise Oversized(f"a message of {note_size + content_size:,} bytes, more than is taken")
    note = json.loads(_exactly(channel, note_size, deadline))
    if not isinstance(note, dict):
        raise ValueError("a note that is no object")
    return note, bytes(_exactly(channel, content_size, deadline))


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytearray:
    buffer = bytearray(size)
    view, filled = memoryview(buffer), 0
    while filled < size:
        if deadline is not None:
            channel.settimeout(max(deadline - time.monotonic(), 1e-3))
        got = channel.recv_into(view[filled : filled + CHUNK])
        if not got:
            raise EOFError("the other side is gone")
        filled += got
    return buffer
