"""What a test lets happen to accounts, prices and orders."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from tests.simulators.tws.desk import Desk
from tests.simulators.tws.listing import Contract, Wanted
from tests.simulators.tws.market import Bar, Greeks
from tests.simulators.tws.orders import SimOrder, Ticket
from tests.simulators.tws.people import Account, Position
from tests.simulators.tws.quotes_api import QuotesApi
from tests.simulators.tws.refusals import Refusal

Amount = Decimal | int | str
Key = Contract | str | int
"""A contract, its con_id, its local symbol (EUR.USD), or the symbol of what is no derivative."""


class Steering:
    """The market's and the broker's side of the simulator.

    Attributes:
        accounts: Those of the login, by their ids.
    """

    accounts: Mapping[str, Account]

    def __init__(self, desk: Desk, quotes: QuotesApi) -> None:
        """Over the book of all orders."""
        self._desk = desk
        self._market = desk.market
        self._quotes = quotes

    # Accounts

    def set_cash(self, account: str, amount: Amount, currency: str = "USD") -> None:
        """What there is of a currency; below zero it is borrowed."""
        self.accounts[account].cash[currency] = Decimal(amount)
        self._desk.telling.account(self.accounts[account])

    def set_value(self, account: str, tag: str, value: str) -> None:
        """An account value that does not follow from the rest, such as AccountType."""
        self.accounts[account].overrides[tag] = value

    def hold(self, account: str, key: Key, quantity: Amount, average_cost: Amount) -> None:
        """A position that was there before; `average_cost` is of one unit of the underlying."""
        contract = self.contract(key)
        cost = Decimal(average_cost) * contract.size
        for positions in (self.accounts[account].positions, self.accounts[account].entries):
            positions[contract.con_id] = Position(
                contract=contract, quantity=Decimal(quantity), cost=cost
            )
        self._desk.telling.account(self.accounts[account], contract.con_id)

    # Contracts and prices

    def contract(self, key: Key) -> Contract:
        """What is listed under that name.

        Raises:
            KeyError: Nothing is.
        """
        return self._market.listing.one(key)

    def list_contract(self, symbol: str, kind: str = "STK", **fields: object) -> Contract:
        """One more; see `listing.Contract` for its fields. An option names its `under_symbol`."""
        return self._market.listing.add(symbol, kind, **fields)

    def change_contract(self, key: Key, **fields: object) -> Contract:
        """Describes a contract differently, such as its `liquid_hours`."""
        return self._market.listing.change(self.contract(key), **fields)

    def delist(self, key: Key) -> None:
        """It is not found any more."""
        self._market.listing.contracts.remove(self.contract(key))

    def set_rule(self, number: int, *steps: tuple[str, str]) -> None:
        """A market rule: from which price on which step."""
        self._market.listing.rules[number] = steps

    def set_price(self, key: Key, **prices: Amount | None) -> None:
        """Changes what is given of bid, ask, last, close, open, high, low, bid_size, ….

        Streams tick, and resting orders that the market now takes are filled.
        """
        contract = self.contract(key)
        exact = {n: None if p is None else Decimal(p) for n, p in prices.items()}
        self._market.set(contract, **exact)
        self._quotes.prices_changed(contract)
        self._desk.telling.profits(self.accounts.values())
        self._desk.match(contract)

    def set_greeks(self, key: Key, greeks: Greeks) -> None:
        """What the model computes for an option."""
        contract = self.contract(key)
        self._market.greeks[contract.con_id] = greeks
        self._quotes.prices_changed(contract)

    def set_bars(self, key: Key, size: str, bars: Sequence[Bar]) -> None:
        """Candles of a size such as "1 day" or "5 mins", oldest first."""
        self._market.bars[self.contract(key).con_id, size] = list(bars)

    def set_depth(
        self,
        key: Key,
        bids: Sequence[tuple[Amount, Amount]],
        asks: Sequence[tuple[Amount, Amount]],
    ) -> None:
        """The book: price and size, best first."""
        contract = self.contract(key)
        self._market.depth[contract.con_id] = (_rows(bids), _rows(asks))
        self._quotes.depth_changed(contract)

    def close_market(self) -> None:
        """Orders that do not ask for other hours stay PreSubmitted, with warning 399."""
        self._market.is_open = False

    def open_market(self) -> None:
        """They work from now on."""
        self._market.is_open = True
        self._desk.match()

    # Orders

    @property
    def orders(self) -> list[SimOrder]:
        """All that were ever taken, oldest first; those that TWS refused are none."""
        return list(self._desk.orders)

    def order(self, order_ref: str) -> SimOrder:
        """The only one with that reference.

        Raises:
            ValueError: There is none, or more than one.
        """
        (found,) = [order for order in self._desk.orders if order.order_ref == order_ref]
        return found

    def fill(
        self, order: SimOrder, quantity: Amount | None = None, price: Amount | None = None
    ) -> None:
        """An execution whatever the market shows; by default of all that is left, at its limit."""
        if order.ended:
            raise ValueError(f"{order.perm_id} is {order.status}")
        usual = order.limit_price or self._market.quote(order.contract).touch(buys=order.buys)
        exact = usual if price is None else Decimal(price)
        if exact is None:
            raise ValueError("at which price?")
        self._desk.fill(order, order.remaining if quantity is None else Decimal(quantity), exact)

    def cancel(self, order: SimOrder, reason: str = "") -> None:
        """The broker or the exchange ends it."""
        self._desk.cancel_now(order, reason)

    def end_day(self) -> None:
        """Orders of the day end."""
        for order in self.orders:
            if not order.ended and order.ticket.tif == "DAY":
                self._desk.cancel_now(order)

    def reject(self, code: int, text: str, times: int = 1, *, inactive: bool | None = None) -> None:
        """Refuses the next new orders.

        Args:
            inactive: The order exists, as Inactive; otherwise TWS never took it and there is
                nothing but the error. By default so with 201 only.
        """
        stays = code == 201 if inactive is None else inactive
        self._desk.verdicts += [Refusal(code, text, inactive=stays)] * times

    def let_orders_wait(self) -> None:
        """New orders stay PendingSubmit until `finish_orders`."""
        self._desk.orders_wait = True

    def finish_orders(self) -> None:
        """They are worked, and later ones at once."""
        self._desk.finish_orders()

    def let_cancels_wait(self) -> None:
        """Cancelled orders stay PendingCancel, and may fill, until `finish_cancels`."""
        self._desk.cancels_wait = True

    def finish_cancels(self) -> None:
        """They end, and later ones at once."""
        self._desk.finish_cancels()

    def place_elsewhere(
        self, account: str, key: Key, action: str, quantity: Amount, **fields: object
    ) -> SimOrder:
        """An order that somebody places in TWS itself: client 0, order id 0.

        Args:
            fields: Of `orders.Ticket`; MKT for the day by default.
        """
        contract = self.contract(key)
        ticket = Ticket(
            wanted=Wanted(con_id=contract.con_id, exchange=contract.exchange),
            action=action,
            quantity=Decimal(quantity),
            type="MKT",
            limit_price=None,
            aux_price=None,
            tif="DAY",
            account=account,
            order_ref="",
            transmit=True,
            parent_id=0,
            outside_rth=False,
            oca_group="",
            oca_type=0,
            open_close="",
            good_till="",
            trail_stop=None,
            trailing_percent=None,
            cash_quantity=None,
            what_if=False,
        )
        given = {n: Decimal(v) if n.endswith("price") else v for n, v in fields.items()}  # type: ignore[arg-type] # prices are amounts
        return self._desk.place(0, 0, replace(ticket, **given))  # type: ignore[arg-type] # by name


def _rows(rows: Sequence[tuple[Amount, Amount]]) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(price), Decimal(size)) for price, size in rows]
