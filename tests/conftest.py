"""What all tests share: the loopback-only network, real samples beside the checkout, a temporary home."""

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.loopback_only import sitecustomize  # noqa: F401  (importing it closes the network)

# How long things take is held by tests of their own: an example may take long because the machine is busy.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# Who begins the tests in the background may have told them to ignore Ctrl-C, and what they start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]
GUARD = Path(__file__).with_name("loopback_only")


@pytest.fixture(autouse=True)
def guarded_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every Python process that a test starts refuses the outside network too, and has a home of its own."""
    inherited = [str(GUARD), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(dict.fromkeys([*inherited, str(ROOT)])))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("SOURCEKEEP_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def real_samples() -> Path:
    """The folder of real inputs beside the checkout; the test is skipped where it is not there."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real samples (../shared/data) are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def python() -> str:
    """The interpreter that runs the tests, for starting the program in a process of its own."""
    return sys.executable


@pytest.fixture
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Syncs cost nothing and do nothing, for tests of many writes that try what is written, not when it is durable."""
    monkeypatch.setattr(os, "fsync", lambda fd: None)
    monkeypatch.setattr(os, "fdatasync", lambda fd: None)
