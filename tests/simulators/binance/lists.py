"""Order lists: which orders belong together and what one means for the others. rest-api.md.

OCO: two legs, of which one cancels the other. OTO: once the working order is filled whole, the
pending one comes on the book. OTOCO, whose contingency is told as OTO: the pending two are an OCO.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulators.binance.orders import Order
from tests.simulators.binance.people import Person
from tests.simulators.binance.symbols import Symbol
from tests.simulators.binance.wire import millis


@dataclass(slots=True, kw_only=True, eq=False)
class OrderList:
    """Two or three orders.

    Attributes:
        id: Of the exchange; the first is 0.
        working: The order that the others wait for; None in an OCO.
        orders: All, in the order of the answers: working before pending, stop before limit.
    """

    id: int
    contingency: str
    client_id: str
    person: Person
    symbol: Symbol
    at: datetime
    working: Order | None = None
    orders: list[Order] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether nothing can happen any more."""
        return not any(order.open for order in self.orders)

    @property
    def pending(self) -> list[Order]:
        """Those that wait for the working order."""
        return [order for order in self.orders if order.status == "PENDING_NEW"]

    def mates(self, order: Order) -> list[Order]:
        """The other leg of its OCO, if there is one and it is open."""
        return [one for one in order.mates if one is not order and one.open]

    def wire(self) -> dict[str, Any]:
        """As queries show it."""
        return {
            "orderListId": self.id,
            "contingencyType": self.contingency,
            "listStatusType": "ALL_DONE" if self.done else "EXEC_STARTED",
            "listOrderStatus": "ALL_DONE" if self.done else "EXECUTING",
            "listClientOrderId": self.client_id,
            "transactionTime": millis(self.at),
            "symbol": self.symbol.name,
            "orders": [
                {
                    "symbol": self.symbol.name,
                    "orderId": order.id,
                    "clientOrderId": order.client_order_id,
                }
                for order in self.orders
            ],
        }
