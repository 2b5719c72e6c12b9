"""What a test lets happen to accounts, prices and orders."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tests.simulators.opend.accounts import Account
from tests.simulators.opend.desk import Desk
from tests.simulators.opend.instruments import CALL, PUT, Listing, Security
from tests.simulators.opend.market import Bar, Market
from tests.simulators.opend.orders import Deal, Order
from tests.simulators.opend.queries_api import QueriesApi
from tests.simulators.opend.quotes_api import QuotesApi
from tests.simulators.opend.ticket import Ticket

Number = str | int | float | Decimal


class Steering:
    """The market's and moomoo's side of the simulator.

    Attributes:
        accounts: By `acc_id`.
        market: Prices and hours; `market.state` overrules the clock.
        listing: What can be traded.
    """

    def __init__(
        self,
        accounts: Mapping[int, Account],
        desk: Desk,
        queries: QueriesApi,
        quotes: QuotesApi,
    ) -> None:
        """Over the book of all orders."""
        self.accounts = accounts
        self.market: Market = desk.market
        self.listing: Listing = desk.listing
        self._desk = desk
        self._queries = queries
        self._quotes = quotes

    # Accounts

    def set_cash(self, acc_id: int, amount: Number) -> None:
        """In US dollars."""
        self.accounts[acc_id].cash = Decimal(str(amount))

    def hold(self, acc_id: int, code: str, quantity: Number, cost: Number = 0) -> None:
        """That many units and no others; below zero sold short.

        Args:
            cost: Average price of one.
        """
        account, security = self.accounts[acc_id], self.listing.all[code]
        account.positions.pop(code, None)
        units = Decimal(str(quantity))
        if units:
            self._desk.move(account, security, units, Decimal(str(cost)))

    # Securities and prices

    def list_security(self, code: str, **fields: Any) -> Security:
        """A share or fund: `name`, `kind=ETF`, `lot`, `tick` (a Decimal), `suspended`."""
        return self.listing.add(code, **fields)

    def list_option(self, owner: str, expiry: date, right: str, strike: Number) -> str:
        """The code of a new contract; `right` is CALL or PUT."""
        return self.listing.add_option(owner, expiry, right, str(strike)).code

    def list_chain(
        self, owner: str, expiries: Sequence[date], strikes: Sequence[Number]
    ) -> list[str]:
        """Calls and puts of every expiry and strike; their codes."""
        return [
            self.list_option(owner, expiry, right, strike)
            for expiry in expiries
            for strike in strikes
            for right in (CALL, PUT)
        ]

    def set_price(
        self,
        code: str,
        *,
        bid: Number | None = None,
        ask: Number | None = None,
        last: Number | None = None,
        **fields: Any,
    ) -> None:
        """New prices: pushed to subscribers, and resting orders that they cross fill.

        Args:
            fields: `open`, `high`, `low`, `previous`, `volume`, `bid_size`, `ask_size`, `greeks`.
        """
        self.listing.find(code)
        self.market.set(code, bid=bid, ask=ask, last=last, **fields)
        self._quotes.push(code)
        self._desk.match()

    def set_bars(self, code: str, kind: int, bars: Sequence[Bar]) -> None:
        """Candles, oldest first; `kind` is of `Qot_Common.KLType` (2: days, 1: minutes)."""
        self.market.bars[code, kind] = bars

    def set_quota(self, subscriptions: int) -> None:
        """How many there may be, of all connections."""
        self._quotes.quota = subscriptions

    def take_quote_rights(self) -> None:
        """No more quotes of the US market."""
        self._quotes.rights = False

    @property
    def subscriptions(self) -> int:
        """Of all connections that stand: one for each code and kind."""
        return self._quotes.used()

    # Orders

    @property
    def orders(self) -> list[Order]:
        """Everybody's, oldest first."""
        return self._desk.orders

    @property
    def deals(self) -> list[Deal]:
        """Likewise."""
        return self._desk.deals

    def order(self, wanted: object) -> Order:
        """By its number, as text or not, or by its remark.

        Raises:
            KeyError: There is none.
        """
        for order in self._desk.orders:
            if wanted in (order, order.order_id, order.order_id_ex, order.remark):
                return order
        raise KeyError(wanted)

    def fill(
        self, wanted: object, quantity: Number | None = None, price: Number | None = None
    ) -> Deal:
        """A deal whatever the market shows; by default of all that is left, at the touch."""
        order = self.order(wanted)
        if price is None:
            quote = self.market.quotes.get(order.code)
            price = order.price if quote is None else quote.touch(order.buys)
        units = order.left if quantity is None else Decimal(str(quantity))
        return self._desk.fill(order, units, Decimal(str(price)))

    def match(self) -> None:
        """Fills what the market takes at its prices of now."""
        self._desk.match()

    def fill_in_parts(self, parts: int) -> None:
        """Orders that come from now on fill in so many matches: the first one on arrival."""
        self._desk.parts = parts

    def end_day(self) -> None:
        """Orders for the day are over."""
        self._desk.end_day()

    def place_elsewhere(self, acc_id: int, code: str, **fields: Any) -> Order:
        """An order for one unit at 1 that the person places in moomoo's app, but for `fields`."""
        usual: dict[str, Any] = {
            **dict.fromkeys(Ticket.__slots__),
            "side": "BUY",
            "type": "NORMAL",
            "qty": Decimal(1),
            "price": Decimal(1),
            "time_in_force": "DAY",
            "fill_outside_rth": False,
            "session": "NONE",
            "expire_time": "",
        }
        ticket = Ticket(**{**usual, **fields})
        order = self._desk.place(self.accounts[acc_id], self.listing.all[code], ticket)
        self._desk.arrive(order)
        return order

    def cancel_elsewhere(self, wanted: object) -> None:
        """The person cancels it in moomoo's app."""
        self._desk.end(self.order(wanted))

    def set_status(self, wanted: object, status: str, why: str = "") -> None:
        """Any of `orders.STATUSES`, with the words of `last_err_msg`; pushed."""
        self._desk.set_status(self.order(wanted), status, why)

    # Moomoo takes its time

    def let_orders_wait(self) -> None:
        """New orders are taken and stay SUBMITTING until `finish_orders`."""
        self._desk.orders_wait = True

    def finish_orders(self) -> None:
        """Lets those that wait into the market, and later ones at once."""
        self._desk.finish_orders()

    def let_cancels_wait(self) -> None:
        """Cancels are taken, and the orders go on until `finish_cancels`."""
        self._desk.cancels_wait = True

    def finish_cancels(self) -> None:
        """Carries out those that wait, and later ones at once."""
        self._desk.finish_cancels()

    def fail_on_arrival(self, why: str | None) -> None:
        """New orders are taken and then FAILED with those words; None: no longer."""
        self._desk.verdict = why

    def let_lists_lag(self) -> None:
        """No read without `refresh_cache` shows orders placed from now on; nor does the history."""
        self._queries.unseen = self._queries.unseen or []

    def let_lists_catch_up(self) -> None:
        """Reads show everything again."""
        self._queries.unseen = None

    def let_ended_orders_leave(self) -> None:
        """An order that has ended is in the history only, at once."""
        self._queries.ended_leave = True
