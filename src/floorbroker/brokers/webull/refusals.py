"""What Webull answers where it does not do what it was asked for. Pure.

https://developer.webull.com/apis/docs/reference: 401 and 417 with `error_code` and `message`, of
which 417 is the answer of the business ("BizResponse"), and 500. What else is here was seen in the
live sandbox (github.com/sfreiberg/webull, docs/COMPATIBILITY.md): 400 and 403 with the same shape,
429, and `{"error_msg": "404 Route Not Found"}` for a key that is not known. No list of codes is
published; users quote some, with `OAUTH_` before them on earlier paths.
"""

from datetime import timedelta
from typing import Final

from floorbroker.brokers.shared.wire import Failure, sentence

ROUTE: Final = "404 Route Not Found"
"""What the gateway says of a path that is not there, and of a key that it does not know."""

TOO_MANY: Final = 429
"""Nothing says that what was answered so was not carried out: an order is then unknown."""

UNAUTHORIZED: Final = 401
_REFUSING: Final = frozenset({400, UNAUTHORIZED, 403})
_BUSINESS: Final = 417

_UNWELL: Final = frozenset(
    {"SYSTEM", "TIMEOUT", "INTERNAL", "UNKNOWN", "BUSY", "UNAVAILABLE", "EXCEPTION", "RETRY"}
    | {"SERVER", "SERVICE", "NETWORK", "FAIL", "FAILED", "FAILURE", "PROCESSING", "FREQUENT"}
    | {"REPEAT", "DUPLICATE", "DUPLICATED", "DUPPLICATED"}
)
"""A code with one of these words says that Webull had trouble, or that this came before: neither
proves that nothing was carried out. Coins' previews are answered 417 OPENAPI_SYSTEM_ERROR."""

_OF_THE_SIGNATURE: Final = frozenset({"MISSING_APP_KEY", "INCORRECT_SIGN"})
_OF_THE_TIME: Final = "CLOCK_SKEW_EXCEEDED"
_OF_THE_SECOND_FACTOR: Final = "INVALID_TOKEN"
_OF_A_SUBSCRIPTION: Final = "MARKET_DATA_NOT_SUBSCRIBED"


class Refusal(Failure):
    """Webull's own answer with an error in it.

    Attributes:
        status: HTTP's.
        code: Webull's, without the prefixes that depend on the path.
        message: Webull's words, fit to be shown.
        by_platform: The key is the operator's, and the person signed in.
        retry_after: How long Webull wants to be left alone; None where it does not say.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        by_platform: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        """See the attributes."""
        self.status = status
        self.code = sentence(code).removeprefix("OAUTH_").removeprefix("OPENAPI_")
        super().__init__(f"HTTP {status}, {self.code[:64]}")
        self.message = sentence(message)
        self.by_platform = by_platform
        self.retry_after = retry_after

    @property
    def proven(self) -> bool:
        """Whether nothing was carried out, by status and code."""
        if self.of_the_route:
            return True
        trouble = _UNWELL & set(self.code.upper().split("_")) or "TIME_OUT" in self.code.upper()
        return self.status in {*_REFUSING, _BUSINESS} and not trouble

    @property
    def of_the_route(self) -> bool:
        """Whether the gateway knows no such path, or not the key."""
        return self.status == 404 and self.code == ROUTE

    @property
    def of_the_time(self) -> bool:
        """Whether the two clocks are too far apart."""
        return self.status == UNAUTHORIZED and self.code == _OF_THE_TIME

    @property
    def of_the_signature(self) -> bool:
        """Whether key and secret do not fit: a person's own, or the operator's."""
        return self.status == UNAUTHORIZED and self.code in _OF_THE_SIGNATURE

    @property
    def of_the_second_factor(self) -> bool:
        """Whether a verified token is missing or has ended."""
        return self.status == UNAUTHORIZED and self.code == _OF_THE_SECOND_FACTOR

    @property
    def of_the_access(self) -> bool:
        """Whether the person's own access is refused, not what was asked with it."""
        other = self.of_the_time or (self.of_the_signature and self.by_platform)
        return self.status == UNAUTHORIZED and self.proven and not other

    @property
    def of_a_subscription(self) -> bool:
        """Whether the prices asked for are not in this key's subscription."""
        return self.status == 403 and self.code == _OF_A_SUBSCRIPTION

    @property
    def of_a_known_id(self) -> bool:
        """Whether an order of this client order id was taken already."""
        return self.status == _BUSINESS and self.code == "TRADE_PLACE_ORDER_REPEAT"

    @property
    def of_no_such_order(self) -> bool:
        """Whether Webull knows no order of that id in that account."""
        return self.status == _BUSINESS and self.code == "ORDER_NOT_FOUND"

    @property
    def of_an_ended_order(self) -> bool:
        """Whether it can no longer be canceled."""
        return self.status == _BUSINESS and self.code == "ORDER_CAN_NOT_BE_CANCEL"
