"""What a person pastes is taken as it is, and never told again."""

import pytest
from pydantic import ValidationError

from floorbroker.brokers.alpaca.credentials import AlpacaCredentials
from floorbroker.brokers.credential_fields import credential_fields
from floorbroker.brokers.loading import read_credentials
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import InvalidInput

KEY = "PKABCDEFGHIJKLMNOPQR"
SECRET = "abcDEF0123456789/abcDEF+0123456789abcDEF"


def given(**changes: str) -> dict[str, str]:
    return {"api_key": KEY, "api_secret": SECRET, **changes}


@pytest.mark.parametrize(
    "api_key",
    [
        "",
        "PK",
        "PK ABCDEFGHIJKLMNOPQ",
        "PKABCDEFGHIJKLMNOPQR\r\nX-Other: 1",
        "PKABCDEFGHIJKLMNOPQÄ",
        "PKABCDEFGHIJKLMNO\x00QR",
        "../orders",
        "P" * 129,
    ],
)
def test_what_cannot_be_a_key_id_is_refused(api_key: str) -> None:
    with pytest.raises(ValidationError):
        AlpacaCredentials.model_validate(given(api_key=api_key))


@pytest.mark.parametrize(
    "api_secret", ["", "short", "a b" * 10, "ä" * 40, "x" * 257, "x" * 40 + "\x7f"]
)
def test_what_cannot_be_a_secret_is_refused(api_secret: str) -> None:
    with pytest.raises(ValidationError):
        AlpacaCredentials.model_validate(given(api_secret=api_secret))


def test_another_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        AlpacaCredentials.model_validate(given(password="hunter2"))


@pytest.mark.parametrize(
    "given_so",
    [given(api_secret="no secret at all"), {"api_key": "!canary!"}, given(extra="canary")],
)
def test_no_error_repeats_what_was_given(given_so: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        AlpacaCredentials.model_validate(given_so)
    with pytest.raises(InvalidInput) as told:
        read_credentials(get_broker("alpaca"), given_so)

    for value in given_so.values():
        assert value not in str(refused.value)
        assert value not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__context__ is None


@pytest.mark.parametrize("around", [" {} ", "\n{}\r\n", "\t{}"])
def test_the_space_around_a_pasted_value_does_not_matter(around: str) -> None:
    pasted = given(api_key=around.format(KEY), api_secret=around.format(SECRET))

    credentials = AlpacaCredentials.model_validate(pasted)

    assert credentials.api_key.get_secret_value() == KEY
    assert credentials.api_secret.get_secret_value() == SECRET


@pytest.mark.parametrize("api_key", [KEY, "AKABCDEFGHIJKLMNOPQR", "CKABCDEFGHIJKLMNOPQRSTUVWX"])
def test_paper_live_and_newer_keys_are_taken(api_key: str) -> None:
    credentials = AlpacaCredentials.model_validate(given(api_key=api_key))

    assert credentials.api_key.get_secret_value() == api_key


def test_neither_shows_when_it_is_printed() -> None:
    credentials = AlpacaCredentials.model_validate(given())

    assert KEY not in repr(credentials)
    assert SECRET not in f"{credentials}"


def test_the_form_has_words_for_people() -> None:
    fields = credential_fields(AlpacaCredentials)

    assert [(field.name, field.title, field.secret) for field in fields] == [
        ("api_key", "API key ID", True),
        ("api_secret", "Secret key", True),
    ]
    assert all(field.description and field.required for field in fields)
