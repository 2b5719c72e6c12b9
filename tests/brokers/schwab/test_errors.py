"""Which of Schwab's answers prove a refusal, and which leave open what became of an order."""

from datetime import timedelta
from typing import Any

import pytest

from floorbroker.brokers.schwab.errors import Refusal, code_of, for_order, for_read
from floorbroker.brokers.schwab.replies import retry_after, words_of
from floorbroker.brokers.shared.wire import (
    Failure,
    NoAccess,
    NoAllowance,
    NotBegun,
    Unanswered,
    Unreadable,
)
from floorbroker.domain.error_codes import ErrorCode
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

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_documented_refusals_are_proof_in_schwabs_words(status: int) -> None:
    error = for_order(Refusal(status, "A validation error occurred."))

    assert isinstance(error, OrderRejected)
    assert error.message == "A validation error occurred."
    assert error.reason is ErrorCode.ORDER_REJECTED


def test_refused_access_is_proof_and_tells_nothing_of_a_bad_order() -> None:
    error = for_order(Refusal(401, "Client not authorized"))

    assert isinstance(error, OrderRejected)
    assert error.reason is ErrorCode.AUTHENTICATION_FAILED
    assert "Try again" in error.message


@pytest.mark.parametrize(
    "failure",
    [
        *(Refusal(status, "words") for status in (402, 405, 409, 422, 429, 500, 502, 503, 504)),
        *(Unreadable(status) for status in (200, 201, 301, 400, 401, 403, 404, 429, 500)),
        Unanswered(sent=True, late=True),
        Unanswered(sent=True, late=False),
        Failure("something new"),
    ],
    ids=str,
)
def test_everything_else_after_sending_is_unknown(failure: Failure) -> None:
    assert isinstance(for_order(failure), OutcomeUnknown)


@pytest.mark.parametrize(
    "failure",
    [
        NoAllowance(SECOND),
        NotBegun("closed"),
        NoAccess(SessionExpired(broker="schwab")),
        Unanswered(sent=False, late=False),
        Unanswered(sent=False, late=True),
    ],
    ids=str,
)
def test_what_did_not_leave_says_so(failure: Failure) -> None:
    error = for_order(failure)

    assert isinstance(error, NotSent)
    assert "othing was sent" in error.message


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (NoAllowance(SECOND), RateLimited),
        (NotBegun("closed"), RateLimited),
        (NoAccess(SessionExpired(broker="schwab")), SessionExpired),
        (NoAccess(BrokerTimeout(broker="schwab")), BrokerTimeout),
        (Unanswered(sent=True, late=True), BrokerTimeout),
        (Unanswered(sent=False, late=False), BrokerConnectionError),
        (Unreadable(200), ApiError),
        (Unreadable(401), ApiError),
        (Refusal(500, "words"), ApiError),
        (Refusal(401, "words"), AuthenticationFailed),
        (Refusal(401, "words", market=True), NotSupported),
        (Refusal(429, "words"), RateLimited),
        (Refusal(400, "words"), BrokerError),
        (Refusal(404, "words"), BrokerError),
        (Failure("something new"), ApiError),
    ],
    ids=str,
)
def test_why_a_read_gave_nothing(failure: Failure, kind: type[BrokerError]) -> None:
    assert type(for_read(failure)) is kind


def test_schwab_says_how_long_to_stay_away() -> None:
    told = for_read(Refusal(429, "words", retry_after=timedelta(seconds=7)))

    assert told.retry_after == timedelta(seconds=7)
    assert for_read(Refusal(429, "words")).retry_after == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (
            "You do not have enough available cash/buying power for this order.",
            ErrorCode.INSUFFICIENT_FUNDS,
        ),
        ("Insufficient funds", ErrorCode.INSUFFICIENT_FUNDS),
        ("Symbol QZX is invalid", ErrorCode.SYMBOL_NOT_FOUND),
        ("The market is currently closed", ErrorCode.MARKET_CLOSED),
        ("Something else", ErrorCode.ORDER_REJECTED),
    ],
)
def test_words_have_codes(words: str, code: ErrorCode) -> None:
    assert code_of(words) is code


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"message":"Invalid account number","errors":[]}', "Invalid account number"),
        (
            b'{"message":"Invalid request.","errors":["price is bad"]}',
            "Invalid request. price is bad",
        ),
        (b'{"errors":[{"status":401,"title":"Unauthorized","detail":"No"}]}', "No"),
        (b'{"errors":[{"status":404,"title":"Not Found"}]}', "Not Found"),
        (b'{"message":""}', ""),
    ],
)
def test_both_shapes_of_an_error_are_read(body: bytes, words: str) -> None:
    assert words_of(body) == words


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"[]",
        b"{}",
        b"null",
        b'{"error":"invalid_token"}',
        b'{"errors":[]}',
        b'{"errors":[{}]}',
        b'{"errors":"no"}',
        b'{"message":5}',
    ],
)
def test_whatever_else_comes_is_not_schwabs_word(body: bytes) -> None:
    assert words_of(body) is None


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"Retry-After": "7"}, timedelta(seconds=7)),
        ({"Retry-After": "99999"}, timedelta(hours=1)),
        ({"Retry-After": "Wed, 04 Mar 2026 17:00:00 GMT"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "١"}, None),
        ({}, None),
    ],
)
def test_how_long_to_stay_away(header: dict[str, Any], told: timedelta | None) -> None:
    assert retry_after(header) == told
