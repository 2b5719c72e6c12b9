"""Interactive Brokers behind a TWS at home, on paper."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from random import Random
from typing import Any, Final

from floorbroker.bootstrap import App
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.spec import SPEC
from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.campaign.faults.venue import BRISK, Entry, Kind, Planted, Venue
from tests.e2e.at_ibkr import priced
from tests.simulators.tws import Fault, TwsSimulator

_S = OrderState
STATES: Final = {
    "PreSubmitted": _S.ACCEPTED,
    "Submitted": _S.ACCEPTED,
    "Filled": _S.FILLED,
    "Cancelled": _S.CANCELED,
    "Inactive": _S.REJECTED,
}
SILENT: Final = (
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.SILENCE,
    Fault.SILENCE_AFTER,
    Fault.LATE,
    Fault.RUBBISH,
    Fault.ERROR(504, "Not connected"),
    Fault.ERROR(777, "Something that nobody knows"),
)
KINDS: Final = {Kind.PLACE: "order", Kind.MODIFY: "change", Kind.CANCEL: "cancel"}
ACCOUNT: Final = "DU1234567"


class AtIbkr(Venue):
    """One order at a time: a connection that is cut takes all that is on it along."""

    broker = "ibkr"
    mode = DeploymentMode.SINGLE_USER
    people = 1
    at_once = 1
    sim: TwsSimulator

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        async with TwsSimulator(now=self.clock.now) as self.sim:
            self.sim.set_cash(ACCOUNT, 1_000_000_000)
            self.sim.hold(ACCOUNT, self.symbol, 1_000_000, Decimal(190))
            yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        return {"ib_host": self.sim.host, "ib_port": self.sim.port, "ib_market_data_type": 1}

    async def link(self, app: App, user: UserId, number: int) -> None:
        """See the base."""
        app.gateways._pace = BRISK
        await self.key_in(app, user, {})

    def priced(self) -> None:
        """See the base."""
        priced(self.sim)

    def plant(self, kind: Kind, chance: Random) -> Planted | None:
        """See the base."""
        if chance.random() < 0.1:
            return None
        fault = chance.choice(SILENT)
        trouble = self.sim.fail(KINDS[kind], fault)
        return Planted(
            name=f"{fault.name} {fault.code or ''}".strip(),
            silent=True,
            met=lambda: trouble.hits > 0,
            release=trouble.release,
        )

    def received(self, kind: Kind) -> int:
        """See the base."""
        counts = {
            Kind.PLACE: self.sim.orders_received,
            Kind.MODIFY: self.sim.changes_received,
            Kind.CANCEL: self.sim.cancels_received,
        }
        return counts[kind]

    async def book(self) -> Sequence[Entry]:
        """See the base."""
        return [
            Entry(
                quantity=one.quantity,
                state=STATES[one.status],
                filled=one.filled,
                limit=one.limit_price,
                stop=one.ticket.aux_price,
                ref=one.order_ref,
            )
            for one in self.sim.orders
        ]

    async def settled(self, app: App) -> None:
        """See the base."""
        settings = app.settings
        options = {"ib_host": settings.ib_host, "ib_port": settings.ib_port}
        line = app.gateways.of(SPEC.id, lambda: IbkrLine(options, self.clock)).wire
        await line.stands()
