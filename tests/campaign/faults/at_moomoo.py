"""Moomoo behind an OpenD at home, with real money."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Final

from floorbroker.bootstrap import App
from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.order_state import OrderState
from tests.campaign.faults.venue import BRISK, LIVE, Entry, Kind, Planted, Venue, unlocked
from tests.e2e.at_moomoo import priced
from tests.simulators.opend import LIVE_ID, Error, Fault, OpenDSimulator, sdk

_S = OrderState
STATES: Final = {
    "SUBMITTED": _S.ACCEPTED,
    "WAITING_SUBMIT": _S.ACCEPTED,
    "FILLED_ALL": _S.FILLED,
    "CANCELLED_ALL": _S.CANCELED,
    "CANCELLED_PART": _S.CANCELED,
    "FAILED": _S.REJECTED,
}
WORDS: Final = ("Request timeout", "Network interruption", "系统繁忙", "Unknown error", "")
CODES: Final = (-1, -100, -200, -400, -500)
KINDS: Final = {Kind.PLACE: "order", Kind.MODIFY: "change", Kind.CANCEL: "cancel"}
REFUSAL: Final = "Insufficient buying power in the account"


class AtMoomoo(Venue):
    """One order at a time: a connection that is cut takes all that is on it along."""

    broker = "moomoo"
    environment = Environment.LIVE
    mode = DeploymentMode.SINGLE_USER
    people = 1
    at_once = 1
    a_day = 1
    sim: OpenDSimulator

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        sdk()
        async with OpenDSimulator(now=self.clock.now) as self.sim:
            self.sim.market.state = "AFTERNOON"
            self.sim.locked = False
            self.sim.set_cash(LIVE_ID, 1_000_000_000)
            self.sim.hold(LIVE_ID, f"US.{self.symbol}", 1_000_000, 190)
            yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        return {**LIVE, "opend_host": self.sim.host, "opend_port": self.sim.port}

    async def link(self, app: App, user: UserId, number: int) -> None:
        """See the base."""
        app.gateways._pace = BRISK
        await unlocked(app, user)
        await self.key_in(app, user, {})

    def priced(self) -> None:
        """See the base."""
        priced(self.sim)

    def plant(self, kind: Kind, chance: Random) -> Planted | None:
        """See the base."""
        if chance.random() < 0.1:
            return None
        fault: Fault | Error
        refuses = chance.random() < 0.1
        if refuses:
            fault, name = Error(REFUSAL), "refusal"
        elif chance.random() < 0.4:
            carried_out = chance.random() < 0.5
            fault = Error(
                chance.choice(WORDS), ret_type=chance.choice(CODES), carried_out=carried_out
            )
            name = f"{fault.ret_type} {fault.text}, {'' if carried_out else 'not '}carried out"
        else:
            fault = chance.choice(tuple(Fault))
            name = fault.name
        trouble = self.sim.fail(KINDS[kind], fault)

        def release() -> None:
            trouble.times = 0
            trouble.release()

        return Planted(
            name=name,
            silent=not refuses,
            refuses=refuses,
            met=lambda: trouble.struck > 0,
            release=release,
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
                quantity=one.qty,
                state=STATES[one.status],
                filled=sum((deal.quantity for deal in one.deals), start=one.qty * 0),
                limit=one.price or None,
                stop=one.aux_price,
                ref=one.remark,
            )
            for one in self.sim.orders
        ]
