"""Addresses as links state them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extract.joining import _joined, joined

BASES = (
    "https://site.example",
    "https://site.example/a/b?c=d",
    "http://site.example:8080/a/",
    "https://[::1]/x",
    "x:y",
)


@given(st.sampled_from(BASES), st.text("/.ab%;:?=#@\\ \t&é-", max_size=12))
@example(BASES[1], "//other.example/x")
@example(BASES[1], "/a/../b")
@example(BASES[1], "/a?")
@example(BASES[1], "/a:b/c;d?e=f&g=/h")
def test_the_short_way_for_plain_paths_answers_as_the_long_one(base: str, address: str) -> None:
    bare = address.strip()
    assert joined(base, address) == (_joined(base, bare) if bare and not bare.startswith("#") else None)


@pytest.mark.parametrize(
    "address", ["mailto:a@b.example", "javascript:void(0)", "#top", "  ", "http://[", "/" + "a" * 2000]
)
def test_what_leads_nowhere_is_no_address(address: str) -> None:
    assert joined("https://site.example/", address) is None
