"""What E*TRADE's words prove, and what they leave open."""

from datetime import timedelta

import pytest

from floorbroker.brokers.etrade.errors import (
    Refusal,
    for_order,
    for_preview,
    for_read,
)
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
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    SessionExpired,
    SymbolNotFound,
)

TIMED_OUT = (
    "For your protection, we have timed out your original order request. "
    "If you would like to place this order, please resubmit it now."
)
LIMIT = "Number of requests exceeded the rate limit set"
UNWELL = "The requested service is not currently available, please try after sometime."

PROVEN = [
    (Refusal(400, 8400, "You have insufficient funds."), ErrorCode.INSUFFICIENT_FUNDS),
    (Refusal(400, 1037, "We did not find enough available shares."), ErrorCode.ORDER_REJECTED),
    (Refusal(400, 5001, "It cannot be cancelled."), ErrorCode.ORDER_REJECTED),
    (Refusal(400, 102, "Please enter valid Account Key"), ErrorCode.ORDER_REJECTED),
    (Refusal(400, 100, "Account key does not belong to user."), ErrorCode.ORDER_REJECTED),
    (Refusal(400, None, LIMIT), ErrorCode.RATE_LIMIT_EXCEEDED),
    (Refusal(401, None, "oauth_problem=token_expired"), ErrorCode.AUTHENTICATION_FAILED),
    (Refusal(401, None, "oauth_problem=signature_invalid"), ErrorCode.ORDER_REJECTED),
    (Refusal(401, None, ""), ErrorCode.AUTHENTICATION_FAILED),
]
OPEN: list[Failure] = [
    Refusal(400, 101, TIMED_OUT),
    Refusal(400, 101, "{com.etrade.api.v1.order.InvalidPreviewId}"),
    Refusal(500, 100, UNWELL),
    Refusal(400, 100, UNWELL),
    Refusal(500, 8400, "You have insufficient funds."),
    Refusal(400, 9999, "Something that nobody has published."),
    Refusal(400, None, "Something new"),
    Refusal(429, None, LIMIT),
    Refusal(403, None, "Forbidden"),
    Refusal(404, None, "Not found"),
    Unreadable(200),
    Unreadable(400),
    Unreadable(401),
    Unreadable(502),
    Unanswered(sent=True, late=True),
    Unanswered(sent=True, late=False),
    Failure("whatever else"),
]
NEVER_LEFT: list[Failure] = [
    Unanswered(sent=False, late=True),
    Unanswered(sent=False, late=False),
    NoAllowance(timedelta(seconds=1)),
    NotBegun("closed"),
    NoAccess(SessionExpired("Sign in again.")),
]


@pytest.mark.parametrize(("refusal", "reason"), PROVEN, ids=str)
def test_what_is_known_to_refuse_is_a_rejection(refusal: Refusal, reason: ErrorCode) -> None:
    told = for_order(refusal)

    assert isinstance(told, OrderRejected)
    assert told.reason is reason
    assert told.message


@pytest.mark.parametrize("failure", OPEN, ids=str)
def test_everything_else_after_sending_is_unknown(failure: Failure) -> None:
    assert isinstance(for_order(failure), OutcomeUnknown)


@pytest.mark.parametrize("failure", NEVER_LEFT, ids=str)
def test_what_never_left_is_not_sent(failure: Failure) -> None:
    assert isinstance(for_order(failure), NotSent)


@pytest.mark.parametrize(
    "failure", [*OPEN, *NEVER_LEFT, *(refusal for refusal, _ in PROVEN)], ids=str
)
def test_a_failed_preview_is_never_unknown(failure: Failure) -> None:
    assert isinstance(for_preview(failure), NotSent | OrderRejected)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (Refusal(400, 9999, "The account may not do that."), OrderRejected),
        (Refusal(400, 101, TIMED_OUT), OrderRejected),
        (Refusal(401, None, "oauth_problem=token_expired"), OrderRejected),
        (Refusal(400, None, LIMIT), NotSent),
        (Refusal(500, 100, UNWELL), NotSent),
        (Refusal(401, None, "oauth_problem=timestamp_refused"), NotSent),
        (Unreadable(502), NotSent),
        (Unanswered(sent=True, late=True), NotSent),
    ],
    ids=str,
)
def test_a_preview_is_refused_in_etrades_words_or_gave_nothing(
    failure: Failure, kind: type[BrokerError]
) -> None:
    assert type(for_preview(failure)) is kind


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (NoAllowance(timedelta(seconds=1)), RateLimited),
        (Refusal(400, None, LIMIT), RateLimited),
        (Refusal(429, None, ""), RateLimited),
        (Unreadable(429), RateLimited),
        (NotBegun("closed"), BrokerConnectionError),
        (Unanswered(sent=True, late=True), BrokerTimeout),
        (Unanswered(sent=False, late=False), BrokerConnectionError),
        (Unreadable(200), ApiError),
        (Refusal(500, 100, UNWELL), ApiError),
        (Refusal(403, None, "Forbidden"), ApiError),
        (Refusal(401, None, "oauth_problem=token_expired"), AuthenticationFailed),
        (Refusal(401, None, ""), AuthenticationFailed),
        (Refusal(401, None, "oauth_problem=nonce_used"), ApiError),
        (Refusal(401, None, "oauth_problem=consumer_key_unknown"), ApiError),
        (Refusal(400, 10033, "The symbol entered is invalid."), SymbolNotFound),
        (Refusal(400, 7002, "Invalid institution type"), BrokerError),
        (NoAccess(SessionExpired()), SessionExpired),
    ],
    ids=str,
)
def test_a_read_fails_by_what_happened(failure: Failure, kind: type[BrokerError]) -> None:
    assert type(for_read(failure)) is kind


def test_only_a_refused_token_is_of_the_access() -> None:
    words = ["token_expired", "token_rejected", "token_revoked", "a_word_nobody_knows", ""]
    others = ["consumer_key_unknown", "nonce_used", "signature_invalid", "timestamp_refused"]

    refused = [Refusal(401, None, f"oauth_problem={word}").of_the_access for word in words]
    not_refused = [Refusal(401, None, f"oauth_problem={word}").of_the_access for word in others]

    assert all(refused)
    assert not any(not_refused)
    assert not Refusal(400, None, "oauth_problem=token_rejected").of_the_access
