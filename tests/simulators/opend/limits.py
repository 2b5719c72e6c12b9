"""How often something may be asked in 30 seconds.

Sources: https://openapi.moomoo.com/moomoo-api-doc/en/trade/place-order.html, modify-order.html (20,
cancels among them) and unlock.html (10). The other numbers are unverified, and so are the refusal's
words, but for "high frequency", by which clients are known to tell it. The shortest time between
two orders (0.02 s) and two changes (0.04 s) is not enforced: a test's clock stands.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from tests.simulators.opend.asking import Asked, Refusal

WINDOW: Final = timedelta(seconds=30)
PER_ACCOUNT: Final = {
    "Trd_PlaceOrder": 15,
    "Trd_ModifyOrder": 20,
    "Trd_GetHistoryOrderList": 10,
    "Trd_GetHistoryOrderFillList": 10,
    "Trd_GetOrderFee": 10,
    "Trd_GetMaxTrdQtys": 10,
}
REFRESHED: Final = {
    "Trd_GetFunds": 10,
    "Trd_GetPositionList": 10,
    "Trd_GetOrderList": 10,
    "Trd_GetOrderFillList": 10,
}
"""Counted with `refreshCache` only: without it OpenD answers from its cache."""
PER_OPEND: Final = {
    "Trd_UnlockTrade": 10,
    "Qot_GetSecuritySnapshot": 60,
    "Qot_GetStaticInfo": 10,
    "Qot_GetOptionChain": 10,
    "Qot_GetOptionExpirationDate": 60,
    "Qot_RequestHistoryKL": 60,
    "Qot_GetMarketState": 10,
    "Qot_RequestTradeDate": 30,
}


class Limits:
    """Counts, and refuses what is too often.

    Attributes:
        on: Whether it refuses.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Off."""
        self.on = False
        self._now = now
        self._asked: dict[tuple[str, int], deque[datetime]] = defaultdict(deque)

    def guard(self, name: str, _kind: str, asked: Asked) -> None:
        """One request.

        Raises:
            Refusal: It is one too many.
        """
        limit, account = PER_OPEND.get(name), 0
        if limit is None and asked.c2s.DESCRIPTOR.fields_by_name.get("header") is not None:
            limit = PER_ACCOUNT.get(name)
            account = getattr(asked.c2s.header, "accID", 0)
            if limit is None and getattr(asked.c2s, "refreshCache", False):
                limit = REFRESHED.get(name)
        if not self.on or limit is None:
            return
        times = self._asked[name, account]
        while times and times[0] <= self._now() - WINDOW:
            times.popleft()
        if len(times) >= limit:
            raise Refusal(
                f"{name} is called with high frequency: at most {limit} requests per 30 seconds"
            )
        times.append(self._now())
