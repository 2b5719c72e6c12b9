"""What a test lets happen to orders, accounts and instruments, and how it finds them."""

from decimal import Decimal
from typing import Any

from tests.simulators.webull.desk import Desk
from tests.simulators.webull.fills import move
from tests.simulators.webull.orders import Order
from tests.simulators.webull.people import Account, Person, new_id
from tests.simulators.webull.queries_api import QueriesApi
from tests.simulators.webull.replacing import finish_replaces


class Steering:
    """The market's and Webull's side of the simulator."""

    def __init__(self, desk: Desk, queries: QueriesApi, people: list[Person]) -> None:
        """Over the book of all orders."""
        self._desk = desk
        self._queries = queries
        self._people = people

    @property
    def orders(self) -> list[Order]:
        """Everybody's, exits among them, oldest first."""
        return self._desk.orders

    def order(self, wanted: object) -> Order:
        """By Webull's id or by the client's.

        Raises:
            KeyError: There is none.
        """
        for order in self._desk.orders:
            if wanted in {order.id, order.client_order_id}:
                return order
        raise KeyError(wanted)

    def give(
        self,
        account: Account,
        symbol: str,
        quantity: str | Decimal,
        *,
        price: str | Decimal = "0",
    ) -> None:
        """More units or contracts of a symbol that is known; below zero sold short.

        Args:
            price: What each had cost.
        """
        units = Decimal(quantity)
        multiplier = self._desk.catalogue.instruments[symbol].multiplier
        move(account, symbol, units, abs(units) * Decimal(price) * multiplier)

    def change_instrument(self, symbol: str, **fields: Any) -> None:
        """`status="NT"`, `fractionable=False`, `shortable=False`; see `Stock` and `Contract`."""
        self._desk.catalogue.change(symbol, **fields)

    def charge_on_sales(self, kind: str, amount: str | Decimal) -> None:
        """A fee, such as SEC_FEE, that every sale pays from now on with its first fill."""
        self._desk.sale_fees.append((kind, Decimal(amount)))

    def set_page_size(self, orders: int) -> None:
        """How many orders a page of the lists has."""
        self._desk.page_size = orders

    # Fills

    def match(self) -> None:
        """Fills what the market takes at its prices of now, and ends what is over."""
        self._desk.match()

    def fill(
        self,
        wanted: object,
        quantity: str | Decimal | None = None,
        price: str | Decimal | None = None,
    ) -> None:
        """An execution whatever the market shows; by default of all that is left, at the touch."""
        order = self.order(wanted)
        if order.ended:
            raise ValueError(f"{wanted} is {order.status}")
        if price is None:
            price = self._desk.market.quotes[order.instrument.symbol].touch(order.side)
        if quantity is None:
            order.parts_left = 1
        amount = None if quantity is None else Decimal(quantity)
        self._desk.fill(order, amount, Decimal(price))

    def fill_in_parts(self, parts: int) -> None:
        """Orders that come from now on fill in so many matches: the first one on arrival."""
        self._desk.parts = parts

    def place_elsewhere(self, account: Account, **fields: str) -> Order:
        """A limit buy of one AAPL at 100 for good in Webull's own app, but for `fields`."""
        person = next(one for one in self._people if account in one.accounts)
        usual = {
            "client_order_id": new_id(),
            "combo_type": "NORMAL",
            "symbol": "AAPL",
            "instrument_type": "EQUITY",
            "market": "US",
            "side": "BUY",
            "order_type": "LIMIT",
            "limit_price": "100",
            "quantity": "1",
            "time_in_force": "GTC",
            "support_trading_session": "CORE",
            "entrust_type": "QTY",
        }
        orders, _ = self._desk.place(person, account, {"new_orders": [{**usual, **fields}]})
        self._desk.arrive(orders[0])
        return orders[0]

    def cancel_elsewhere(self, wanted: object) -> None:
        """The person cancels it in Webull's own app."""
        self._desk.end(self.order(wanted))

    # Webull takes its time

    def let_orders_wait(self) -> None:
        """New orders are taken and stay PENDING until `finish_orders`."""
        self._desk.orders_wait = True

    def finish_orders(self) -> None:
        """Lets those that wait into the market, and later ones at once."""
        self._desk.orders_wait = False
        self._desk.finish_orders()

    def let_cancels_wait(self) -> None:
        """Cancels are taken, and the orders go on until `finish_cancels`."""
        self._desk.cancels_wait = True

    def finish_cancels(self) -> None:
        """Carries out those that wait, and later ones at once."""
        self._desk.cancels_wait = False
        self._desk.finish_cancels()

    def let_replaces_wait(self) -> None:
        """Replacements are taken, and the orders stay as they were until `finish_replaces`."""
        self._desk.replaces_wait = True

    def finish_replaces(self) -> None:
        """Carries out those that wait, and later ones at once."""
        finish_replaces(self._desk)

    def let_lists_lag(self) -> None:
        """The lists show from now on what they show now; the detail stays fresh."""
        self._queries.freeze([one for person in self._people for one in person.accounts])

    def let_details_lag(self) -> None:
        """No read shows orders placed from now on."""
        self._desk.unseen = self._desk.unseen or []

    def let_reads_catch_up(self) -> None:
        """Reads show everything again."""
        self._queries.thaw()
        self._desk.unseen = None

    # Ends

    def fail_on_arrival(self) -> None:
        """New orders are taken and then FAILED."""
        self._desk.fails = True

    def arrive_well(self) -> None:
        """No longer."""
        self._desk.fails = False

    def set_status(self, wanted: object, status: str) -> None:
        """Any status word, also one that nobody knows."""
        self.order(wanted).status = status
