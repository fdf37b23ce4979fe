"""Refuses every address but loopback, in the tests' process and in every Python process that a test starts."""

import ipaddress
import socket
import sys

LOCAL_NAMES = {"localhost", "localhost.", "", None}


class OutsideNetworkRefused(RuntimeError):
    """A test tried to leave the machine."""


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("latin-1")
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_local(address[0]):
            raise OutsideNetworkRefused(f"tests stay on loopback, not {address!r}")
    elif event == "socket.getaddrinfo" and not _is_literal_or_local(arguments[0]):
        raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no outside name, not {arguments[0]!r}")


def _is_literal_or_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("latin-1")
    if host in LOCAL_NAMES:
        return True
    try:
        ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return False
    return True


sys.addaudithook(_watch)
