"""A PostgreSQL server of our own for the tests: Debian's binaries, a folder that goes away, loopback only."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url

SURE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")  # nothing here must outlive a power cut


def missing() -> str:
    """Why no server can be started, as a sentence; empty when one can."""
    try:
        import psycopg  # noqa: F401  (only whether it is there)
    except ImportError:
        return "psycopg is not installed (the extra `postgres`)"
    return "" if _binary("initdb") else "PostgreSQL's server is not installed (apt-get install postgresql)"


def _binary(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


@contextmanager
def serving() -> Iterator[URL]:
    """Runs a server with an empty database; its SQLAlchemy URL."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name, Path(name, "log.txt").open("wb") as log:
        port, data = _free_port(), str(Path(name, "data"))
        told = {"stdout": log, "stderr": log, "cwd": name}
        if os.getuid() == 0:  # whose the server refuses to be
            nobody = pwd.getpwnam("nobody")
            os.chown(name, nobody.pw_uid, nobody.pw_gid)
            told |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        initdb = (_binary("initdb"), "-D", data, "-A", "trust", "-U", "tests", "-N", "-E", "UTF8", "--locale=C.UTF-8")
        subprocess.run(initdb, check=True, **told)
        settings = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={name}", *SURE)
        command = (_binary("postgres"), "-D", data, *(word for one in settings for word in ("-c", one)))
        server = subprocess.Popen(command, **told)
        try:
            _wait(server, port, Path(log.name))
            yield make_url(f"postgresql+psycopg://tests@127.0.0.1:{port}/postgres")
        finally:
            server.send_signal(signal.SIGINT)  # SIGTERM would wait for connections that are left open
            server.wait(30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    import psycopg

    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="tests", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-1000:]}")
