"""The program as a user calls it: a process of its own, its answer and its exit code."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Said:
    """What a call answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """`sourcekeep` with a data folder of its own and hosts answered by a loopback origin."""

    data: Path
    origin: str | None = None
    delay_s: float = 0.02

    def environment(self) -> dict[str, str]:
        settings = {"SOURCEKEEP_DATA": str(self.data), "SOURCEKEEP_CRAWL__DELAY_S": str(self.delay_s)}
        return {**os.environ, **settings}

    def command(self, *words: str | Path) -> list[str]:
        rules = ["--connect-to", f"*={self.origin}"] if self.origin else []
        return [sys.executable, "-m", "desk", *rules, *map(str, words)]

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """A call that goes on while the test does something else."""
        return subprocess.Popen(
            self.command(*words), env=self.environment(), cwd=self.data.parent,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __call__(self, *words: str | Path, code: int | None = 0) -> Said:
        """One call to its end; fails when the exit code is another than `code` (None: any)."""
        done = subprocess.run(
            self.command(*words),
            env=self.environment(),
            cwd=self.data.parent,
            capture_output=True,
            text=True,
            timeout=100,
        )
        said = Said(done.returncode, done.stdout, done.stderr)
        assert code is None or said.code == code, f"exit {said.code}\n{said.out[-3000:]}\n{said.err[-3000:]}"
        assert "Traceback" not in said.err, said.err
        return said
