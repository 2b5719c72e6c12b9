"""TWS's codes: which refuse, which warn, which say nothing, and what a read makes of them."""

import pytest

from floorbroker.brokers.ibkr.errors import (
    Refusal,
    before_sending,
    for_read,
    is_read_only,
    is_refusal,
    plain_words,
    reading,
    rejected,
)
from floorbroker.brokers.shared.wire import Unreadable
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    MarketClosed,
    NotSent,
    NotSupported,
    OrderRejected,
    RateLimited,
    SymbolNotFound,
)

READ_ONLY = (
    "Error validating request.-'bK' : cause - The API interface is currently in Read-Only mode."
)


@pytest.mark.parametrize(
    "code", [103, 104, 105, 109, 110, 111, 200, 201, 203, 321, 403, 435, 10_243, 10_289]
)
def test_errors_of_orders_refuse(code: int) -> None:
    assert is_refusal(code)


@pytest.mark.parametrize(
    "code",
    [
        131,
        202,
        399,
        404,
        434,
        10_349,
        2100,
        2109,
        2137,
        2158,
        10_147,
        10_148,
        10_167,
        354,
        161,
        165,
    ],
)
def test_warnings_and_what_is_about_something_else_do_not(code: int) -> None:
    assert not is_refusal(code)


@pytest.mark.parametrize("code", [0, 1, 501, 502, 504, 777, 1100, 1101, 1102, 20_000])
def test_what_nobody_knows_as_a_refusal_is_none(code: int) -> None:
    assert not is_refusal(code)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (200, SymbolNotFound),
        (354, NotSupported),
        (10_168, NotSupported),
        (100, RateLimited),
        (101, RateLimited),
        (162, ApiError),
        (504, ApiError),
        (1, BrokerError),
    ],
)
def test_a_read_that_is_refused_says_why(code: int, kind: type[BrokerError]) -> None:
    error = for_read(Refusal(code, "In so many words."))

    assert type(error) is kind
    assert str(code) in error.detail or code == 200


def test_a_closed_market_is_told_as_one() -> None:
    assert isinstance(for_read(Refusal(1, "The market is closed.")), MarketClosed)


def test_a_reader_only_is_told_what_to_turn_off() -> None:
    assert is_read_only(321, READ_ONLY)
    assert not is_read_only(321, "Error validating request.-'bK' : cause - Invalid side")
    assert "Read-Only API" in for_read(Refusal(321, READ_ONLY)).message
    assert "Read-Only API" in rejected(321, READ_ONLY).message


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Error validating request.-'bK' : cause - Invalid side", "Invalid side"),
        ("Error validating request:-'b7' : cause - Invalid side", "Invalid side"),
        ("Line one<br>and <b>two</b>", "Line one and two"),
        ("a\nb\x00c\u202e", "a b c"),
        ("Order rejected - reason:No.", "Order rejected - reason:No."),
    ],
)
def test_the_machines_half_of_a_sentence_is_left_out(told: str, shown: str) -> None:
    assert " ".join(plain_words(told).split()) == shown


def test_a_refusal_without_words_still_says_something() -> None:
    assert "error 201" in rejected(201, "").message


def test_before_sending_every_failure_means_that_nothing_left() -> None:
    for failure in (
        Refusal(200, "None."),
        Unreadable(0),
        BrokerConnectionError("Gone"),
        RateLimited("Too much."),
    ):
        with pytest.raises(NotSent) as told, before_sending():
            raise failure
        assert told.value.message.endswith("Nothing was sent.")
        assert ". " in told.value.message or told.value.message == "Nothing was sent."


def test_a_refusal_stays_one_before_sending() -> None:
    with pytest.raises(OrderRejected), before_sending():
        raise rejected(10_148, "It is filled.")


def test_a_read_lets_other_errors_through() -> None:
    with pytest.raises(KeyError), reading():
        raise KeyError
