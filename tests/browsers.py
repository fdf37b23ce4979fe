"""What tests of pages shown in a browser share: a mark that skips them where there is none, its processes."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.chromium import lacking

_MISSING = lacking()
needs_browser = pytest.mark.skipif(_MISSING is not None, reason=f"no page can be shown in a browser here: {_MISSING}")


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that they did."""
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:
            continue  # it has ended meanwhile
        for child in map(int, children):
            yield child
            yield from descendants(child)


def command_of(pid: int) -> str:
    """The command line of a process; "" when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def browsers_of(pid: int) -> list[int]:
    """The processes of the browser that this process has started, the one around all others first."""
    return [one for one in descendants(pid) if "--remote-debugging-pipe" in command_of(one)]


def sockets_of(pid: int) -> list[str]:
    """The Internet sockets in the network of a process, as the kernel lists them."""
    found = []
    for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        try:
            found += [f"{kind} {line}" for line in Path(f"/proc/{pid}/net/{kind}").read_text().splitlines()[1:]]
        except OSError:
            continue  # it has ended meanwhile, or there is no such protocol
    return found


def gone(pids: list[int], within_s: float = 5.0) -> bool:
    """True as soon as none of these processes is there any more."""
    until = time.monotonic() + within_s
    while any(command_of(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def me() -> int:
    """The process of the tests."""
    return os.getpid()
