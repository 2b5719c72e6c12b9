"""What Webull says with a status other than 200.

Four shapes were met in the live sandbox (sfreiberg/webull, docs/COMPATIBILITY.md): the trading
requests' `error_code` and `message`; market data's, which repeats the status; the gateway's
`error_msg` alone; and, for one path, that of a bare server. Codes of trading begin with OPENAPI_
(with OAUTH_OPENAPI_ on the earlier paths). A parameter that cannot be is a 417, not a 400.
"""

from typing import Final

from tests.simulators import serving
from tests.simulators.serving import Answer, json_answer

WRONG: Final = 417


class Refusal(serving.Refusal):
    """A request that is not carried out, and its answer."""

    def __init__(self, code: str, message: str, *, status: int = WRONG) -> None:
        """Most are 417."""
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return json_answer({"message": self.message, "error_code": self.code}, self.status)


class DataRefusal(Refusal):
    """Of market data: the status is repeated (seen in the sandbox)."""

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        body = {"error_code": self.code, "message": self.message, "status": self.status}
        return json_answer(body, self.status)


class RouteNotFound(serving.Refusal):
    """The gateway's, for a path that is not there and for a key it does not know (sandbox)."""

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return json_answer({"error_msg": "404 Route Not Found"}, 404)


# Who asks


def missing_app_key() -> Refusal:
    """Seen in the sandbox; the words are unverified."""
    return Refusal("MISSING_APP_KEY", "Missing app key", status=401)


def missing_header(name: str) -> Refusal:
    """Seen in production, September 2026, with that spelling."""
    return Refusal("ILLEAGAL_PARAMETER", f'property "{name}" is required', status=400)


def wrong_header(name: str) -> Refusal:
    """By analogy: unverified."""
    return Refusal("ILLEAGAL_PARAMETER", f'property "{name}" is invalid', status=400)


def incorrect_sign() -> Refusal:
    """The code was in earlier documentation; status and words are unverified, as below."""
    return Refusal("INCORRECT_SIGN", "Signature verification failed", status=401)


def clock_skew() -> Refusal:
    """The timestamp is too far from now."""
    return Refusal("CLOCK_SKEW_EXCEEDED", "Timestamp offset exceeds the limit", status=401)


def duplicated_request() -> Refusal:
    """The nonce was used before; with that spelling."""
    return Refusal("DUPPLICATED_REQUEST", "The nonce has been used", status=401)


def invalid_token() -> Refusal:
    """x-access-token is wrong; the code was seen by users, with a 401."""
    return Refusal("INVALID_TOKEN", "Invalid token", status=401)


def unauthorized() -> Refusal:
    """The reference's example of a 401; here for whatever is wrong with a bearer token."""
    return Refusal("UNAUTHORIZED", "Insufficient permission", status=401)


def account_denied() -> Refusal:
    """Seen in the sandbox; the words are unverified."""
    return Refusal("ACCOUNT_ACCESS_DENIED", "Account access denied", status=403)


def too_many() -> Refusal:
    """Seen in the sandbox; the words are unverified."""
    return Refusal("TOO_MANY_REQUESTS", "Too many requests", status=429)


# What is asked


def bad(names: str, value: object) -> Refusal:
    """As the sandbox says it of one parameter or of several together."""
    given = "" if value is None else value
    return Refusal("OPENAPI_PARAM_ERR", f"Parameter error, invalid {names}, value: {given}")


def invalid_parameter(name: str) -> Refusal:
    """The reference's example of a 417."""
    return Refusal("INVALID_PARAMETER", f"Parameter error, {name}")


def not_subscribed(product: str) -> Refusal:
    """Seen in the sandbox."""
    words = f"Insufficient permission, please subscribe to {product}."
    return DataRefusal("MARKET_DATA_NOT_SUBSCRIBED", words, status=403)


def wrong_category(category: str) -> Refusal:
    """Seen in the sandbox."""
    words = f"The category is not supported by this interface:{category}"
    return DataRefusal("UNSUPPORTED_CATEGORY", words)


def illegal(words: str) -> Refusal:
    """Market data's parameters; "depth not more than 1" was seen."""
    return DataRefusal("ILLEGAL_PARAMETER", words)


# Orders. Users quote these codes; the words of those marked * too.


def repeated() -> Refusal:
    """*The id was used by an order that was taken."""
    words = "Please do not place an order repeatedly"
    return Refusal("OPENAPI_TRADE_PLACE_ORDER_REPEAT", words)


def no_buying_power(*, at_market: bool) -> Refusal:
    """*It costs more than there is; a market order needs 2 % more."""
    code = "OPENAPI_DAY_BUYING_POWER_INSUFFICIENT"
    if not at_market:
        return Refusal(code, "Buying power is insufficient.")
    words = "Buying power must be 2% above the estimated cost of a market order."  # unverified
    return Refusal(f"{code}_M_NEW", words)


def sells_too_much() -> Refusal:
    """More than is available."""
    words = "The selling quantity exceeds the available quantity."
    return Refusal("OPENAPI_SELL_QTY_EXCEED_AVAILABLE_QTY", words)


def reverses_option() -> Refusal:
    """More contracts sold than held: that this code is meant for it is unverified."""
    return Refusal("OPENAPI_NOT_SUPPORT_REVERSE_OPTION", "Reverse option is not supported.")


def order_not_found() -> Refusal:
    """Nothing has that id in that account."""
    return Refusal("OPENAPI_ORDER_NOT_FOUND", "Order not found.")


def cannot_cancel(*, pending: bool = False) -> Refusal:
    """It has ended, or it has not arrived yet."""
    code = "OPENAPI_ORDER_CAN_NOT_BE_CANCEL" + ("_FOR_PENDING_SUBMIT" if pending else "")
    return Refusal(code, "The order can not be cancelled.")


def cannot_modify() -> Refusal:
    """It has ended: the code is made like the one above, unverified."""
    return Refusal("OPENAPI_ORDER_CAN_NOT_BE_MODIFY", "The order can not be modified.")


def day_order_too_late() -> Refusal:
    """After the regular session; GTC is taken."""
    words = "DAY orders are not allowed after core trading hours, please use GTC."
    return Refusal("OPENAPI_DAY_ORDER_NOT_ALLOWED_AFT_CORE_TIME_LIMIT", words)


def not_trading_now() -> Refusal:
    """Outside the hours in which the order could trade."""
    return Refusal("OPENAPI_CAN_NOT_TRADING_FOR_NON_TRADING_HOURS", "Non-trading time.")


def denied_ticker() -> Refusal:
    """The symbol is not traded."""
    return Refusal("OPENAPI_TICKER_IS_DENY", "The ticker can not be traded.")


def no_permission() -> Refusal:
    """The account may not do that."""
    return Refusal("OPENAPI_TRADE_ORDER_NO_PERMISSION", "No permission to trade.")


def no_fractions_of_it() -> Refusal:
    """Parts of that share are not traded."""
    words = "The ticker does not support fractional trading."
    return Refusal("OPENAPI_FRACT_TICKER_DONT_SUPPORT_TRADE", words)


def unsigned_fractions() -> Refusal:
    """*The message is the address of the agreement."""
    words = "https://sp.webull.com/agreement/third-party?bizTypes=TRADE_FRACT_PRO"
    return Refusal("OPENAPI_OPENAPI_FRACT_VERSION2_ACCOUNT_NOT_TRADE", words)


def too_few_for_price() -> Refusal:
    """Fewer than a hundred shares below a dollar."""
    words = "Orders between $0.0999 and $0.999 need at least 100 shares."
    return Refusal("OPENAPI_CANT_TRADE_FOR_PRICE_BETWEEN_0099_AND_0999", words)


def too_many_units() -> Refusal:
    """More than 200,000: earlier documentation."""
    return Refusal("OPENAPI_ORDER_QUANTITY_EXCEED_LIMIT", "The quantity exceeds the limit.")


def stop_on_the_wrong_side(side: str) -> Refusal:
    """LESS was seen, GREATER is made like it."""
    word = "GREATER" if side == "BUY" else "LESS"
    words = f"The stop price must be {word.lower()} than the market price."
    return Refusal(f"OPENAPI_STOP_PRICE_MUST_BE_{word}_THAN_MARKET_PRICE", words)


def coin_order_too_small() -> Refusal:
    """Less than two dollars."""
    words = "The minimum order amount is $2.00."
    return Refusal("OPENAPI_CRYPTO_ORDER_BUY_SELL_LIMIT_MINIMUM", words)
