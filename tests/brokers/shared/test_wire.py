"""Text becomes exact numbers and times or an error, and other people's words become one line.

A failure becomes what is made of it, and nothing else does.
"""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from floorbroker.brokers.shared.wire import (
    Amount,
    Failure,
    Moment,
    NoAccess,
    plain,
    raising,
    read_json,
    sentence,
)
from floorbroker.domain.errors import BrokerError, OutcomeUnknown, SessionExpired

amount = TypeAdapter(Amount).validate_python
moment = TypeAdapter(Moment).validate_python


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"a": ',
        b"NaN",
        b"[Infinity]",
        b'{"a": -Infinity}',
        b"\xff",
        b"[" * 100_000,
        b"1" * 5000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_json(body)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " 1",
        "1 ",
        "1_000",
        "１０",
        "+5",
        ".5",
        "5.",
        "0x10",
        "NaN",
        "Infinity",
        "1e400000000",
        "1e99",
        "1" * 60,
        Decimal("1e999"),
        Decimal("NaN"),
        1.5,
        True,
        None,
        [],
    ],
)
def test_what_is_no_amount_is_an_error(value: object) -> None:
    with pytest.raises(ValidationError):
        amount(value)


@given(st.decimals(min_value=-(10**20), max_value=10**20, places=18))
def test_an_amount_is_what_its_text_says(number: Decimal) -> None:
    text = plain(number)

    assert amount(text) == number
    assert amount(read_json(text.encode())) == number
    assert "e" not in text.lower()


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2026-03-04",
        "2026-03-04T17:00:00",
        "2026-13-04T17:00:00Z",
        "2026-03-04T25:00:00Z",
        "１０26-03-04T17:00:00Z",
        1772643600,
        None,
    ],
)
def test_what_is_no_moment_with_a_zone_is_an_error(value: object) -> None:
    with pytest.raises(ValidationError):
        moment(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04T17:00:00Z", datetime(2026, 3, 4, 17, tzinfo=UTC)),
        ("2026-03-04T12:00:00-05:00", datetime(2026, 3, 4, 17, tzinfo=UTC)),
        ("2026-03-04T17:00:00.1Z", datetime(2026, 3, 4, 17, 0, 0, 100_000, tzinfo=UTC)),
        ("2026-03-04T17:00:00.123456789Z", datetime(2026, 3, 4, 17, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_a_moment_is_in_utc_and_as_fine_as_ours(text: str, expected: datetime) -> None:
    told = moment(text)

    assert told == expected
    assert told.tzinfo is UTC


@given(st.text())
def test_other_peoples_words_become_one_line_that_can_be_shown(text: str) -> None:
    told = sentence(text)

    assert len(told) <= 200
    assert told == told.strip()
    assert not any(ord(character) < 32 or character == "\x7f" for character in told)
    assert not set(told) & set("\u202e\u200b\u2028\u2066")


def test_a_failure_becomes_what_is_made_of_it_and_stays_its_cause() -> None:
    failure, made = NoAccess(SessionExpired("Sign in again.")), OutcomeUnknown(broker="etrade")
    given: list[Failure] = []

    def make(error: Failure) -> BrokerError:
        given.append(error)
        return made

    with pytest.raises(OutcomeUnknown) as raised, raising(make):
        raise failure

    assert given == [failure]
    assert raised.value is made
    assert made.__cause__ is failure
    assert "Sign in" not in str(failure)


@pytest.mark.parametrize("error", [asyncio.CancelledError(), ValueError(), BrokerError()])
def test_what_is_no_failure_passes(error: BaseException) -> None:
    def make(_: Failure) -> BrokerError:
        raise AssertionError("nothing is to be made of it")

    with pytest.raises(type(error)) as raised, raising(make):
        raise error

    assert raised.value is error
