"""OpenD's numbers for words, as far as they are used: the SDK's common/pb/*.proto. Pure."""

from collections.abc import Mapping
from typing import Final

from floorbroker.domain.instruments import OptionRight
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderType, Side, TimeInForce

_S = OrderState

# Trd_Common.proto
ENVIRONMENTS: Final = {Environment.PAPER: 0, Environment.LIVE: 1}
US: Final = 2
"""`TrdMarket` and `TrdSecMarket` alike."""
DOLLARS: Final = 2
SIDES: Final = {Side.BUY: 1, Side.SELL: 2}
SELLS: Final = frozenset({2, 3})
"""Sell, and sell short: "clients send buy and sell only", the server tells which it became."""
TYPES: Final = {
    OrderType.MARKET: 2,
    OrderType.LIMIT: 1,
    OrderType.STOP: 10,
    OrderType.STOP_LIMIT: 11,
    OrderType.TRAILING_STOP: 14,
}
TYPE_WORDS: Final = {
    1: "limit",
    2: "market",
    10: "stop",
    11: "stop limit",
    12: "market if touched",
    13: "limit if touched",
    14: "trailing stop",
    15: "trailing stop limit",
}
TIMES: Final = {TimeInForce.DAY: 0, TimeInForce.GTC: 1}
TIME_WORDS: Final = {0: "day", 1: "gtc", 2: "ioc", 3: "gtd"}
BY_RATIO: Final = 1
BY_AMOUNT: Final = 2
CHANGE: Final = 1
CANCEL: Final = 2
SHORT: Final = 1
CASH: Final = 1
DISABLED: Final = 1
FOR_SHARES_OR_OPTIONS: Final = frozenset({1, 2, 4})
"""`SimAccType`: shares, options, both; not futures, nor a competition's."""
ROLE_FOR_IPO: Final = 3
FIRMS: Final = {
    "FUTUSECURITIES": 1,
    "FUTUINC": 2,
    "FUTUSG": 3,
    "FUTUAU": 4,
    "FUTUCA": 5,
    "FUTUMY": 6,
    "FUTUJP": 7,
}
DEAL_CANCELED: Final = 1

# `OrderStatus`. TimeOut (4), "outcome not known", and Disabled (22), which the US market does not
# have, count as working, and so does every number that comes later.
FAILED: Final = 21
SUBMIT_FAILED: Final = 3
DELETED: Final = 23
FILL_CANCELED: Final = 24
ENDS: Final[Mapping[int, OrderState]] = {
    SUBMIT_FAILED: _S.REJECTED,
    11: _S.FILLED,
    14: _S.CANCELED,
    15: _S.CANCELED,
    FAILED: _S.REJECTED,
    DELETED: _S.CANCELED,
    FILL_CANCELED: _S.CANCELED,
}
AT_WORK: Final = frozenset({0, 1, 2, 4, 5, 10, 12, 13})

# Qot_Common.proto
US_SECURITIES: Final = 11
SHARES: Final = frozenset({3, 4})
OPTIONS: Final = 8
RIGHTS: Final = {1: OptionRight.CALL, 2: OptionRight.PUT}
QUOTES: Final = 1
BOOK: Final = 2
US_DAYS: Final = 2
WHOLE_DAY: Final = 0
MORNING_ONLY: Final = 1
OPEN_STATES: Final = frozenset({3, 5})
"""Morning and Afternoon; the US market is told as the latter (unverified for the former)."""
AS_TRADED: Final = 0
DELAYED_RIGHTS: Final = frozenset({1})
"""`QotRight_Bmp`, "cannot subscribe"."""
NO_RIGHT: Final = 5
RIGHT_WORDS: Final = {1: "BMP", 2: "Level 1", 3: "Level 2", 4: "SF", 5: "none", 6: "Level 3"}

# GetUserInfo.proto
ABOUT_RIGHTS: Final = 4
