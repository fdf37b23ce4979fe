"""Whole: the digest of all bytes of a file, taken while its records pass by."""

import mmap
from collections.abc import Callable, Iterable, Iterator

from archive.fields import new_hash
from archive.stretch import Stretch, give_back

Passed = Callable[[int], None]  # is told how many more bytes were read
_STEP = 4 << 20  # bytes digested at once


def nobody(_: int) -> None:
    """Who is told when nobody asked."""


class Whole:
    """Follows a reader through `data` in the same pass, since the bytes are at hand; `passed` is told how far it is."""

    def __init__(self, data: mmap.mmap | bytes, passed: Passed = nobody) -> None:
        self._data = data
        self._passed = passed
        self._digest = new_hash("sha256")
        self._at = 0

    def behind(self, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        """The stretches as they come; each is digested once the next is asked for."""
        for stretch in stretches:
            yield stretch
            while stretch.end - self._at >= _STEP:
                self._take(_STEP)

    def digest(self) -> str:
        """`sha256:` and the digest of all bytes, those included that no reader came to."""
        while self._at < len(self._data):
            self._take(min(_STEP, len(self._data) - self._at))
        return f"sha256:{self._digest.hexdigest()}"

    def _take(self, size: int) -> None:
        with memoryview(self._data) as view:
            self._digest.update(view[self._at : self._at + size])
        give_back(self._data, self._at, self._at + size)
        self._at += size
        self._passed(size)
