"""Which of Coinbase's answers prove a refusal, and which leave open what became of an order."""

from datetime import timedelta

import pytest

from floorbroker.brokers.coinbase.errors import Refusal, for_order, for_read
from floorbroker.brokers.coinbase.reasons import SENTENCES
from floorbroker.brokers.shared.wire import (
    Failure,
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
    SymbolNotFound,
)

_C = ErrorCode
PROOF = [
    (Refusal(200, "PREVIEW_INSUFFICIENT_FUND"), _C.INSUFFICIENT_FUNDS),
    (Refusal(200, "INSUFFICIENT_FUND", "Insufficient balance"), _C.INSUFFICIENT_FUNDS),
    (Refusal(200, "PREVIEW_INVALID_SIZE_PRECISION"), _C.ORDER_REJECTED),
    (Refusal(200, "PREVIEW_TRADING_DISABLED"), _C.MARKET_CLOSED),
    (Refusal(200, "ORDER_ENTRY_DISABLED"), _C.MARKET_CLOSED),
    (Refusal(200, "PREVIEW_UNTRADABLE_PRODUCT"), _C.ORDER_REJECTED),
    (Refusal(200, "PREVIEW_INVALID_PRODUCT_ID"), _C.SYMBOL_NOT_FOUND),
    (Refusal(200, "COMMANDER_REJECTED_NEW_ORDER"), _C.ORDER_REJECTED),
    (Refusal(200, "SOMETHING_NEW"), _C.ORDER_REJECTED),
    (Refusal(200, "UNKNOWN_CANCEL_ORDER"), _C.ORDER_REJECTED),
    (Refusal(400, "INVALID_ARGUMENT", "account is not available"), _C.ORDER_REJECTED),
    (Refusal(400, "unknown", 'parsing field "side"'), _C.ORDER_REJECTED),
    (Refusal(401, "UNAUTHENTICATED"), _C.AUTHENTICATION_FAILED),
    (Refusal(403, "PERMISSION_DENIED", "Missing required scopes"), _C.ORDER_REJECTED),
    (Refusal(404, "NOT_FOUND", "valid product_id is required"), _C.ORDER_REJECTED),
]
NO_PROOF = [
    Refusal(200, "UNKNOWN_FAILURE_REASON"),
    Refusal(200, "UNKNOWN_PREVIEW_FAILURE_REASON"),
    Refusal(200, "UNKNOWN_EDIT_ORDER_FAILURE_REASON"),
    Refusal(200, "UNKNOWN_CANCEL_FAILURE_REASON"),
    Refusal(200, "UNKNOWN_CANCEL_ORDER_OR_SO"),
    Refusal(200, "PREVIEW_INTERNAL_ERROR"),
    Refusal(200, "ORDER_TIMEOUT"),
    Refusal(200, "ENGINE_UNAVAILABLE"),
    Refusal(200, "no such order"),
    Refusal(200, ""),
    Refusal(201, "PREVIEW_INSUFFICIENT_FUND"),
    Refusal(400, "INTERNAL", "transport is closing"),
    Refusal(400, "DEADLINE_EXCEEDED", "context deadline exceeded"),
    Refusal(404, "unavailable", "no healthy upstream"),
    Refusal(409, "ALREADY_EXISTS", "order exists"),
    Refusal(429, ""),
    Refusal(500, "INTERNAL", "internal"),
    Refusal(503, "UNAVAILABLE", "try again"),
    Refusal(504, "DEADLINE_EXCEEDED", "too late"),
]


@pytest.mark.parametrize(("refusal", "code"), PROOF, ids=str)
def test_what_coinbase_documents_as_a_refusal_is_proof(refusal: Refusal, code: ErrorCode) -> None:
    told = for_order(refusal)

    assert isinstance(told, OrderRejected)
    assert told.reason is code
    assert told.message
    assert refusal.status != 200 or "_" not in told.message


@pytest.mark.parametrize("refusal", NO_PROOF, ids=str)
def test_everything_else_leaves_the_outcome_open(refusal: Refusal) -> None:
    assert isinstance(for_order(refusal), OutcomeUnknown)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (NotBegun(), NotSent),
        (NoAllowance(timedelta(seconds=3)), NotSent),
        (Unanswered(sent=False, late=False), NotSent),
        (Unanswered(sent=True, late=False), OutcomeUnknown),
        (Unanswered(sent=True, late=True), OutcomeUnknown),
        (Unreadable(200), OutcomeUnknown),
        (Unreadable(502), OutcomeUnknown),
        (Failure(), OutcomeUnknown),
    ],
)
def test_silence_after_sending_is_unknown_and_nothing_else_is(
    failure: Failure, kind: type[BrokerError]
) -> None:
    assert type(for_order(failure)) is kind


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (NotBegun(), RateLimited),
        (NoAllowance(timedelta(seconds=3)), RateLimited),
        (Unanswered(sent=True, late=True), BrokerTimeout),
        (Unanswered(sent=True, late=False), BrokerConnectionError),
        (Unreadable(502), ApiError),
        (Refusal(401, "UNAUTHENTICATED"), AuthenticationFailed),
        (Refusal(403, "PERMISSION_DENIED", "Missing required scopes"), BrokerError),
        (Refusal(429, ""), RateLimited),
        (Refusal(200, "PREVIEW_INVALID_PRODUCT_ID"), SymbolNotFound),
        (Refusal(404, "NOT_FOUND", "portfolio not found"), BrokerError),
        (Refusal(400, "INVALID_ARGUMENT", "invalid cursor"), BrokerError),
        (Refusal(500, "INTERNAL", "internal"), ApiError),
        (Refusal(503, "UNAVAILABLE", "try again"), ApiError),
        (Failure(), ApiError),
    ],
)
def test_a_failed_read_is_told_as_what_it_is(failure: Failure, kind: type[BrokerError]) -> None:
    assert type(for_read(failure)) is kind


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refusal(200, "PREVIEW_INSUFFICIENT_FUND"), "too little money"),
        (Refusal(200, "PREVIEW_UNTRADABLE_PRODUCT"), "look at this pair, but not trade it"),
        (Refusal(200, "PREVIEW_BREACHED_RISK_LIMIT"), "^Breached risk limit.$"),
        (Refusal(200, "NEW_ONE", "A word of ours\nand more"), "^A word of ours and more$"),
        (Refusal(400, "INVALID_ARGUMENT", "account is not available"), "USDC and no dollars"),
        (Refusal(403, "PERMISSION_DENIED", "Missing required scopes"), "permissions at Coinbase"),
        (Refusal(401, ""), "does not accept this key"),
        (Refusal(400, "INVALID_ARGUMENT"), "^Invalid argument.$"),
        (Refusal(400, ""), "^Coinbase refused it.$"),
    ],
)
def test_a_refusal_is_told_in_words(refusal: Refusal, words: str) -> None:
    with pytest.raises(OrderRejected, match=words):
        raise for_order(refusal)


def test_every_word_for_people_is_a_sentence() -> None:
    for told in SENTENCES.values():
        assert told[0].isupper()
        assert told.endswith(".")
        assert "_" not in told


@pytest.mark.parametrize(
    ("refusal", "seconds"),
    [
        (Refusal(429, ""), 3),
        (Refusal(429, "", "", timedelta(seconds=20)), 20),
        (Refusal(503, "UNAVAILABLE", "", timedelta(seconds=20)), None),
        (Refusal(200, "RATE_LIMIT_EXCEEDED"), None),
    ],
)
def test_coinbase_is_left_alone_as_long_as_it_says(refusal: Refusal, seconds: int | None) -> None:
    assert refusal.stay_away == (None if seconds is None else timedelta(seconds=seconds))


def test_what_goes_to_the_log_is_a_constant_word_and_no_text_of_coinbases() -> None:
    told = for_read(Refusal(500, "for the key of somebody", "KEY-OF-SOMEBODY"))
    known = for_read(Refusal(500, "INTERNAL", "KEY-OF-SOMEBODY"))

    assert (told.detail, known.detail) == ("HTTP 500", "HTTP 500 INTERNAL")
