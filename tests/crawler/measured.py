"""Runs the program as `python -m desk` does and writes down the most memory that its process ever took.

    python -m tests.crawler.measured FILE WORD…

FILE gets a number of bytes: `VmHWM`, which the kernel keeps for the process alone, without those that it starts.
"""

import atexit
import re
import sys
from pathlib import Path

from desk.cli import main


def note_peak(file: Path) -> None:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    file.write_text(str(int(found[1]) * 1024))


if __name__ == "__main__":
    atexit.register(note_peak, Path(sys.argv.pop(1)))
    main()
