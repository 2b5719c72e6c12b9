"""Webull, in its sandbox."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from floorbroker.bootstrap import App
from floorbroker.domain.ids import UserId
from floorbroker.domain.order_state import OrderState
from tests.campaign.faults.on_http import HttpVenue
from tests.campaign.faults.venue import Entry, Kind
from tests.e2e.at_webull import KEY, SECRET, priced
from tests.simulators.serving import Trouble
from tests.simulators.webull import WebullSimulator

_S = OrderState
STATES: Final = {
    "SUBMITTED": _S.ACCEPTED,
    "FILLED": _S.FILLED,
    "CANCELLED": _S.CANCELED,
    "FAILED": _S.REJECTED,
}


class AtWebull(HttpVenue):
    """See the module's first line."""

    broker = "webull"
    sim: WebullSimulator

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        async with WebullSimulator(now=self.clock.now) as self.sim:
            self.sim.market.always_open = True
            positions = {self.symbol: "1000000"}
            for one in range(self.people):
                person = self.sim.add_person(cash="1000000000", positions=positions)
                self.sim.add_app(f"{KEY[:-1]}{one}", SECRET, person=person)
            yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        return {"broker_endpoints": (("webull.paper", self.sim.url),)}

    async def link(self, app: App, user: UserId, number: int) -> None:
        """See the base."""
        await self.key_in(app, user, {"app_key": f"{KEY[:-1]}{number}", "app_secret": SECRET})

    def priced(self) -> None:
        """See the base."""
        priced(self.sim)

    def refusal(self, kind: Kind) -> Callable[[], Trouble] | None:
        """See the base."""
        del kind
        return None

    async def book(self) -> Sequence[Entry]:
        """See the base."""
        return [
            Entry(
                quantity=one.quantity,
                state=STATES[one.status],
                filled=one.filled,
                limit=one.limit_price,
                stop=one.stop_price,
                ref=one.client_order_id,
            )
            for one in self.sim.orders
        ]
