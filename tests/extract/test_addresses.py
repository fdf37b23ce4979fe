"""What an address alone tells of a lost document."""

import pytest

from extract.addresses import is_above, is_error_page, is_lost, is_search_for, names

CITED = "https://www.example.org/reports/2019/police-cameras-study.pdf"


@pytest.mark.parametrize("path", [
    "/404", "/404/", "/404.html", "/404.aspx", "/error/404", "/errors/404.php", "/en/404", "/en-GB/page-not-found",
    "/not-found", "/notfound.htm", "/pagenotfound", "/page_not_found.html", "/error404",
    "/_layouts/15/PageNotFoundError.aspx", "/oops.aspx?aspxerrorpath=/reports/x.pdf",
    "/sitecore/service/notfound.aspx?item=x",
])  # fmt: skip
def test_the_address_of_an_error_page_is_known(path: str) -> None:
    assert is_error_page(f"https://www.example.org{path}")


@pytest.mark.parametrize("path", [
    "/", "/rooms/404", "/docs/web/http/status/404", "/bills/404", "/news/404-not-found-the-art-of-error-pages", "/4040",
    "/errors", "/en/", "/lost-and-found", "/found/not", "/404/rooms", "/?p=404",
])  # fmt: skip
def test_an_address_of_its_own_is_none(path: str) -> None:
    assert not is_error_page(f"https://www.example.org{path}")


@pytest.mark.parametrize(("cited", "final"), [
    (CITED, "https://www.example.org/"),
    (CITED, "https://example.org"),
    (CITED, "http://www.example.org/"),
    (CITED, "https://www.example.org/en/"),
    (CITED, "https://www.example.org/home"),
    (CITED, "https://www.example.org/de-DE/index.html"),
    ("https://news.example.org/2019/x", "https://www.example.org/"),
    ("https://www.example.org/?p=123", "https://www.example.org/"),
    ("https://www.example.org/item?id=5", "https://www.example.org/"),
])  # fmt: skip
def test_a_front_page_is_not_the_document(cited: str, final: str) -> None:
    assert is_lost(cited, final)


@pytest.mark.parametrize(("cited", "final"), [
    ("https://www.example.org/", "https://example.org/"),
    ("https://www.example.org/index.html", "https://www.example.org/"),
    ("https://www.example.org/en/home", "https://www.example.org/"),
    ("https://www.example.org/en", "https://www.example.org/"),
    ("https://www.example.org/?utm_source=letter", "https://www.example.org/"),
    ("https://www.example.org/?lang=en", "https://www.example.org/"),
    ("https://sho.rt/abc", "https://www.example.org/"),
    ("https://www.example.org/reports", "https://www.example.org/en/reports"),
    (CITED, "https://www.example.org/media2/study.pdf"),
    (CITED, "http://[::1"),
    ("http://[::1", "https://www.example.org/"),
])  # fmt: skip
def test_a_front_page_that_was_meant_is_no_loss(cited: str, final: str) -> None:
    assert not is_lost(cited, final)


def test_a_folder_above_is_told_from_the_document_and_from_its_index() -> None:
    assert is_above(CITED, "https://example.org/reports/")
    assert is_above(CITED, "https://example.org/reports/2019")
    assert not is_above(CITED, "https://example.org/")
    assert not is_above(CITED, "https://example.org/report")
    assert not is_above("https://example.org/reports/index.html", "https://example.org/reports/")


@pytest.mark.parametrize("final", [
    "https://www.example.org/search?q=police+cameras+study", "https://example.org/?s=police%20cameras",
    "https://www.example.org/suche?query=cameras+study",
])  # fmt: skip
def test_a_search_for_the_words_of_the_address_is_a_guess_of_the_site(final: str) -> None:
    assert is_search_for(CITED, final)


@pytest.mark.parametrize(("cited", "final"), [
    (CITED, "https://www.example.org/search?q=annual+report"),
    (CITED, "https://www.example.org/search"),
    (CITED, "https://search.example.com/?q=police+cameras+study"),
    ("https://www.example.org/search/old?q=cameras", "https://www.example.org/search?q=cameras"),
    ("https://www.example.org/publications?topic=cameras", "https://www.example.org/search/all?topic=cameras"),
    (CITED, "https://www.example.org/media/study.pdf?s=police"),
])  # fmt: skip
def test_a_search_that_was_cited_is_none(cited: str, final: str) -> None:
    assert not is_search_for(cited, final)


def test_the_words_of_a_phrase_are_found_in_a_path_as_whole_words() -> None:
    assert names("https://example.org/articles/access-denied-how-borders-work", "access denied")
    assert names("https://example.org/status/404", "404")
    assert names("https://example.org/%D1%81%D1%82%D1%80%D0%B0%D0%BD%D0%B8%D1%86%D0%B0", "страница")
    assert not names("https://example.org/reports/2404", "404")
    assert not names("https://example.org/", "404")
    assert not names("http://[::1", "404")
