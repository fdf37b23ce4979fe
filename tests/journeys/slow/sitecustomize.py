"""Lets calls take very long, as a dead name server or a failing disk does, in every Python process that a test starts.

`SLOW_CALL` is `lookup`, `fdatasync` or `fsync`, `SLOW_ON` what the path of a synced file must hold to count, `SLOW_S`
how long such a call takes. Each is noted in `SLOW_LOG` as it begins, so that a test knows when to go on.
The network stays closed: the guard of all tests is run first.
"""

import os
import runpy
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

runpy.run_path(str(Path(__file__).resolve().parents[2] / "loopback_only" / "sitecustomize.py"))


def slow(real: Callable[..., Any], name: str) -> Callable[..., Any]:
    """`real`, after a long time where it counts."""

    def call(first: Any, *rest: Any, **more: Any) -> Any:
        on = os.readlink(f"/proc/self/fd/{first}") if isinstance(first, int) else str(first)  # noqa: PTH115
        if os.environ["SLOW_ON"] in on:
            with Path(os.environ["SLOW_LOG"]).open("a") as log:
                log.write(f"{name} {on}\n")
            time.sleep(float(os.environ["SLOW_S"]))
        return real(first, *rest, **more)

    return call


if os.environ.get("SLOW_CALL") == "lookup":
    socket.getaddrinfo = slow(socket.getaddrinfo, "lookup")
elif name := os.environ.get("SLOW_CALL"):
    setattr(os, name, slow(getattr(os, name), name))
