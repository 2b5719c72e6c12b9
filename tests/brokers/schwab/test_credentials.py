"""What is taken for access to Schwab, and what is refused before it could be sent anywhere."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from floorbroker.brokers.loading import read_credentials
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.schwab.credentials import SchwabTokens
from floorbroker.domain.errors import InvalidInput

GIVEN = {
    "access_token": "I0.canary-access-token@",
    "refresh_token": "canary-refresh-token-0123456789@",
    "ends_at": "2026-03-11T17:00:00+00:00",
}


def test_the_two_tokens_and_their_end_are_taken() -> None:
    tokens = SchwabTokens.model_validate(GIVEN)

    assert tokens.ends == datetime(2026, 3, 11, 17, tzinfo=UTC)
    assert "canary" not in repr(tokens)


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_token": ""},
        {"access_token": "with a space in it"},
        {"access_token": "with\nan\nend\nof\na\nline"},
        {"access_token": "x" * 8193},
        {"refresh_token": "short"},
        {"refresh_token": "ümlautümlautümlaut"},
        {"ends_at": ""},
        {"ends_at": "2026-03-11"},
        {"ends_at": "2026-03-11T17:00:00"},
        {"ends_at": "tomorrow"},
        {"more": "than that"},
    ],
)
def test_what_could_not_be_sent_or_has_no_end_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        SchwabTokens.model_validate({**GIVEN, **wrong})

    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("missing", list(GIVEN))
def test_nothing_may_be_missing(missing: str) -> None:
    given = {name: value for name, value in GIVEN.items() if name != missing}

    with pytest.raises(InvalidInput):
        read_credentials(get_broker("schwab"), given)


def test_nobody_has_keys() -> None:
    with pytest.raises(InvalidInput):
        read_credentials(get_broker("schwab"), {})
