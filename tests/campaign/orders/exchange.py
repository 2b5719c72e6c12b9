"""A scripted broker that fills, ends and renumbers its orders when it is told to."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Fill, Found, LookUp, OrderChanges, Receipt
from tests.fakes.exchange.venue import Venue


@dataclass(slots=True)
class Exchange(Venue):
    """See `Venue`; everybody's orders carry our id here.

    Attributes:
        placed: How often each order was taken.
        asked: The terms of each.
        hidden: Orders that look-ups do not show yet.
    """

    placed: Counter[OrderId] = field(default_factory=Counter)
    asked: dict[OrderId, Order] = field(default_factory=dict)
    hidden: set[OrderId] = field(default_factory=set)
    hides: bool = False

    def place(self, order: Order) -> Receipt:
        """Takes an order; its books may be a little late."""
        self.placed[order.order_id] += 1
        self.asked[order.order_id] = order
        if self.hides:
            self.hidden.add(order.order_id)
        self.book[order.order_id] = Receipt(
            broker_order_id=f"X-{order.order_id}",
            state=OrderState.ACCEPTED,
            quantity=order.request.quantity,
            limit_price=order.request.limit_price,
        )
        return self.book[order.order_id]

    def cancel(self, order: Order) -> Receipt | None:
        """Ends an order that is at work, now or in a while."""
        known = self.book[order.order_id]
        if self.cancels_at_once and known.state.working:
            self.become(order.order_id, OrderState.CANCELED)
        return None

    def modify(self, order: Order, changes: OrderChanges) -> Receipt:
        """Changes an order that is at work, under a new id where that is its way."""
        known = self.book[order.order_id]
        if not known.state.working:
            return known
        new = f"{known.broker_order_id}'" if self.new_id_on_modify else known.broker_order_id
        self.book[order.order_id] = replace(
            known, broker_order_id=new, limit_price=changes.limit_price or known.limit_price
        )
        return self.book[order.order_id]

    def find(self, order: Order) -> LookUp:
        """Looks an order up."""
        known = self.book.get(order.order_id)
        if known is None or order.order_id in self.hidden:
            return Absent()
        return Found(receipt=known)

    def become(self, order_id: OrderId, state: OrderState) -> None:
        """Another state."""
        self.book[order_id] = replace(self.book[order_id], state=state)

    def fill(self, order_id: OrderId, share: Decimal, at: datetime) -> None:
        """Fills a part of what is left, or all of it."""
        known = self.book[order_id]
        whole = known.quantity or Decimal(0)
        left = whole - sum((one.quantity for one in known.fills), Decimal(0))
        part = left if share == 1 else max(Decimal(1), (left * share).to_integral_value())
        number = len(known.fills) + 1
        fill = Fill(fill_id=f"{order_id}-{number}", quantity=part, price=Decimal(90), at=at)
        ended = part == left
        self.book[order_id] = replace(
            known,
            fills=(*known.fills, fill),
            state=OrderState.FILLED if ended else OrderState.PARTIALLY_FILLED,
        )
