"""What people paste, and what may stand in a header."""

import pytest
from pydantic import ValidationError

from floorbroker.brokers.loading import read_credentials
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.webull.credentials import WebullCredentials, WebullTokens
from floorbroker.domain.errors import InvalidInput
from tests.brokers.webull.at_webull import KEY, SECRET

WEBULL = get_broker("webull")


def test_the_space_around_what_is_pasted_is_taken_away() -> None:
    read = WebullCredentials.model_validate(
        {"app_key": f" {KEY}\n", "app_secret": f"\t{SECRET} ", "app_token": "  "}
    )

    assert read.app_key.get_secret_value() == KEY
    assert read.app_secret.get_secret_value() == SECRET
    assert read.app_token is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"app_key": "short"},
        {"app_key": "with space in the middle of it"},
        {"app_key": f"{KEY}\r\nx-app-key: another"},
        {"app_key": "ключключключ"},
        {"app_secret": "short"},
        {"app_secret": "a line\nand another one"},
        {"app_token": "a b c d e f g h"},
        {"password": "hunter2"},
    ],
    ids=str,
)
def test_what_cannot_be_a_credential_is_refused_without_being_shown(wrong: dict[str, str]) -> None:
    given = {"app_key": KEY, "app_secret": SECRET, **wrong}

    with pytest.raises(ValidationError) as refused:
        WebullCredentials.model_validate(given)

    assert not any(value in str(refused.value) for value in wrong.values())


def test_neither_credential_shows_itself() -> None:
    key = WebullCredentials.model_validate(
        {"app_key": KEY, "app_secret": SECRET, "app_token": "t" * 32}
    )
    tokens = WebullTokens.model_validate({"access_token": "a" * 40, "refresh_token": "r" * 40})

    shown = f"{key!r} {key} {tokens!r} {tokens}"

    assert not any(secret in shown for secret in (KEY, SECRET, "t" * 32, "a" * 40, "r" * 40))


def test_tokens_and_keys_are_told_apart_by_their_fields() -> None:
    tokens = {"access_token": "a" * 40, "refresh_token": "r" * 40}

    assert isinstance(read_credentials(WEBULL, tokens), WebullTokens)
    assert isinstance(
        read_credentials(WEBULL, {"app_key": KEY, "app_secret": SECRET}), WebullCredentials
    )
    with pytest.raises(InvalidInput, match="refresh_token"):
        read_credentials(WEBULL, {"access_token": "a" * 40})
