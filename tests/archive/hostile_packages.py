"""Packages made to do harm, one way each, and what must be said of them; an honest one to compare with."""

import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from archive.fields import sha256_of

WARC = "archive/a.warc"
Patch = Callable[[bytearray, int], None]  # changes the directory entry that begins there


def package(content: bytes, *more: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A package of one WARC file, listed with its hash, and of whatever else."""
    listed = {"resources": [{"name": "a.warc", "path": WARC, "hash": sha256_of(content), "bytes": len(content)}]}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        made.writestr(WARC, content)
        made.writestr("datapackage.json", json.dumps(listed))
        for entry, inner in more:
            made.writestr(entry, inner)
    return out.getvalue()


def patched(content: bytes, patch: Patch) -> bytes:
    """The package with the directory entry of its WARC file changed."""
    changed = bytearray(content)
    at = changed.find(b"PK\x01\x02")
    assert changed[at + 46 : at + 46 + len(WARC)] == WARC.encode()
    patch(changed, at)
    return bytes(changed)


def put(offset: int, form: str, value: int) -> Patch:
    return lambda content, at: struct.pack_into(form, content, at + offset, value)


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("archive/link.warc")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def crowd(entries: int, *, shared: bytes = b"") -> bytes:
    """A package whose directory has so many entries, all of them the one file at its start."""
    name, size, crc = b"archive/a", len(shared), zipfile.crc32(shared)  # type: ignore[attr-defined]
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 33, crc, size, size, len(name), 0) + name + shared
    head = struct.pack("<4s4B4H3L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 33, crc, size, size, 9, 0, 0, 0, 0, 0, 0)
    directory = b"".join(head + b"%09d" % number for number in range(entries))
    ends = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, len(directory), len(local))
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(local) + len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0)
    return local + directory + ends + locator + end


def hostile(warc: bytes) -> dict[str, tuple[bytes, str]]:
    """Each package by its name, with what is said of it."""
    honest = package(warc)
    doubled = package(warc, ("archive/b.warc", b"x")).replace(b"archive/b.warc", b"archive/a.warc")
    return {
        "climbs": (package(warc, ("archive/../../x.warc", b"x")), "leaves the package"),
        "absolute": (package(warc, ("/etc/x", b"x")), "leaves the package"),
        "backslash": (package(warc, ("archive/..\\x", b"x")), "leaves the package"),
        "control": (package(warc, ("archive/\x1b[2Jx", b"x")), "leaves the package"),
        "link": (package(warc, (link(), b"/etc/passwd")), "'archive/link.warc' is a link"),
        "doubled": (doubled, "'archive/a.warc' is in the package 2 times"),
        "encrypted": (patched(honest, put(8, "<H", 1)), "'archive/a.warc' is encrypted"),
        "bomb": (package(warc, ("pages/x", bytes(9_000_000)), method=zipfile.ZIP_DEFLATED), "'pages/x' inflates"),
        "lzma": (package(warc, method=zipfile.ZIP_LZMA), "compressed in a way"),
        "shares": (crowd(2_000, shared=bytes(200_000)), "the package inflates"),
        "crowded": (crowd(100_001), "has 100001 entries"),
        "a million": (crowd(1_000_000), "directory has 55000000 bytes"),
        "too long": (patched(honest, put(24, "<L", len(warc) + 50)), "archive/a.warc cannot be read"),
        "too short": (patched(honest, put(24, "<L", len(warc) - 50)), "archive/a.warc cannot be read"),
        "wrong sum": (patched(honest, put(16, "<L", 7)), "archive/a.warc cannot be read"),
        "elsewhere": (patched(honest, put(42, "<L", len(honest) * 2)), "archive/a.warc cannot be read"),
        "another's place": (patched(honest, put(42, "<L", 4)), "archive/a.warc cannot be read"),
        "cut": (honest[:-30], "the package cannot be read"),
        "no package": (b"PK\x03\x04" + bytes(100), "the package cannot be read"),
    }


def keep(folder: Path, content: bytes) -> Path:
    path = folder / "x.wacz"
    path.write_bytes(content)
    return path
