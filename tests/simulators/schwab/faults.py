"""Which of Schwab's requests the faults of `tests.simulators.serving` are for."""

import re
from typing import Final

from tests.simulators.serving import Fault, Trouble

__all__ = ["AUTHORIZE", "OPERATIONS", "TOKEN", "Fault", "Trouble", "kinds_of"]

AUTHORIZE: Final = "/v1/oauth/authorize"
TOKEN: Final = "/v1/oauth/token"
_ACCOUNT: Final = r"/trader/v1/accounts/[^/]+"
OPERATIONS: Final = {
    "authorize": AUTHORIZE,
    "token": TOKEN,
    "account_numbers": "/trader/v1/accounts/accountNumbers",
    "accounts": "/trader/v1/accounts",
    "account": r"/trader/v1/accounts/(?!accountNumbers)[^/]+",
    "orders": rf"{_ACCOUNT}/orders",
    "order": rf"{_ACCOUNT}/orders/\d+",
    "all_orders": "/trader/v1/orders",
    "preview": rf"{_ACCOUNT}/previewOrder",
    "transactions": rf"{_ACCOUNT}/transactions(/.*)?",
    "preferences": "/trader/v1/userPreference",
    "quotes": r"/marketdata/v1/(.*/)?quotes",
    "history": "/marketdata/v1/pricehistory",
    "chains": "/marketdata/v1/chains",
    "expirations": "/marketdata/v1/expirationchain",
    "hours": "/marketdata/v1/markets(/.*)?",
    "instruments": "/marketdata/v1/instruments(/.*)?",
}
"""Patterns of paths by name; "orders" and "order" are met by every method. Besides these there are
the kinds of `tests.simulators.serving`: "place", "cancel", "modify", "read", "data", "any"."""

_ORDERS: Final = re.compile(OPERATIONS["orders"])
_ORDER: Final = re.compile(OPERATIONS["order"])


def kinds_of(method: str, path: str) -> frozenset[str]:
    """The kinds of a request. A preview changes nothing, though it is a POST."""
    if path.startswith("/marketdata/"):
        return frozenset({"any", "read", "data"})
    if method == "POST" and _ORDERS.fullmatch(path):
        return frozenset({"any", "place"})
    if method in {"DELETE", "PUT"} and _ORDER.fullmatch(path):
        return frozenset({"any", "cancel" if method == "DELETE" else "modify"})
    if path.startswith("/trader/"):
        return frozenset({"any", "read"})
    return frozenset({"any"})
