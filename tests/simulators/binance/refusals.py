"""What Binance says when it refuses: errors.md, whose codes are fixed and whose messages may vary.

https://github.com/binance/binance-spot-api-docs at a5e0bc3 (2026-07-21). HTTP 400 where nothing
else is said: the documentation gives the status of a few only.
"""

from collections.abc import Mapping
from typing import Any

from tests.simulators import serving
from tests.simulators.serving import Answer, html


class Refusal(serving.Refusal):
    """A request that is not carried out.

    Attributes:
        headers: Join those of the answer.
        data: Stands beside code and message, as in the refusals of cancelReplace.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """`{"code": …, "msg": …}`."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.data = data

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        body: dict[str, Any] = {"code": self.code, "msg": self.message}
        return body if self.data is None else {**body, "data": self.data}

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return serving.json_answer(self.body, self.status, headers=self.headers)


class Page(serving.Refusal):
    """A page of whatever stands in front of the API; bodies unverified.

    403 is the firewall's (rest-api.md, "HTTP Return Codes").
    """

    def __init__(self, status: int, title: str) -> None:
        """With that status and title."""
        super().__init__(title)
        self._page = html(status, title)

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return self._page


# Who asks, and when


def bad_key_format() -> Refusal:
    """No key, or one that cannot be; the status is unverified."""
    return Refusal(-2014, "API-key format invalid.", status=401)


def rejected_key() -> Refusal:
    """Unknown, from a wrong address or without the right; 401 was seen by many (ccxt 14993)."""
    return Refusal(-2015, "Invalid API-key, IP, or permissions for action.", status=401)


def bad_signature() -> Refusal:
    """Seen with status 400 (emmtte/Cryptocurrency-Portfolio issue 39)."""
    return Refusal(-1022, "Signature for this request is not valid.")


def too_late() -> Refusal:
    """Older than `recvWindow`."""
    return Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")


def too_early() -> Refusal:
    """A second or more in the future."""
    return Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")


def restricted_location() -> Refusal:
    """Seen by many since 2022, such as dreacot in crypto-power/cryptopower issue 510."""
    return Refusal(
        0,
        "Service unavailable from a restricted location according to 'b. Eligibility' in "
        "https://www.binance.com/en/terms. Please contact customer service if you believe you "
        "received this message in error.",
        status=451,
    )


# How often


def too_much_weight(limit: int, wait_seconds: int) -> Refusal:
    """The limit of an address is passed."""
    return Refusal(
        -1003,
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API.",
        status=429,
        headers={"Retry-After": str(wait_seconds)},
    )


def banned(until: int, wait_seconds: int) -> Refusal:
    """The address did not back off.

    Args:
        until: In milliseconds since 1970, as seen in messages (ccxt issue 14639).
    """
    return Refusal(
        -1003,
        f"Way too much request weight used; IP banned until {until}. "
        "Please use WebSocket Streams for live updates to avoid bans.",
        status=418,
        headers={"Retry-After": str(wait_seconds)},
    )


def too_many_orders(limit: int, interval: str, wait_seconds: int) -> Refusal:
    """The account has too many unfilled orders of that interval."""
    return Refusal(
        -1015,
        f"Too many new orders; current limit is {limit} orders per {interval}.",
        status=429,
        headers={"Retry-After": str(wait_seconds)},
    )


def timed_out() -> Refusal:
    """Nobody knows whether it was carried out; that its status is 504 is unverified."""
    return Refusal(
        -1007,
        "Timeout waiting for response from backend server. "
        "Send status unknown; execution status unknown.",
        status=504,
    )


# Parameters


def illegal(name: str, pattern: str) -> Refusal:
    """Characters that may not be; the patterns were seen in such answers."""
    return Refusal(
        -1100, f"Illegal characters found in parameter '{name}'; legal range is '{pattern}'."
    )


def duplicate_parameter() -> Refusal:
    """A name comes twice."""
    return Refusal(-1101, "Duplicate values for a parameter detected.")


def mandatory(name: str) -> Refusal:
    """A parameter is missing."""
    return Refusal(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def one_of_two(first: str, second: str) -> Refusal:
    """Either would do, and neither came."""
    return Refusal(-1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!")


def unread(read: int, sent: int) -> Refusal:
    """Something came that the endpoint does not know."""
    return Refusal(
        -1104,
        f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'.",
    )


def empty(name: str) -> Refusal:
    """A name without a value."""
    return Refusal(-1105, f"Parameter '{name}' was empty.")


def not_required(name: str) -> Refusal:
    """The type of order does not take it."""
    return Refusal(-1106, f"Parameter '{name}' sent when not required.")


def bad_precision(name: str) -> Refusal:
    """More decimals than the asset has."""
    return Refusal(-1111, f"Parameter '{name}' has too much precision.")


def bad_symbol() -> Refusal:
    """There is none."""
    return Refusal(-1121, "Invalid symbol.")


def bad_combination() -> Refusal:
    """Parameters that exclude each other."""
    return Refusal(-1128, "Combination of optional parameters invalid.")


def bad_data(name: str) -> Refusal:
    """A value that may not be there."""
    return Refusal(-1130, f"Data sent for parameter '{name}' is not valid.")


def interval_too_long() -> Refusal:
    """A history of more than a day."""
    return Refusal(-1127, "More than 24 hours between startTime and endTime.")


# Orders


def filter_failure(name: str) -> Refusal:
    """A rule of the symbol or of the exchange."""
    return Refusal(-1013, f"Filter failure: {name}")


def invalid_message(message: str) -> Refusal:
    """Refused before it reached the matching engine."""
    return Refusal(-1013, message)


def rejected(message: str) -> Refusal:
    """NEW_ORDER_REJECTED: the matching engine's own refusal."""
    return Refusal(-2010, message)


def insufficient_balance() -> Refusal:
    """It costs more than there is."""
    return rejected("Account has insufficient balance for requested action.")


def cancel_rejected(message: str = "Unknown order sent.") -> Refusal:
    """CANCEL_REJECTED: there is none, or it is not open any more."""
    return Refusal(-2011, message)


def no_such_order() -> Refusal:
    """A query that finds none."""
    return Refusal(-2013, "Order does not exist.")


def archived() -> Refusal:
    """It ended without a fill more than 90 days ago."""
    return Refusal(
        -2026,
        "Order was canceled or expired with no executed qty over 90 days ago and has been "
        "archived.",
    )


def another_client_id() -> Refusal:
    """Both ids were given and do not belong together."""
    return Refusal(-2039, "Client order ID is not correct for this order ID.")


def amend_rejected(message: str) -> Refusal:
    """ORDER_AMEND_REJECTED."""
    return Refusal(-2038, message)
