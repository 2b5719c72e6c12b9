"""Coinbase's answers about orders, in Coinbase's names: what is used of them.

Sources as in `answers`.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool

from floorbroker.brokers.coinbase.answers import Figure, Text, Uuid
from floorbroker.brokers.shared.wire import Amount, Answer, Moment


def _perhaps(value: Any) -> Any:
    return None if value == "" else value


PerhapsMoment = Annotated[Moment | None, BeforeValidator(_perhaps)]
FillId = Annotated[str, Field(min_length=1, max_length=128)]


class Terms(Answer):
    """What stands in an order's configuration; 0 where it has no such term."""

    base_size: Figure = Decimal(0)
    quote_size: Figure = Decimal(0)
    limit_price: Figure = Decimal(0)
    stop_price: Figure = Decimal(0)


class Order(Answer):
    """One of `GET /orders/historical`; amounts are in the quote currency, sizes in the base."""

    order_id: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$")
    product_id: str = Field(max_length=64)
    client_order_id: Text = ""
    side: str
    status: str
    order_configuration: dict[str, Terms | None]
    order_type: Text = ""
    product_type: Text = ""
    time_in_force: Text = ""
    created_time: PerhapsMoment = None
    last_fill_time: PerhapsMoment = None
    last_update_time: PerhapsMoment = None
    filled_size: Figure
    filled_value: Figure = Decimal(0)
    average_filled_price: Figure = Decimal(0)
    total_fees: Figure = Decimal(0)
    size_in_quote: bool = False
    reject_reason: Text = ""
    reject_message: Text = ""
    cancel_message: Text = ""
    retail_portfolio_id: Text = ""

    @property
    def kind(self) -> str:
        """The name of its configuration; empty where there is none."""
        return next((name for name, one in self.order_configuration.items() if one is not None), "")

    @property
    def terms(self) -> Terms:
        """As they stand now: a change that was made stands there (recorded in August 2025)."""
        return self.order_configuration.get(self.kind) or Terms()


class OneOrder(Answer):
    """`GET /orders/historical/{id}`."""

    order: Order


class Orders(Answer):
    """A page of `GET /orders/historical/batch`."""

    orders: tuple[Order, ...]
    has_next: StrictBool
    cursor: Text = ""


class Fill(Answer):
    """An execution; its size is in the quote currency where the order's was."""

    entry_id: FillId
    order_id: str
    trade_time: Moment
    trade_type: str = "FILL"
    price: Amount
    size: Amount
    commission: Figure = Decimal(0)
    size_in_quote: bool = False


class Fills(Answer):
    """A page of `GET /orders/historical/fills`: the last one has an empty cursor."""

    fills: tuple[Fill, ...]
    cursor: str


class PlacedOrder(Answer):
    """What was taken."""

    order_id: Uuid
    client_order_id: str
    side: str


class OrderError(Answer):
    """Why an order was not taken; words of the reference, of which most are left out."""

    error: Text = ""
    message: Text = ""
    preview_failure_reason: Text = ""
    new_order_failure_reason: Text = ""


class Placed(Answer):
    """`POST /orders`."""

    success: StrictBool
    success_response: PlacedOrder | None = None
    error_response: OrderError | None = None


class CancelResult(Answer):
    """What became of one id."""

    success: StrictBool
    failure_reason: Text = ""
    order_id: str


class Canceled(Answer):
    """`POST /orders/batch_cancel` of one order."""

    results: tuple[CancelResult]


class EditError(Answer):
    """Why a change was not taken."""

    edit_failure_reason: Text = ""
    preview_failure_reason: Text = ""


class Edited(Answer):
    """`POST /orders/edit`; a success says that the change was asked for, not that it was made."""

    success: StrictBool
    errors: tuple[EditError, ...] = ()


class Previewed(Answer):
    """`POST /orders/preview`."""

    errs: tuple[str, ...]
    order_total: Figure
    commission_total: Figure
