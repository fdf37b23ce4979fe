"""WACZ packages from elsewhere, read without unpacking and within limits."""

import errno
import hashlib
import json
import mmap
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import NotAnArchive
from archive.signature import signature_faults, signer

MOST_ENTRIES = 100_000
LARGEST_DIRECTORY = 16 << 20  # bytes; zipfile makes an object of each of its entries before they can be counted
LARGEST_LIST = 64 << 20  # bytes of datapackage.json
HIGHEST_RATIO = 200  # inflated to stored; deflate itself reaches 1032, honest texts stay far below
_FORMS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the two that WACZ names; others may ask for gigabytes of memory
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
_PIECE = 1 << 20
_END, _LOCATOR_64, _END_64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
_LONGEST_END = 22 + (1 << 16) + 76  # bytes of the end records: the last with its comment, and the two of ZIP64
_WARC_ENDS = (".warc", ".warc.gz", ".arc", ".arc.gz")


class PackageRefused(NotAnArchive):
    """The package cannot be read, or is made to do harm; the message names the entry."""


class Package:
    """An opened WACZ. Nothing of it is ever written under a name of its own choosing."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        self._entries = {entry.filename: entry for entry in archive.infolist()}

    def faults(self) -> Iterator[str]:
        """What its own datapackage.json says and is not so: resources missing, altered, or not listed."""
        listed = self._read_json("datapackage.json")
        resources = listed.get("resources") if isinstance(listed, dict) else None
        if not isinstance(resources, list):
            yield "datapackage.json is missing or lists no resources"
            return
        paths = set()
        for resource in resources:
            path, stated = _stated(resource)
            paths.add(path)
            if path not in self._entries:
                yield f"{path} is listed and missing"
            elif stated and (found := self._digest(path, stated.split(":", 1)[0])) != stated.split(":", 1)[1]:
                yield f"{path} is not as listed: {found}"
        yield from (
            f"{name} is not listed" for name in self._entries if name.startswith("archive/") and name not in paths
        )
        yield from self._digest_faults()

    def signed_by(self) -> str:
        """Who the package says has signed it, in words; empty when nobody did. Whether it is true `faults` tells."""
        seal = self._read_json("datapackage-digest.json")
        return signer(seal["signedData"]) if isinstance(seal, dict) and "signedData" in seal else ""

    def raise_if_unreadable(self) -> None:
        """PackageRefused when a WARC or ARC file inside cannot be read to its end with its sizes and checksum right."""
        for entry in self._warcs():
            for _ in self._pieces(entry):
                continue

    def warc_files(self, beside: Path | None = None) -> Iterator[tuple[str, mmap.mmap | bytes]]:
        """(entry name, bytes) of each WARC or ARC file inside, one after the other from a nameless temporary file.

        That file lies in the folder `beside`, else where the system keeps such files.
        """
        for entry in self._warcs():
            with tempfile.TemporaryFile(dir=beside) as copy:
                for piece in self._pieces(entry):
                    copy.write(piece)
                copy.flush()
                yield entry.filename, mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ) if copy.tell() else b""

    def _warcs(self) -> Iterator[zipfile.ZipInfo]:
        for name, entry in self._entries.items():
            if name.startswith("archive/") and name.lower().endswith(_WARC_ENDS):
                yield entry

    def _digest_faults(self) -> Iterator[str]:
        """`datapackage-digest.json` seals the list, where there is one, and may be signed."""
        if "datapackage-digest.json" not in self._entries:
            return
        seal = self._read_json("datapackage-digest.json")
        stated = seal.get("hash") if isinstance(seal, dict) else None
        if not isinstance(stated, str) or stated != f"sha256:{self._digest('datapackage.json', 'sha256')}":
            yield "datapackage-digest.json does not match datapackage.json"
        if isinstance(seal, dict) and "signedData" in seal:
            yield from signature_faults(seal["signedData"], str(stated))

    def _digest(self, name: str, algorithm: str) -> str:
        if algorithm not in ("sha256", "sha512", "sha1", "md5"):
            return f"a digest in {algorithm!r} is not known"
        digest = hashlib.new(algorithm, usedforsecurity=False)
        for piece in self._pieces(self._entries[name]):
            digest.update(piece)
        return digest.hexdigest()

    def _read_json(self, name: str) -> Any:
        entry = self._entries.get(name)
        if entry is None or entry.file_size > LARGEST_LIST:
            return None
        try:
            return json.loads(b"".join(self._pieces(entry)))
        except (ValueError, RecursionError):
            return None

    def _pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        size = 0
        with _refusing(entry.filename), self._zip.open(entry) as source:
            while piece := source.read(_PIECE):
                size += len(piece)
                yield piece
        if size != entry.file_size:  # zipfile does not mind
            raise PackageRefused(f"{entry.filename} cannot be read: it has {size} of {entry.file_size} bytes")


def _stated(resource: Any) -> tuple[str, str]:
    """(path, `algorithm:digest`) of a resource, in the form of WACZ 1.1 or of 1.0."""
    if not isinstance(resource, dict):
        return "", ""
    path = str(resource.get("path", ""))
    if isinstance(resource.get("hash"), str) and ":" in resource["hash"]:
        return path, resource["hash"]
    stats = resource.get("stats")
    if isinstance(stats, dict) and isinstance(stats.get("hash"), str):
        return path, f"{resource.get('hashing', 'sha256')}:{stats['hash']}"
    return path, ""


@contextmanager
def opened_package(path: Path) -> Iterator[Package]:
    """The package at `path`; PackageRefused, naming the entry, when it is broken or made to do harm."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        directory = _directory_size(file, size)
        if directory > LARGEST_DIRECTORY:
            raise PackageRefused(f"the package's directory has {directory} bytes, more than {LARGEST_DIRECTORY}")
        with _refusing("the package"):
            archive = zipfile.ZipFile(file)
        with archive:
            _refuse_harm(archive.infolist(), size)
            yield Package(archive)


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    """Whatever zipfile makes of broken bytes becomes PackageRefused; a disk that fails is no fault of the package."""
    try:
        yield
    except _BROKEN as error:
        raise PackageRefused(f"{what} cannot be read: {error}") from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise PackageRefused(f"{what} cannot be read: it names a place outside the file") from error


def _directory_size(file: BinaryIO, size: int) -> int:
    """Bytes of the central directory as the end records state them (APPNOTE 4.3.14, 4.3.16), which zipfile reads."""
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    at = len(tail) - 22 if tail[-22:-18] == _END and tail.endswith(b"\0\0") else tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        return 0  # no ZIP file: zipfile says so
    if tail[at - 20 : at - 16] == _LOCATOR_64 and tail[at - 76 : at - 72] == _END_64:
        return int.from_bytes(tail[at - 36 : at - 28], "little")
    return int.from_bytes(tail[at + 12 : at + 16], "little")


def _refuse_harm(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Names that leave the package, links, doubled names and bombs: none of them has an honest use in a WACZ."""
    if len(entries) > MOST_ENTRIES:
        raise PackageRefused(f"the package has {len(entries)} entries, more than {MOST_ENTRIES}")
    for name, times in Counter(entry.filename for entry in entries).items():
        if times > 1:
            raise PackageRefused(f"{name!r} is in the package {times} times")
    for entry in entries:
        _refuse_entry(entry)
    inflated = sum(entry.file_size for entry in entries)
    if inflated > HIGHEST_RATIO * size:  # entries that share their bytes
        raise PackageRefused(f"the package inflates to {inflated} bytes, more than {HIGHEST_RATIO} times its size")


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if name.startswith("/") or "\\" in name or ".." in name.split("/") or not name.isprintable():
        raise PackageRefused(f"{name!r} is a name that leaves the package")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise PackageRefused(f"{name!r} is a link")
    if entry.flag_bits & 1:
        raise PackageRefused(f"{name!r} is encrypted")
    if entry.compress_type not in _FORMS:
        raise PackageRefused(f"{name!r} is compressed in a way that packages are not")
    if entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1_000):
        raise PackageRefused(f"{name!r} inflates to more than {HIGHEST_RATIO} times its size")
