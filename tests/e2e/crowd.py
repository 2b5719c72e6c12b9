"""Two hundred people at once, without Discord between them and the services."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from floorbroker.bootstrap import App
from floorbroker.domain.ids import OrderId, UserId
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Side
from floorbroker.services.callers import Caller
from floorbroker.services.ticket import Ticket

_FIRST_ID = 300_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Drafted:
    """One person's review card."""

    user_id: UserId
    order_id: OrderId

    @property
    def caller(self) -> Caller:
        """The person at their Confirm button."""
        return Caller(user_id=self.user_id, guild_id=None, origin_key=f"click-{self.order_id}")


async def draft(app: App, number: int, quantity: str = "1") -> Drafted:
    """The draft of the person with that number."""
    user_id = UserId(str(_FIRST_ID + number))
    caller = Caller(user_id=user_id, guild_id=None, origin_key=f"command-{number}")
    ticket = Ticket(symbol="KO", side=Side.BUY, quantity=quantity)
    order = await app.floor.drafts.draft(caller, ticket)
    return Drafted(user_id, order.order_id)


async def confirm(app: App, one: Drafted) -> Order:
    """A click on Confirm that this process answers."""
    return await app.floor.orders.confirm(one.caller, one.order_id, None)


async def stored(app: App, one: Drafted) -> Order:
    """The order as it is stored."""
    return await app.floor.orders.get(one.caller, one.order_id)


async def held(app: App, one: Drafted) -> Decimal:
    """How many shares the paper book holds: the money that really moved."""
    accounts, _ = await app.floor.accounts.accounts(one.user_id)
    async with app.floor.sessions.lease(accounts[0].link) as adapter:
        positions = await adapter.positions(accounts[0].account)
    return sum((position.quantity for position in positions), Decimal(0))


async def books(app: App, crowd: Sequence[Drafted]) -> Counter[Decimal]:
    """How many people hold how many shares."""
    return Counter([await held(app, one) for one in crowd])
