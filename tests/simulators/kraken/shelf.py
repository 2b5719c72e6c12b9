"""What reads show of the orders: the book as it stands, or as it stood a while ago.

Kraken's reads can lag behind its writes: others saw OpenOrders without the effect of an amend that
had been accepted (2026-09-10), and give new orders time to appear.
"""

from dataclasses import dataclass
from typing import Any

from tests.simulators.kraken.desk import Desk
from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.trades import Trade


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as reads show it."""

    order: Order
    entry: dict[str, Any]
    trades: tuple[Trade, ...]
    ended: bool

    def wire(self, *, trades: bool) -> dict[str, Any]:
        """The entry; with the ids of its trades if it has any and they are asked for."""
        if not trades or not self.trades:
            return self.entry
        return {**self.entry, "trades": [trade.txid for trade in self.trades]}


class Shelf:
    """Between the desk and the reads."""

    def __init__(self, desk: Desk) -> None:
        """Reads show everything."""
        self._desk = desk
        self._frozen: list[Shown] | None = None

    def lag(self) -> None:
        """From now on reads show the orders as they are at this moment."""
        self._desk.sweep()
        self._frozen = [_shown(order) for order in self._desk.orders]

    def catch_up(self) -> None:
        """Reads show everything again."""
        self._frozen = None

    def of(self, person: Person) -> list[Shown]:
        """The person's orders, oldest first."""
        if self._frozen is not None:
            return [one for one in self._frozen if one.order.person is person]
        return [_shown(order) for order in self._desk.of(person)]


def _shown(order: Order) -> Shown:
    return Shown(order, order.wire(), tuple(order.trades), order.ended)
