"""How often an application may ask: per application key and path.

developer.webull.com/apis/docs/rate-limits (production), as quoted by several repositories in
September 2026; the sandbox has less. Other pages of Webull's say more: 300 in 60 s for all market
data (market-data-api/faq), 40 in 2 s for the lists of orders (reference/order-open).
Repeated abuse is said to block an address. Nothing is refused until `enforced` is on.
"""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Final

from tests.simulators.webull.refusals import too_many

LIMITS: Final = {
    "/trading/orders/place": (600, 60),
    "/trading/orders/replace": (600, 60),
    "/trading/orders/cancel": (600, 60),
    "/trading/orders/preview": (150, 10),
    "/trading/orders/get": (2, 2),
    "/trading/orders/open-orders/list": (2, 2),
    "/trading/orders/historical-orders/list": (2, 2),
    "/trading/assets/balances/get": (2, 2),
    "/trading/assets/positions/list": (2, 2),
    "/trading/accounts/list": (10, 30),
    "/auth/tokens/create": (10, 30),
    "/auth/tokens/check": (10, 30),
}
"""Requests and seconds, by path."""

INSTRUMENTS: Final = (10, 30)
MARKET_DATA: Final = (60, 60)


class Limits:
    """The counters.

    Attributes:
        enforced: Whether what is too much is refused.
        own: Limits of a test's, by path; they go before `LIMITS`.
    """

    def __init__(self) -> None:
        """Everything is allowed."""
        self.enforced = False
        self.own: dict[str, tuple[int, float]] = {}
        self._asked: dict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def count(self, app_key: str, path: str, now: datetime) -> None:
        """One more request.

        Raises:
            Refusal: It is one too many. It is not counted then (unverified).
        """
        limit = self.own.get(path) or _documented(path)
        if limit is None:
            return
        most, seconds = limit
        asked = self._asked[app_key, path]
        while asked and now - asked[0] >= timedelta(seconds=seconds):
            asked.popleft()
        if self.enforced and len(asked) >= most:
            raise too_many()
        asked.append(now)


def _documented(path: str) -> tuple[int, float] | None:
    if path.startswith("/market-data/"):
        return MARKET_DATA
    if path.startswith("/trading/instruments/"):
        return INSTRUMENTS
    return LIMITS.get(path)
