"""Schwab, where all money is real; linked by signing in there."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from floorbroker.bootstrap import App
from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from tests.campaign.faults.on_http import HttpVenue
from tests.campaign.faults.venue import LIVE, Entry, Kind, unlocked
from tests.e2e.at_schwab import APP_KEY, APP_SECRET, REDIRECT, priced
from tests.simulators.schwab import Fault, SchwabSimulator
from tests.simulators.serving import Trouble

_S = OrderState
STATES: Final = {
    "WORKING": _S.ACCEPTED,
    "PENDING_ACTIVATION": _S.ACCEPTED,
    "AWAITING_STOP_CONDITION": _S.ACCEPTED,
    "FILLED": _S.FILLED,
    "CANCELED": _S.CANCELED,
    "REPLACED": _S.REPLACED,
    "EXPIRED": _S.EXPIRED,
    "REJECTED": _S.REJECTED,
}


class AtSchwab(HttpVenue):
    """See the module's first line."""

    broker = "schwab"
    environment = Environment.LIVE
    proves: ClassVar = {Kind.CANCEL: frozenset({Fault.EMPTY_BODY})}
    deadline_seconds = 2.5
    """Longer than a place is ever held back for Schwab's limits."""
    a_day = 5
    sim: SchwabSimulator

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        async with SchwabSimulator(now=self.clock.now) as self.sim:
            self.sim.add_app(APP_KEY, APP_SECRET, REDIRECT)
            for one in range(self.people):
                self.sim.add_person(
                    f"person {one}",
                    [f"1111222{one}"],
                    cash="1000000000",
                    positions={self.symbol: ("1000000", "190")},
                )
            yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        return {
            **LIVE,
            "broker_endpoints": (("schwab.api", self.sim.url),),
            "schwab_app_key": APP_KEY,
            "schwab_app_secret": SecretStr(APP_SECRET),
        }

    async def link(self, app: App, user: UserId, number: int) -> None:
        """See the base."""
        await unlocked(app, user)
        wanted, floor = self.wanted(user), app.floor
        away, departure = await floor.signing_in.depart(
            wanted, state="a state", verifier="v" * 43, redirect=REDIRECT
        )
        back = self.sim.decide(departure.address, self.sim.people[number])
        answer = dict(parse_qsl(urlsplit(back).query))
        await floor.linking.keep(await floor.signing_in.tried(wanted, away, answer))

    def priced(self) -> None:
        """See the base."""
        priced(self.sim)

    def refusal(self, kind: Kind) -> Callable[[], Trouble] | None:
        """See the base."""
        return (lambda: self.sim.refuse(kind, times=1)) if kind is Kind.PLACE else None

    def received(self, kind: Kind) -> int:
        """See the base."""
        if kind is Kind.MODIFY:
            return self.sim.replacements_received
        return super().received(kind)

    async def book(self) -> Sequence[Entry]:
        """See the base."""
        return [
            Entry(
                quantity=one.quantity,
                state=STATES[one.status],
                filled=one.filled,
                limit=one.ticket.price,
                stop=one.ticket.stop_price,
                replaced=one.status == "REPLACED",
            )
            for one in self.sim.orders
        ]
