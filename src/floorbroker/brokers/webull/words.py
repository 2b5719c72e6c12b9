"""A refusal of Webull's in words for people, and the code of ours that it stands for. Pure.

Webull's own words are shown where they say something. Codes are those that users quote:
tests/simulators/webull/refusals.py lists them with what is known of each.
"""

from typing import Final

from floorbroker.brokers.webull.refusals import UNAUTHORIZED, Refusal
from floorbroker.domain.error_codes import ErrorCode

_SECOND_FACTOR: Final = (
    "Webull asks for a verified token with this key, or the one that was given has ended: "
    "two-factor authentication is on for it. Switch that off at Webull, or give a verified token."
)
_CLOCKS: Final = "The bot's clock and Webull's are too far apart, so Webull did nothing."
_ROUTE: Final = "Webull knows no such request, or not the key it was signed with."
_APPLICATION: Final = "Webull does not accept the application of this bot's operator."
_KEY: Final = "Webull does not accept this app key and its secret."
_CLOSED: Final = ("NON_TRADING_HOURS", "TRADING_TIME", "CORE_TIME_LIMIT")
_MONEY: Final = ("BUYING_POWER_INSUFFICIENT", "INSUFFICIENT_BALANCE", "INSUFFICIENT_FUND")


def said(refusal: Refusal) -> str:
    """A sentence for people."""
    if refusal.of_a_subscription:
        return f"Webull gives no such prices here. {refusal.message}".rstrip()
    if refusal.status == UNAUTHORIZED or refusal.of_the_route:
        return _not_let_in(refusal)
    if refusal.message.startswith("https://"):
        return f"Webull wants its agreement signed first: {refusal.message}"
    return refusal.message or f"Webull refused it: {refusal.code[:64].replace('_', ' ').lower()}."


def _not_let_in(refusal: Refusal) -> str:
    known = (
        (refusal.of_the_second_factor, _SECOND_FACTOR),
        (refusal.of_the_time, _CLOCKS),
        (refusal.of_the_route, _ROUTE),
        (refusal.of_the_signature and refusal.by_platform, _APPLICATION),
        (refusal.of_the_signature, _KEY),
    )
    return next((words for is_so, words in known if is_so), "Webull does not accept this access.")


def why(refusal: Refusal) -> ErrorCode:
    """What a refused order is refused for, as far as the code tells."""
    if refusal.of_the_access:
        return ErrorCode.AUTHENTICATION_FAILED
    if any(words in refusal.code for words in _MONEY):
        return ErrorCode.INSUFFICIENT_FUNDS
    if any(words in refusal.code for words in _CLOSED):
        return ErrorCode.MARKET_CLOSED
    if refusal.code == "PARAM_ERR" and "invalid market,symbol" in refusal.message:
        return ErrorCode.SYMBOL_NOT_FOUND
    return ErrorCode.ORDER_REJECTED
