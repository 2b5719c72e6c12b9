"""What a key needs for a method: the reference's "API Key Permissions Required"."""

from typing import Final

from tests.simulators.kraken.people import Key
from tests.simulators.kraken.refusals import permission_denied

_FUNDS: Final = frozenset({"query-funds"})
_OPEN: Final = frozenset({"query-open-trades"})
_CLOSED: Final = frozenset({"query-closed-trades"})
_CREATE: Final = frozenset({"modify-trades"})
_CANCEL: Final = frozenset({"close-trades"})

NEEDED: Final = {
    "Balance": (_FUNDS,),
    "BalanceEx": (_FUNDS,),
    "TradeVolume": (_FUNDS,),
    # The reference of May 2026; the guide "API key permissions" says query funds.
    "TradeBalance": (_OPEN, _FUNDS),
    "OpenOrders": (_OPEN,),
    "ClosedOrders": (_CLOSED,),
    "QueryOrders": (_OPEN, _CLOSED),
    "TradesHistory": (_CLOSED,),
    "QueryTrades": (_CLOSED,),
    "AddOrder": (_CREATE,),
    "AmendOrder": (_CREATE, _CANCEL),
    "EditOrder": (_CREATE | _CANCEL,),
    "CancelOrder": (_CREATE, _CANCEL),
    "CancelAll": (_CREATE, _CANCEL),
    "GetApiKeyInfo": (frozenset(),),
}
"""Any one of these sets will do."""


def check_permitted(key: Key, method: str) -> None:
    """The key may use `method`.

    Raises:
        KrakenRefusal: It may not.
    """
    if not any(needed <= key.permissions for needed in NEEDED[method]):
        raise permission_denied()


def may_see(key: Key, *, ended: bool) -> bool:
    """Whether QueryOrders shows it such an order: "depending on status of order"."""
    return (_CLOSED if ended else _OPEN) <= key.permissions
