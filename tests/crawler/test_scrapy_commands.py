"""`scrapy list` and `scrapy crawl NAME` from the clone, and the doors of Scrapy that stay shut."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from warcio.archiveiterator import ArchiveIterator

from archive.lock import FolderLock
from crawler.publisher import publishers
from crawler.spider import PublisherLoader, PublisherSpider
from tests.site import Site, answer, page, pdf

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def scrapy(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "scrapy", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: "subprocess.Popen[str]") -> tuple[str, str]:
    out, err = process.communicate(timeout=60)
    return out, err


def crawl(site: Site, data: Path, name: str, *words: str) -> "subprocess.Popen[str]":
    given = {"CONNECT_TO": site.connect_to, "SOURCEKEEP_DATA": str(data), "DELAY_S": "0"}
    return scrapy("crawl", name, *words, *(word for pair in given.items() for word in ("-s", "=".join(pair))))


def settings() -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


def test_list_names_a_spider_for_each_publisher() -> None:
    out, err = ended(scrapy("list"))
    assert out.split() == sorted(publisher.name for publisher in publishers())
    assert err == ""


def test_crawl_archives_a_url_with_what_it_leads_to(site: Site, tmp_path: Path) -> None:
    site.add("ico.org.uk", "/old", page("moved", 301, Location="https://ico.org.uk/landing"))
    site.add(
        "ico.org.uk", "/landing",
        page('<h1>Live facial recognition report</h1><main><a href="/media2/a/report.pdf">Report (PDF)</a></main>'),
    )  # fmt: skip
    site.add("ico.org.uk", "/media2/a/report.pdf", answer(200, pdf(), "application/pdf"))
    out, err = ended(crawl(site, tmp_path, "ico", "-a", "url=https://ico.org.uk/old"))
    assert out.splitlines() == [
        "captured https://ico.org.uk/old (redirects to https://ico.org.uk/landing)",
        "captured https://ico.org.uk/landing",
        "captured https://ico.org.uk/media2/a/report.pdf",
    ]
    assert err == ""
    (warc,) = (tmp_path / "warc").glob("*.warc.gz")
    with warc.open("rb") as stream:
        kept = [
            record.rec_headers["WARC-Target-URI"] for record in ArchiveIterator(stream) if record.rec_type == "response"
        ]
    assert kept == [
        "https://ico.org.uk/robots.txt",
        "https://ico.org.uk/old",
        "https://ico.org.uk/landing",
        "https://ico.org.uk/media2/a/report.pdf",
    ]


def test_crawl_alone_takes_the_listings_and_known_works(site: Site, tmp_path: Path) -> None:
    out, _ = ended(crawl(site, tmp_path, "ico"))
    (ico,) = (publisher for publisher in publishers() if publisher.name == "ico")
    wanted = {*ico.listings, *(work.url for work in ico.works)}
    assert {line.split()[1] for line in out.splitlines()} == wanted


def test_a_folder_that_is_held_is_one_line(site: Site, tmp_path: Path) -> None:
    with FolderLock(tmp_path):
        out, err = ended(crawl(site, tmp_path, "ico"))
    assert out == ""
    assert "is held by" in err
    assert "Traceback" not in err
    assert not site.requests


def test_a_wrong_rule_is_one_line(site: Site, tmp_path: Path) -> None:
    _, err = ended(scrapy("crawl", "ico", "-s", "CONNECT_TO=nonsense", "-s", f"SOURCEKEEP_DATA={tmp_path}"))
    assert "GLOB=ORIGIN" in err
    assert "Traceback" not in err


def test_ctrl_c_ends_it_and_closes_the_file(site: Site, tmp_path: Path) -> None:
    urls = "https://ico.org.uk/page https://ico.org.uk/silent"
    process = crawl(site, tmp_path, "ico", "-a", f"url={urls}")
    assert process.stdout is not None
    assert process.stdout.readline() == "captured https://ico.org.uk/page\n"
    while not site.asked(path="/silent"):
        time.sleep(0.05)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = ended(process)
    assert time.monotonic() - began < 5
    assert out == ""
    assert "Traceback" not in err
    assert [file.name.endswith(".warc.gz") for file in (tmp_path / "warc").iterdir()] == [True]


@pytest.mark.parametrize(
    "name",
    [
        "TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "COOKIES_ENABLED", "REFERER_ENABLED", "REDIRECT_ENABLED",
        "METAREFRESH_ENABLED", "RETRY_ENABLED", "HTTPPROXY_ENABLED", "HTTPCACHE_ENABLED", "HTTPCOMPRESSION_ENABLED",
    ],
)  # fmt: skip
def test_a_door_that_scrapy_opens_by_itself_stays_shut(name: str) -> None:
    assert settings().getbool(name) is False


def test_only_http_has_a_handler_and_it_is_ours() -> None:
    handlers = {name: at for name, at in settings().getwithbase("DOWNLOAD_HANDLERS").items() if at is not None}
    assert handlers == dict.fromkeys(("http", "https"), "crawler.handler.WireHandler")


@pytest.mark.parametrize("name", ["DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS"])
def test_no_part_of_scrapy_runs_that_was_not_chosen(name: str) -> None:
    assert [part for part, order in settings().getwithbase(name).items() if order is not None] == []


def test_the_loader_finds_the_spider_of_a_host() -> None:
    from scrapy import Request

    loader = PublisherLoader.from_settings(settings())
    assert loader.find_by_request(Request("https://ico.org.uk/x")) == ["ico"]
    assert issubclass(loader.load("ico"), PublisherSpider)
    assert Crawler(loader.load("ico"), settings()).settings["BOT_NAME"] == "sourcekeep"
    with pytest.raises(KeyError, match="nobody"):
        loader.load("nobody")
