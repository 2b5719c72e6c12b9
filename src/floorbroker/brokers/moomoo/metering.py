"""How often OpenD may be asked in 30 seconds: by account or altogether.

"A maximum of … requests per 30 seconds", at the foot of each page of
https://openapi.moomoo.com/moomoo-api-doc/en/trade/ and …/quote/ (November 2026); that of placing
also asks for 0.02 s between two, that of changing for 0.04 s, which OpenD sees to itself.
What OpenD answers from its cache is not counted. Numbers without a page here are marked so.
"""

from typing import Final, NamedTuple

from floorbroker.brokers.moomoo.errors import BROKER
from floorbroker.brokers.shared.allowance import Allowance
from floorbroker.brokers.shared.allowances import Allowances

WINDOW_SECONDS: Final = 30


class Scope(NamedTuple):
    """What is counted together.

    Attributes:
        name: For metric and log.
        kept_back: Whether what closes or reads back goes before the rest.
    """

    name: str
    most: int
    kept_back: bool = False


PLACE: Final = Scope("place", 15, kept_back=True)  # place-order.html
CHANGE: Final = Scope("change", 20, kept_back=True)  # modify-order.html: cancels too
REFRESHED_ORDERS: Final = Scope("orders", 10)  # get-order-list.html
HISTORY: Final = Scope("order history", 10, kept_back=True)  # get-history-order-list.html
DEALS: Final = Scope("deal history", 10)  # get-history-order-fill-list.html
FEES: Final = Scope("fees", 10)  # order-fee-query.html
SNAPSHOT: Final = Scope("snapshot", 60, kept_back=True)  # get-market-snapshot.html
STATIC: Final = Scope("instruments", 10)  # get-static-info.html (unverified)
CHAIN: Final = Scope("option chain", 10)  # get-option-chain.html (unverified)
EXPIRIES: Final = Scope("option expiries", 60)  # get-option-expiration-date.html (unverified)
BARS: Final = Scope("bars", 60)  # request-history-kline.html
DAYS: Final = Scope("trading days", 30)  # request-trading-days.html (unverified)
UNLOCK: Final = Scope("unlock", 10)  # unlock.html

ALL: Final = (
    PLACE,
    CHANGE,
    REFRESHED_ORDERS,
    HISTORY,
    DEALS,
    FEES,
    SNAPSHOT,
    STATIC,
    CHAIN,
    EXPIRIES,
    BARS,
    DAYS,
    UNLOCK,
)


class Metering:
    """What is left, for everybody at this OpenD: it serves one person."""

    __slots__ = ("_allowances",)

    def __init__(self, allowances: Allowances) -> None:
        """See the class."""
        self._allowances = allowances

    async def take(self, scope: Scope, account_id: str = "", *, urgent: bool = False) -> None:
        """One more request, about an account or none.

        Raises:
            NoAllowance: There is no room.
        """
        await self._of(scope, account_id).take(urgent=urgent or not scope.kept_back)

    def _of(self, scope: Scope, account_id: str) -> Allowance:
        return self._allowances.window(
            BROKER, scope.name, account_id, most=scope.most, seconds=WINDOW_SECONDS
        )
