"""What is taken for a credential of E*TRADE's, and what is not."""

from typing import Any

import pytest

from floorbroker.brokers.etrade.credentials import EtradeTokens
from floorbroker.brokers.loading import read_credentials
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import InvalidInput

GOOD = {
    "access_token": "/iQI2xCVkfQKuGNKg5Xz8iOyAQk+=",
    "access_token_secret": "canary-5b8027074d8ab434882c08+=",
    "granted_at": "2026-03-04T17:00:00+00:00",
    "renewed_at": "2026-03-04T17:00:00+00:00",
}


def test_what_signing_in_gives_is_read_and_shown_to_nobody() -> None:
    read = read_credentials(get_broker("etrade"), GOOD)

    assert isinstance(read, EtradeTokens)
    assert "canary" not in repr(read)
    assert "canary" not in str(read.model_dump())


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_token": ""},
        {"access_token": "with a space in it"},
        {"access_token_secret": "short"},
        {"granted_at": "2026-03-04T17:00:00"},
        {"renewed_at": "yesterday"},
        {"more": "x"},
    ],
)
def test_what_is_not_whole_is_refused_without_its_values(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_credentials(get_broker("etrade"), {**GOOD, **wrong})

    assert "canary" not in f"{refusal.value!r}{refusal.value.__context__!r}"


def test_nobody_types_a_token() -> None:
    without = {name: value for name, value in GOOD.items() if name != "access_token"}

    assert not get_broker("etrade").takes_keys
    with pytest.raises(InvalidInput, match="access_token"):
        read_credentials(get_broker("etrade"), without)
