"""What a test lets happen to orders, and how it finds them."""

from decimal import Decimal

from tests.simulators.alpaca.desk import Desk
from tests.simulators.alpaca.fills import move
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.people import Person


class Steering:
    """The market's and the exchange's side of the simulator."""

    def __init__(self, desk: Desk, market: Market) -> None:
        """Over the book of all orders."""
        self._desk = desk
        self._prices = market

    @property
    def orders(self) -> list[Order]:
        """Everybody's, legs among them, oldest first."""
        return self._desk.orders

    def order(self, wanted: object) -> Order:
        """By Alpaca's id (text or UUID) or by the client's.

        Raises:
            KeyError: There is none.
        """
        for order in self._desk.orders:
            if str(wanted) in {order.id, order.client_order_id}:
                return order
        raise KeyError(wanted)

    def give(self, person: Person, symbol: str, qty: str, price: str) -> None:
        """A position that was there before; a quantity below zero is a short one."""
        move(person, symbol, Decimal(qty), Decimal(price))

    def match(self) -> None:
        """Fills what the market takes at its prices of now; call it after a change of price."""
        self._desk.match()

    def fill(
        self, wanted: object, qty: str | Decimal | None = None, price: str | Decimal | None = None
    ) -> None:
        """An execution whatever the market shows; by default of all that is left, at the touch."""
        order = self.order(wanted)
        at = Decimal(price or self._prices.quotes[order.symbol].touch(order.side))
        self._desk.fill(order, None if qty is None else Decimal(qty), at)

    def fill_in_parts(self, parts: int) -> None:
        """Orders that come from now on fill in so many matches: the first one on arrival."""
        self._desk.parts = parts

    def end_day(self) -> None:
        """The close of the session: `cls` orders fill, other orders of the day expire."""
        self._desk.end_day()

    def let_cancels_wait(self) -> None:
        """Cancels are accepted and stay `pending_cancel` until `finish_cancels`."""
        self._desk.cancels_wait = True

    def finish_cancels(self) -> None:
        """Carries out those that wait, and later ones at once."""
        self._desk.cancels_wait = False
        self._desk.finish_cancels()

    def set_status(self, wanted: object, status: str) -> None:
        """Any status word, such as `done_for_day`, `suspended` or one that nobody knows."""
        self.order(wanted).become(status, self._desk.now())

    def set_crypto_fee(self, bps: str) -> None:
        """Basis points that are kept back from what a crypto order receives; 25 at first."""
        self._desk.crypto_fee_bps = Decimal(bps)
