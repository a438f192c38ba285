"""Content codings, one rule of RFC 9110 (section 12.5.3) a row."""

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiesgraph.coding import CODINGS, IDENTITY, acceptable, encode, pick
from tiesgraph.errors import MisuseError, NotAcceptable

CASES: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "who does not ask gets none": ([], ("identity",)),
    "an empty header asks for none": ([""], ("identity",)),
    "gzip": (["gzip"], ("gzip", "identity")),
    "its old name": (["x-gzip"], ("gzip", "identity")),
    "brotli": (["br"], ("br", "identity")),
    "ours first among equals": (["gzip, deflate, br"], ("br", "gzip", "identity")),
    "the higher q wins": (["br;q=0.5, gzip;q=0.8"], ("gzip", "br", "identity")),
    "several headers are one list": (["br;q=0.5", "gzip"], ("gzip", "br", "identity")),
    "q=0 refuses": (["gzip;q=0, br"], ("br", "identity")),
    "a wildcard takes all": (["*"], ("br", "gzip", "identity")),
    "a wildcard without one": (["*, br;q=0"], ("gzip", "identity")),
    "unknown codings are passed over": (["zstd, gzip;q=0.1"], ("gzip", "identity")),
    "plain may be wanted more": (["identity, gzip;q=0.5"], ("identity", "gzip")),
    "plain may be wanted in between": (["br, identity;q=0.5, gzip;q=0.1"], ("br", "identity", "gzip")),
    "plain may be refused": (["gzip, identity;q=0"], ("gzip",)),
    "plain may be refused by a wildcard": (["gzip, *;q=0"], ("gzip",)),
    "plain named beside such a wildcard": (["identity, *;q=0"], ("identity",)),
    "everything refused": (["*;q=0"], ()),
    "only unknown ones": (["zstd, identity;q=0"], ()),
}


@pytest.mark.parametrize(("headers", "wanted"), CASES.values(), ids=CASES)
def test_codings_are_negotiated(headers: list[str], wanted: tuple[str, ...]) -> None:
    assert acceptable(tuple(headers)) == wanted


def test_a_small_body_stays_as_it_is_where_it_may() -> None:
    assert pick(("br", "identity"), size=10) == IDENTITY
    assert pick(("br", "identity"), size=100_000) == "br"
    assert pick(("gzip",), size=10) == "gzip"


def test_a_client_that_takes_nothing_is_refused() -> None:
    with pytest.raises(NotAcceptable):
        pick((), size=10)


def test_a_body_comes_back_from_each_coding_and_is_compressed_to_equal_bytes() -> None:
    body = "Käse ".encode() * 1_000
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, IDENTITY: bytes}
    for coding in (*CODINGS, IDENTITY):
        packed = encode(body, coding)
        assert unpack[coding](packed) == body
        assert encode(body, coding) == packed
    with pytest.raises(MisuseError):
        encode(body, "zstd")


@given(st.lists(st.text(alphabet="abdegintyrz*;,q=01. ", max_size=40), max_size=3))
def test_no_header_breaks_negotiation(headers: list[str]) -> None:
    assert set(acceptable(tuple(headers))) <= {*CODINGS, IDENTITY}
