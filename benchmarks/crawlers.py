"""The programs that are measured on the site: what each is, and how it is called."""

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ours import WAYS
from benchmarks.site import Site

WGET, COMMAND, WARCIO, WEBARCHIVE = "wget", "command", "scrapy-warcio", "scrapy-webarchive"
OURS = [*WAYS, COMMAND]
PEERS = [WARCIO, WEBARCHIVE]
TOLD = {
    WGET: "wget --warc-file, one process, one kept connection, no robots.txt",
    "fetch": "our engine, gate, robots and archive (what a link check runs on)",
    "spiders": "our crawl: the same with Scrapy's spiders, pages that may lead on read in workers",
    "catalogue": "our crawl with the catalogue: frontier, ledger and captures in SQLite",
    "workers": "the same in two processes, which share hosts through the ledger (`--workers 2`)",
    COMMAND: "the whole command, `sourcekeep archive`: all that, every document read and indexed",
    WARCIO: "plain Scrapy, its responses written through warcio: no robots.txt, nothing synced",
    WEBARCHIVE: "Scrapy with scrapy-webarchive: no robots.txt, nothing synced; makes a WACZ",
}


@dataclass(frozen=True, slots=True)
class Round:
    """What one program has to do: the list of URLs, the site that answers, an empty folder of its own."""

    site: Site
    listed: Path
    folder: Path

    @property
    def words(self) -> list[str]:
        """How our own programs and the peers are told."""
        return ["--urls", str(self.listed), "--origin", self.site.origin, "--folder", str(self.folder)]


def command(name: str, wanted: Round, webarchive: Path | None = None) -> list[str]:
    """The command line of a program. `webarchive`: the interpreter of an environment that has scrapy-webarchive."""
    if name == WGET:
        return _wget(wanted)
    if name == COMMAND:
        return _whole(wanted)
    if name in PEERS:
        python = str(webarchive) if name == WEBARCHIVE and webarchive else sys.executable
        return [python, str(Path(__file__).with_name("peers.py")), name, *wanted.words]
    secure = ["--secure", wanted.site.secure, "--ca", str(wanted.site.ca)] if wanted.site.secure else []
    return [sys.executable, "-m", "benchmarks.ours", name, *wanted.words, *secure]


def _wget(wanted: Round) -> list[str]:
    """It reaches the names of the site through its proxy setting, those of https by CONNECT; it judges certificates."""
    site = wanted.site
    proxy = [word for scheme in ("http", "https") for word in ("-e", f"{scheme}_proxy={site.origin}")]
    trust = [f"--ca-certificate={site.ca}"] if site.secure else []
    kept = ["-O", "/dev/null", f"--warc-file={wanted.folder / 'wget'}"]
    return [WGET, "-q", "-i", str(wanted.listed), *kept, *proxy, "-e", "use_proxy=yes", *trust]


def _whole(wanted: Round) -> list[str]:
    settings = wanted.folder / "settings.toml"
    settings.write_text("[crawl]\ndelay_s = 0.0\n")
    where = ["--data", str(wanted.folder / "data"), "--config", str(settings)]
    origin = wanted.site.secure or wanted.site.origin
    return [sys.executable, "-m", "desk", *where, "archive", str(wanted.listed), "--connect-to", f"*={origin}"]
