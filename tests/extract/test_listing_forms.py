"""Listings in other forms than a list of links: cards, statements for machines, feeds, site maps."""

import pytest

from crawler.publisher import UNCLAIMED, read_landing, read_listing
from extract import feed

URL = "https://news.site.example/latest"
WORK = "https://news.site.example/news/statement-on-tests-of-cameras-464791"
TITLE = "Statement on tests of cameras"


def read(body: str, url: str = URL) -> list[tuple[str, str, int | None]]:
    found = read_listing(body.encode(), publisher=UNCLAIMED, url=url)
    return [(link["url"], link["text"], link["year"]) for link in found]


def test_a_card_that_is_one_link_is_called_by_its_heading() -> None:
    card = f"<a href='{WORK}'><img src='a.jpg'><h3>{TITLE}</h3><p>Many words on what was done.</p>5 Apr 2023</a>"
    other = "<a href='/news/o-5'><h3>Other news of the day</h3><span>6 Apr 2023</span></a>"
    assert read(f"<div>{card}{other}</div>")[0] == (WORK, TITLE, 2023)


def test_works_stated_for_machines_are_listed() -> None:
    stated = (
        f'{{"@type": "ItemList", "itemListElement": [{{"@type": "NewsArticle", "headline": "{TITLE}",'
        f' "datePublished": "2023-04-05", "url": "{WORK}"}}, {{"name": "Itself", "url": "{URL}"}}, 7, null]}}'
    )
    assert read(f"<script type='application/ld+json'>{stated}</script><div id='app'></div>") == [(WORK, TITLE, 2023)]


@pytest.mark.parametrize(
    "broken", ["{", "[" * 100_000, '"text"', '{"url": 7, "name": 8}', '{"url": "http://[", "name": "a b"}']
)
def test_broken_statements_for_machines_list_nothing(broken: str) -> None:
    assert read(f"<script type='application/ld+json'>{broken}</script>") == []


@pytest.mark.parametrize(
    "body",
    [
        f"<?xml version='1.0'?><rss version='2.0'><channel><link>https://news.site.example/</link><item><title><![CDATA[{TITLE}]]>"
        f"</title><link>{WORK}</link><pubDate>Wed, 05 Apr 2023 10:00:00 GMT</pubDate></item></channel></rss>",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>{TITLE}</title><link rel='self' href='/api/1'/>"
        f"<link href='{WORK}'/><updated>2023-04-05T10:00:00Z</updated></entry></feed>",
        f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{WORK}</loc><lastmod>2023-04-05</lastmod>"
        "</url></urlset>",
    ],
    ids=["rss", "atom", "site map"],
)
def test_feeds_and_site_maps_are_listings(body: str) -> None:
    ((url, title, year),) = read(body)
    assert (url, title.capitalize(), year) == (WORK, TITLE, 2023)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>about <rss> feeds</body></html>",
        b"<rss><item><link>javascript:1</link></item></rss>",
        b"<rss <",
    ],
)
def test_what_is_no_feed_has_no_works(body: bytes) -> None:
    assert feed.works(body, URL) == []


@pytest.mark.parametrize(
    "body",
    [
        "<main><p>Words</p></main><aside><h2>Downloads</h2><a href='/files/final.pdf'>Download the report</a></aside>",
        "<iframe src='/files/final.pdf'></iframe>",
        "<p>Words, and <a href='/files/final.pdf'>all that was found</a>.</p>",
    ],
    ids=["side note", "frame", "prose"],
)
def test_a_known_publishers_page_in_a_new_layout_still_leads_to_its_document(body: str) -> None:
    found = read_landing(
        f"<h1>An audit</h1>{body}".encode(), publisher="minderoo", url="https://www.mctd.ac.uk/an-audit/"
    )
    assert [link["url"] for link in found] == ["https://www.mctd.ac.uk/files/final.pdf"]
