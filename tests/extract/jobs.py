"""What the pool's tests have workers do: behave, dawdle, grow, crash."""

import ctypes
import os
import signal
import socket
import sys
import time
import uuid
from pathlib import Path
from typing import Any

WORKER = uuid.uuid4().hex  # in a namespace of its own, every worker has the same process id


def length(content: bytes, **more: Any) -> dict[str, Any]:
    return {"length": len(content), "worker": WORKER, **more}


def sleep(content: bytes, *, seconds: float) -> str:
    time.sleep(seconds)
    return "awake"


def spin(content: bytes) -> None:
    while True:
        pass


def grow(content: bytes) -> int:
    return len(bytearray(4 << 30))


def hold(content: bytes, *, held: list[bytes] = []) -> str:  # noqa: B006 (held on purpose)
    held.append(b"x" * (40 << 20))
    return WORKER


def fail(content: bytes, *, words: str) -> None:
    raise ValueError(words)


def fail_without_words(content: bytes) -> None:
    raise AssertionError


def recurse(content: bytes) -> None:
    recurse(content)


def leave(content: bytes) -> None:
    sys.exit(7)


def drop_dead(content: bytes) -> None:
    os._exit(3)


def abort(content: bytes) -> None:
    os.abort()


def be_killed(content: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(5)


def crash(content: bytes) -> None:
    ctypes.string_at(0)


def chatter(content: bytes) -> str:
    for _ in range(5000):
        print("to be ignored" * 10)
        print("this too" * 10, file=sys.stderr)
    return "said"


def large(content: bytes, *, size: int) -> str:
    return "x" * size


def surrogates(content: bytes) -> str:
    return "a\ud800b\x00c"


def dial(content: bytes, *, port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError as error:
        return type(error).__name__
    return "reached"


def write(content: bytes, *, path: str) -> str:
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        return type(error).__name__
    return "written"


def fork_and_dawdle(content: bytes) -> None:
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(60)


def environment(content: bytes) -> dict[str, str]:
    return dict(os.environ)


def modules(content: bytes) -> list[str]:
    return sorted(sys.modules)
