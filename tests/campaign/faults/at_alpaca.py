"""Alpaca, on paper."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Final

from floorbroker.bootstrap import App
from floorbroker.domain.ids import UserId
from floorbroker.domain.order_state import OrderState
from tests.campaign.faults.on_http import HttpVenue
from tests.campaign.faults.venue import Entry, Kind
from tests.e2e.at_alpaca import KEY, SECRET
from tests.simulators.alpaca import AlpacaSimulator, Fault
from tests.simulators.serving import Trouble

_S = OrderState
STATES: Final = {
    "new": _S.ACCEPTED,
    "accepted": _S.ACCEPTED,
    "filled": _S.FILLED,
    "canceled": _S.CANCELED,
    "replaced": _S.REPLACED,
    "expired": _S.EXPIRED,
    "rejected": _S.REJECTED,
}


class AtAlpaca(HttpVenue):
    """See the module's first line."""

    broker = "alpaca"
    proves: ClassVar = {Kind.CANCEL: frozenset({Fault.EMPTY_BODY})}
    sim: AlpacaSimulator

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        async with AlpacaSimulator(now=self.clock.now) as self.sim:
            for one in range(self.people):
                person = self.sim.add_person(f"{KEY}{one}", SECRET, cash="1000000000")
                self.sim.give(person, self.symbol, "1000000", "190")
            yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        addresses = (
            ("alpaca.paper", self.sim.url),
            ("alpaca.data", self.sim.data_url),
            ("alpaca.stream", self.sim.stream_url),
        )
        return {"broker_endpoints": addresses}

    async def link(self, app: App, user: UserId, number: int) -> None:
        """See the base."""
        await self.key_in(app, user, {"api_key": f"{KEY}{number}", "api_secret": SECRET})

    def priced(self) -> None:
        """See the base."""
        self.sim.market.set(self.symbol, bid="189.90", ask="190.00")

    def refusal(self, kind: Kind) -> Callable[[], Trouble] | None:
        """See the base."""
        return lambda: self.sim.refuse(kind, times=1)

    async def book(self) -> Sequence[Entry]:
        """See the base."""
        return [
            Entry(
                quantity=one.qty or one.remaining,
                state=STATES[one.status],
                filled=one.filled_qty,
                limit=one.limit_price,
                stop=one.stop_price,
                replaced=one.replaced_by is not None,
            )
            for one in self.sim.orders
        ]
