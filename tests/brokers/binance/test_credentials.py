"""What a pair of keys looks like, and that it is never shown."""

from typing import Any

import pytest
from pydantic import ValidationError

from floorbroker.brokers.binance.credentials import BinanceCredentials
from floorbroker.brokers.credential_fields import credential_fields
from floorbroker.brokers.loading import read_credentials
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import InvalidInput
from tests.brokers.binance.at_binance import KEY, SECRET


def given(**changes: Any) -> dict[str, Any]:
    """A pair that fits, with what a test changes."""
    return {"api_key": KEY, "api_secret": SECRET, **changes}


def test_a_pair_fits_also_with_the_space_that_pasting_leaves() -> None:
    read = BinanceCredentials.model_validate(given(api_key=f" {KEY}\n"))

    assert read.api_key.get_secret_value() == KEY


@pytest.mark.parametrize(
    "wrong",
    [
        given(api_key=""),
        given(api_secret=""),
        given(api_key="short"),
        given(api_key=f"{KEY}&x=1"),
        given(api_key=f"{KEY[:-1]}\x00"),
        given(api_secret="-----BEGIN PRIVATE KEY-----"),
        given(api_key="１" * 64),
        given(api_key="a" * 129),
        given(extra="canary"),
        {"api_key": KEY},
    ],
)
def test_what_does_not_fit_is_refused_without_a_value_in_the_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_credentials(get_broker("binance"), wrong)
    with pytest.raises(ValidationError) as invalid:
        BinanceCredentials.model_validate(wrong)

    shown = f"{refused.value!r} {invalid.value}"
    assert not any(secret in shown for secret in (KEY, SECRET, "canary\n"))


def test_both_are_secret_and_not_shown() -> None:
    fields = credential_fields(BinanceCredentials)
    read = BinanceCredentials.model_validate(given())

    assert [(one.name, one.secret, one.required) for one in fields] == [
        ("api_key", True, True),
        ("api_secret", True, True),
    ]
    assert not any(secret in f"{read!r} {read}" for secret in (KEY, SECRET))
