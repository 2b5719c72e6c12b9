"""Placing order lists: rest-api.md, "Order lists"."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tests.simulators.binance.desk import Desk
from tests.simulators.binance.lists import OrderList
from tests.simulators.binance.orders import Order
from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import Refusal, filter_failure, rejected
from tests.simulators.binance.symbols import Symbol
from tests.simulators.binance.ticket import Ticket

PROFITS: Final = frozenset({"LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"})
LOSSES: Final = frozenset({"STOP_LOSS", "STOP_LOSS_LIMIT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTicket:
    """A list as it was asked for.

    Attributes:
        working: The order that comes first; None for an OCO.
        others: The pending order, or both legs of an OCO, below first.
    """

    client_id: str
    working: Ticket | None
    others: tuple[Ticket, ...]

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """All of them."""
        return self.others if self.working is None else (self.working, *self.others)


def place_list(desk: Desk, person: Person, symbol: Symbol, asked: ListTicket) -> OrderList:
    """A list in the book; the first that may has been matched.

    Raises:
        Refusal: It may not be placed.
    """
    _check(desk, person, symbol, asked)
    own = OrderList(
        id=desk.number("list") - 1,
        contingency="OCO" if asked.working is None else "OTO",
        client_id=asked.client_id,
        person=person,
        symbol=symbol,
        at=desk.now(),
    )
    if asked.working is not None:
        own.working = desk.new(person, symbol, asked.working)
        own.orders.append(own.working)
    # Stops come first in the page's examples.
    tickets = sorted(asked.others, key=lambda ticket: ticket.type not in LOSSES)
    others = [desk.make(person, symbol, ticket) for ticket in tickets]
    for order in others:
        # One hold for both legs: only one of them can trade.
        order.mates, order.hold = others, others[0].hold
        if own.working is None:
            desk.check_funds(order)
        else:
            order.status = "PENDING_NEW"
    own.orders += others
    for order in own.orders:
        order.order_list = own
    desk.lists.append(own)
    desk.limits.count_orders(person, len(own.orders))
    desk.add(*own.orders)
    for order in own.orders:
        if order.status == "NEW":
            desk.arrive(order)
    return own


def _check(desk: Desk, person: Person, symbol: Symbol, asked: ListTicket) -> None:
    if len(asked.others) == 2 and not symbol.oco_allowed:
        raise rejected("OCO orders are not supported for this symbol")
    if asked.working is not None and not symbol.oto_allowed:
        raise rejected("OTO orders are not supported for this symbol")  # words unverified
    mine = [one for one in desk.lists if one.person is person and not one.done]
    if sum(one.symbol is symbol for one in mine) >= symbol.max_lists:
        raise filter_failure("MAX_NUM_ORDER_LISTS")
    if asked.client_id in {one.client_id for one in mine}:
        raise rejected("Duplicate order sent.")
    for ticket in asked.tickets:
        desk.check(person, symbol, ticket, more=len(asked.tickets))
        desk.check_client_id(person, symbol, ticket.client_order_id)
    ids = {ticket.client_order_id for ticket in asked.tickets}
    if len(ids) < len(asked.tickets):
        raise rejected("Duplicate order sent.")
    if len(asked.others) == 2:
        below, above = asked.others
        _check_legs(below, above)
        book = desk.market.books.get(symbol.name)
        if asked.working is None and book is not None:
            _check_relation(below, above, book.last)


def _check_legs(below: Ticket, above: Ticket) -> None:
    for ticket in (below, above):
        if ticket.type not in PROFITS | LOSSES:
            raise Refusal(-1158, "Order type not supported in OCO.")
    if below.type == above.type == "LIMIT_MAKER":
        raise Refusal(-1168, "At least one OCO order must be contingent.")
    if above.side == "BUY":
        if above.type == "LIMIT_MAKER":
            raise Refusal(-1165, "A limit order in a buy OCO must be below.")
        if below.type in LOSSES:
            raise Refusal(-1196, "A stop loss order in a buy OCO must be above.")
        if above.type in PROFITS:
            raise Refusal(-1198, "A take profit order in a buy OCO must be below.")
        return
    if below.type == "LIMIT_MAKER":
        raise Refusal(-1166, "A limit order in a sell OCO must be above.")
    if above.type in LOSSES:
        raise Refusal(-1197, "A stop loss order in a sell OCO must be below.")
    if below.type in PROFITS:
        raise Refusal(-1199, "A take profit order in a sell OCO must be above.")


def _check_relation(below: Ticket, above: Ticket, last: Decimal) -> None:
    low, high = _place(below), _place(above)
    if (low is not None and low >= last) or (high is not None and high <= last):
        raise rejected("The relationship of the prices for the orders is not correct.")


def _place(ticket: Ticket) -> Decimal | None:
    own_price = ticket.type in {"LIMIT_MAKER", "TAKE_PROFIT_LIMIT"}
    return ticket.price if own_price else ticket.stop_price


def cancel_list(desk: Desk, own: OrderList) -> list[Order]:
    """Ends what is open of it; gives what ended."""
    ended = desk.cancel(own.orders[0])
    own.at = desk.now()
    return ended
