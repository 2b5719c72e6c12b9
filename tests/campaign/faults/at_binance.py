"""Binance, at its testnet."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

from floorbroker.bootstrap import App
from floorbroker.domain.ids import UserId
from floorbroker.domain.order_state import OrderState
from tests.campaign.faults.on_http import HttpVenue
from tests.campaign.faults.venue import Entry, Kind
from tests.e2e.at_binance import KEY, SECRET
from tests.simulators.binance import BinanceSimulator
from tests.simulators.serving import Trouble

_S = OrderState
STATES: Final = {
    "NEW": _S.ACCEPTED,
    "FILLED": _S.FILLED,
    "CANCELED": _S.CANCELED,
    "EXPIRED": _S.EXPIRED,
    "REJECTED": _S.REJECTED,
}


class AtBinance(HttpVenue):
    """See the module's first line."""

    broker = "binance"
    symbol = "BTC/USDT"
    price = Decimal(83_500)
    first = Decimal("0.001")
    step = Decimal("0.00001")
    finest = Decimal("0.00001")
    digits = 5
    sim: BinanceSimulator

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        async with BinanceSimulator(now=self.clock.now, wallet=False) as self.sim:
            for one in range(self.people):
                person = self.sim.add_person(_key(one), SECRET)
                self.sim.give(person, "USDT", "100000000")
                self.sim.give(person, "BTC", "1000")
            yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        return {
            "broker_endpoints": (("binance.paper", self.sim.url), ("binance.wallet", self.sim.url))
        }

    async def link(self, app: App, user: UserId, number: int) -> None:
        """See the base."""
        await self.key_in(app, user, {"api_key": _key(number), "api_secret": SECRET})

    def priced(self) -> None:
        """See the base."""
        self.sim.market.set("BTCUSDT", bid="83500.10", ask="83510.20")

    def refusal(self, kind: Kind) -> Callable[[], Trouble] | None:
        """See the base."""
        return (lambda: self.sim.refuse(kind, times=1)) if kind is Kind.PLACE else None

    async def book(self) -> Sequence[Entry]:
        """See the base."""
        return [
            Entry(
                quantity=one.qty,
                state=STATES[one.status],
                filled=one.filled_qty,
                limit=one.ticket.price,
                stop=one.ticket.stop_price,
                ref=one.client_order_id,
            )
            for one in self.sim.orders
        ]


def _key(number: int) -> str:
    """As long as Binance's are."""
    return f"{KEY[:-1]}{number}"
