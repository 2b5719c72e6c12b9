"""E*TRADE, where all money is real; linked by signing in there."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from floorbroker.bootstrap import App
from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from tests.campaign.faults.on_http import HttpVenue
from tests.campaign.faults.venue import LIVE, Entry, Kind, unlocked
from tests.e2e.at_etrade import KEY, REDIRECT, SECRET, quoted_now
from tests.simulators.etrade import EtradeSimulator, Person
from tests.simulators.serving import Trouble

_S = OrderState
STATES: Final = {
    "OPEN": _S.ACCEPTED,
    "EXECUTED": _S.FILLED,
    "CANCELLED": _S.CANCELED,
    "EXPIRED": _S.EXPIRED,
    "REJECTED": _S.REJECTED,
}


class AtEtrade(HttpVenue):
    """See the module's first line."""

    broker = "etrade"
    environment = Environment.LIVE
    price = Decimal(200)
    deadline_seconds = 3.0
    """Room for its preview and its place is waited for in real seconds."""
    sim: EtradeSimulator
    known: list[Person]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        async with EtradeSimulator(now=self.clock.now) as self.sim:
            self.sim.add_app(KEY, SECRET)
            quoted_now(self.sim)
            self.known = [
                self.sim.add_person(cash="1000000000", positions={self.symbol: "1000000"})
                for _ in range(self.people)
            ]
            yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        names = ("live", "tokens", "sign_in")
        return {
            **LIVE,
            "broker_endpoints": tuple((f"etrade.{name}", self.sim.url) for name in names),
            "etrade_consumer_key": KEY,
            "etrade_consumer_secret": SecretStr(SECRET),
        }

    async def link(self, app: App, user: UserId, number: int) -> None:
        """See the base."""
        await unlocked(app, user)
        wanted, floor = self.wanted(user), app.floor
        away, departure = await floor.signing_in.depart(
            wanted, state="a state", verifier="v" * 43, redirect=REDIRECT
        )
        (token,) = parse_qs(urlsplit(departure.address).query)["token"]
        code = self.sim.accept(token, self.known[number])
        await floor.linking.keep(await floor.signing_in.tried(wanted, away, {"code": code}))

    def priced(self) -> None:
        """See the base."""
        quoted_now(self.sim)

    def refusal(self, kind: Kind) -> Callable[[], Trouble] | None:
        """See the base."""
        del kind
        return None

    async def book(self) -> Sequence[Entry]:
        """See the base."""
        return [
            Entry(
                quantity=one.ticket.quantity,
                state=STATES[one.status],
                filled=one.filled,
                limit=one.ticket.limit,
                stop=one.ticket.stop,
                replaced=one.replaced_by is not None,
            )
            for one in self.sim.orders
        ]
