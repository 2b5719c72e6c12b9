"""Which of Kraken's words prove a refusal, and which leave open what became of an order."""

from datetime import UTC, datetime, timedelta

import pytest

from floorbroker.brokers.kraken.errors import NoAllowance, Refusal, for_order, for_read
from floorbroker.brokers.shared.wire import Failure, NotBegun, Unanswered, Unreadable
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

PROOF = [
    ("EOrder:Insufficient funds", ErrorCode.INSUFFICIENT_FUNDS),
    ("EOrder:Order minimum not met", ErrorCode.ORDER_REJECTED),
    ("EOrder:Cost minimum not met", ErrorCode.ORDER_REJECTED),
    ("EOrder:Tick size check failed", ErrorCode.ORDER_REJECTED),
    ("EOrder:Unknown order", ErrorCode.ORDER_REJECTED),
    ("EOrder:Rate limit exceeded", ErrorCode.ORDER_REJECTED),
    ("EOrder:Post only order", ErrorCode.ORDER_REJECTED),
    ("EAPI:Invalid key", ErrorCode.AUTHENTICATION_FAILED),
    ("EAPI:Invalid signature", ErrorCode.AUTHENTICATION_FAILED),
    ("EAPI:Invalid nonce", ErrorCode.ORDER_REJECTED),
    ("EGeneral:Permission denied", ErrorCode.ORDER_REJECTED),
    ("EGeneral:Invalid arguments", ErrorCode.ORDER_REJECTED),
    ("EGeneral:Invalid arguments:volume minimum not met", ErrorCode.ORDER_REJECTED),
    ("EGeneral:Temporary lockout", ErrorCode.ORDER_REJECTED),
    ("EQuery:Unknown asset pair", ErrorCode.SYMBOL_NOT_FOUND),
    ("EAccount:Invalid permissions:BTC trading restricted", ErrorCode.ORDER_REJECTED),
    ("EService:Market in cancel_only mode", ErrorCode.MARKET_CLOSED),
    ("EService:Market in post_only mode", ErrorCode.MARKET_CLOSED),
]
NO_PROOF = [
    "EService:Unavailable",
    "EService:Busy",
    "EService:Deadline elapsed",
    "EService: Throttled: 1772640060",
    "EGeneral:Internal error",
    "EGeneral:Internal error:1234",
    "EAPI:Rate limit exceeded",
    "EAPI:Feature disabled",
    "EAPI:Invalid key or so",
    "ETrade:Locked",
    "EDatabase:Internal error",
    "Unknown",
    "EOrder:",
    "",
]


@pytest.mark.parametrize(("words", "code"), PROOF)
def test_what_kraken_documents_as_a_refusal_is_proof(words: str, code: ErrorCode) -> None:
    told = for_order(Refusal(200, [words]))

    assert isinstance(told, OrderRejected)
    assert told.reason is code
    assert told.message
    assert not told.message.startswith("E")


@pytest.mark.parametrize("words", NO_PROOF)
def test_everything_else_leaves_the_outcome_open(words: str) -> None:
    assert isinstance(for_order(Refusal(200, [words])), OutcomeUnknown)


def test_one_doubtful_error_beside_a_refusal_leaves_it_open() -> None:
    both = Refusal(200, ["EOrder:Insufficient funds", "EService:Unavailable"])

    assert isinstance(for_order(both), OutcomeUnknown)


@pytest.mark.parametrize("status", [201, 403, 404, 429, 500, 502, 520])
def test_krakens_words_under_another_status_prove_nothing(status: int) -> None:
    assert isinstance(for_order(Refusal(status, ["EOrder:Insufficient funds"])), OutcomeUnknown)


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


def test_a_nonce_out_of_turn_is_told_in_words_that_help() -> None:
    told = for_order(Refusal(200, ["EAPI:Invalid nonce"]))

    assert "Another program may be using the same key" in told.message


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (NotBegun(), RateLimited),
        (NoAllowance(timedelta(seconds=3)), RateLimited),
        (Unanswered(sent=True, late=True), BrokerTimeout),
        (Unanswered(sent=True, late=False), BrokerConnectionError),
        (Unreadable(502), ApiError),
        (Refusal(200, ["EAPI:Invalid key"]), AuthenticationFailed),
        (Refusal(200, ["EAPI:Invalid signature"]), AuthenticationFailed),
        (Refusal(200, ["EAPI:Invalid nonce"]), RateLimited),
        (Refusal(200, ["EAPI:Rate limit exceeded"]), RateLimited),
        (Refusal(200, ["EService: Throttled: 1772640060"]), RateLimited),
        (Refusal(200, ["EGeneral:Temporary lockout"]), RateLimited),
        (Refusal(200, ["EGeneral:Permission denied"]), BrokerError),
        (Refusal(200, ["EQuery:Unknown asset pair"]), SymbolNotFound),
        (Refusal(200, ["EService:Unavailable"]), ApiError),
        (Refusal(200, ["EGeneral:Internal error"]), ApiError),
        (Refusal(502, ["EAPI:Invalid key"]), ApiError),
        (Failure(), ApiError),
    ],
)
def test_a_failed_read_is_told_as_what_it_is(failure: Failure, kind: type[BrokerError]) -> None:
    assert type(for_read(failure)) is kind


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("EAPI:Rate limit exceeded", 10),
        ("EService: Throttled: 1772640060", 60),
        ("EService:Throttled:1772649999", 300),
        ("EService: Throttled: 1", 1),
        ("EService:Unavailable", None),
        ("EOrder:Rate limit exceeded", None),
    ],
)
def test_kraken_is_left_alone_as_long_as_it_says(words: str, seconds: int | None) -> None:
    now = datetime.fromtimestamp(1772640000, UTC)

    wait = Refusal(200, [words]).stay_away(now)

    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_what_goes_to_the_log_is_a_class_and_no_words() -> None:
    told = for_read(Refusal(200, ["EService:Unavailable for KEY-OF-SOMEBODY"]))

    assert told.detail == "HTTP 200 EService"
