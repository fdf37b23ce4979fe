"""Room: what must stay free on the disk of an archive, looked at before every write."""

import errno
import os

MIB = 1 << 20


def free_bytes(fd: int) -> int:
    """What is free, for those who are not root, on the file system of an open file."""
    disk = os.fstatvfs(fd)
    return disk.f_bavail * disk.f_frsize


def raise_if_short(fd: int, wanted: int, least_free: int) -> None:
    """OSError (ENOSPC), with the figures in its text, when `wanted` bytes more would leave less than `least_free`.

    With 0 nothing is looked at: some network file systems tell no figures.
    """
    if least_free and (free := free_bytes(fd)) - wanted < least_free:
        told = f"only {free / MIB:.1f} MiB are free, {least_free / MIB:.1f} MiB must stay free"
        raise OSError(errno.ENOSPC, f"{told}, {wanted / MIB:.1f} MiB were to be written")
