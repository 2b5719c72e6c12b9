"""Kraken, where all money is real."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

from floorbroker.bootstrap import App
from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from tests.campaign.faults.on_http import HttpVenue
from tests.campaign.faults.venue import LIVE, Entry, Kind, unlocked
from tests.e2e.at_kraken import KEY, SECRET
from tests.simulators.kraken import KrakenSimulator
from tests.simulators.serving import Trouble

_S = OrderState
STATES: Final = {
    "open": _S.ACCEPTED,
    "closed": _S.FILLED,
    "canceled": _S.CANCELED,
    "expired": _S.EXPIRED,
}


class AtKraken(HttpVenue):
    """See the module's first line."""

    broker = "kraken"
    environment = Environment.LIVE
    symbol = "BTC/USD"
    price = Decimal(60_000)
    tick = Decimal("0.1")
    first = Decimal("0.001")
    step = Decimal("0.00001")
    finest = Decimal("0.00000001")
    digits = 8
    sim: KrakenSimulator

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        async with KrakenSimulator(now=self.clock.now) as self.sim:
            for one in range(self.people):
                balances = {"ZUSD": "1000000000", "XXBT": "1000"}
                self.sim.add_person(f"{KEY}{one}", SECRET, balances=balances)
            yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        return {**LIVE, "broker_endpoints": (("kraken.live", self.sim.url),)}

    async def link(self, app: App, user: UserId, number: int) -> None:
        """See the base."""
        await unlocked(app, user)
        await self.key_in(app, user, {"api_key": f"{KEY}{number}", "private_key": SECRET})

    def priced(self) -> None:
        """See the base."""
        self.sim.market.set("XBTUSD", bid="60000.0", ask="60010.0", last="60005.0")

    def refusal(self, kind: Kind) -> Callable[[], Trouble] | None:
        """See the base."""
        return (lambda: self.sim.refuse(kind, times=1)) if kind is Kind.PLACE else None

    async def book(self) -> Sequence[Entry]:
        """See the base."""
        return [
            Entry(
                quantity=one.volume,
                state=STATES[one.status],
                filled=one.executed,
                limit=one.limit,
                stop=one.trigger_price,
                ref=one.cl_ord_id,
            )
            for one in self.sim.orders
        ]
