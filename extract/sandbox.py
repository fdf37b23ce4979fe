"""What keeps a worker from the network, from the files and from the machine's memory."""

import ctypes
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOM_PARENT = str(Path(__file__).resolve().parents[1])
BUBBLEWRAP = (
    "--ro-bind", "/", "/", "--dev", "/dev", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
)  # fmt: skip
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")

# Linux numbers, the same on every architecture: prctl(2), unshare(2), landlock(7).
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446
FILE_RIGHTS = {1: 0x1FF3, 2: 0x3FF3, 3: 0x7FF3}  # by ABI: execute, and all that writes, makes or removes
BIND_OR_CONNECT_TCP, TCP_FROM = 3, 4  # rights, and the ABI that has them


@cache
def bubblewrap() -> tuple[str, ...]:
    """The command that wraps a worker in namespaces of its own, or () where bubblewrap is absent or does not work."""
    program = shutil.which("bwrap")
    if program is None:
        return ()
    command = (program, *BUBBLEWRAP)
    try:
        trial = subprocess.run((*command, sys.executable, "-S", "-c", ""), capture_output=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if trial.returncode == 0 else ()


def worker_command(entry: str) -> list[str]:
    """The command of a fresh interpreter that runs the statement `entry`, wrapped where that works.

    `-P` keeps the folder one stands in out of the import path; the rooms' own folder comes last in it, so that a
    clone works as an installed wheel does.
    """
    wrap = bubblewrap()
    start = f"import sys; sys.path.append(sys.argv[1]); {entry}"
    return [*wrap, sys.executable, "-P", "-c", start, ROOM_PARENT, "wrapped" if wrap else "bare"]


def worker_environment() -> dict[str, str]:
    """The few environment variables that an interpreter needs; nothing that may hold a password."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ} | {"MALLOC_ARENA_MAX": "2"}


def confine(wrapped: bool) -> list[str]:
    """Give up, for good, what a reader never needs; called once inside a worker.

    Answers what is kept away: "network" or at least "TCP", and "files". What the kernel does not offer is left out.
    """
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    no_network = wrapped or kernel.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
    kernel.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # after unshare, which resets it
    abi = _landlock(kernel)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_NOFILE, 64)
    network = ["network"] if no_network else ["TCP"] if abi >= TCP_FROM else []
    return network + ["files"] * (wrapped or abi > 0)


def _landlock(kernel: ctypes.CDLL) -> int:
    """The landlock ABI in force, 0 for none.

    A ruleset that handles rights and grants none refuses them everywhere (landlock(7)); reading stays free.
    """
    abi: int = kernel.syscall(LANDLOCK_CREATE_RULESET, None, 0, 1)
    if abi < 1:
        return 0
    rights = struct.pack("=Q", FILE_RIGHTS[min(abi, 3)])
    if abi >= TCP_FROM:
        rights += struct.pack("=Q", BIND_OR_CONNECT_TCP)
    rules = kernel.syscall(LANDLOCK_CREATE_RULESET, rights, ctypes.c_size_t(len(rights)), 0)
    if rules < 0:
        return 0
    try:
        return abi if kernel.syscall(LANDLOCK_RESTRICT_SELF, rules, 0) == 0 else 0
    finally:
        os.close(rules)


def limit(kind: int, soft: int) -> None:
    """Set the soft limit `kind` (a `resource.RLIMIT_…`) to `soft`, or to the hard limit where that is lower."""
    _, hard = resource.getrlimit(kind)
    bound = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(kind, (bound, hard))


def describe() -> tuple[bool, str]:
    """Whether workers are cut off from network and from writing files, and a sentence that says by what."""
    command = worker_command("from extract.sandbox import confine; print(*confine(sys.argv[2] == 'wrapped'))")
    try:
        trial = subprocess.run(command, env=worker_environment(), capture_output=True, timeout=30, text=True)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, f"readers cannot be started: {error}"
    if trial.returncode:
        return False, f"readers cannot be started: {trial.stderr.strip().splitlines()[-1:] or trial.returncode}"
    return summary(bool(bubblewrap()), trial.stdout.split())


def summary(wrapped: bool, kept_away: list[str]) -> tuple[bool, str]:
    """The sentence of `describe` for what `confine` answered."""
    by = "bubblewrap" if wrapped else "kernel namespaces and landlock" if kept_away else "nothing but limits"
    network = "no network" if "network" in kept_away else "no TCP" if "TCP" in kept_away else "network NOT cut off"
    parts = [network, "files read-only" if "files" in kept_away else "files NOT protected"]
    return {"network", "files"} <= set(
        kept_away
    ), f"{by}: {', '.join(parts)}; memory, processor time and wall time limited"
