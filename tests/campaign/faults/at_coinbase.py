"""Coinbase, where all money is real."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

from floorbroker.bootstrap import App
from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from tests.campaign.faults.on_http import HttpVenue
from tests.campaign.faults.venue import LIVE, Entry, Kind, Venue, unlocked
from tests.e2e.at_coinbase import SECRETS, priced
from tests.simulators.coinbase import CoinbaseSimulator
from tests.simulators.coinbase.keys import new_api_key
from tests.simulators.serving import Trouble

_S = OrderState
STATES: Final = {
    "OPEN": _S.ACCEPTED,
    "FILLED": _S.FILLED,
    "CANCELLED": _S.CANCELED,
    "EXPIRED": _S.EXPIRED,
    "FAILED": _S.REJECTED,
}
_SECRET: Final = SECRETS["Ed25519"]
_KEYS: Final = [new_api_key() for _ in range(Venue.people)]


class AtCoinbase(HttpVenue):
    """See the module's first line."""

    broker = "coinbase"
    environment = Environment.LIVE
    symbol = "BTC/USD"
    price = Decimal(60_000)
    first = Decimal("0.001")
    step = Decimal("0.00001")
    finest = Decimal("0.00000001")
    digits = 8
    sim: CoinbaseSimulator

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        async with CoinbaseSimulator(now=self.clock.now) as self.sim:
            for key in _KEYS:
                person = self.sim.add_person(api_key=key, api_secret=_SECRET, cash="1000000000")
                self.sim.give(person, "BTC", "1000")
            yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        return {**LIVE, "broker_endpoints": (("coinbase.live", self.sim.url),)}

    async def link(self, app: App, user: UserId, number: int) -> None:
        """See the base."""
        await unlocked(app, user)
        given = {"key_name": _KEYS[number], "private_key": _SECRET.replace("\n", "")}
        await self.key_in(app, user, given)

    def priced(self) -> None:
        """See the base."""
        priced(self.sim)

    def refusal(self, kind: Kind) -> Callable[[], Trouble] | None:
        """See the base."""
        return (lambda: self.sim.refuse_orders(times=1)) if kind is Kind.PLACE else None

    async def book(self) -> Sequence[Entry]:
        """See the base."""
        return [
            Entry(
                quantity=one.base_size or Decimal(0),
                state=STATES[one.status],
                filled=one.filled,
                limit=one.limit_price,
                stop=one.stop_price,
                ref=one.client_order_id,
            )
            for one in self.sim.orders
        ]
