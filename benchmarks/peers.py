"""Scrapy as others archive with it, in a process of its own: its responses through warcio, or scrapy-webarchive.

A script of its own, since it also runs in environments where nothing of ours is installed.
"""

import argparse
import io
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

# Scrapy's defaults but for what would hold it back here: no log, no consoles.
QUIET = {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False}
WEBARCHIVE = {"EXTENSIONS": {"scrapy_webarchive.extensions.WaczExporter": 543}, "SW_EXPORT_URI": "file://{}/out.wacz"}


class Listed(Spider):
    """Asks for every URL of a list once, by way of the site's proxy, and looks at no answer."""

    name = "listed"
    urls: tuple[str, ...] = ()
    proxy = ""

    def start_requests(self) -> Iterator[Request]:
        """What Scrapy before 2.13 begins with."""
        for url in self.urls:
            yield Request(url, meta={"proxy": self.proxy}, dont_filter=True)

    async def start(self) -> AsyncIterator[Request]:
        """What Scrapy begins with since."""
        for request in self.start_requests():
            yield request

    def parse(self, response: Response, **_: Any) -> None:
        """Nothing is read."""


class Warcio:
    """An extension that writes a request and a response record an answer, made of Scrapy's objects."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "scrapy.warc.gz").open("wb")
        self._writer = WARCWriter(self._file, gzip=True, warc_version="WARC/1.1")

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Warcio":
        """One that hears of each answer as it was downloaded."""
        mine = cls(Path(crawler.settings["FOLDER"]))
        crawler.signals.connect(mine.keep, signal=signals.response_downloaded)
        crawler.signals.connect(mine.close, signal=signals.spider_closed)
        return mine

    def keep(self, response: Response, request: Request) -> None:
        """The two records of one answer."""
        head = StatusAndHeaders(f"{response.status} OK", _fields(response.headers), protocol="HTTP/1.1")
        asked = StatusAndHeaders(
            f"{request.method} {request.url} HTTP/1.1", _fields(request.headers), is_http_request=True
        )
        body = io.BytesIO(response.body)
        answer = self._writer.create_warc_record(request.url, "response", payload=body, http_headers=head)
        question = self._writer.create_warc_record(request.url, "request", http_headers=asked)
        self._writer.write_request_response_pair(question, answer)

    def close(self) -> None:
        """The end of the file."""
        self._file.close()


def _fields(headers: Any) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values]


def main() -> None:
    """Crawls the list; what was kept lies in the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=("scrapy-warcio", "scrapy-webarchive"))
    parser.add_argument("--urls", type=Path, required=True)
    parser.add_argument("--origin", required=True, help="the proxy that knows the names")
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    Listed.urls, Listed.proxy = tuple(given.urls.read_text().split()), given.origin
    folder = given.folder.resolve()
    os.chdir(folder)  # scrapy-webarchive writes its WARC file where it is started
    settings: dict[str, Any] = {**QUIET, "FOLDER": str(folder)}
    if given.way == "scrapy-warcio":
        settings["EXTENSIONS"] = {Warcio: 500}
    else:
        settings |= {**WEBARCHIVE, "SW_EXPORT_URI": WEBARCHIVE["SW_EXPORT_URI"].format(folder)}
    process = CrawlerProcess(settings)
    process.crawl(Listed)
    process.start()


if __name__ == "__main__":
    main()
