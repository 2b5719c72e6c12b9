"""One process of the product, whose store fails again and again."""

from datetime import timedelta
from random import Random
from typing import Final

from floorbroker.bootstrap import App
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Side
from floorbroker.services.callers import Caller
from tests.campaign.faults import truth
from tests.campaign.faults.at_alpaca import AtAlpaca
from tests.campaign.faults.tally import Tally
from tests.campaign.faults.tickets import ticket
from tests.campaign.faults.venue import Kind
from tests.campaign.stores.fault import CANCEL_MOMENTS, PLACE_MOMENTS, Outages, arm
from tests.fakes.flaky_documents import FlakyDocuments

_A_MOMENT: Final = timedelta(seconds=0.5)
"""Some looks that the broker's news led to wait longer, and go on while the store is back."""

STEPS: Final = (35, 35, 35, 60, 60, 60)


class Trials:
    """See the module's first line."""

    def __init__(
        self,
        app: App,
        venue: AtAlpaca,
        store: FlakyDocuments,
        outages: Outages,
        user: UserId,
        chance: Random,
        tally: Tally,
    ) -> None:
        """The account is linked, and the store works."""
        self._app, self._venue, self._store, self._outages = app, venue, store, outages
        self._user, self._chance, self._tally = user, chance, tally
        self._clicks = 0

    async def one(self, number: int) -> None:
        """An order whose Confirm meets an outage, and its cancel another one."""
        self._venue.priced()
        side = self._chance.choice(tuple(Side))
        wanted = ticket(self._venue, side, number, self._chance)
        draft = await self._app.floor.drafts.draft(self._caller(), wanted)
        before = self._venue.received(Kind.PLACE)
        await self._meet(Kind.PLACE, draft, self._chance.choice(PLACE_MOMENTS))
        if self._chance.random() < 0.5:
            await self._clicked_again(draft)
        order = await self._resolved(draft)
        sent = self._venue.received(Kind.PLACE) - before
        self._expect(sent <= 1, f"{_name(order)} was sent {sent} times")
        if sent:
            nowhere = order.state in {OrderState.DRAFT, OrderState.NOT_PLACED}
            self._expect(not nowhere, f"{_name(order)} was sent and ended {order.state}")
        if order.state.working:
            await self._meet(Kind.CANCEL, order, self._chance.choice(CANCEL_MOMENTS))
            order = await self._resolved(order)
        if order.state.working:
            await self._cancel(order)
            order = await self._resolved(order)
        self._tally.ends[order.state.value] += 1
        self._tally.orders += 1

    async def _meet(self, kind: Kind, order: Order, moment: str) -> None:
        """Asks while the store fails; who is told that nothing was sent is told the truth."""
        outage = self._outages.choose(self._chance)
        arm(self._store, self._outages, moment, self._chance)
        before = self._venue.received(kind)
        ask = self._confirm if kind is Kind.PLACE else self._cancel
        try:
            told = await ask(order)
        except FloorbrokerError as error:
            well = error.code is ErrorCode.STORE_UNAVAILABLE
            self._expect(well, f"{kind} {moment}, {outage}: told {error.code}")
            sent = self._venue.received(kind) - before
            self._expect(sent == 0, f"{kind} {moment}, {outage}: told not sent, and {sent} were")
            self._tally.told[f"{kind} not sent"] += 1
        else:
            standing = told.state if kind is Kind.PLACE else told.intent and told.intent.state
            self._tally.told[f"{kind} {standing}"] += 1
        await self._app.supervisor.settled(_A_MOMENT)  # the audit, which nobody waits for
        self._store.before.clear()
        await self._outages.lift()
        self._tally.met[f"{kind} {moment}, {outage}"] += 1

    async def _clicked_again(self, draft: Order) -> None:
        """The person tries once more, as the card says that they may."""
        await self._confirm(draft)

    async def _confirm(self, order: Order) -> Order:
        return await self._app.floor.orders.confirm(self._caller(), order.order_id, None)

    async def _cancel(self, order: Order) -> Order:
        return await self._app.floor.changes.cancel(self._caller(), order.order_id)

    async def _resolved(self, order: Order) -> Order:
        """Time goes by until the stored order equals the broker's."""
        for seconds in STEPS:
            self._venue.clock.advance(seconds)
            self._venue.priced()
            while await self._app.reconciler.sweep():
                pass
            order = await self._app.floor.orders.get(self._caller(), order.order_id)
            book = await self._venue.book()
            lie = truth.lie(order, book)
            self._expect(lie is None, f"{_name(order)}: {lie}")
            if order.state is OrderState.DRAFT or truth.agrees(order, book):
                return order
        apart = truth.apart(order, await self._venue.book())
        self._expect(apart is None, f"{_name(order)} was never resolved: {apart}")
        return order

    def _caller(self) -> Caller:
        self._clicks += 1
        return Caller(user_id=self._user, guild_id=None, origin_key=f"click-{self._clicks}")

    def _expect(self, held: bool, sentence: str) -> None:
        self._tally.expect(held, sentence)


def _name(order: Order) -> str:
    request = order.request
    return f"{request.side} {request.quantity} {request.type}"
