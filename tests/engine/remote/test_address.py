"""Pairing addresses: written, typed again by hand, and every typing error found."""

import os
import string
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import PairingError
from engine.remote.address import Address, parse_address

EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "40"))
HOSTS = st.sampled_from(["192.168.1.5", "cloud.example.org", "::1", "fe80::1", "localhost"])
SECRETS = st.binary(min_size=16, max_size=16)
ADDRESSES = st.builds(Address, HOSTS, st.integers(1, 65535), SECRETS, SECRETS)
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(address=ADDRESSES)
@settings(max_examples=EXAMPLES)
def test_an_address_is_read_as_it_was_written_or_typed(address: Address) -> None:
    text = address.text
    assert parse_address(text) == address
    assert parse_address(f" {text.lower()}\n") == address
    assert parse_address(text.upper()) == address
    assert parse_address(text.removeprefix("ciphersketch://").replace("-", " ")) == address
    assert parse_address(text.replace("-", "")).where == address.where


@given(address=ADDRESSES, data=st.data())
@settings(max_examples=EXAMPLES)
def test_a_wrong_letter_is_found_before_anything_is_sent(
    address: Address, data: st.DataObject
) -> None:
    start = len(address.text) - 2 * (28 + 6) - 1
    places = [i for i in range(start, len(address.text)) if address.text[i] in SYMBOLS]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([each for each in SYMBOLS if each != address.text[place]]))
    wrong = address.text[:place] + other + address.text[place + 1 :]
    with suppress(PairingError):
        assert parse_address(wrong) != address  # one in 4,096 passes the checksum


@given(text=st.text(max_size=80) | st.text(string.ascii_letters + string.digits + ":/-[]."))
@settings(max_examples=EXAMPLES)
def test_any_other_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(PairingError, match=r"\.$"):
        parse_address(text)


def test_the_token_is_not_shown_by_accident() -> None:
    address = Address("host", 1, bytes(16), b"\x5a" * 16)
    assert "5a" not in repr(address)
    assert "Z" not in repr(address)
    assert address.where == "host:1"


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_a_port_that_is_none_is_said(port: str) -> None:
    text = Address("host", 1, bytes(16), bytes(16)).text.replace(":1/", f":{port}/")
    with pytest.raises(PairingError, match=f"port {port}"):
        parse_address(text)
