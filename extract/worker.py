"""What runs inside a worker process: takes a function's name and bytes, answers JSON, one order after the other."""

import importlib
import math
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from extract.messages import encode, receive, send, send_encoded
from extract.sandbox import confine, limit

ORDER_CAP = 8 << 20  # bytes of a note from the pool
CONTENT_CAP = 1 << 33
REASON_CAP = 300  # characters


def serve() -> None:
    """Answer orders from standard input (a socket) until the pool closes it; never returns to a traceback."""
    channel = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)  # before nothing may be opened for writing
    kept_away = confine(sys.argv[2:] == ["wrapped"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    send(channel, {"ready": True, "kept_away": kept_away})
    for stream in (0, 1, 2):  # readers may print what they like: nobody listens
        os.dup2(nowhere, stream)
    while _serve_one(channel):
        continue


def _serve_one(channel: socket.socket) -> bool:
    try:
        order, content = receive(channel, note_cap=ORDER_CAP, content_cap=CONTENT_CAP)
    except (EOFError, OSError):
        return False
    except MemoryError:
        send(channel, {"failure": "memory_limit", "reason": "the payload alone needs more memory than a reader has"})
        return False
    answer = carry_out(order, content)
    send_encoded(channel, answer)
    return True


def carry_out(order: dict[str, Any], content: bytes) -> bytes:
    """The encoded answer to one order: `value`, or `failure` with its `reason`, and the memory held afterwards."""
    try:
        function = _function(order["name"])
    except (ImportError, AttributeError, ValueError) as error:
        return encode({"unknown": f"{order['name']}: {error}"})
    started = time.process_time()
    _allow(order["cpu_s"], order["memory_bytes"])
    try:
        answer = _fitting(encode({"value": function(content, **order["args"]), "resident": resident()}), order)
    except MemoryError:
        answer = encode(
            {"failure": "memory_limit", "reason": "needs more memory than a reader has", "resident": 1 << 62}
        )
    except RecursionError:
        answer = encode({"failure": "damaged", "reason": "nested too deeply to be read", "resident": resident()})
    except BaseException as error:  # whatever a parser throws at hostile bytes is one document's failure
        answer = encode({"failure": "damaged", "reason": told(error), "resident": resident()})
    _allow(math.ceil(time.process_time() - started) + 60, order["memory_bytes"])
    return answer


def failure_of(error: BaseException) -> dict[str, Any]:
    """The note that tells what a reader raised; after want of memory the worker asks to be replaced."""
    if isinstance(error, MemoryError):
        return {"failure": "memory_limit", "reason": "needs more memory than a reader has", "resident": sys.maxsize}
    reason = "nested too deeply to be read" if isinstance(error, RecursionError) else told(error)
    return {"failure": "damaged", "reason": reason, "resident": resident()}


def _function(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def _allow(cpu_s: float, memory_bytes: int) -> None:
    """Move the soft limits: processor time counts from now, memory is the whole address space."""
    limit(resource.RLIMIT_CPU, math.ceil(time.process_time() + cpu_s))
    limit(resource.RLIMIT_AS, memory_bytes)


def _fitting(answer: bytes, order: dict[str, Any]) -> bytes:
    if len(answer) <= order["answer_bytes"]:
        return answer
    return encode({"failure": "damaged", "reason": f"an answer of {len(answer):,} bytes", "resident": resident()})


def told(error: BaseException) -> str:
    """The error in one line; some libraries raise without a word, then the class is the word."""
    words = " ".join(str(error).split())
    name = type(error).__name__
    return f"{name}: {words}"[:REASON_CAP] if words else name


def resident() -> int:
    """Bytes of memory this process holds now (proc(5) statm), or its peak where /proc is not there."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
