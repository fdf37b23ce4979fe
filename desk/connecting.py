"""Settings to the options of a crawl."""

from archive.errors import UsageError
from crawler.chromium import lacking
from crawler.connect_to import ConnectTo, parse
from crawler.contact import is_own
from crawler.guard import Guard
from crawler.limits import Limits
from crawler.renderer import KeepResource, Showing
from crawler.run import CrawlOptions
from desk.config import Config
from desk.place import user_agent


def crawl_options(config: Config, keep_resource: KeepResource | None = None) -> CrawlOptions:
    """How a crawl with these settings behaves; UsageError for a rule of connect_to that is none.

    With `keep_resource` the pages of `crawl.browser_hosts` are shown in a browser, and what they become is kept.
    """
    crawl = config.crawl
    rules = tuple(parse(f"{pattern}={origin}") for pattern, origin in config.connect_to.items())
    return CrawlOptions(
        user_agent=user_agent(config),
        limits=Limits(total_s=crawl.total_s, idle_s=crawl.idle_s, body_bytes=crawl.max_body_mib << 20),
        delay_s=crawl.delay_s,
        max_wait_s=crawl.max_wait_s,
        connect_to=ConnectTo(rules),
        guard=Guard(high_ports=crawl.high_ports, named=is_own(crawl.contact)),
        data=config.data,
        showing=Showing(crawl.browser_hosts, keep_resource) if crawl.browser_hosts and keep_resource else None,
    )


def raise_if_no_browser(config: Config) -> None:
    """UsageError when pages are to be shown in a browser and cannot be: found out now, not page by page."""
    if not config.crawl.browser_hosts:
        return
    missing = lacking()
    if missing is not None:
        what, fix = missing
        raise UsageError(
            f"crawl.browser_hosts names hosts whose pages are shown in a browser, but {what}",
            advice=f"{fix}; or name no such hosts.",
        )
