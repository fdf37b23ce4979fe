"""Scrapy's settings for `scrapy list` and `scrapy crawl NAME` and for every run, a reason on each line."""

from typing import Any

from crawler.contact import EXAMPLE

BOT_NAME = "sourcekeep"
SPIDER_MODULES: list[str] = []  # spiders are made of the publishers, by the loader
SPIDER_LOADER_CLASS = "crawler.spider.PublisherLoader"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"  # the wire engine is asyncio

# What `scrapy crawl` uses outside a run; `-s NAME=VALUE` sets them.
SOURCEKEEP_DATA = "data"  # the data folder whose `warc/` takes the records; its lock is held meanwhile
CONNECT_TO = ""  # GLOB=ORIGIN, several with blanks: who answers for which hosts
CONTACT = EXAMPLE  # where a site's owner finds out who is asking; the live web is not asked before it is your own
DELAY_S = 1.0  # least time between two requests to one host, seconds

# Doors that Scrapy opens by itself
TELNETCONSOLE_ENABLED = False  # runs Python for any local process
REMOTE_CONTROL_ENABLED = False  # likewise, and on by default since 2.19
COOKIES_ENABLED = False  # no state between captures; a first cookie makes tldextract ask the network
REFERER_ENABLED = False  # nothing to leak, and no Referrer-Policy import (CVE-2026-105782)
DOWNLOAD_HANDLERS = {
    "http": "crawler.handler.WireHandler",  # raw bytes, guarded addresses, robots, gate, archive
    "https": "crawler.handler.WireHandler",
    "file": None,  # a page must not make us read the disk
    "data": None,
    "ftp": None,
    "s3": None,
}

# What the fetcher and the frontier do instead, each hop with its own guard, robots check and record
ROBOTSTXT_OBEY = True  # obeyed in crawler/permission.py: Scrapy's own parses error pages and allows after errors
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
RETRY_ENABLED = False
HTTPCOMPRESSION_ENABLED = False  # bodies are decoded in the reading process: bombs, wrong labels
HTTPPROXY_ENABLED = False  # a proxy from the environment would pass by the address guard
HTTPCACHE_ENABLED = False  # the archive is the memory
DOWNLOADER_MIDDLEWARES: dict[str, Any] = dict.fromkeys(
    (
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware",
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware",
        "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware",
        "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware",
        "scrapy.downloadermiddlewares.retry.RetryMiddleware",
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware",
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware",
        "scrapy.downloadermiddlewares.stats.DownloaderStats",
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
    )
)
SPIDER_MIDDLEWARES: dict[str, Any] = dict.fromkeys(
    (
        "scrapy.spidermiddlewares.start.StartSpiderMiddleware",
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware",  # a 404 is an answer worth keeping
        "scrapy.spidermiddlewares.referer.RefererMiddleware",
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",  # `archive.url.normalise` holds the limit
        "scrapy.spidermiddlewares.depth.DepthMiddleware",
        "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware",
    )
)
EXTENSIONS: dict[str, Any] = dict.fromkeys(
    (
        "scrapy.extensions.corestats.CoreStats",
        "scrapy.extensions.logcount.LogCount",
        "scrapy.extensions.telnet.TelnetConsole",
        "scrapy.extensions.memusage.MemoryUsage",  # closes one spider of many, which frees nothing
        "scrapy.extensions.memdebug.MemoryDebugger",
        "scrapy.extensions.closespider.CloseSpider",
        "scrapy.extensions.feedexport.FeedExporter",
        "scrapy.extensions.logstats.LogStats",
        "scrapy.extensions.spiderstate.SpiderState",
        "scrapy.extensions.throttle.AutoThrottle",
        "scrapy.extensions.remote_control.RemoteControl",
    )
)

# Scheduling: the gate waits, Scrapy does not
SCHEDULER = "crawler.trim.InOrder"  # no fingerprints, no disk queues: the catalogue is the queue
CONCURRENT_REQUESTS = 0  # no limit of Scrapy's: a slow host must not hold the others; the gate counts connections
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # as the gate has it
DOWNLOAD_DELAY = 0  # the gate keeps the delay, over all spiders and runs
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_ITEMS = 1  # the default makes 100 tasks an answer: 5.99 → 4.12 CPU seconds for 3,000 pages

# Quiet and cheap
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"  # outcomes are counted, not responses
LOG_FORMATTER = "crawler.trim.Quiet"
LOG_LEVEL = "WARNING"  # Scrapy writes 100 traceback lines for one refused connection
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False  # inspects the source of each callback; ours are typed
