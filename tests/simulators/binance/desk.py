"""Orders of people: checked, placed, found, canceled, amended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tests.simulators.binance import matching
from tests.simulators.binance.engine import Engine
from tests.simulators.binance.filters import Around, check_filters, check_lot, check_notional
from tests.simulators.binance.limits import Limits
from tests.simulators.binance.lists import OrderList
from tests.simulators.binance.market import Book, Market
from tests.simulators.binance.orders import Amendment, Order
from tests.simulators.binance.people import Hold, Person
from tests.simulators.binance.refusals import (
    Refusal,
    amend_rejected,
    another_client_id,
    archived,
    cancel_rejected,
    filter_failure,
    insufficient_balance,
    invalid_message,
    no_such_order,
    rejected,
)
from tests.simulators.binance.symbols import Symbol
from tests.simulators.binance.ticket import Ticket, new_client_id
from tests.simulators.binance.wire import ZERO

ARCHIVED_AFTER: Final = timedelta(days=90)


class Desk(Engine):
    """What people ask of the exchange.

    Attributes:
        lists: Everybody's order lists, oldest first.
    """

    def __init__(self, market: Market, limits: Limits, now: Callable[[], datetime]) -> None:
        """No orders yet."""
        super().__init__(market, limits, now)
        self.lists: list[OrderList] = []
        self.limits = limits

    def check(self, person: Person, symbol: Symbol, ticket: Ticket, *, more: int = 1) -> None:
        """What is known before the matching engine is asked.

        Args:
            more: How many orders the request brings at once.

        Raises:
            Refusal: It may not be placed.
        """
        if not person.can_trade:
            raise rejected("This account may not place or cancel orders.")
        if symbol.status != "TRADING":
            # Seen with -1013 (sammchardy/python-binance issue 1329).
            raise invalid_message("Market is closed.")
        if not symbol.allows(person.permissions):
            raise rejected("This symbol is not permitted for this account.")
        check_filters(ticket, self._around(person, symbol), more=more)
        self.limits.check_orders(person)

    def new(self, person: Person, symbol: Symbol, ticket: Ticket) -> Order:
        """An order that the matching engine takes; not in the book yet.

        Raises:
            Refusal: It does not take it.
        """
        book = self.market.books.get(symbol.name)
        self.check_client_id(person, symbol, ticket.client_order_id)
        waits = ticket.is_algo and ticket.trailing_delta is None
        if waits and book is not None and matching.is_reached(ticket, book.last):
            raise rejected("Order would trigger immediately.")
        if ticket.type == "LIMIT_MAKER" and matching.takeable(ticket, book):
            raise rejected("Order would immediately match and take.")
        if ticket.quote_qty is not None:
            ticket = replace(ticket, qty=_quantity(ticket, symbol, book))
        order = self.make(person, symbol, ticket)
        self.check_funds(order)
        return order

    def check_funds(self, order: Order) -> None:
        """There is enough for the whole of it.

        Raises:
            Refusal: There is not.
        """
        book = self.market.books.get(order.symbol.name)
        need = matching.needed(order, matching.reserve_price(order.ticket, book))
        if order.type == "MARKET":
            levels = matching.takeable(order.ticket, book)
            buys = order.side == "BUY"
            need = matching.cost(levels, order.qty) if buys else order.qty
        if need > order.person.free(order.hold.asset):
            raise insufficient_balance()

    def make(self, person: Person, symbol: Symbol, ticket: Ticket) -> Order:
        """An order with a number, checked by nobody."""
        return Order(
            person=person,
            symbol=symbol,
            ticket=ticket,
            id=self.number("order", symbol.name),
            hold=Hold(person, symbol.quote if ticket.side == "BUY" else symbol.base),
            created_at=self.now(),
            parts_left=self.parts,
        )

    def place(self, order: Order) -> None:
        """In the book, counted, and matched for the first time."""
        self.limits.count_orders(order.person, 1)
        self.add(order)
        self.arrive(order)

    def find(
        self, person: Person, symbol: Symbol, order_id: int | None, client_id: str | None
    ) -> Order:
        """By either id, or by the first with the second to agree; of one client id the newest.

        Raises:
            Refusal: There is none, or they do not belong together.
        """
        known = [one for one in self.of(person) if one.symbol is symbol]
        if order_id is not None:
            found = next((one for one in known if one.id == order_id), None)
            if found is not None and client_id not in {None, found.client_order_id}:
                raise another_client_id()
        else:
            found = next((one for one in known[::-1] if one.client_order_id == client_id), None)
        if found is None:
            raise no_such_order()
        if not found.open and not found.trades and self.now() - found.updated_at > ARCHIVED_AFTER:
            raise archived()
        return found

    def find_open(
        self, person: Person, symbol: Symbol, order_id: int | None, client_id: str | None
    ) -> Order:
        """The same for cancels and changes.

        Raises:
            Refusal: There is none, or it is not open any more; Binance does not tell which.
        """
        for one in self.open_orders(person):
            right_id = order_id is None or one.id == order_id
            right_client = client_id is None or one.client_order_id == client_id
            if one.symbol is symbol and right_id and right_client:
                return one
        raise cancel_rejected()

    def check_cancel(self, order: Order, restriction: str | None) -> None:
        """`cancelRestrictions`.

        Raises:
            Refusal: The state is another.
        """
        wanted = {"ONLY_NEW": "NEW", "ONLY_PARTIALLY_FILLED": "PARTIALLY_FILLED"}
        if restriction is not None and order.status != wanted[restriction]:
            raise cancel_rejected("Order was not canceled due to cancel restrictions.")
        if not order.person.can_trade:
            raise cancel_rejected("This account may not place or cancel orders.")

    def amend(self, order: Order, qty: Decimal, client_id: str | None) -> None:
        """Less of it, at its place in the book; both legs of an OCO.

        Raises:
            Refusal: It may not be, or not so.
        """
        self._check_amend(order, qty)
        new_id = client_id or new_client_id()
        if new_id != order.client_order_id:
            self.check_client_id(order.person, order.symbol, new_id)
        amendment = Amendment(
            execution_id=self.number("execution", order.symbol.name),
            from_client_id=order.client_order_id,
            to_client_id=new_id,
            from_qty=order.qty,
            to_qty=qty,
            at=self.now(),
        )
        order.amendments.append(amendment)
        order.client_order_id = new_id
        order.updated_at = self.now()
        for one in order.mates:
            one.qty = qty
        self.rehold(order)

    def _check_amend(self, order: Order, qty: Decimal) -> None:
        symbol = order.symbol
        if not symbol.amend_allowed:
            raise amend_rejected("Order amend is not supported for this symbol.")
        if qty == order.qty:
            raise amend_rejected("The requested action would change no state; rejecting.")
        if qty > order.qty:
            raise amend_rejected("Order amend (quantity increase) is not supported.")
        if qty <= order.filled_qty:
            raise amend_rejected("Price * QTY is zero or less.")  # unverified
        check_lot(qty, symbol)
        check_notional(order.ticket, qty, self._around(order.person, symbol))
        if len(order.amendments) >= symbol.max_amends:
            raise amend_rejected(filter_failure("MAX_NUM_ORDER_AMENDS").message)

    def check_client_id(self, person: Person, symbol: Symbol, client_id: str) -> None:
        """Unique among open orders (rest-api.md, `newClientOrderId`) of the symbol (unverified).

        Raises:
            Refusal: An open order has it.
        """
        for one in self.open_orders(person):
            if one.symbol is symbol and one.client_order_id == client_id:
                raise rejected("Duplicate order sent.")

    def _around(self, person: Person, symbol: Symbol) -> Around:
        return Around(
            person=person,
            symbol=symbol,
            book=self.market.books.get(symbol.name),
            open_orders=self.open_orders(person),
        )


def _quantity(ticket: Ticket, symbol: Symbol, book: Book | None) -> Decimal:
    levels = matching.takeable(ticket, book)
    if not levels:
        raise rejected("Order book liquidity is less than symbol minimum quantity.")
    qty = matching.quantity_for(levels, ticket.quote_qty or ZERO, symbol.step)
    if qty < symbol.min_qty:
        raise _too_thin()
    return qty


def _too_thin() -> Refusal:
    return rejected("Order book liquidity is less than `LOT_SIZE` filter minimum quantity.")
