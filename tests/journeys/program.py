"""The program as a user calls it: a process of its own, its answer and its exit code."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.forking import forked

LONGEST_S = 100.0  # of a call


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

    def words(self, *words: str | Path) -> list[str]:
        rules = ["--connect-to", f"*={self.origin}"] if self.origin else []
        return [*rules, *map(str, words)]

    def command(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-m", "desk", *self.words(*words)]

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """A call that goes on while the test does something else."""
        return subprocess.Popen(
            self.command(*words), env=self.environment(), cwd=self.data.parent,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __call__(self, *words: str | Path, code: int | None = 0) -> Said:
        """One call to its end; fails when the exit code is another than `code` (None: any)."""
        ended = forked(
            "tests.forking:program",
            *self.words(*words),
            environment=self.environment(),
            folder=self.data.parent,
            timeout_s=LONGEST_S,
        )
        return self._as_expected(Said(ended.code, ended.out, ended.err), code)

    def alone(self, *words: str | Path, code: int | None = 0) -> Said:
        """The same in a process that is started for it, for what must be there before anything is imported."""
        done = subprocess.run(
            self.command(*words),
            env=self.environment(),
            cwd=self.data.parent,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
        )
        return self._as_expected(Said(done.returncode, done.stdout, done.stderr), code)

    def _as_expected(self, said: Said, code: int | None) -> Said:
        assert code is None or said.code == code, f"exit {said.code}\n{said.out[-3000:]}\n{said.err[-3000:]}"
        assert "Traceback" not in said.err, said.err
        return said
