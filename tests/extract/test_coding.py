"""Content codings: undone whole, in part when cut, never beyond their bound."""

import gzip
import random
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.coding import decode

DATA = random.Random(1).randbytes(200_000)
CODED = {
    "gzip": gzip.compress(DATA),
    "x-gzip": gzip.compress(DATA[:100]) + gzip.compress(DATA[100:]) + b"\0\0",
    "deflate": zlib.compress(DATA),
    "br": brotli.compress(DATA, quality=5),
    "zstd": zstandard.compress(DATA[:5000]) + zstandard.compress(DATA[5000:]),
    "gzip, br": brotli.compress(gzip.compress(DATA), quality=3),
    "GZIP , identity": gzip.compress(DATA),
}


@pytest.mark.parametrize("coding", CODED)
def test_each_coding_is_undone(coding: str) -> None:
    decoded = decode(CODED[coding], coding)
    assert (decoded.content == DATA, decoded.whole, decoded.reason) == (True, True, "")


def test_bare_deflate_is_taken_too() -> None:
    assert decode(zlib.compress(DATA)[2:-4], "deflate").content == DATA


def test_no_coding_changes_nothing() -> None:
    for coding in (None, "", "identity"):
        assert decode(DATA, coding).content is DATA


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_what_is_cut_short_is_kept_and_told(coding: str) -> None:
    decoded = decode(CODED[coding][:150_000], coding)
    assert DATA.startswith(decoded.content)
    assert len(decoded.content) > 100_000
    assert (decoded.whole, decoded.reason) == (False, "the compressed data ends early")


def test_what_is_damaged_is_kept_up_to_there() -> None:
    text = b"".join(b"line %d of a page\n" % number for number in range(200_000))
    coded = bytearray(gzip.compress(text))
    coded[len(coded) // 2] ^= 0xFF
    decoded = decode(bytes(coded), "gzip")
    assert not decoded.whole
    assert decoded.content[:10_000] == text[:10_000]
    assert decoded.reason


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_plain_bytes_under_a_lying_label_stay_as_they_are(coding: str) -> None:
    page = b"<!doctype html><p>Plain words, not compressed at all.</p>"
    assert decode(page, coding) == type(decode(page, coding))(page, False, f"declared as {coding}, but is not")


def test_unknown_and_endless_codings_are_undecodable() -> None:
    assert decode(DATA, "sdch").reason == "undecodable: unknown coding 'sdch'"
    assert decode(DATA, ",".join(["gzip"] * 200)).reason == "undecodable: 200 codings upon each other"


def test_bombs_end_at_their_bound() -> None:
    zeros = bytes(64 << 20)
    for coding, bomb in {
        "gzip": gzip.compress(zeros, 9),
        "br": brotli.compress(zeros, quality=3),
        "zstd": zstandard.compress(zeros),
        "gzip, gzip": gzip.compress(gzip.compress(zeros, 9), 9),
    }.items():
        decoded = decode(bomb, coding)
        assert (decoded.content, decoded.whole) == (b"", False)
        assert decoded.reason.startswith("decoded size: more than")
    assert decode(gzip.compress(DATA), "gzip", cap=1000).reason.startswith("decoded size: more than 1,000 bytes")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "br, gzip", "compress"]))
def test_any_bytes_under_any_label_raise_nothing(content: bytes, coding: str) -> None:
    decode(content, coding)
