"""Coinbase's reasons in words for people. Data, and nothing else.

The words are those of the reference (create-order, edit-order, cancel-order); what each of them
stands for is documented by its name alone. PREVIEW_ in front of one says who found it.
"""

from collections.abc import Mapping
from typing import Final

from floorbroker.domain.error_codes import ErrorCode

_TOO_LITTLE: Final = "There is too little money, or too few coins, for this order and its fee."
_NOT_TRADED: Final = "Coinbase does not trade this pair now."
_NOT_ALLOWED: Final = "Coinbase lets this account look at this pair, but not trade it."
_TOO_SMALL: Final = "This order is smaller than Coinbase takes."
_TOO_LARGE: Final = "This order is larger than Coinbase takes."
_TOO_FINE: Final = "The quantity is finer than Coinbase takes for this pair."
_PRICE_TOO_FINE: Final = "The price is finer than Coinbase takes for this pair."
_TOO_FAR: Final = "The limit is too far from the market for Coinbase."
_ENDED: Final = "Coinbase has no open order of this id; it may have ended."
_CHANGING: Final = "A change of this order is under way. Try again in a moment."

SENTENCES: Final[Mapping[str, str]] = {
    "INSUFFICIENT_FUND": _TOO_LITTLE,
    "INSUFFICIENT_FUNDS": _TOO_LITTLE,
    "INVALID_LEDGER_BALANCE": _TOO_LITTLE,
    "INSUFFICIENT_LEDGER_BALANCE": _TOO_LITTLE,
    "REJECT_REASON_INSUFFICIENT_FUNDS": _TOO_LITTLE,
    "HOLD_FAILURE": "Coinbase could not set the money for this order aside.",
    "TOO_MANY_OPEN_ORDERS": "There are too many open orders at Coinbase already.",
    "TRADING_DISABLED": _NOT_TRADED,
    "PRODUCT_TRADING_HALTED": _NOT_TRADED,
    "ORDER_ENTRY_DISABLED": "Coinbase takes no new orders for this pair now.",
    "NOT_ALLOWED_BY_MARKET_STATE": "Coinbase takes no orders of this kind for this pair now.",
    "UNTRADABLE_PRODUCT": _NOT_ALLOWED,
    "INELIGIBLE_PAIR": _NOT_ALLOWED,
    "GEOFENCING_RESTRICTION": _NOT_ALLOWED,
    "INVALID_PRODUCT_ID": "Coinbase does not trade this symbol.",
    "UNSUPPORTED_ORDER_CONFIGURATION": "Coinbase takes no orders of this kind for this pair.",
    "INVALID_NO_LIQUIDITY": "Nobody trades on the other side of this market now.",
    "INVALID_BASE_SIZE_TOO_SMALL": _TOO_SMALL,
    "INVALID_QUOTE_SIZE_TOO_SMALL": _TOO_SMALL,
    "INVALID_BASE_SIZE_TOO_LARGE": _TOO_LARGE,
    "INVALID_QUOTE_SIZE_TOO_LARGE": _TOO_LARGE,
    "INVALID_SIZE_PRECISION": _TOO_FINE,
    "INVALID_QUOTE_SIZE_PRECISION": _TOO_FINE,
    "INVALID_PRICE_PRECISION": _PRICE_TOO_FINE,
    "INVALID_LIMIT_PRICE_PRECISION": _PRICE_TOO_FINE,
    "INVALID_STOP_PRICE_PRECISION": _PRICE_TOO_FINE,
    "LIMIT_PRICE_TOO_FAR_FROM_MARKET": _TOO_FAR,
    "BREACHED_PRICE_LIMIT": _TOO_FAR,
    "LIMIT_ORDER_PRICE_EXCEEDS_PRICE_BAND_ON_BUY": _TOO_FAR,
    "LIMIT_ORDER_PRICE_EXCEEDS_PRICE_BAND_ON_SELL": _TOO_FAR,
    "STOP_PRICE_BELOW_LAST_TRADE_PRICE": "The stop of a buy has to be above the last price.",
    "STOP_PRICE_ABOVE_LAST_TRADE_PRICE": "The stop of a sale has to be below the last price.",
    "STOP_PRICE_ABOVE_LIMIT_PRICE": "The limit of a buy has to be at its stop or above.",
    "STOP_PRICE_BELOW_LIMIT_PRICE": "The limit of a sale has to be at its stop or below.",
    # Cancels
    "UNKNOWN_CANCEL_ORDER": _ENDED,
    "ORDER_IS_FULLY_FILLED": "This order is filled already.",
    "ORDER_IS_BEING_REPLACED": _CHANGING,
    "NOT_ALLOWED_TO_CANCEL": "Coinbase does not let this order be canceled now.",
    "COMMANDER_REJECTED_CANCEL_ORDER": "Coinbase's exchange did not take the cancel.",
    # Changes
    "ORDER_NOT_FOUND": _ENDED,
    "ONLY_OPEN_ORDERS_CAN_BE_EDITED": "Only an open order can be changed; this one may have ended.",
    "ONLY_LIMIT_ORDER_EDITS_SUPPORTED": "Coinbase changes limit orders only.",
    "CANNOT_EDIT_TO_BELOW_FILLED_SIZE": "More than that of this order is filled already.",
    "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST": "That is what this order says already.",
    "ORDER_IS_ALREADY_BEING_REPLACED": _CHANGING,
    "CANNOT_EDIT_ORDER_PENDING_CANCEL": "A cancel of this order is under way.",
    "EXCEEDED_MAX_ALLOWED_EDIT_REQUEST_COUNT": "Coinbase does not change this order once more. "
    "Cancel it and place another.",
    "COMMANDER_REJECTED_EDIT_ORDER": "Coinbase's exchange did not take the change.",
}

CODES: Final[Mapping[str, ErrorCode]] = {
    **dict.fromkeys(
        (reason for reason, words in SENTENCES.items() if words == _TOO_LITTLE),
        ErrorCode.INSUFFICIENT_FUNDS,
    ),
    **dict.fromkeys(
        ("TRADING_DISABLED", "PRODUCT_TRADING_HALTED", "ORDER_ENTRY_DISABLED"),
        ErrorCode.MARKET_CLOSED,
    ),
    "INVALID_PRODUCT_ID": ErrorCode.SYMBOL_NOT_FOUND,
}


def readable(reason: str) -> str:
    """A reason that has no words here, in words: `Invalid side.`"""
    words = reason.replace("_", " ").lower()
    return f"{words[:1].upper()}{words[1:]}." if words else ""
