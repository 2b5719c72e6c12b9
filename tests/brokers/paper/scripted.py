"""A market whose price a test writes down, and short ways to say an order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.paper.book import Book
from floorbroker.brokers.paper.desk import placed
from floorbroker.brokers.paper.hours import TradingHours
from floorbroker.brokers.paper.instruments import Listing, listing
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.brokers.paper.settle import settled
from floorbroker.domain.errors import OrderRejected
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.fakes.clock import NOON

START = NOON


@dataclass(frozen=True, slots=True)
class ScriptedMarket(PaperMarket):
    """The middle price of everything is `curve(seconds since START)`; spread and ticks are real.

    At 200.00 a share's bid is 199.98 and its ask 200.02.
    """

    seed: str = "scripted"
    hours: TradingHours = field(default_factory=lambda: TradingHours(enforced=False))
    curve: Callable[[float], float] = lambda _: 200.0

    def middle(self, listing: Listing, at: datetime) -> float:
        """See `PaperMarket.middle`."""
        return self.curve((at - START).total_seconds())


def steps(*changes: tuple[float, float]) -> Callable[[float], float]:
    """A curve that jumps: pairs of a second and the price from then on."""

    def curve(seconds: float) -> float:
        return [price for at, price in changes if at <= seconds][-1]

    return curve


def after(seconds: float) -> datetime:
    """A moment after the start."""
    return START + timedelta(seconds=seconds)


def asked(side: str = "buy", quantity: str | None = "10", **terms: Any) -> OrderRequest:
    """A request for AAPL; numbers are given as text, `type` and the like as their values."""
    named = {
        "type": OrderType,
        "time_in_force": TimeInForce,
        "effect": PositionEffect,
        "session": Session,
    }
    symbol = terms.pop("symbol", "AAPL")
    fields: dict[str, Any] = {}
    for name, value in terms.items():
        fields[name] = named.get(name, Decimal)(value)
    fields.setdefault("type", OrderType.LIMIT if "limit_price" in fields else OrderType.MARKET)
    return OrderRequest(
        instrument=listing(symbol).instrument,
        side=Side(side),
        quantity=None if quantity is None else Decimal(quantity),
        **fields,
    )


class Floor:
    """A book, a scripted market and a time that moves: what a test of the rules needs."""

    def __init__(
        self, curve: Callable[[float], float] | None = None, *, hours: bool = False
    ) -> None:
        """At START, with a fresh book."""
        self.market = ScriptedMarket(
            hours=TradingHours(enforced=hours), curve=curve or (lambda _: 200.0)
        )
        self.now = START
        self.book = Book(looked_at=START)

    def place(self, order_id: str, request: OrderRequest) -> PaperOrder:
        """Places at the present time."""
        self.book = placed(self.book, order_id, request, self.market, self.now)
        return self.order(order_id)

    def wait(self, seconds: float) -> Book:
        """Lets the market work."""
        self.now += timedelta(seconds=seconds)
        self.book = settled(self.book, self.market, self.now)
        return self.book

    def order(self, order_id: str) -> PaperOrder:
        """As it stands."""
        found = self.book.find(order_id)
        assert found is not None
        return found


def refusal(floor: Floor, request: OrderRequest) -> OrderRejected:
    """What the desk says to `request`; the book stays as it was."""
    before = floor.book
    with pytest.raises(OrderRejected) as refused:
        placed(floor.book, "refused", request, floor.market, floor.now)
    assert floor.book == before
    return refused.value
