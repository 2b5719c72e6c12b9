"""How often Webull may be asked: by application key and path.

https://developer.webull.com/apis/docs/rate-limits as several projects quote it in September 2026,
the strictest where pages differ: that of the market data says 300 a minute in one place and 600 in
another, that of the lists of orders 40 in two seconds. "Order query: 2 req/2s" stands in Webull's
own webull-openapi-skills too (references/llms_us.md). The sandbox allows less. That each path has
a count of its own is how the pages of the reference tell it (unverified).
"""

from datetime import timedelta
from typing import Final, NamedTuple

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.allowance import Allowance
from floorbroker.brokers.webull.errors import BROKER

_LONGEST_AWAY: Final = timedelta(seconds=10)


class Scope(NamedTuple):
    """What is counted together.

    Attributes:
        name: For metric and log.
        kept_back: Whether what closes goes before the rest: where all of it is equally urgent,
            a share that is kept for some would only be lost.
    """

    name: str
    most: int
    seconds: int
    kept_back: bool = False


PLACE: Final = Scope("place", 600, 60, kept_back=True)
REPLACE: Final = Scope("replace", 600, 60)
CANCEL: Final = Scope("cancel", 600, 60)
PREVIEW: Final = Scope("preview", 150, 10)
ORDER: Final = Scope("order", 2, 2)
OPEN_ORDERS: Final = Scope("open orders", 2, 2)
HISTORY: Final = Scope("order history", 2, 2)
BALANCE: Final = Scope("balance", 2, 2)
POSITIONS: Final = Scope("positions", 2, 2)
ACCOUNTS: Final = Scope("accounts", 10, 30)
INSTRUMENTS: Final = Scope("instruments", 10, 30)
MARKET_DATA: Final = Scope("market data", 60, 60)
COINS: Final = Scope("coins", 1, 1)
"""Of the market data: "1 request per second per App Key"."""

ALL: Final = (
    PLACE,
    REPLACE,
    CANCEL,
    PREVIEW,
    ORDER,
    OPEN_ORDERS,
    HISTORY,
    BALANCE,
    POSITIONS,
    ACCOUNTS,
    INSTRUMENTS,
    MARKET_DATA,
    COINS,
)


class Metering:
    """One person's view; who signed in shares the operator's key with all others who did."""

    __slots__ = ("_allowances", "_identity")

    def __init__(self, context: BrokerContext, *, by_platform: bool) -> None:
        """`by_platform`: the requests are signed with the operator's key."""
        self._allowances = context.allowances
        self._identity = "" if by_platform else str(context.link_id)

    async def take(self, scope: Scope, *, urgent: bool = False) -> None:
        """One more request.

        Raises:
            NoAllowance: There is no room.
        """
        await self._of(scope).take(urgent=urgent or not scope.kept_back)

    def refused(self, scope: Scope, pause: timedelta | None) -> None:
        """Webull was asked too often: stays away for as long as it says, or for a moment."""
        usual = min(timedelta(seconds=scope.seconds), _LONGEST_AWAY)
        self._of(scope).stay_away(pause or usual)

    def _of(self, scope: Scope) -> Allowance:
        return self._allowances.window(
            BROKER, scope.name, self._identity, most=scope.most, seconds=scope.seconds
        )
