"""Webull's answers about orders, in Webull's names; see `answers.py` for where they are from."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from floorbroker.brokers.shared.wire import Amount, Answer
from floorbroker.brokers.webull.answers import (
    Count,
    PerhapsAmount,
    PerhapsDay,
    PerhapsMoment,
    Word,
)


def _none_is_empty(value: Any) -> Any:
    return () if value is None else value


class Fee(Answer):
    """One fee: what was taken, or is to be."""

    actual_value: PerhapsAmount = None
    receivable_value: PerhapsAmount = None

    @property
    def amount(self) -> Decimal:
        """In US dollars."""
        told = self.receivable_value if self.actual_value is None else self.actual_value
        return told or Decimal(0)


class Commission(Answer):
    """Webull's own; empty where there is none."""

    actual_commission: PerhapsAmount = None
    receivable_commission: PerhapsAmount = None

    @property
    def amount(self) -> Decimal:
        """In US dollars."""
        actual = self.actual_commission
        return (self.receivable_commission if actual is None else actual) or Decimal(0)


class Leg(Answer):
    """The contract of an order for options; `id` is needed to change how many."""

    id: Word = ""
    symbol: Word = ""
    option_type: Word = ""
    strike_price: PerhapsAmount = None
    option_expire_date: PerhapsDay = None
    option_contract_multiplier: PerhapsAmount = None


class Order(Answer):
    """One order; of an option `symbol` is the underlying."""

    client_order_id: str
    order_id: str = Field(min_length=1, max_length=64)
    status: str
    symbol: Word = ""
    side: Word = ""
    order_type: Word = ""
    instrument_type: Word = ""
    combo_type: Word = ""
    entrust_type: Word = ""
    option_strategy: Word = ""
    time_in_force: Word = ""
    total_quantity: PerhapsAmount = None
    filled_quantity: Count = Decimal(0)
    filled_price: PerhapsAmount = None
    limit_price: PerhapsAmount = None
    stop_price: PerhapsAmount = None
    trailing_type: Word = ""
    trailing_stop_step: PerhapsAmount = None
    place_time_at: PerhapsMoment = None
    place_time: PerhapsMoment = None
    filled_time_at: PerhapsMoment = None
    filled_time: PerhapsMoment = None
    fees: Annotated[tuple[Fee, ...], BeforeValidator(_none_is_empty)] = ()
    commission: Commission | None = None
    legs: Annotated[tuple[Leg, ...], BeforeValidator(_none_is_empty)] = ()

    @property
    def came_at(self) -> datetime | None:
        """When it was placed."""
        return self.place_time_at or self.place_time

    @property
    def filled_at(self) -> datetime | None:
        """When it was filled last."""
        return self.filled_time_at or self.filled_time

    @property
    def fee(self) -> Decimal:
        """All of them together, in US dollars."""
        own = Decimal(0) if self.commission is None else self.commission.amount
        return sum((fee.amount for fee in self.fees), own)


class Cover(Answer):
    """What orders come in: one, or several that were placed together."""

    client_order_id: str | None = None
    combo_order_id: str | None = None
    combo_type: Word = ""
    orders: tuple[Order, ...]


class Covers(Answer):
    """A page of a list."""

    data: tuple[Cover, ...]
    pagination_key: str | None = None


class Taken(Answer):
    """The answer to a place, a change or a cancel: ids, and of a group only the group's."""

    client_order_id: str | None = None
    order_id: str | None = Field(default=None, max_length=64)
    client_combo_order_id: str | None = None
    combo_order_id: str | None = Field(default=None, max_length=64)


class Estimate(Answer):
    """The answer to a preview, in US dollars."""

    estimated_cost: Amount
    estimated_transaction_fee: Count = Decimal(0)
