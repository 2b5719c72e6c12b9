"""What a test lets happen to orders, and how it finds them."""

from decimal import Decimal

from tests.simulators.binance.desk import Desk
from tests.simulators.binance.lists import OrderList
from tests.simulators.binance.market import Market
from tests.simulators.binance.orders import Order
from tests.simulators.binance.people import Person


class Steering:
    """The market's and the exchange's side of the simulator."""

    def __init__(self, desk: Desk, market: Market) -> None:
        """Over the book of all orders."""
        self._desk = desk
        self._prices = market

    @property
    def orders(self) -> list[Order]:
        """Everybody's, those of lists among them, oldest first."""
        return self._desk.orders

    @property
    def order_lists(self) -> list[OrderList]:
        """Everybody's, oldest first."""
        return self._desk.lists

    def order(self, wanted: object, symbol: str | None = None) -> Order:
        """The newest with that client id, or with that number (of `symbol`: numbers repeat).

        Raises:
            KeyError: There is none.
        """
        for order in reversed(self._desk.orders):
            if symbol in {None, order.symbol.name} and wanted in {order.id, order.client_order_id}:
                return order
        raise KeyError(wanted)

    def give(self, person: Person, asset: str, qty: str) -> None:
        """A balance that was there before; it is added."""
        person.balance(asset).free += Decimal(qty)

    def match(self) -> None:
        """Triggers and fills what the prices of now do; call it after a change of price."""
        self._desk.match()

    def fill(
        self,
        wanted: object,
        qty: str | Decimal | None = None,
        price: str | Decimal | None = None,
        *,
        maker: bool = True,
    ) -> None:
        """An execution whatever the market shows; by default of all that is left, at its price."""
        order = self.order(wanted)
        usual = order.ticket.price or self._prices.books[order.symbol.name].last
        amount = order.remaining if qty is None else Decimal(qty)
        self._desk.fill(order, amount, usual if price is None else Decimal(price), maker=maker)

    def fill_in_parts(self, parts: int) -> None:
        """Orders that come from now on fill in so many trades.

        Those with a price take one with each match, the first on arrival; market orders all then.
        """
        self._desk.parts = parts

    def expire(self, wanted: object, reason: str = "EXCHANGE_CANCELED") -> None:
        """By the exchange, such as for maintenance."""
        self._desk.expire(self.order(wanted), reason)

    def set_status(self, wanted: object, status: str) -> None:
        """Any status word, such as REJECTED, PENDING_CANCEL or one that nobody knows."""
        order = self.order(wanted)
        order.become(status, self._desk.now())
        self._desk.rehold(order)
