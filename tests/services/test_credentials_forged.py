"""A credential opens for its own link only, and only as it was sealed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorbroker.domain.errors import AuthenticationFailed
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.credentials import Credentials
from floorbroker.vault.keyring import Keyring, new_key, parse_keyring
from floorbroker.vault.seal import Vault
from tests.fakes.clock import NOON
from tests.observability.captured import captured_stderr

CANARY: Final = "canary-5b1f0c9d7e"
KEYRING: Final = Keyring("k1", {"k1": bytes(range(32)), "k2": bytes(range(32, 64))})
CREDENTIALS: Final = Credentials(Vault(KEYRING))
GIVEN: Final = {"api_key": "AK-1", "api_secret": CANARY}
MANY: Final = settings(max_examples=150, deadline=None)  # other work may share the machine

NAMES: Final = st.text("abcdefghij0123456789-", min_size=1, max_size=18)
ENVIRONMENTS: Final = st.sampled_from(Environment)


@st.composite
def links(draw: st.DrawFn) -> Link:
    return Link(
        link_id=draw(NAMES),  # type: ignore[arg-type]  # ids are texts
        user_id=draw(NAMES),  # type: ignore[arg-type]
        broker=draw(NAMES),  # type: ignore[arg-type]
        environment=draw(ENVIRONMENTS),
        label="mine",
        created_at=NOON,
    )


def refused(link: Link) -> bool:
    with captured_stderr() as log, pytest.raises(AuthenticationFailed) as error:
        CREDENTIALS.opened(link)
    told = f"{error.value} {error.value.detail} {log.getvalue()}"
    return CANARY not in told and error.value.__cause__ is None


def another(link: Link, field: str, name: str) -> Link:
    """A link that differs in one fact."""
    if field == "environment":
        other: Any = next(one for one in Environment if one is not link.environment)
    else:
        other = getattr(link, field) + name
    return replace(link, **{field: other})


@given(link=links())
@MANY
def test_a_credential_opens_for_its_own_link(link: Link) -> None:
    sealed = CREDENTIALS.sealed(link, GIVEN)

    assert CREDENTIALS.opened(sealed) == GIVEN
    assert sealed.sealed_by == "k1"
    assert CANARY not in repr(sealed)


@pytest.mark.parametrize("field", ["user_id", "link_id", "broker", "environment"])
@given(link=links(), name=NAMES)
@MANY
def test_credentials_swapped_between_two_links_are_refused_at_both(
    field: str, link: Link, name: str
) -> None:
    mine = CREDENTIALS.sealed(link, GIVEN)
    theirs = CREDENTIALS.sealed(another(link, field, name), GIVEN)

    assert refused(replace(mine, sealed=theirs.sealed))
    assert refused(replace(theirs, sealed=mine.sealed))
    assert CREDENTIALS.opened(mine) == CREDENTIALS.opened(theirs) == GIVEN


@given(link=links())
@MANY
def test_facts_shifted_from_one_field_to_the_next_are_refused(link: Link) -> None:
    joined = f"{link.user_id}{link.link_id}"
    shifted = replace(
        link,
        user_id=joined[:-1] if len(link.link_id) > 1 else joined,  # type: ignore[arg-type]
        link_id=joined[-1] if len(link.link_id) > 1 else "",  # type: ignore[arg-type]
    )

    assert refused(replace(shifted, sealed=CREDENTIALS.sealed(link, GIVEN).sealed))


CHANGES: Final[dict[str, Callable[[str, int], str]]] = {
    "a character": lambda text, n: f"{text[: n % len(text)]}~{text[n % len(text) + 1 :]}",
    "cut short": lambda text, n: text[: n % len(text) or 1],
    "its beginning gone": lambda text, n: text[n % (len(text) - 1) + 1 :],
    "something behind": lambda text, n: text + "A=.!\n"[n % 5] * (1 + n % 3),
    "something in front": lambda text, n: "1. \n"[n % 4] + text,
    "twice": lambda text, n: text + text[: n % len(text) + 1],
}


@pytest.mark.parametrize("change", CHANGES)
@given(link=links(), number=st.integers(0, 10_000))
@MANY
def test_a_changed_credential_is_refused(change: str, link: Link, number: int) -> None:
    sealed = CREDENTIALS.sealed(link, GIVEN)

    assert refused(replace(sealed, sealed=CHANGES[change](sealed.sealed, number)))


@given(link=links())
@MANY
def test_a_credential_that_was_emptied_is_not_taken_for_none_needed(link: Link) -> None:
    assert refused(replace(CREDENTIALS.sealed(link, GIVEN), sealed=""))


@given(link=links(), text=st.text())
@MANY
def test_any_text_in_a_credentials_place_is_refused(link: Link, text: str) -> None:
    assert refused(replace(link, sealed=text, sealed_by="k1"))


@given(link=links())
@MANY
def test_a_credential_of_a_key_that_is_gone_or_was_replaced_is_refused(link: Link) -> None:
    gone = Credentials(Vault(parse_keyring(new_key("k0")))).sealed(link, GIVEN)
    replaced = Credentials(Vault(parse_keyring(new_key("k1")))).sealed(link, GIVEN)

    assert refused(gone)
    assert refused(replaced)


def test_a_link_that_needs_nothing_opens_with_nothing() -> None:
    paper = Link(
        link_id="l",  # type: ignore[arg-type]  # ids are texts
        user_id="u",  # type: ignore[arg-type]
        broker="paper",  # type: ignore[arg-type]
        environment=Environment.PAPER,
        label="Paper",
        created_at=NOON,
    )

    assert CREDENTIALS.opened(paper) == {}


@given(link=links())
@MANY
def test_what_is_sealed_anew_opens_the_same_and_says_by_which_key(link: Link) -> None:
    before = CREDENTIALS.sealed(link, GIVEN)
    rotated = Credentials(Vault(Keyring("k2", KEYRING.keys)))

    after = rotated.resealed(before)

    assert after == replace(before, sealed=after.sealed, sealed_by="k2")
    assert Credentials(Vault(Keyring("k2", {"k2": KEYRING.keys["k2"]}))).opened(after) == GIVEN
