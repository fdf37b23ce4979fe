"""Settings to the options of a crawl."""

from crawler.connect_to import ConnectTo, parse
from crawler.contact import is_own
from crawler.guard import Guard
from crawler.limits import Limits
from crawler.run import CrawlOptions
from desk.config import Config
from desk.place import user_agent


def crawl_options(config: Config) -> CrawlOptions:
    """How a crawl with these settings behaves; UsageError for a rule of connect_to that is none."""
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
    )
