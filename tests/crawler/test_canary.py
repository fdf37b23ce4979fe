"""Nothing inside a network is dialled, whichever way a URL leads there: a canary on every address sees nothing."""

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from archive.seed import OutcomeKind
from tests.conftest import ROOT
from tests.crawler import canary
from tests.crawler.canary import BY_CRAWL, BY_ENGINE, PUBLIC, REDIRECTED

LONGEST_S = 100.0
WEB_PORTS = {"80", "443", "8080", "8443"}
GUARDED = [f"{way} by {means}" for means, ways in (("engine", BY_ENGINE), ("crawl", BY_CRAWL)) for way in ways]
INSIDE = [trial for trial in GUARDED if not trial.startswith("public")]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each trial asked for, how that ended and what was dialled."""
    for needed in ("unshare", "ip"):
        if shutil.which(needed) is None:
            pytest.skip(f"the canary needs a network of its own, and there is no `{needed}` to make one with")
    made = subprocess.run(["unshare", "-rn", "ip", "link", "set", "lo", "up"], capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"the canary needs a network of its own, which this machine refuses: {made.stderr.strip()}")
    # Not `loopback_only`: the network of the namespace ends at its own canary. A proxy named here must not be used.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path_factory.mktemp("home"))}
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"), "http://10.9.8.7:8080")
    command = ["unshare", "-rn", sys.executable, "-W", "error", "-m", canary.__name__]
    done = subprocess.run(
        command, env={**environment, **proxies}, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_S
    )
    assert done.returncode == 0, done.stderr
    trials: dict[str, Any] = json.loads(done.stdout)
    return trials


def hits(dialled: dict[str, int]) -> int:
    """How often something was dialled that is no web port of one of the two public addresses."""
    outside = {f"{address} {port}" for address in PUBLIC for port in WEB_PORTS}
    return sum(count for place, count in dialled.items() if place not in outside)


@pytest.mark.parametrize("trial", INSIDE)
def test_nothing_inside_is_dialled_and_each_url_is_refused(trial: str, told: dict[str, Any]) -> None:
    asked, ended, dialled = told[trial].values()
    assert hits(dialled) == 0, dialled
    assert len(set(asked)) >= 120
    if trial.startswith("redirect"):
        assert_redirects_end_refused(asked, ended)
    else:
        assert {url: end for url, end in ended.items() if end[0] != OutcomeKind.REFUSED_ADDRESS} == {}
        assert set(ended) == set(asked)
    assert all(reason for _, reason in ended.values())


def assert_redirects_end_refused(asked: list[str], ended: dict[str, tuple[str, str]]) -> None:
    """Each redirect was kept, and led to what was refused or was not followed at all."""
    targets = {url: end for url, end in ended.items() if url not in asked}
    assert len(targets) >= 120
    assert {kind for kind, _ in targets.values()} == {OutcomeKind.REFUSED_ADDRESS}
    for url in asked:
        kind, reason = ended[url]
        assert kind == OutcomeKind.CAPTURED
        assert "which is not followed: " in reason or reason.removeprefix("redirects to ") in targets


@pytest.mark.parametrize("trial", ["redirect by crawl", "robots by crawl", "rebinding by engine", "rebinding by crawl"])
def test_the_public_site_that_leads_inside_is_reached_each_time(trial: str, told: dict[str, Any]) -> None:
    asked, _, dialled = told[trial].values()
    assert sum(dialled.values()) >= len(set(asked))


@pytest.mark.parametrize("means", ["engine", "crawl"])
def test_public_addresses_are_reached_by_name_and_number(means: str, told: dict[str, Any]) -> None:
    _, ended, dialled = told[f"public by {means}"].values()
    assert {place.rpartition(" ")[0] for place in dialled} == {*PUBLIC}
    assert {kind for kind, _ in ended.values()} == {OutcomeKind.CAPTURED if means == "crawl" else ""}


@pytest.mark.parametrize(
    "trial", [*(f"{way} by engine" for way in BY_ENGINE if way != "public"), *(f"{way} by check" for way in REDIRECTED)]
)
def test_without_the_guard_the_canary_sees_what_is_dialled_inside(trial: str, told: dict[str, Any]) -> None:
    _, ended, dialled = told[f"{trial} unguarded"].values()
    assert hits(dialled) > 40
    assert ended
