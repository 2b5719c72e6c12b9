"""What stands in an answer of Coinbase's: a result, an error, or a no inside a 200. Pure."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeVar

from floorbroker.brokers.coinbase import order_answers as answers
from floorbroker.brokers.coinbase.errors import TOO_MANY, Refusal
from floorbroker.brokers.shared.wire import Unreadable, read_json

T = TypeVar("T")
Read = Callable[[Any], T]
LONGEST_AWAY_SECONDS: Final = 60
_UNAUTHORIZED: Final = b"Unauthorized"
"""All that a wrong token is answered with, in plain text (coinbase-advanced-py, issue 19)."""


def result(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """What stands in an answer of Coinbase's own.

    Raises:
        Refusal: An error does.
        Unreadable: It is none of Coinbase's.
    """
    if status == TOO_MANY:
        # The documented JSON, or a page of HTML (advanced-trade-sdk-go, issue 18).
        raise Refusal(status, "", "", _retry_after(headers))
    if status == 401 and body.strip() == _UNAUTHORIZED:
        raise Refusal(status, "UNAUTHENTICATED")
    try:
        told = read_json(body)
    except ValueError:
        raise Unreadable(status) from None
    if not isinstance(told, dict):
        raise Unreadable(status)
    if status == 200:
        return told
    error, message = told.get("error"), told.get("message", "")
    if status < 400 or not isinstance(error, str) or not isinstance(message, str):
        raise Unreadable(status)
    raise Refusal(status, error, message)


def made(read: Read[T], told: Any) -> T:
    """What `read` makes of a result.

    Raises:
        Unreadable: It cannot.
    """
    try:
        return read(told)
    except (ValueError, TypeError, KeyError, IndexError):
        pass  # the error holds what it could not read, so it ends here
    raise Unreadable(200)


def placed(told: answers.Placed) -> answers.PlacedOrder:
    """The order that was taken.

    Raises:
        Refusal: It was not.
        Unreadable: The answer says both, or neither.
    """
    order, error = told.success_response, told.error_response
    if told.success and order is not None:
        return order
    if told.success or order is not None or error is None:
        raise Unreadable(200)
    reasons = (error.preview_failure_reason, error.new_order_failure_reason, error.error)
    raise _refused(reasons, error.message)


def canceled(told: answers.Canceled, order_id: str) -> None:
    """Says nothing where the cancel of that order was taken.

    Raises:
        Refusal: It was not.
        Unreadable: The answer is about another order.
    """
    one = told.results[0]
    if one.order_id != order_id:
        raise Unreadable(200)
    if not one.success:
        raise _refused((one.failure_reason,))


def edited(told: answers.Edited) -> None:
    """Says nothing where the change was asked for.

    Raises:
        Refusal: It was not taken.
    """
    if not told.success:
        raise _refused(
            [
                reason
                for error in told.errors
                for reason in (error.edit_failure_reason, error.preview_failure_reason)
            ]
        )


def previewed(told: answers.Previewed) -> answers.Previewed:
    """The estimate.

    Raises:
        Refusal: Coinbase would refuse the order.
    """
    if told.errs:
        raise _refused(told.errs)
    return told


def _refused(reasons: Any, message: str = "") -> Refusal:
    """By the first reason that says something: the others stand there as UNKNOWN_…."""
    refusals = [Refusal(200, reason, message) for reason in reasons if reason]
    proven = [one for one in refusals if one.proven]
    return (proven or refusals or [Refusal(200, "", message)])[0]


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    told = headers.get("Retry-After", "")
    if not told.isascii() or not told.isdecimal() or len(told) > 9:
        return None
    return timedelta(seconds=min(max(int(told), 1), LONGEST_AWAY_SECONDS))
