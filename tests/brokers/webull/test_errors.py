"""What each kind of answer and silence proves, for an order and for a read."""

from datetime import timedelta

import pytest

from floorbroker.brokers.shared.grants import ApplicationRefused
from floorbroker.brokers.shared.wire import (
    Failure,
    NoAccess,
    NoAllowance,
    NotBegun,
    Unanswered,
    Unreadable,
)
from floorbroker.brokers.webull.errors import for_order, for_read
from floorbroker.brokers.webull.exchange import retry_after
from floorbroker.brokers.webull.refusals import ROUTE, Refusal
from floorbroker.brokers.webull.words import said
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    NotSent,
    NotSupported,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    SessionExpired,
)


def business(code: str, message: str = "No.") -> Refusal:
    return Refusal(417, code, message)


TOLD: list[tuple[Failure, type[BrokerError], type[BrokerError]]] = [
    (NoAllowance(timedelta(seconds=3)), NotSent, RateLimited),
    (NoAccess(SessionExpired(broker="webull")), NotSent, SessionExpired),
    (NotBegun("closed"), NotSent, BrokerConnectionError),
    (Unanswered(sent=False, late=False), NotSent, BrokerConnectionError),
    (Unanswered(sent=False, late=True), NotSent, BrokerTimeout),
    (Unanswered(sent=True, late=False), OutcomeUnknown, BrokerConnectionError),
    (Unanswered(sent=True, late=True), OutcomeUnknown, BrokerTimeout),
    (Unreadable(200), OutcomeUnknown, ApiError),
    (Unreadable(302), OutcomeUnknown, ApiError),
    (Unreadable(502), OutcomeUnknown, ApiError),
    (Unreadable(429), OutcomeUnknown, RateLimited),
    (business("OPENAPI_TICKER_IS_DENY"), OrderRejected, BrokerError),
    (business("SOME_NEW_RULE"), OrderRejected, BrokerError),
    (business("token.auth.code.error"), OrderRejected, BrokerError),
    (business("OPENAPI_SYSTEM_ERROR"), OutcomeUnknown, ApiError),
    (business("OPENAPI_TIMEOUT"), OutcomeUnknown, ApiError),
    (business("OPENAPI_REQUEST_TIME_OUT"), OutcomeUnknown, ApiError),
    (business("SERVICE_UNAVAILABLE"), OutcomeUnknown, ApiError),
    (business("ORDER_PROCESSING"), OutcomeUnknown, ApiError),
    (business("OPENAPI_TRADE_PLACE_ORDER_REPEAT"), OutcomeUnknown, ApiError),
    (business("OAUTH_OPENAPI_TRADE_PLACE_ORDER_REPEAT"), OutcomeUnknown, ApiError),
    (Refusal(400, "ILLEAGAL_PARAMETER", "x"), OrderRejected, BrokerError),
    (Refusal(403, "ACCOUNT_ACCESS_DENIED", "x"), OrderRejected, BrokerError),
    (Refusal(403, "MARKET_DATA_NOT_SUBSCRIBED", "x"), OrderRejected, NotSupported),
    (Refusal(401, "UNAUTHORIZED", "x"), OrderRejected, AuthenticationFailed),
    (Refusal(401, "INVALID_TOKEN", "x"), OrderRejected, AuthenticationFailed),
    (Refusal(401, "INCORRECT_SIGN", "x"), OrderRejected, AuthenticationFailed),
    (Refusal(401, "INCORRECT_SIGN", "x", by_platform=True), OrderRejected, ApplicationRefused),
    (Refusal(401, "CLOCK_SKEW_EXCEEDED", "x"), OrderRejected, BrokerError),
    (Refusal(401, "DUPPLICATED_REQUEST", "x"), OutcomeUnknown, ApiError),
    (Refusal(404, ROUTE, ""), OrderRejected, BrokerError),
    (Refusal(404, "NOT_FOUND", "x"), OutcomeUnknown, ApiError),
    (Refusal(409, "CONFLICT", "x"), OutcomeUnknown, ApiError),
    (Refusal(429, "TOO_MANY_REQUESTS", "x"), OutcomeUnknown, RateLimited),
    (Refusal(500, "OPENAPI_TICKER_IS_DENY", "x"), OutcomeUnknown, ApiError),
    (Refusal(503, "UNAUTHORIZED", "x"), OutcomeUnknown, ApiError),
]


@pytest.mark.parametrize(("failure", "order", "read"), TOLD, ids=str)
def test_what_a_failure_proves(
    failure: Failure, order: type[BrokerError], read: type[BrokerError]
) -> None:
    of_the_order, of_the_read = for_order(failure), for_read(failure)

    assert type(of_the_order) is order
    assert type(of_the_read) is read
    assert of_the_order.message
    assert of_the_read.message


def test_no_room_says_when_there_will_be_some() -> None:
    room = NoAllowance(timedelta(seconds=3))

    assert for_order(room).retry_after == timedelta(seconds=3)
    assert for_read(room).retry_after == timedelta(seconds=3)


def test_what_webull_says_is_shown_and_where_it_says_nothing_its_code_is() -> None:
    assert said(business("OPENAPI_SOME_RULE", "Not on Sundays.")) == "Not on Sundays."
    assert said(business("OPENAPI_SOME_RULE", "")) == "Webull refused it: some rule."


def test_webulls_words_stay_on_one_line_and_short() -> None:
    shown = said(business("X", "a\nb\u200b c" + "d" * 500))

    assert "\n" not in shown
    assert "\u200b" not in shown
    assert len(shown) <= 200


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        ("0", 0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("٣", None),
        ("9" * 9, 600),
        ("9" * 10, None),
    ],
)
def test_what_a_retry_after_says(text: str, seconds: int | None) -> None:
    told = retry_after({"Retry-After": text})

    assert told == (None if seconds is None else timedelta(seconds=seconds))
