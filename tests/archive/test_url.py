"""URLs: what is refused, what is the same, what the index calls it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from surt import surt as internet_archive_surt

from archive.errors import RefusedUrl
from archive.url import host_key, normalise, same_key, surt, unwrap


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("HTTP://WWW.Example.COM:80/A b#part", "http://www.example.com/A%20b"),
        ("  https://example.org:443  \n", "https://example.org/"),
        ("https://münchen.example/straße?q=ü", "https://xn--mnchen-3ya.example/stra%C3%9Fe?q=%C3%BC"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[::FFFF]:8080/", "http://[::ffff]:8080/"),
        ("https://a.example/x?utm_source=1&b=2", "https://a.example/x?utm_source=1&b=2"),
    ],
)
def test_a_url_is_read_as_a_browser_reads_it(text: str, meant: str) -> None:
    assert normalise(text) == meant
    assert normalise(meant) == meant


@pytest.mark.parametrize(
    ("link", "meant"),
    [
        ("../doc.pdf", "https://a.example/x/doc.pdf"),
        ("//b.example/y", "https://b.example/y"),
        ("?page=2", "https://a.example/x/y/z?page=2"),
        ("", None),
        ("http://[::1", None),
        ("javascript:alert(1)", None),
    ],
)
def test_a_link_is_read_against_its_page(link: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(RefusedUrl):
            normalise(link, "https://a.example/x/y/z")
    else:
        assert normalise(link, "https://a.example/x/y/z") == meant


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("www.example.com/x", "no scheme"),
        ("mailto:a@b.example", "mailto"),
        ("javascript:alert(1)", "javascript"),
        ("file:///etc/passwd", "file"),
        ("http://user@example.com/", "user name"),
        ("http://user:secret@example.com/", "user name"),
        ("http://@example.com/", "user name"),
        ("http://good.example\\@evil.example/", "backslash"),
        ("http:\\\\evil.example\\x", "backslash"),
        ("http://exa\tmple.com/", "control"),
        ("http://exa mple.com/", "blank"),
        ("http://example.com:99999/", "host or port"),
        ("http://example.com:0/", "host and port"),
        ("http://[::1", "host or port"),
        ("http:///", "host or port"),
        ("http://a\ud800.example/", "host or port"),
        ("http://example.com/" + "a" * 2000, "longer"),
    ],
)
def test_what_is_never_asked_for_is_refused_in_a_sentence(text: str, because: str) -> None:
    with pytest.raises(RefusedUrl, match=because):
        normalise(text)


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://h.example/", "HTTP:"]))
def test_any_text_is_a_url_or_refused(text: str, start: str) -> None:
    href, refusal = None, ""
    try:
        href = normalise(start + text)
    except RefusedUrl as refused:
        refusal = str(refused)
    assert refusal.isprintable()
    if href is not None:
        assert href.isascii()
        assert href.startswith(("http://", "https://"))
        assert normalise(href) == href


@pytest.mark.parametrize(
    ("wrapped", "cited"),
    [
        (
            "https://www.google.com/url?q=https%3A%2F%2Fa.example%2Fx%3Fy%3D1&sa=D&sntz=1&usg=z",
            "https://a.example/x?y=1",
        ),
        ("https://cdn.ampproject.org/c/s/www.bbc.example/news/1", "https://www.bbc.example/news/1"),
        ("https://a-example.cdn.ampproject.org/c/a.example/n?x=1", "http://a.example/n?x=1"),
        ("https://www.google.co.uk/amp/s/a.example/n", "https://a.example/n"),
        (
            "http://www.google.com/url?q=https://www.google.com/url?q%3Dhttps://a.example/",
            "https://a.example/",
        ),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        ("https://www.google.com/search?q=x", "https://www.google.com/search?q=x"),
        ("https://A.example/Path?utm_source=x#f", "https://A.example/Path?utm_source=x#f"),
        ("http://[bad", "http://[bad"),
    ],
)
def test_a_wrapper_gives_the_cited_url(wrapped: str, cited: str) -> None:
    assert unwrap(wrapped) == cited


def test_scheme_www_and_tracking_do_not_make_another_page() -> None:
    one = same_key("http://www.example.com/Report.PDF?utm_source=a&id=3&fbclid=x")
    assert one == same_key("https://example.com/Report.PDF?id=3")
    assert one != same_key("https://example.com/report.pdf?id=3")
    assert one != same_key("https://example.com/Report.PDF?id=4")
    assert same_key("http://example.com") == same_key("https://www.example.com/")


def test_politeness_counts_hosts_and_unusual_ports() -> None:
    assert host_key("https://WWW.Example.com:443/x") == "example.com"
    assert host_key("http://example.com:8080/") == "example.com:8080"
    assert host_key("http://[::1]:8123/") == "[::1]:8123"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.com/",
        "https://www2.Example.com/A/B/",
        "http://example.com:8080/?",
        "https://example.com:443/x//y/./z/../w?b=2&a=1&a",
        "http://example.com/x?PHPSESSID=0123456789abcdef0123456789abcdef&z=1",
        "http://example.com/x?a=1&sid=0123456789abcdef0123456789abcdef",
        "http://example.com/(S(4hqa0555fwsecu455xqckv45))/mileg.aspx",
        "http://192.0.2.7/a%20b%2520c?q=%26x%3D",
        "https://example.com/caf%C3%A9?%C3%A9=%E2%82%AC",
        "https://example.com/a?x",
        "https://example.com/a?x=1&",
    ],
)
def test_the_index_key_is_that_of_the_surt_library(url: str) -> None:
    assert surt(url) == internet_archive_surt(url)


_URLS = st.builds(
    "{}://{}{}/{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["example.com", "www.a.example", "www12.b.example", "192.0.2.1"]),
    st.sampled_from(["", ":80", ":443", ":8081"]),
    st.text("aB/.%2;=~é", max_size=12),
    st.one_of(st.just(""), st.text("aB&=%2+;:/", max_size=12).map("?{}".format)),
)


@given(_URLS)
def test_every_normalised_url_has_the_key_of_the_surt_library(url: str) -> None:
    href = normalise(url)
    assert surt(href) == internet_archive_surt(href)
