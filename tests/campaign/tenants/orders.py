"""Two people draft, send and change orders in any order: nobody reaches the other's."""

from collections.abc import Coroutine
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    initialize,
    multiple,
    rule,
)

from floorbroker.domain.errors import FloorbrokerError, NotLinked, NotYours
from floorbroker.domain.ids import OrderId, UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, Receipt
from floorbroker.services.callers import Caller
from tests.campaign.tenants.machine import Machine
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, BEN, built, caller, opened

PEOPLE = st.sampled_from([ANNA, BEN])
CHEAPER = OrderChanges(limit_price=Decimal("89.00"))


class Orders(Machine):
    """Every rule is done by one person to an order of either."""

    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.owners: dict[OrderId, UserId] = {}
        self.clock, self.venue = ManualClock(), Venue()

    @initialize()
    def two_linked_people(self) -> None:
        async def begin() -> None:
            documents = await opened(self.place / "two.db")
            self.house = built(documents, self.clock, venue=self.venue)
            for person in (ANNA, BEN):
                await self.house.link(person)

        self.run(begin())

    @rule(target=orders, who=PEOPLE)
    def draft(self, who: UserId) -> Any:
        try:
            made = self.run(self.house.draft(caller(who), limit="90.00"))
        except NotLinked:
            return multiple()
        assert made.user_id == who
        self.owners[made.order_id] = who
        return made.order_id

    @rule(who=PEOPLE, order_id=orders)
    def look(self, who: UserId, order_id: OrderId) -> None:
        self._act(who, order_id, self.house.orders.get(caller(who), order_id))

    @rule(who=PEOPLE, order_id=orders)
    def confirm(self, who: UserId, order_id: OrderId) -> None:
        address = self.house.address(who)
        self._act(who, order_id, self.house.orders.confirm(caller(who), order_id, address))

    @rule(who=PEOPLE, order_id=orders)
    def discard(self, who: UserId, order_id: OrderId) -> None:
        self._act(who, order_id, self.house.orders.discard(caller(who), order_id))

    @rule(who=PEOPLE, order_id=orders)
    def cancel(self, who: UserId, order_id: OrderId) -> None:
        self._act(who, order_id, self.house.changes.cancel(caller(who), order_id))

    @rule(who=PEOPLE, order_id=orders)
    def modify(self, who: UserId, order_id: OrderId) -> None:
        self._act(who, order_id, self.house.changes.modify(caller(who), order_id, CHEAPER))

    @rule(who=PEOPLE, order_id=orders)
    def deliver_the_others_interaction_again(self, who: UserId, order_id: OrderId) -> None:
        """An interaction's id is no key to what somebody else made with it."""
        stored = self._stored(order_id)
        by = Caller(user_id=who, guild_id=None, origin_key=stored.origin_key)
        found = self.run(self.house.stored_orders.by_origin(who, by.origin_key))
        assert (found is None) is (who != self.owners[order_id])

    @rule(who=PEOPLE)
    def list_everything(self, who: UserId) -> None:
        async def lists() -> list[Order]:
            every = frozenset(OrderState)
            return [
                *await self.house.list.open(who),
                *await self.house.list.recent(who, limit=50),
                *await self.house.inbox.unseen(who),
                *await self.house.stored_orders.recent(who, states=every, limit=50),
            ]

        assert {order.user_id for order in self.run(lists())} <= {who}

    @rule(who=PEOPLE)
    def count_and_weigh(self, who: UserId) -> None:
        mine = [o for o in self.owners if self.owners[o] == who]
        sent = sum(self._stored(order_id).sent_at is not None for order_id in mine)
        assert self.run(self.house.gates.orders_today(who)) == sent
        try:
            overview = self.run(self.house.portfolio.overview(who))
        except NotLinked:
            return
        links = {one.account.link for one in overview.holdings}
        assert {link.user_id for link in links} <= {who}

    @rule(who=PEOPLE)
    def use_the_others_account(self, who: UserId) -> None:
        other = BEN if who == ANNA else ANNA
        for attempt in (
            self.house.accounts.choose(who, f"ex-{other}/EX-1"),
            self.house.links.remove(who, f"ex-{other}"),  # type: ignore[arg-type] # an id
            self.house.draft(caller(who), limit="90.00", account=f"ex-{other}/EX-1"),
        ):
            with pytest.raises(NotLinked):
                self.run(attempt)

    @rule(fills=st.booleans())
    def time_passes(self, fills: bool) -> None:
        if fills:
            for order_id, known in list(self.venue.book.items()):
                ended = replace(known, state=OrderState.CANCELED)
                self.venue.book[order_id] = ended if known.state.working else known
        self.clock.advance(61)
        self.run(self.house.reconciler.sweep())
        self.run(self.house.notifier.sweep())
        for shown, token in self.house.messenger.cards:
            assert token == f"token of {shown.user_id}"

    def _stored(self, order_id: OrderId) -> Order:
        found = self.run(self.house.stored_orders.get(self.owners[order_id], order_id))
        assert found is not None
        return found

    def _act(self, who: UserId, order_id: OrderId, work: Coroutine[Any, Any, Order]) -> None:
        before = self._stored(order_id)
        if who == self.owners[order_id]:
            try:
                assert self.run(work).user_id == who
            except FloorbrokerError as refused:
                assert not isinstance(refused, NotYours)
            return
        asked = len(self.venue.requests)
        with pytest.raises(NotYours):
            self.run(work)
        assert self._stored(order_id) == before
        assert len(self.venue.requests) == asked

    def teardown(self) -> None:
        if hasattr(self, "house"):
            for user_id, link_id in self.venue.opened:
                assert link_id == f"ex-{user_id}"
            for order_id, receipt in self.venue.book.items():
                assert isinstance(receipt, Receipt)
                assert self._stored(order_id).link_id == f"ex-{self.owners[order_id]}"
            self.run(self.house.stop())
            self.run(self.house.documents.close())
        super().teardown()
