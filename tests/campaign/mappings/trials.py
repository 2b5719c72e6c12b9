"""Orders at one broker that works: drafted, confirmed, looked up in the book, and read back."""

from decimal import Decimal
from random import Random

from floorbroker.bootstrap import App
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest, OrderType, Side
from floorbroker.services.callers import Caller
from floorbroker.services.ticket import Ticket
from tests.campaign.faults.tally import Tally
from tests.campaign.faults.venue import Venue
from tests.campaign.mappings.words import WORDS

_A_LOOK_SECONDS = 61.0


class Trials:
    """One person at one broker."""

    def __init__(self, app: App, venue: Venue, user: UserId, chance: Random, tally: Tally) -> None:
        """The account is linked."""
        self._app, self._venue, self._user = app, venue, user
        self._chance, self._tally = chance, tally
        self._clicks = 0

    async def one(self) -> bool:
        """Whether the broker took an order; what it does not offer is no trial."""
        self._venue.priced()
        floor = self._app.floor
        try:
            draft = await floor.drafts.draft(self._caller(), self._ticket())
            told = await floor.orders.confirm(self._caller(), draft.order_id, None)
            if told.review.doubt and told.state is OrderState.DRAFT:
                caller = self._caller()
                told = await floor.orders.confirm(caller, draft.order_id, None, anyway=True)
        except FloorbrokerError:
            return False
        if told.state in {OrderState.REJECTED, OrderState.NOT_PLACED, OrderState.UNKNOWN}:
            return False
        known = await self._compare(draft.request, told)
        if known.state.working:
            await floor.changes.cancel(self._caller(), told.order_id)
        return True

    def _ticket(self) -> Ticket:
        venue, chance = self._venue, self._chance
        side, kind = chance.choice(tuple(Side)), chance.choice(tuple(venue.types))
        spec = get_broker(venue.broker)
        steps = chance.randint(1, 10 ** chance.randint(1, venue.digits))
        limited = kind in {OrderType.LIMIT, OrderType.STOP_LIMIT}
        stopped = kind in {OrderType.STOP, OrderType.STOP_LIMIT}
        away = 1 if side is Side.BUY else -1
        return Ticket(
            symbol=venue.symbol,
            side=side,
            quantity=f"{venue.first + steps * venue.finest:f}",
            type=kind,
            limit=self._price(away if stopped else -away) if limited else None,
            stop=self._price(away) if stopped else None,
            time_in_force=chance.choice(sorted(spec.times_in_force)),
        )

    def _price(self, away: int) -> str:
        """Some per cent above or below the market."""
        tick = self._venue.tick
        share = Decimal(self._chance.randint(20_000, 200_000)) / 1_000_000
        return f"{(self._venue.price * (1 + away * share) / tick).to_integral_value() * tick:f}"

    async def _compare(self, asked: OrderRequest, told: Order) -> Order:
        name = f"{self._venue.broker}: {asked.side} {asked.quantity} {asked.type}"
        book, booked = await self._venue.book(), self._venue.booked()
        entry = next((one for one in book if one.ref == told.order_id), book[-1])
        booked_terms = (entry.quantity, entry.limit, entry.stop)
        terms = (asked.quantity, asked.limit_price, asked.stop_price)
        for what, have in zip(terms, booked_terms, strict=True):
            held = what is None or what == have
            self._tally.expect(held, f"{name}: {what} was asked for, and the book has {have}")
        words = WORDS.get(self._venue.broker)
        if words is not None:
            differ = words.differ(asked, booked)
            self._tally.expect(differ is None, f"{name}: {differ}")
        self._same(name, asked, told)
        self._venue.clock.advance(_A_LOOK_SECONDS)
        await self._app.reconciler.sweep()
        known = await self._app.floor.orders.get(self._caller(), told.order_id)
        self._same(name, asked, known)
        return known

    def _same(self, name: str, asked: OrderRequest, known: Order) -> None:
        """Whatever the broker said of it amends the stored request: it must amend nothing."""
        held = known.request == asked
        self._tally.expect(held, f"{name}: asked for {asked}, and stored is {known.request}")
        filled = known.filled_quantity
        whole = known.state is not OrderState.FILLED or filled == asked.quantity
        self._tally.expect(whole, f"{name}: filled {filled} of {asked.quantity}")

    def _caller(self) -> Caller:
        self._clicks += 1
        return Caller(user_id=self._user, guild_id=None, origin_key=f"click-{self._clicks}")
