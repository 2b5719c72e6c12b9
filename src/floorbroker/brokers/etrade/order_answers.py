"""E*TRADE's answers about orders, as far as they are needed.

apisb.etrade.com/docs/api/order/api-order-v1.html, spelled as answers of production were recorded
(daironmichel/toolsbackbone); `Events` as users of pyetrade read them.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from floorbroker.brokers.etrade.answers import Camel, Id, Many, MaybeId, Millis, Product, Text
from floorbroker.brokers.shared.wire import Amount


class Leg(Camel):
    """An order's instrument, or an event's.

    Attributes:
        ordered_quantity: In lists.
        quantity: In answers to previews.
    """

    product: Product = Field(validation_alias="Product")
    order_action: str | None = None
    ordered_quantity: Amount | None = None
    quantity: Amount | None = None
    filled_quantity: Amount | None = None
    average_execution_price: Amount | None = None
    estimated_commission: Amount | None = None
    estimated_fees: Amount | None = None


class Detail(Camel):
    """An order's terms and state.

    Attributes:
        client_order_id: "This field does not appear in any API responses"; should it all the same,
            it is the best there is.
    """

    legs: Many[Leg] = Field(validation_alias="Instrument")
    status: str = ""
    placed_time: Millis = None
    executed_time: Millis = None
    price_type: str | None = None
    order_term: str | None = None
    market_session: str | None = None
    limit_price: Amount | None = None
    stop_price: Annotated[Amount | None, BeforeValidator(lambda given: given or None)] = None
    estimated_commission: Amount | None = None
    estimated_fees: Amount | None = None
    estimated_total_amount: Amount | None = None
    replaced_by_order_id: MaybeId = None
    replaces_order_id: MaybeId = None
    client_order_id: str | None = None


class Event(Camel):
    """One line of an order's history."""

    name: str = ""
    date_time: Millis = None
    legs: Many[Leg] = Field(default=[], validation_alias="Instrument")


class Events(Camel):
    """Of one order."""

    events: Many[Event] = Field(default=[], validation_alias="Event")


class Order(Camel):
    """One order; those of several steps or legs are other people's work, and shown as such."""

    order_id: Id
    details: Many[Detail] = Field(min_length=1, validation_alias="OrderDetail")
    history: Events | None = Field(default=None, validation_alias="Events")

    @property
    def detail(self) -> Detail:
        """The first step, which is the only one of an order that came from here."""
        return self.details[0]

    @property
    def leg(self) -> Leg | None:
        """Likewise of the first step."""
        return self.detail.legs[0] if self.detail.legs else None

    @property
    def simple(self) -> bool:
        """Whether it has one step and one leg."""
        return len(self.details) == 1 and len(self.detail.legs) == 1

    @property
    def ordered(self) -> Decimal | None:
        """Shares or contracts; None where E*TRADE does not tell."""
        return self.leg.ordered_quantity if self.leg else None

    @property
    def filled(self) -> Decimal:
        """How much of it."""
        return (self.leg.filled_quantity if self.leg else None) or Decimal(0)


class OrdersPage(Camel):
    """A marker leads to the next one."""

    orders: Many[Order] = Field(default=[], validation_alias="Order")
    marker: Text | None = None


class PreviewId(Camel):
    """What a place takes."""

    preview_id: Id


class BuyingPower(Camel):
    """Before and after an order."""

    net_bp: Amount | None = None


class CashEffect(Camel):
    """Of a cash account."""

    settled_unsettled: BuyingPower | None = None


class MarginEffect(Camel):
    """Of a margin account."""

    marginable: BuyingPower | None = None


class Previewed(Camel):
    """An order that was not placed, as E*TRADE understood it."""

    preview_ids: Many[PreviewId] = Field(min_length=1, validation_alias="PreviewIds")
    orders: Many[Detail] = Field(min_length=1, validation_alias="Order")
    cash_bp_details: CashEffect | None = None
    margin_bp_details: MarginEffect | None = None


class OrderId(Camel):
    """E*TRADE's, unique in its account."""

    order_id: Id


class Placed(Camel):
    """An order that was taken."""

    order_ids: Many[OrderId] = Field(min_length=1, max_length=1, validation_alias="OrderIds")
    placed_time: Millis = None


class Canceling(Camel):
    """A cancel that was taken: "Your request to cancel your order is being processed."."""

    order_id: Id
