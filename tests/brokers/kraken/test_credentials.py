"""What a person pastes is taken as it is, and never told again."""

import base64

import pytest
from pydantic import ValidationError

from floorbroker.brokers.credential_fields import credential_fields
from floorbroker.brokers.kraken.credentials import KrakenCredentials
from floorbroker.brokers.loading import read_credentials
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import InvalidInput

KEY = "aBcD/0123456789+aBcD0123456789aBcD0123456789aBcD01234567"
SECRET = base64.b64encode(bytes(range(64))).decode()


def given(**changes: str) -> dict[str, str]:
    return {"api_key": KEY, "private_key": SECRET, **changes}


@pytest.mark.parametrize(
    "api_key", ["", "short", f"{KEY} x", f"{KEY}\r\nX: 1", "ä" * 40, "k" * 129]
)
def test_what_cannot_be_a_key_is_refused(api_key: str) -> None:
    with pytest.raises(ValidationError):
        KrakenCredentials.model_validate(given(api_key=api_key))


@pytest.mark.parametrize(
    "private_key",
    ["", "c2hvcnQ=", SECRET[:-1], f"{SECRET[:40]} {SECRET[40:]}", "ä" * 88, "A" * 516],
)
def test_what_the_signature_could_not_decode_is_refused(private_key: str) -> None:
    with pytest.raises(ValidationError):
        KrakenCredentials.model_validate(given(private_key=private_key))


@pytest.mark.parametrize(
    "given_so", [given(private_key="no base64 at all"), {"api_key": "!canary!"}, given(x="canary")]
)
def test_no_error_repeats_what_was_given(given_so: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        KrakenCredentials.model_validate(given_so)
    with pytest.raises(InvalidInput) as told:
        read_credentials(get_broker("kraken"), given_so)

    for value in given_so.values():
        assert value not in str(refused.value)
        assert value not in str(told.value)
    assert told.value.__context__ is None


@pytest.mark.parametrize("around", [" {} ", "\n{}\r\n", "\t{}"])
def test_the_space_around_a_pasted_value_does_not_matter(around: str) -> None:
    pasted = given(api_key=around.format(KEY), private_key=around.format(SECRET))

    credentials = KrakenCredentials.model_validate(pasted)

    assert credentials.api_key.get_secret_value() == KEY
    assert credentials.private_key.get_secret_value() == SECRET


def test_neither_shows_when_it_is_printed() -> None:
    credentials = KrakenCredentials.model_validate(given())

    assert KEY not in repr(credentials)
    assert SECRET not in f"{credentials}"


def test_the_form_has_words_for_people() -> None:
    fields = credential_fields(KrakenCredentials)

    assert [(field.name, field.title, field.secret) for field in fields] == [
        ("api_key", "API key", True),
        ("private_key", "Private key", True),
    ]
    assert all(field.description and field.required for field in fields)
