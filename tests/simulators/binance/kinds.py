"""What a request is, for faults and counters."""

from typing import Final

_PLACING: Final = frozenset(
    {
        "/api/v3/order",
        "/api/v3/orderList/oco",
        "/api/v3/orderList/oto",
        "/api/v3/orderList/otoco",
    }
)
_PRIVATE: Final = frozenset(
    {
        "account",
        "account/commission",
        "allOrderList",
        "allOrders",
        "myFilters",
        "myTrades",
        "openOrderList",
        "openOrders",
        "order",
        "order/amendments",
        "orderList",
        "rateLimit/order",
    }
)


def kinds_of(method: str, path: str) -> frozenset[str]:
    """The kinds of a request.

    An order list is placed by one request. cancelReplace changes an order, though it is a cancel
    and a new order; a test order changes nothing.
    """
    if method == "GET":
        private = path.startswith("/sapi") or path.removeprefix("/api/v3/") in _PRIVATE
        return frozenset({"any", "read"} if private else {"any", "read", "data"})
    if path == "/api/v3/order/test":
        return frozenset({"any", "read"})
    if method == "DELETE":
        return frozenset({"any", "cancel"})
    if method == "PUT" or path == "/api/v3/order/cancelReplace":
        return frozenset({"any", "modify"})
    return frozenset({"any", "place"} if path in _PLACING else {"any"})
