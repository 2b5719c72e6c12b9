"""What people do in a campaign: they review, confirm, change and cancel, and click twice."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from floorbroker.bootstrap import App
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, Side
from floorbroker.services.callers import Caller
from floorbroker.services.ticket import Ticket
from tests.campaign.people import Trader


@dataclass(frozen=True, slots=True)
class Person:
    """A trader before one bot; every click of theirs has a name that is used once."""

    app: App
    trader: Trader
    name: str

    def caller(self, click: str) -> Caller:
        """The person at one command or button."""
        return Caller(user_id=self.trader.user_id, guild_id=None, origin_key=f"{self.name}-{click}")

    async def reviews(self, limit: str | None) -> Order:
        """`/buy`, up to the draft."""
        ticket = Ticket(
            symbol=self.trader.symbol, side=Side.BUY, quantity=self.trader.quantity, limit=limit
        )
        return await self.app.floor.drafts.draft(self.caller("buy"), ticket)

    async def confirms(self, order: Order, click: str = "confirm") -> Order:
        """Confirm."""
        return await self.app.floor.orders.confirm(self.caller(click), order.order_id, None)

    async def cancels(self, order: Order) -> Order:
        """Cancel on the order's card."""
        return await self.app.floor.changes.cancel(self.caller("cancel"), order.order_id)

    async def modifies(self, order: Order, limit: str) -> Order:
        """`/modify` with another limit."""
        return await self.app.floor.changes.modify(
            self.caller("modify"), order.order_id, OrderChanges(limit_price=Decimal(limit))
        )


async def at_market(person: Person) -> None:
    """A market order, which fills."""
    await person.confirms(await person.reviews(None))


async def two_clicks(person: Person) -> None:
    """Confirm is clicked twice at once."""
    order = await person.reviews(None)
    await asyncio.gather(person.confirms(order), person.confirms(order, "confirm again"))


async def taken_back(person: Person) -> None:
    """A limit order that is canceled."""
    order = await person.confirms(await person.reviews(person.trader.far_prices[0]))
    if order.state.working:
        await person.cancels(order)


async def changed(person: Person) -> None:
    """A limit order that is changed where the broker can, and canceled."""
    near, far = person.trader.far_prices
    order = await person.confirms(await person.reviews(near))
    if order.state.working and person.trader.broker == "alpaca":
        order = await person.modifies(order, far)
    if order.state.working:
        await person.cancels(order)


async def discarded(person: Person) -> None:
    """A review that the person does not want."""
    order = await person.reviews(None)
    await person.app.floor.orders.discard(person.caller("discard"), order.order_id)


async def left_resting(person: Person) -> None:
    """A limit order that waits for its price."""
    order = await person.confirms(await person.reviews(person.trader.far_prices[0]))
    assert order.state is not OrderState.FILLED


Way = Callable[[Person], Awaitable[None]]

WAYS: Final[tuple[Way, ...]] = (
    at_market,
    at_market,
    two_clicks,
    taken_back,
    taken_back,
    changed,
    changed,
    left_resting,
    discarded,
)


async def trade(
    app: App,
    name: str,
    chance: random.Random,
    traders: Sequence[Trader],
    ways: Sequence[Way] = WAYS,
) -> None:
    """All of them at once, each in a way that `chance` picks; one person may be there twice."""
    people = [Person(app, trader, f"{name}-{n}") for n, trader in enumerate(traders)]
    await asyncio.gather(*(_one(chance.choice(ways), person) for person in people))


async def _one(way: Way, person: Person) -> None:
    # The person is told so; what became of the order is for the campaign to compare.
    with suppress(FloorbrokerError):
        await way(person)
