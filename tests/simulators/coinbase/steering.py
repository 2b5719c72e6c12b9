"""What a test lets happen to orders, balances and products, and how it finds them."""

from decimal import Decimal
from typing import Any

from tests.simulators.coinbase import editing
from tests.simulators.coinbase.desk import Desk
from tests.simulators.coinbase.matching import Match
from tests.simulators.coinbase.orders import Order
from tests.simulators.coinbase.people import Person, Portfolio
from tests.simulators.coinbase.products import Product


class Steering:
    """The market's and the exchange's side of the simulator."""

    def __init__(self, desk: Desk) -> None:
        """Over the book of all orders."""
        self._desk = desk

    @property
    def orders(self) -> list[Order]:
        """Everybody's, attached brackets among them, oldest first."""
        return self._desk.orders

    def order(self, wanted: object) -> Order:
        """By Coinbase's id or by the client's.

        Raises:
            KeyError: There is none.
        """
        for order in self._desk.orders:
            if str(wanted) in {order.id, order.client_order_id}:
                return order
        raise KeyError(wanted)

    def give(
        self,
        person: Person,
        currency: str,
        amount: str | Decimal,
        *,
        cost: str | Decimal = "0",
        portfolio: Portfolio | None = None,
    ) -> None:
        """More of a currency; an amount below zero takes it away.

        Args:
            cost: What all of it had cost, in US dollars.
        """
        account = (portfolio or person.portfolio).account(currency, self._desk.now())
        account.balance += Decimal(amount)
        account.cost += Decimal(cost)

    def change_product(self, product_id: str, **fields: Any) -> Product:
        """Steps and flags: `limit_only=True`, `base_increment="0.001"`; see `Product`."""
        return self._desk.catalogue.change(product_id, **fields)

    def set_fees(self, person: Person, *, maker: str, taker: str) -> None:
        """Shares of the value: "0.005" is half a per cent."""
        person.maker_rate, person.taker_rate = Decimal(maker), Decimal(taker)

    # Fills

    def match(self) -> None:
        """Fills what the market takes at its prices of now, and ends what has expired."""
        self._desk.match()

    def fill(
        self,
        wanted: object,
        size: str | Decimal | None = None,
        price: str | Decimal | None = None,
        *,
        maker: bool = False,
    ) -> None:
        """An execution whatever the market shows; by default of all that is left, at the touch.

        Args:
            size: Units of the base, also for an order sized in its quote currency.
        """
        order = self.order(wanted)
        if order.ended:
            raise ValueError(f"{wanted} is {order.status}")
        if price is None:
            price = self._desk.market.quotes[order.product.book].touch(order.side)
        match = Match(Decimal(price), "MAKER" if maker else "TAKER")
        self._desk.fill(order, None if size is None else Decimal(size), match)

    def fill_in_parts(self, parts: int) -> None:
        """Orders that come from now on fill in so many matches: the first one on arrival."""
        self._desk.parts = parts

    # The exchange takes its time

    def let_orders_wait(self) -> None:
        """New orders are accepted and stay PENDING until `finish_orders`."""
        self._desk.orders_wait = True

    def finish_orders(self) -> None:
        """Lets those that wait into the book, and later ones at once."""
        self._desk.orders_wait = False
        self._desk.finish_orders()

    def let_cancels_wait(self) -> None:
        """Cancels are accepted and stay CANCEL_QUEUED until `finish_cancels`."""
        self._desk.cancels_wait = True

    def finish_cancels(self) -> None:
        """Carries out those that wait, and later ones at once."""
        self._desk.cancels_wait = False
        self._desk.finish_cancels()

    def let_edits_wait(self) -> None:
        """Edits are accepted and stay EDIT_QUEUED until `finish_edits`."""
        self._desk.edits_wait = True

    def finish_edits(self) -> None:
        """Carries out those that wait, and later ones at once."""
        editing.finish_edits(self._desk)

    def let_reads_lag(self) -> None:
        """Reads do not show orders placed from now on (a 404 right after placing was seen)."""
        self._desk.unseen = self._desk.unseen or []

    def let_reads_catch_up(self) -> None:
        """Reads show everything again."""
        self._desk.unseen = None

    # Ends

    def fail_on_arrival(self, reject_reason: str = "HOLD_FAILURE", message: str = "") -> None:
        """New orders are accepted and then FAILED.

        Args:
            reject_reason: Of the reference: HOLD_FAILURE, TOO_MANY_OPEN_ORDERS,
                REJECT_REASON_INSUFFICIENT_FUNDS or RATE_LIMIT_EXCEEDED.
        """
        self._desk.fails_with = (reject_reason, message)

    def arrive_well(self) -> None:
        """No longer."""
        self._desk.fails_with = None

    def refuse_duplicates(self) -> None:
        """An id that is taken is refused, in the place of the order that has it."""
        self._desk.refuses_duplicates = True

    def set_status(self, wanted: object, status: str, cancel_message: str = "") -> None:
        """Any status word: QUEUED, EXPIRED, FAILED, UNKNOWN_ORDER_STATUS or one nobody knows."""
        order = self.order(wanted)
        order.status, order.cancel_message = status, cancel_message
