"""Which of E*TRADE's requests the faults of `tests.simulators.serving` are for.

Previews change nothing, so they are of the kind "read"; to meet one operation alone, the patterns
below are given to `fail` and `refuse` in the place of a kind.
"""

import re
from typing import Final

from tests.simulators.serving import Fault, Trouble

__all__ = [
    "BALANCE",
    "CHANGE_PREVIEW",
    "ORDERS",
    "ORDER_DETAILS",
    "PORTFOLIO",
    "PREVIEW",
    "QUOTES",
    "RENEW",
    "REQUEST_TOKEN",
    "REVOKE",
    "TOKEN",
    "TRANSACTIONS",
    "Fault",
    "Trouble",
    "kinds_of",
]

_ACCOUNT: Final = r"/v1/accounts/[^/]+"
PREVIEW: Final = rf"{_ACCOUNT}/orders/preview\.json"
CHANGE_PREVIEW: Final = rf"{_ACCOUNT}/orders/\d+/change/preview\.json"
ORDERS: Final = rf"{_ACCOUNT}/orders\.json"
ORDER_DETAILS: Final = rf"{_ACCOUNT}/orders/\d+\.json"
BALANCE: Final = rf"{_ACCOUNT}/balance\.json"
PORTFOLIO: Final = rf"{_ACCOUNT}/portfolio\.json"
TRANSACTIONS: Final = rf"{_ACCOUNT}/transactions\.json"
QUOTES: Final = r"/v1/market/quote/.*"
REQUEST_TOKEN: Final = "/oauth/request_token"
TOKEN: Final = "/oauth/access_token"
RENEW: Final = "/oauth/renew_access_token"
REVOKE: Final = "/oauth/revoke_access_token"

_TRADING: Final = (
    ("POST", re.compile(rf"{_ACCOUNT}/orders/place\.json"), "place"),
    ("PUT", re.compile(rf"{_ACCOUNT}/orders/cancel\.json"), "cancel"),
    ("PUT", re.compile(rf"{_ACCOUNT}/orders/\d+/change/place\.json"), "modify"),
)


def kinds_of(method: str, path: str) -> frozenset[str]:
    """The kinds of a request; those under /oauth and the page are of none but "any"."""
    if not path.startswith("/v1/"):
        return frozenset({"any"})
    if path.startswith("/v1/market/"):
        return frozenset({"any", "read", "data"})
    for verb, pattern, kind in _TRADING:
        if method == verb and pattern.fullmatch(path):
            return frozenset({"any", kind})
    return frozenset({"any", "read"})
