"""Only Alpaca's own refusal is proof, and its words are fit to be shown."""

import pytest

from floorbroker.brokers.alpaca.errors import Refusal, for_order, for_read
from floorbroker.brokers.shared.wire import NotBegun, Unanswered, Unreadable
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
)

# What proves nothing about an order


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 520])
def test_a_status_that_is_no_documented_refusal_proves_nothing(status: int) -> None:
    error = for_order(Refusal(status, 40310000, "insufficient buying power"))

    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_without_a_code_of_alpacas_is_somebody_elses(status: int) -> None:
    error = for_order(Refusal(status, None, "no Route matched with those values"))

    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 422, 502])
def test_an_unreadable_answer_proves_nothing_whatever_its_status(status: int) -> None:
    assert isinstance(for_order(Unreadable(status)), OutcomeUnknown)


@pytest.mark.parametrize("late", [True, False])
def test_silence_after_sending_proves_nothing(late: bool) -> None:
    assert isinstance(for_order(Unanswered(sent=True, late=late)), OutcomeUnknown)


def test_what_never_left_was_not_sent() -> None:
    assert isinstance(for_order(Unanswered(sent=False, late=True)), NotSent)
    assert isinstance(for_order(NotBegun("queue full")), NotSent)


# What proves that it was refused

REFUSALS = [
    (403, 40310000, "insufficient buying power", ErrorCode.INSUFFICIENT_FUNDS),
    (
        403,
        40310000,
        "insufficient options buying power (required: 20310, available: 9395)",
        ErrorCode.INSUFFICIENT_FUNDS,
    ),
    (
        403,
        40310000,
        "insufficient balance for USD (requested: 10, available: 5)",
        ErrorCode.INSUFFICIENT_FUNDS,
    ),
    (
        403,
        40310000,
        "insufficient qty available for order (requested: 2, available: 1)",
        ErrorCode.ORDER_REJECTED,
    ),
    (403, 40310000, "account not authorized to trade options", ErrorCode.ORDER_REJECTED),
    (403, 40310000, "potential wash trade detected. use complex orders", ErrorCode.ORDER_REJECTED),
    (422, 42210000, 'asset "QZXQZX" not found', ErrorCode.SYMBOL_NOT_FOUND),
    (422, 42210000, 'contract "AAPL1" not found', ErrorCode.SYMBOL_NOT_FOUND),
    (404, 40410000, "symbol not found: QZXQZX", ErrorCode.SYMBOL_NOT_FOUND),
    (
        422,
        42210000,
        "options market orders are only allowed during market hours",
        ErrorCode.MARKET_CLOSED,
    ),
    (422, 42210000, "fractional orders must be DAY orders", ErrorCode.ORDER_REJECTED),
    (404, 40410000, "order not found for 7b08df51", ErrorCode.ORDER_REJECTED),
    (400, 40010000, "request body format is invalid", ErrorCode.ORDER_REJECTED),
]


@pytest.mark.parametrize(("status", "code", "message", "reason"), REFUSALS)
def test_alpacas_own_refusal_is_told_in_its_words(
    status: int, code: int, message: str, reason: ErrorCode
) -> None:
    error = for_order(Refusal(status, code, message))

    assert isinstance(error, OrderRejected)
    assert error.message == message
    assert error.reason is reason


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (401, None, "unauthorized."),
        (401, 40110000, "request is not authorized"),
        (403, None, "forbidden."),
        (403, 40110000, "request is not authorized"),
    ],
)
def test_a_key_that_is_refused_is_told_as_such(status: int, code: int | None, message: str) -> None:
    refusal = Refusal(status, code, message)

    rejected, failed = for_order(refusal), for_read(refusal)

    assert isinstance(rejected, OrderRejected)
    assert rejected.reason is ErrorCode.AUTHENTICATION_FAILED
    assert isinstance(failed, AuthenticationFailed)


@pytest.mark.parametrize(
    "message", ["account is not authorized to trade", "subscription does not permit that"]
)
def test_a_key_that_may_not_do_one_thing_is_still_a_good_key(message: str) -> None:
    refusal = Refusal(403, 40310000, message)

    assert not isinstance(for_read(refusal), AuthenticationFailed)
    assert isinstance(rejected := for_order(refusal), OrderRejected)
    assert rejected.reason is not ErrorCode.AUTHENTICATION_FAILED


@pytest.mark.parametrize(
    "message", ["client_order_id must be unique", "client order id must be unique"]
)
def test_an_id_that_is_known_is_seen_in_both_wordings(message: str) -> None:
    assert Refusal(422, 40010001, message).of_a_known_id
    assert Refusal(422, 42210000, message).of_a_known_id
    assert not Refusal(403, 40310000, message).of_a_known_id


# Words for people


def test_words_are_cut_and_what_cannot_be_seen_is_taken_out() -> None:
    message = "bad\x00\r\nprice\u202e \u200b now " + "x" * 5000

    told = Refusal(422, 42210000, message).message

    assert told.startswith("bad price now xxx")
    assert len(told) == 200
    assert told.endswith("…")


def test_a_refusal_without_a_word_says_so() -> None:
    assert for_order(Refusal(422, 42210000, " \n ")).message == (
        "Alpaca refused it and gives no reason."
    )


def test_no_words_of_alpacas_reach_the_log() -> None:
    refusal = Refusal(422, 42210000, "account 123456789 of Anna Example")

    assert str(refusal) == "HTTP 422, code 42210000"
    assert "Anna" not in for_read(refusal).detail


# Reads


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (NotBegun("queue full"), RateLimited),
        (Unanswered(sent=True, late=True), BrokerTimeout),
        (Unanswered(sent=False, late=True), BrokerTimeout),
        (Unanswered(sent=True, late=False), BrokerConnectionError),
        (Unanswered(sent=False, late=False), BrokerConnectionError),
        (Unreadable(200), ApiError),
        (Unreadable(502), ApiError),
        (Refusal(429, None, "too many requests."), RateLimited),
        (Refusal(500, None, "internal server error"), ApiError),
        (Refusal(400, None, "invalid symbol: a"), BrokerError),
        (Refusal(404, 40410000, "position does not exist"), BrokerError),
    ],
)
def test_a_read_fails_by_what_happened(failure: Exception, kind: type[BrokerError]) -> None:
    assert type(for_read(failure)) is kind  # type: ignore[arg-type]  # a Failure of each kind
