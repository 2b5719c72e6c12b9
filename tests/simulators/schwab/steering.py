"""What a test lets happen to orders and accounts, and how it finds them."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from tests.simulators.schwab.desk import Desk
from tests.simulators.schwab.orders import Order
from tests.simulators.schwab.orders_api import OrdersApi
from tests.simulators.schwab.people import Account
from tests.simulators.schwab.ticket import read_ticket
from tests.simulators.schwab.wire import read_body

ELSEWHERE: Final = "API_TOS:TRADE_ALL"
"""The tag of a recorded order from the vendor's own thinkorswim."""


class Steering:
    """The market's and the broker's side of the simulator."""

    def __init__(self, desk: Desk, orders_api: OrdersApi) -> None:
        """Over the book of all orders."""
        self._desk = desk
        self._orders_api = orders_api

    @property
    def orders(self) -> list[Order]:
        """Everybody's, with what they trigger, oldest first."""
        return list(self._desk.all())

    def order(self, order_id: object) -> Order:
        """By Schwab's number.

        Raises:
            KeyError: There is none.
        """
        for order in self._desk.all():
            if str(order.id) == str(order_id):
                return order
        raise KeyError(order_id)

    # Accounts

    def give(self, account: Account, symbol: str, quantity: str, price: str) -> None:
        """A position that was there before; a quantity below zero is a short one."""
        account.move(symbol, Decimal(quantity), Decimal(price))
        if symbol in account.holdings:
            account.holdings[symbol].before = account.held(symbol)

    def set_cash(self, account: Account, cash: str) -> None:
        """US dollars, below zero where it is borrowed."""
        account.cash = Decimal(cash)

    def set_balances(self, account: Account, **fields: Any) -> None:
        """Fields of `currentBalances` that do not follow from the rest."""
        account.overrides.update(fields)

    # Orders

    def place_elsewhere(self, account: Account, body: Mapping[str, Any]) -> Order:
        """An order that the person places in the vendor's own app; no request is counted."""
        ticket = read_ticket(read_body(json.dumps(body).encode()))
        return self._desk.place(account, ticket, ELSEWHERE)

    def match(self) -> None:
        """Fills what the market takes at its prices of now; call it after a change of price."""
        self._desk.match()

    def fill(
        self, order_id: object, quantity: str | None = None, price: str | tuple[str, ...] = ()
    ) -> None:
        """An execution whatever the market shows; by default of all that is left, at the touch.

        Args:
            price: One a leg.
        """
        order = self.order(order_id)
        if order.ended:
            raise ValueError(f"{order_id} is {order.status}")
        given = (price,) if isinstance(price, str) else price
        prices = tuple(Decimal(one) for one in given) or self._touches(order)
        self._desk.fill(order, None if quantity is None else Decimal(quantity), prices)

    def fill_in_parts(self, parts: int) -> None:
        """Orders that come from now on fill in so many matches: the first one on arrival."""
        self._desk.parts = parts

    def end_day(self) -> None:
        """The close of the session: orders for it fill, other orders of the day expire."""
        self._desk.end_day()

    def set_status(self, order_id: object, status: str) -> None:
        """Any status word, such as AWAITING_MANUAL_REVIEW or one that nobody knows."""
        self.order(order_id).status = status

    # The broker takes its time

    def let_orders_wait(self) -> None:
        """New orders are pondered (PENDING_ACKNOWLEDGEMENT) until `finish_orders`."""
        self._desk.orders_wait = True

    def finish_orders(self) -> None:
        """Decides about those that wait, and later ones at once."""
        self._desk.orders_wait = False
        self._desk.finish_orders()

    def let_cancels_wait(self) -> None:
        """Cancels are accepted and stay PENDING_CANCEL until `finish_cancels`."""
        self._desk.cancels_wait = True

    def finish_cancels(self) -> None:
        """Carries out those that wait, and later ones at once."""
        self._desk.cancels_wait = False
        self._desk.finish_cancels()

    def let_replacements_wait(self) -> None:
        """Old orders stay PENDING_REPLACE, and may fill, until `finish_replacements`."""
        self._desk.replacements_wait = True

    def finish_replacements(self) -> None:
        """Carries out those that wait, and later ones at once."""
        self._desk.replacements_wait = False
        self._desk.finish_replacements()

    def let_rejected_replacements_end_the_old(self) -> None:
        """Which of the two Schwab does is unverified; without this the old order lives on."""
        self._desk.old_survives = False

    def let_reads_lag(self) -> None:
        """Reads do not show orders placed from now on."""
        self._desk.unseen = self._desk.unseen or []

    def let_reads_catch_up(self) -> None:
        """Reads show everything again."""
        self._desk.unseen = None

    def reject_on_arrival(self, description: str) -> None:
        """New orders answer 201 and are REJECTED with that `statusDescription`."""
        self._desk.verdict = description

    def arrive_well(self) -> None:
        """No longer."""
        self._desk.verdict = None

    def hide_location(self, *, hidden: bool = True) -> None:
        """A new order's 201 does not say where it is."""
        self._orders_api.tells_location = not hidden

    def _touches(self, order: Order) -> tuple[Decimal, ...]:
        quotes = self._desk.market.quotes
        return tuple(quotes[leg.symbol].touch(leg.buys) for leg in order.ticket.legs)
