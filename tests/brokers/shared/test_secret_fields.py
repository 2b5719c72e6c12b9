"""What credentials are made of is checked as a whole, and never shown."""

from typing import Annotated

import pytest
from pydantic import Field, SecretStr, ValidationError

from floorbroker.brokers.credential_fields import credential_fields
from floorbroker.brokers.shared.secret_fields import Pasted, Secrets, a_token, fitting

TOKEN = "canary-of-16-ch."


class Opened(Secrets):
    key: Annotated[Pasted, fitting(r"[a-z\d]{4,8}", "a key has letters and digits")] = Field(
        title="Key"
    )
    token: Annotated[SecretStr, a_token(16, 20)]


def read(key: str = "abc123", token: str = TOKEN, **more: str) -> Opened:
    return Opened.model_validate({"key": key, "token": token, **more})


def test_the_space_that_pasting_leaves_is_taken_away() -> None:
    assert read(key=" abc123\r\n").key.get_secret_value() == "abc123"


@pytest.mark.parametrize("key", ["", "abc", "abc123456", "ABC123", "abc 123", "abc１２３"])
def test_a_key_fits_as_a_whole_or_not_at_all(key: str) -> None:
    with pytest.raises(ValidationError, match="a key has letters and digits"):
        read(key=key)


@pytest.mark.parametrize(
    "token", ["short", "a" * 21, f"{TOKEN}\n", f" {TOKEN}", "canary of sixteen"]
)
def test_a_token_is_taken_as_it_came(token: str) -> None:
    with pytest.raises(ValidationError, match="no spaces and at least 16 characters"):
        read(token=token)


@pytest.mark.parametrize(
    "wrong", [{"key": "canary!"}, {"token": "canary canary canary"}, {"canary_key": "canary-too"}]
)
def test_nothing_that_was_given_is_shown(wrong: dict[str, str]) -> None:
    shown = f"{read()!r} {read()}"
    with pytest.raises(ValidationError) as refused:
        read(**wrong)

    assert "canary" not in shown + str(refused.value).replace("canary_key", "")


def test_a_prompt_asks_for_them_as_for_any_secret() -> None:
    assert [(one.name, one.title, one.secret) for one in credential_fields(Opened)] == [
        ("key", "Key", True),
        ("token", "Token", True),
    ]
