"""One paper account: cash, holdings, orders. Pure: every step gives a new book."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

from floorbroker.brokers.context import Record
from floorbroker.brokers.paper.order_record import order_from, record_of
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.domain.orders import Fill, Side

START_CASH: Final = Decimal(100_000)
ENDED_AT_MOST: Final = 50
"""Older ended orders are moved to the archive."""

_T = TypeVar("_T")
_COST_STEP: Final = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Holding:
    """Units held and what they cost in US dollars; both negative for a short position."""

    quantity: Decimal
    cost: Decimal

    @property
    def average_price(self) -> Decimal:
        """Per unit, to eight places."""
        return (self.cost / self.quantity).quantize(Decimal("1e-8"))


_ONE: Final = Decimal(1)
_NOTHING: Final = Holding(Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The whole state of one account.

    At every moment `cash + cost of all holdings - realised` is the start cash, to the last digit.

    Attributes:
        holdings: By symbol; none is empty.
        working: Oldest first.
        ended: Oldest first, in their stored form: most are never looked at again.
        realised: Profit of closed holdings since the start.
        looked_at: Everything until then has been settled.
        opening_equity: When the day of `looked_at` began in New York.
        next_number: Of the next broker order id.
        archived: Whether the archive may hold orders.
    """

    looked_at: datetime
    cash: Decimal = START_CASH
    holdings: Mapping[str, Holding] = field(default_factory=dict)
    working: tuple[PaperOrder, ...] = ()
    ended: tuple[Record, ...] = ()
    realised: Decimal = Decimal(0)
    opening_equity: Decimal = START_CASH
    next_number: int = 1
    archived: bool = False

    def held(self, symbol: str) -> Decimal:
        """Units held; negative for a short position."""
        return self.holdings.get(symbol, _NOTHING).quantity

    def find(self, order_id: str) -> PaperOrder | None:
        """A working order, or an ended one that is not archived yet."""
        for order in self.working:
            if order.order_id == order_id:
                return order
        for record in reversed(self.ended):
            if record["order_id"] == order_id:
                return order_from(record)
        return None

    def legs_of(self, order_id: str) -> tuple[PaperOrder, ...]:
        """The working legs of a bracket."""
        return tuple(order for order in self.working if order.parent == order_id)

    def with_new(self, order: PaperOrder) -> "Book":
        """With one more working order; its number is used up."""
        return replace(self, working=(*self.working, order), next_number=self.next_number + 1)

    def with_order(self, order: PaperOrder) -> "Book":
        """With `order` in place of the one of the same id; a final one leaves the working ones."""
        if not order.state.final:
            working = _replaced(self.working, order, lambda other: other.order_id)
            return replace(self, working=working)
        working = tuple(other for other in self.working if other.order_id != order.order_id)
        record = record_of(order)
        if any(other["order_id"] == order.order_id for other in self.ended):
            ended = _replaced(self.ended, record, lambda other: str(other["order_id"]))
        else:
            ended = (*self.ended, record)
        return replace(self, working=working, ended=ended)

    def with_fill(self, symbol: str, side: Side, fill: Fill, size: Decimal = _ONE) -> "Book":
        """With the cash and the holding after `fill` of units of that size."""
        change = fill.quantity if side is Side.BUY else -fill.quantity
        return self._traded(symbol, change, fill.price * size)

    def settled_in_cash(self, symbol: str, unit_value: Decimal) -> "Book":
        """Without the holding, and with the cash that it brought."""
        return self._traded(symbol, -self.held(symbol), unit_value)

    def _traded(self, symbol: str, change: Decimal, unit_value: Decimal) -> "Book":
        holding, profit = _after(self.holdings.get(symbol, _NOTHING), change, unit_value)
        holdings = {**self.holdings, symbol: holding}
        if not holding.quantity:
            del holdings[symbol]
        return replace(
            self,
            cash=self.cash - change * unit_value,
            holdings=holdings,
            realised=self.realised + profit,
        )

    def overflow(self) -> tuple[Record, ...]:
        """Ended orders to archive now; a bracket's parent stays while its legs work."""
        busy = {order.parent for order in self.working if order.parent}
        count = len(self.ended) - ENDED_AT_MOST
        free = [record for record in self.ended if record["order_id"] not in busy]
        return tuple(free[: max(count, 0)])

    def without(self, archived: Iterable[Record]) -> "Book":
        """Without orders that the archive holds now."""
        gone = {record["order_id"] for record in archived}
        kept = tuple(record for record in self.ended if record["order_id"] not in gone)
        return replace(self, ended=kept, archived=self.archived or bool(gone))


def _after(holding: Holding, change: Decimal, price: Decimal) -> tuple[Holding, Decimal]:
    """The holding after `change` units at `price`, and the profit that this realised."""
    quantity, cost = holding.quantity, holding.cost
    if quantity * change >= 0:
        return Holding(quantity + change, cost + change * price), Decimal(0)
    closed = min(abs(change), abs(quantity)).copy_sign(change)
    # The last unit takes the whole rest with it, so that rounding leaves nothing behind.
    freed = cost if closed == -quantity else (cost * -closed / quantity).quantize(_COST_STEP)
    opened = change - closed
    left = Holding(quantity + change, cost - freed + opened * price)
    return left, -closed * price - freed


def _replaced(items: tuple[_T, ...], new: _T, key: Callable[[_T], str]) -> tuple[_T, ...]:
    return tuple(new if key(item) == key(new) else item for item in items)
