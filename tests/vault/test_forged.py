"""Sealed texts that somebody changed: each of them is refused, wherever the change is."""

import base64
from typing import Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from floorbroker.vault.keyring import Keyring
from floorbroker.vault.seal import Unsealable, Vault

OLD: Final = bytes(range(32))
NEW: Final = bytes(range(32, 64))
VAULT: Final = Vault(Keyring("k1", {"k1": OLD, "k2": NEW}))
ANNA: Final = {"what": "credential", "user": "1", "link": "a", "environment": "paper"}

TAG_BYTES: Final = 16
BYTES: Final = {
    "salt": (2, slice(0, None)),
    "nonce": (3, slice(0, None)),
    "ciphertext": (4, slice(0, -TAG_BYTES)),
    "tag": (4, slice(-TAG_BYTES, None)),
}
"""Part of the sealed text, and the bytes in it that are meant."""

SECRETS: Final = st.text(min_size=1, max_size=60)
PLACES: Final = st.integers(0, 10_000)
MANY: Final = settings(max_examples=150, deadline=None)  # other work may share the machine


def refused(forged: str) -> bool:
    with pytest.raises(Unsealable):
        VAULT.open(forged, ANNA)
    return True


@pytest.mark.parametrize("meant", BYTES)
@given(secret=SECRETS, place=PLACES, mask=st.integers(1, 255))
@MANY
def test_a_changed_byte_is_refused(meant: str, secret: str, place: int, mask: int) -> None:
    part, bytes_meant = BYTES[meant]
    parts = VAULT.seal(secret, ANNA).split(".")
    raw = bytearray(base64.urlsafe_b64decode(parts[part]))
    places = range(len(raw))[bytes_meant]
    raw[places[place % len(places)]] ^= mask
    parts[part] = base64.urlsafe_b64encode(bytes(raw)).decode()

    assert refused(".".join(parts))


@pytest.mark.parametrize(("part", "was"), [(0, "1"), (1, "k1")], ids=["version", "key id"])
@given(secret=SECRETS, other=st.text(max_size=20) | st.sampled_from(["k2", "2", "01", "k1 ", "K1"]))
@MANY
def test_another_version_or_key_id_is_refused(part: int, was: str, secret: str, other: str) -> None:
    assume(other != was)
    parts = VAULT.seal(secret, ANNA).split(".")
    parts[part] = other

    assert refused(".".join(parts))


@given(secret=SECRETS, place=PLACES, other=st.characters())
@settings(max_examples=500, deadline=None)
def test_another_character_anywhere_is_refused(secret: str, place: int, other: str) -> None:
    """Also one that a lenient decoder passes over, or that changes spare bits only."""
    sealed = VAULT.seal(secret, ANNA)
    place %= len(sealed)
    assume(sealed[place] != other)

    assert refused(sealed[:place] + other + sealed[place + 1 :])


@given(secret=SECRETS, start=PLACES, length=st.integers(1, 10_000))
@MANY
def test_a_text_that_lacks_a_piece_is_refused(secret: str, start: int, length: int) -> None:
    sealed = VAULT.seal(secret, ANNA)
    start %= len(sealed)

    assert refused(sealed[:start] + sealed[start + length :])


@given(secret=SECRETS, place=PLACES, more=st.text(min_size=1, max_size=40))
@MANY
def test_a_text_with_something_more_in_it_is_refused(secret: str, place: int, more: str) -> None:
    sealed = VAULT.seal(secret, ANNA)
    place %= len(sealed) + 1

    assert refused(sealed[:place] + more + sealed[place:])


@given(
    secret=SECRETS,
    more=st.text("AQgw=\n .!", min_size=1, max_size=8),
    part=st.sampled_from([2, 3, 4]),
)
@MANY
def test_a_part_that_a_lenient_decoder_would_shorten_is_refused(
    secret: str, more: str, part: int
) -> None:
    parts = VAULT.seal(secret, ANNA).split(".")
    parts[part] += more

    assert refused(".".join(parts))


@given(secret=SECRETS, salt=st.binary(max_size=40), nonce=st.binary(max_size=40))
@MANY
def test_a_salt_or_nonce_of_another_length_is_refused(
    secret: str, salt: bytes, nonce: bytes
) -> None:
    version, key_id, _, _, ciphertext = VAULT.seal(secret, ANNA).split(".")
    made_up = [base64.urlsafe_b64encode(part).decode() for part in (salt, nonce)]

    assert refused(".".join([version, key_id, *made_up, ciphertext]))


@given(first=SECRETS, second=SECRETS, part=st.integers(1, 4))
@MANY
def test_parts_of_two_texts_of_the_same_record_do_not_mix(
    first: str, second: str, part: int
) -> None:
    mine = VAULT.seal(first, ANNA).split(".")
    other = Vault(Keyring("k2", {"k2": NEW})).seal(second, ANNA).split(".")
    mine[part] = other[part]

    assert refused(".".join(mine))


def test_a_vault_shows_no_key() -> None:
    shown = f"{VAULT!r} {VAULT} {VAULT.keyring!r} {VAULT.keyring}"

    for key in (OLD, NEW):
        for form in (repr(key), str(key), key.hex(), base64.b64encode(key).decode()):
            assert form not in shown
    assert "k1" in repr(VAULT.keyring)
