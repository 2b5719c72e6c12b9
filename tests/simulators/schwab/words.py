"""The words of an order: the enumerations and fields of the OpenAPI file's OrderRequest."""

from typing import Final

from tests.simulators.schwab.instruments import EQUITY, OPTION

STATUSES: Final = frozenset(
    [
        "AWAITING_PARENT_ORDER",
        "AWAITING_CONDITION",
        "AWAITING_STOP_CONDITION",
        "AWAITING_MANUAL_REVIEW",
        "ACCEPTED",
        "AWAITING_UR_OUT",
        "PENDING_ACTIVATION",
        "QUEUED",
        "WORKING",
        "REJECTED",
        "PENDING_CANCEL",
        "CANCELED",
        "PENDING_REPLACE",
        "REPLACED",
        "FILLED",
        "EXPIRED",
        "NEW",
        "AWAITING_RELEASE_TIME",
        "PENDING_ACKNOWLEDGEMENT",
        "PENDING_RECALL",
        "UNKNOWN",
    ]
)
TYPES: Final = frozenset(
    [
        "MARKET",
        "LIMIT",
        "STOP",
        "STOP_LIMIT",
        "TRAILING_STOP",
        "MARKET_ON_CLOSE",
        "LIMIT_ON_CLOSE",
        "NET_DEBIT",
        "NET_CREDIT",
        "NET_ZERO",
    ]
)
"""CABINET, EXERCISE, NON_MARKETABLE and TRAILING_STOP_LIMIT are the vendor's too, not simulated."""
PRICED: Final = frozenset({"LIMIT", "STOP_LIMIT", "LIMIT_ON_CLOSE", "NET_DEBIT", "NET_CREDIT"})
STOPPED: Final = frozenset({"STOP", "STOP_LIMIT"})
TRAILING: Final = "TRAILING_STOP"
SESSIONS: Final = frozenset({"NORMAL", "AM", "PM", "SEAMLESS"})
DURATIONS: Final = frozenset(
    [
        "DAY",
        "GOOD_TILL_CANCEL",
        "FILL_OR_KILL",
        "IMMEDIATE_OR_CANCEL",
        "END_OF_WEEK",
        "END_OF_MONTH",
        "NEXT_END_OF_MONTH",
    ]
)
STRATEGIES: Final = frozenset({"SINGLE", "OCO", "TRIGGER"})
COMPLEX: Final = frozenset(
    [
        "NONE",
        "COVERED",
        "VERTICAL",
        "BACK_RATIO",
        "CALENDAR",
        "DIAGONAL",
        "STRADDLE",
        "STRANGLE",
        "COLLAR_SYNTHETIC",
        "BUTTERFLY",
        "CONDOR",
        "IRON_CONDOR",
        "VERTICAL_ROLL",
        "COLLAR_WITH_STOCK",
        "DOUBLE_DIAGONAL",
        "UNBALANCED_BUTTERFLY",
        "UNBALANCED_CONDOR",
        "UNBALANCED_IRON_CONDOR",
        "UNBALANCED_VERTICAL_ROLL",
        "MUTUAL_FUND_SWAP",
        "CUSTOM",
    ]
)
INSTRUCTIONS: Final = {
    EQUITY: frozenset({"BUY", "SELL", "BUY_TO_COVER", "SELL_SHORT"}),
    OPTION: frozenset({"BUY_TO_OPEN", "BUY_TO_CLOSE", "SELL_TO_OPEN", "SELL_TO_CLOSE"}),
}
FIELDS: Final = frozenset(
    [
        "session",
        "duration",
        "orderType",
        "cancelTime",
        "complexOrderStrategyType",
        "quantity",
        "filledQuantity",
        "remainingQuantity",
        "destinationLinkName",
        "releaseTime",
        "stopPrice",
        "stopPriceLinkBasis",
        "stopPriceLinkType",
        "stopPriceOffset",
        "stopType",
        "priceLinkBasis",
        "priceLinkType",
        "price",
        "taxLotMethod",
        "orderLegCollection",
        "activationPrice",
        "specialInstruction",
        "orderStrategyType",
        "orderId",
        "cancelable",
        "editable",
        "status",
        "enteredTime",
        "closeTime",
        "accountNumber",
        "orderActivityCollection",
        "replacingOrderCollection",
        "childOrderStrategies",
        "statusDescription",
    ]
)
