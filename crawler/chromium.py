"""Chromium: the system's browser, the cage that it runs in, and what is missing where pages cannot be shown."""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_HOME = "/tmp"  # noqa: S108  (a folder of the cage's own, in memory)
_INSIDE = "1000"  # who it is inside the cage, also when root starts it: Chromium's own sandbox refuses root
# What it may see of the disk, read-only: programs, libraries, fonts. Nothing that is anybody's own.
_SEEN = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts",
    "/var/cache/fontconfig", "/etc/chromium", "/etc/chromium.d", "/etc/debian_version",
)  # fmt: skip
_CAGE = (
    "--unshare-all", "--uid", _INSIDE, "--gid", _INSIDE, "--cap-drop", "ALL", "--die-with-parent", "--new-session",
    "--dev", "/dev", "--proc", "/proc", "--tmpfs", _HOME,
    *(word for path in _SEEN for word in ("--ro-bind-try", path, path)),
)  # fmt: skip
# Writable memory of one of its processes: what a page takes beyond that ends the page. Address space is no measure,
# of which the engine reserves terabytes.
_MEMORY_KIB, _SCRIPT_MIB = 2 << 20, 512
_LIMITED = ("/bin/sh", "-c", f'ulimit -d {_MEMORY_KIB}; exec "$@"', "sh")
_SPOKEN_TO = "--remote-debugging-pipe"  # no port that anybody could connect to
_FLAGS = (
    "--headless",
    f"--user-data-dir={_HOME}/profile",
    _SPOKEN_TO,
    # Nothing could be reached even with a network: no name or literal address resolves, and no proxy is asked.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-proxy-server",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    # One process a page, whatever its frames: their requests come to whoever answers the page's. Pages share none.
    "--disable-site-isolation-trials",
    f"--js-flags=--max-old-space-size={_SCRIPT_MIB}",
    # Nothing that a browser does for its own sake.
    "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability", "--disable-sync",
    "--disable-default-apps", "--disable-extensions", "--disable-breakpad", "--metrics-recording-only", "--no-pings",
    "--no-first-run", "--no-default-browser-check", "--no-service-autorun", "--password-store=basic",
    "--use-mock-keychain", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio", "--hide-scrollbars",
)  # fmt: skip
_TRIAL_S = 20.0


@dataclass(frozen=True, slots=True)
class Start:
    """How to start it: the words of the command, and its whole environment."""

    command: tuple[str, ...]
    environment: dict[str, str]


def lacking() -> tuple[str, str] | None:
    """What is missing to show pages in a browser, and what to do about it; None when nothing is."""
    if find_spec("playwright") is None:
        return "the extra for browsers is not installed", "pip install 'sourcekeep[browser]'"
    if program() is None:
        return "there is no Chromium", "apt install chromium"
    if not cage():
        return (
            "bubblewrap, in which it is cut off from the network, is not there or does not work",
            "apt install bubblewrap, and allow unprivileged user namespaces",
        )
    return None


@cache
def program() -> str | None:
    """Where the system's Chromium is; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@cache
def cage() -> tuple[str, ...]:
    """The command that puts it into namespaces of its own, without a network; () where that does not work.

    There is no doing without: what keeps names from being resolved does not keep a page from sending UDP to an address
    (WebRTC; tried with Chromium 156, whose switches against that did not help).
    """
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        return ()
    command = (bubblewrap, *_CAGE)
    try:
        trial = subprocess.run((*command, "/bin/sh", "-c", ":"), capture_output=True, timeout=_TRIAL_S)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if trial.returncode == 0 else ()


def start(*more: str) -> Start:
    """How to start it with its sandbox on, and with `more` flags; nothing may be `lacking`."""
    found = program()
    assert found is not None, "`lacking` was asked"
    return Start(
        (*_LIMITED, *cage(), found, *_FLAGS, *more), {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": _HOME}
    )


def tried() -> tuple[bool, str]:
    """Whether it starts with its sandbox on, found out by trying, and a sentence on what keeps it from the network."""
    trying = start("--dump-dom", "about:blank")
    command = [word for word in trying.command if word != _SPOKEN_TO]
    try:
        trial = subprocess.run(  # noqa: S603
            command, env=trying.environment, capture_output=True, timeout=_TRIAL_S, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, f"{program()} does not start: {error}"
    if trial.returncode:
        said = [line for line in trial.stderr.splitlines() if line.strip()]
        return False, f"{program()} does not start: {said[-1][:200] if said else f'exit {trial.returncode}'}"
    return True, f"{program()}, its sandbox on, in namespaces without network"
