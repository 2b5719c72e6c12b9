"""What stands in an answer of Kraken's: a result, or errors inside a 200. Pure."""

from collections.abc import Callable
from typing import Any, TypeVar

from floorbroker.brokers.kraken.errors import Refusal
from floorbroker.brokers.shared.wire import Unreadable, read_json

T = TypeVar("T")
Read = Callable[[Any], T]


def result(status: int, body: bytes) -> Any:
    """What stands in an answer of Kraken's own.

    Raises:
        Refusal: Errors do.
        Unreadable: It is none of Kraken's.
    """
    try:
        told = read_json(body)
    except ValueError:
        raise Unreadable(status) from None
    errors = told.get("error") if isinstance(told, dict) else None
    if not isinstance(errors, list) or not all(isinstance(one, str) for one in errors):
        raise Unreadable(status)
    # The first letter is the severity, and W is a warning: docs.kraken.com/rest.
    serious = [one for one in errors if not one.startswith("W")]
    if serious:
        # Beside a result they prove neither that it happened nor that it did not.
        raise Unreadable(status) if told.get("result") else Refusal(status, serious)
    if not 200 <= status < 300 or "result" not in told:
        raise Unreadable(status)
    return told["result"]


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
