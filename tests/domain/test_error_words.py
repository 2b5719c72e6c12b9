"""Every failure has its words, and the resolutions that the requirements name (D3-85 to D3-92)."""

from datetime import timedelta

import pytest

from floorbroker.domain import errors
from floorbroker.domain.error_codes import Action, ErrorCode, Sent
from floorbroker.domain.error_words import WORDS
from floorbroker.domain.errors import BrokerError, FloorbrokerError
from floorbroker.domain.nothing_new import nothing_new


def _kinds(root: type[FloorbrokerError] = FloorbrokerError) -> set[type[FloorbrokerError]]:
    below = {kind for sub in root.__subclasses__() for kind in _kinds(sub)}
    return {root, *below} if root.__module__ == errors.__name__ else below


@pytest.mark.parametrize("code", ErrorCode)
def test_every_code_says_what_happened_and_what_now(code: ErrorCode) -> None:
    words = WORDS[code]

    assert words.title
    assert words.happened
    assert words.now
    assert words.sent in Sent


def test_every_code_that_an_error_carries_has_words() -> None:
    assert {kind.code for kind in _kinds()} <= set(WORDS)


NOT_NOTHING = {
    ErrorCode.ORDER_REJECTED: Sent.REFUSED,
    ErrorCode.OUTCOME_UNKNOWN: Sent.MAYBE,
    ErrorCode.UNKNOWN: Sent.UNSURE,
    ErrorCode.STORE_UNAVAILABLE: Sent.NOTHING_NEW,
    ErrorCode.BUSY: Sent.NOTHING_NEW,
}


@pytest.mark.parametrize("code", ErrorCode)
def test_a_failure_says_that_nothing_was_sent_only_where_that_is_certain(code: ErrorCode) -> None:
    assert WORDS[code].sent is NOT_NOTHING.get(code, Sent.NOTHING)


def test_a_failed_connection_is_told_and_may_be_tried_again() -> None:
    error = errors.BrokerConnectionError()

    assert error.action is Action.NOTIFY_USER
    assert error.message == "Unable to connect to broker"
    assert error.can_retry


def test_missing_money_is_told_and_not_tried_again() -> None:
    error = errors.InsufficientFunds()

    assert error.action is Action.NOTIFY_USER
    assert error.message == "Insufficient funds for this trade"
    assert not error.can_retry


def test_a_rate_limit_waits_a_minute_unless_the_broker_says_otherwise() -> None:
    ours, theirs = errors.RateLimited(), errors.RateLimited(retry_after=timedelta(seconds=7))

    assert ours.action is Action.RETRY_WITH_BACKOFF
    assert ours.can_retry
    assert ours.retry_after == timedelta(seconds=60)
    assert theirs.retry_after == timedelta(seconds=7)


def test_a_demand_to_wait_no_time_at_all_is_the_brokers_own_too() -> None:
    assert errors.RateLimited(retry_after=timedelta(0)).retry_after == timedelta(0)


def test_an_expired_session_asks_for_a_new_link() -> None:
    error = errors.SessionExpired()

    assert error.action is Action.REAUTHENTICATE
    assert error.message == "Session expired, please reconnect"
    assert error.can_retry


def test_anything_else_is_logged_and_told() -> None:
    error = FloorbrokerError()

    assert error.code is ErrorCode.UNKNOWN
    assert error.action is Action.LOG_AND_NOTIFY
    assert not error.can_retry


def test_an_unknown_outcome_is_read_back_and_never_tried_again() -> None:
    error = errors.OutcomeUnknown()

    assert error.action is Action.READ_BACK
    assert not error.can_retry
    assert error.words.sent is Sent.MAYBE


def test_an_own_message_replaces_the_codes_sentence_and_detail_stays_out_of_it() -> None:
    error = BrokerError("The desk is closed.", broker="paper", detail="HTTP 503")

    assert str(error) == error.message == "The desk is closed."
    assert error.detail not in str(error)


def test_several_broken_limits_carry_the_first_ones_code() -> None:
    error = errors.LimitExceeded(ErrorCode.POSITION_SIZE_EXCEEDED, "One, two")

    assert error.code is ErrorCode.POSITION_SIZE_EXCEEDED
    assert error.words.title == WORDS[ErrorCode.POSITION_SIZE_EXCEEDED].title


@pytest.mark.parametrize("kind", sorted(_kinds(BrokerError), key=str))
def test_every_broker_error_can_be_made_without_a_message(kind: type[BrokerError]) -> None:
    assert kind(broker="paper").message


def test_what_concerns_an_order_that_may_be_at_its_broker_says_that_it_stands() -> None:
    with pytest.raises(errors.InvalidInput) as told, nothing_new():
        raise errors.InvalidInput("This order is filled.")

    assert told.value.sent is Sent.NOTHING_NEW
    assert errors.InvalidInput().sent is Sent.NOTHING


@pytest.mark.parametrize("kind", [FloorbrokerError, errors.OutcomeUnknown, errors.OrderRejected])
def test_what_is_known_to_be_sent_or_not_certain_stays_so(kind: type[FloorbrokerError]) -> None:
    with pytest.raises(kind) as told, nothing_new():
        raise kind

    assert told.value.sent is kind().words.sent


def test_every_word_about_what_was_sent_can_be_read_alone() -> None:
    assert Sent.NOTHING_NEW.value.startswith(Sent.NOTHING.value)
    assert all(sent.value.endswith(".") for sent in Sent)
