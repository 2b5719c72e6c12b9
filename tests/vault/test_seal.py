"""What is sealed opens only as it was, where it belongs, and with its own key."""

import base64
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.vault.keyring import Keyring
from floorbroker.vault.seal import Unsealable, Vault

OLD: Final = bytes(range(32))
NEW: Final = bytes(range(32, 64))
VAULT: Final = Vault(Keyring("k1", {"k1": OLD}))
ANNA: Final = {"what": "credential", "user": "1", "account": "a", "environment": "paper"}
SECRET: Final = "sk-live-äöü-0123456789"  # a canary, no key of anybody


@given(st.text(), st.dictionaries(st.text(), st.text(), max_size=4))
def test_what_was_sealed_opens_again(secret: str, belongs_to: dict[str, str]) -> None:
    assert VAULT.open(VAULT.seal(secret, belongs_to), belongs_to) == secret


def test_the_order_of_the_facts_does_not_matter() -> None:
    sealed = VAULT.seal(SECRET, ANNA)

    assert VAULT.open(sealed, dict(reversed(ANNA.items()))) == SECRET


def test_nothing_of_the_secret_can_be_seen_and_no_two_seals_are_alike() -> None:
    seals = [VAULT.seal(SECRET, ANNA) for _ in range(100)]

    assert len({sealed.split(".")[2] for sealed in seals}) == 100
    assert len({sealed.split(".")[3] for sealed in seals}) == 100
    assert not [sealed for sealed in seals if "sk-live" in sealed]


@pytest.mark.parametrize("part", [2, 3, 4], ids=["salt", "nonce", "ciphertext"])
def test_every_flipped_byte_is_refused(part: int) -> None:
    parts = VAULT.seal(SECRET, ANNA).split(".")
    raw = base64.urlsafe_b64decode(parts[part])
    for place in range(len(raw)):
        for bit in (1, 0x80):
            forged = bytearray(raw)
            forged[place] ^= bit
            parts[part] = base64.urlsafe_b64encode(bytes(forged)).decode()
            with pytest.raises(Unsealable):
                VAULT.open(".".join(parts), ANNA)


def test_every_other_character_is_refused() -> None:
    """Base64 has spare bits at its end, which carry nothing; they must be as they were too."""
    sealed = VAULT.seal(SECRET, ANNA)
    for place in range(len(sealed)):
        for other in "A.=!é":
            forged = sealed[:place] + other + sealed[place + 1 :]
            if forged != sealed:
                with pytest.raises(Unsealable):
                    VAULT.open(forged, ANNA)


def test_every_cut_is_refused() -> None:
    sealed = VAULT.seal(SECRET, ANNA)

    for length in range(len(sealed)):
        with pytest.raises(Unsealable):
            VAULT.open(sealed[:length], ANNA)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {**ANNA, "user": "2"},
        {**ANNA, "account": "b"},
        {**ANNA, "environment": "live"},
        {**ANNA, "what": "token"},
        {**ANNA, "more": ""},
        {**ANNA, "user": "a", "account": "1"},
        {name: ANNA[name] for name in ANNA if name != "account"},
        {},
    ],
)
def test_a_seal_that_was_moved_does_not_open(elsewhere: dict[str, str]) -> None:
    with pytest.raises(Unsealable):
        VAULT.open(VAULT.seal(SECRET, ANNA), elsewhere)


def test_facts_cannot_be_shifted_from_one_to_the_next() -> None:
    sealed = VAULT.seal(SECRET, {"user": "12", "account": "3"})

    with pytest.raises(Unsealable):
        VAULT.open(sealed, {"user": "1", "account": "23"})


@pytest.mark.parametrize("part", [1, 2, 3, 4])
def test_parts_of_two_seals_of_the_same_record_do_not_mix(part: int) -> None:
    vault = Vault(Keyring("k2", {"k1": OLD, "k2": NEW}))
    mine, other = VAULT.seal(SECRET, ANNA).split("."), vault.seal(SECRET, ANNA).split(".")
    mine[part] = other[part]

    with pytest.raises(Unsealable):
        vault.open(".".join(mine), ANNA)


def test_an_old_record_opens_and_a_new_one_is_sealed_with_the_new_key() -> None:
    old = VAULT.seal(SECRET, ANNA)
    rotated = Vault(Keyring("k2", {"k2": NEW, "k1": OLD}))

    new = rotated.seal(SECRET, ANNA)

    assert rotated.open(old, ANNA) == SECRET
    assert new.split(".")[1] == "k2"
    assert Vault(Keyring("k2", {"k2": NEW})).open(new, ANNA) == SECRET


def test_without_its_key_a_record_stays_shut() -> None:
    with pytest.raises(Unsealable):
        Vault(Keyring("k2", {"k2": NEW})).open(VAULT.seal(SECRET, ANNA), ANNA)


def test_another_key_under_the_same_id_does_not_open() -> None:
    with pytest.raises(Unsealable):
        Vault(Keyring("k1", {"k1": NEW})).open(VAULT.seal(SECRET, ANNA), ANNA)


@pytest.mark.parametrize(
    "text",
    ["", ".", "....", "1", "1.k1", "1.k1...", "1.k1.a.b.c", "2.k1.AAAA.AAAA.AAAA",
     "1.nobody.AAAA.AAAA.AAAA", "1.k1.AAAA.AAAA.AAAA.AAAA", "é.k1.AAAA.AAAA.AAAA", "\x00"],
)  # fmt: skip
def test_what_was_never_sealed_does_not_open(text: str) -> None:
    with pytest.raises(Unsealable):
        VAULT.open(text, ANNA)


@given(st.text())
def test_no_text_at_all_does_more_than_not_open(text: str) -> None:
    with pytest.raises(Unsealable):
        VAULT.open(text, ANNA)


def test_what_cannot_be_opened_says_nothing_about_the_secret() -> None:
    with pytest.raises(Unsealable) as refused:
        VAULT.open(VAULT.seal(SECRET, ANNA), {})

    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_mark_is_the_same_for_whoever_has_the_newest_key() -> None:
    rotated = Vault(Keyring("k1", {"k1": OLD, "k2": NEW}))

    assert VAULT.mark("192.0.2.1") == rotated.mark("192.0.2.1")
    assert len({VAULT.mark(f"192.0.2.{number}") for number in range(256)}) == 256


def test_a_mark_cannot_be_made_without_the_newest_key() -> None:
    other = Vault(Keyring("k2", {"k1": OLD, "k2": NEW}))

    assert VAULT.mark("192.0.2.1") != other.mark("192.0.2.1")
