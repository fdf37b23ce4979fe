"""Programs of other projects as second readers: started from an environment of their own, never imported."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import GUARD, ROOT

# Their folder of commands: what ORACLES names, else the environment that `just oracles` makes.
FOLDER = Path(os.environ.get("ORACLES") or ROOT / ".oracles" / "bin")


def oracle(name: str) -> str:
    """The command `name` of the second readers; the test is skipped where they are not installed."""
    if not (FOLDER / name).is_file():
        pytest.skip(f"{name} is not in {FOLDER} (`just oracles` installs it; ORACLES names another folder)")
    return str(FOLDER / name)


def asked(name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """What a second reader says; it knows nothing of this checkout and has no network."""
    return subprocess.run([oracle(name), *map(str, words)], env=_alone(), capture_output=True, text=True)


def _alone() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(GUARD)}


@dataclass(frozen=True)
class Replayed:
    """What pywb answers for a capture: the payload as it was kept, neither rewritten nor decoded."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Wayback:
    """A pywb server over one data folder."""

    port: int

    def replay(self, timestamp14: str, url: str) -> Replayed:
        """The capture of `url` that is nearest to a time, as pywb's raw replay (`id_`) answers it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", f"/kept/{timestamp14}id_/{url}", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            return Replayed(answer.status, answer.read())
        finally:
            connection.close()


@contextmanager
def wayback(data: Path, home: Path, index: Path | None = None) -> Iterator[Wayback]:
    """pywb serves the WARC files of a data folder by its index, or by another, from `home`, until this is left."""
    command = oracle("wayback")
    home.mkdir()
    kept = f"{{index_paths: {index or data / 'index.cdxj'}, archive_paths: {data / 'warc'}/}}"
    (home / "config.yaml").write_text(f"collections:\n  kept: {kept}\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [command, "--bind", "127.0.0.1", "--port", str(port)], cwd=home, env=_alone(), stdout=log, stderr=log
        )
    try:
        _wait_for(port, server, home / "log")
        yield Wayback(port)
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    last = time.monotonic() + 60
    while time.monotonic() < last and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"pywb did not start:\n{log.read_text()}")
