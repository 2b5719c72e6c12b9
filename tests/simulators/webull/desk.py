"""The orders of everybody: placed, found, canceled, filled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.simulators.webull import groups, hours, matching
from tests.simulators.webull.fills import charge, execute
from tests.simulators.webull.funds import Funds
from tests.simulators.webull.instruments import COIN, Catalogue
from tests.simulators.webull.market import Market
from tests.simulators.webull.orders import Group, Order
from tests.simulators.webull.people import Account, Person, new_id
from tests.simulators.webull.refusals import (
    Refusal,
    cannot_cancel,
    invalid_parameter,
    order_not_found,
    repeated,
)
from tests.simulators.webull.rules import Around, check, cost, units
from tests.simulators.webull.ticket import MASTER, NORMAL, Ticket, read_ticket


class Desk:
    """Where orders live.

    Attributes:
        orders: All of them, oldest first.
        parts: In how many matches new orders fill.
        orders_wait: Whether new orders stay PENDING until `finish_orders`.
        cancels_wait: Whether a cancel is taken and nothing happens until `finish_cancels`.
        replaces_wait: Likewise a replacement.
        fails: Whether new orders become FAILED after they were taken.
        sale_fees: Kind and amount of what every sale pays with its first fill.
        page_size: Orders a page of the lists, chosen by the server.
        unseen: Orders that reads do not show yet; None while they do not lag.
    """

    def __init__(self, market: Market, catalogue: Catalogue, now: Callable[[], datetime]) -> None:
        """No orders yet."""
        self.orders: list[Order] = []
        self.parts = 1
        self.orders_wait = False
        self.cancels_wait = False
        self.replaces_wait = False
        self.fails = False
        self.sale_fees: list[tuple[str, Decimal]] = []
        self.page_size = 100
        self.unseen: list[Order] | None = None
        self.market = market
        self.catalogue = catalogue
        self.now = now
        self.funds = Funds(market, catalogue, self.orders)
        self.cancels: list[Order] = []
        self.changes: list[Callable[[], None]] = []

    # Placing

    def tickets(self, body: Mapping[str, Any]) -> list[Ticket]:
        """The orders of a request.

        Raises:
            Refusal: One of them cannot be read, or they do not go together.
        """
        items = body.get("new_orders")
        if not isinstance(items, list) or not items:
            raise invalid_parameter("new_orders")
        tickets = [read_ticket(item, self.catalogue) for item in items]
        groups.check_shape(tickets)
        return tickets

    def place(
        self, person: Person, account: Account, body: Mapping[str, Any]
    ) -> tuple[list[Order], Group | None]:
        """New orders; they have not arrived in the market yet.

        An id is used up when an order is taken, not by a refusal (sandbox). The reference asks for
        ids that are unique in an account; here they are in all of a person's.

        Raises:
            Refusal: They may not be placed.
        """
        tickets = self.tickets(body)
        ids = [ticket.client_order_id for ticket in tickets]
        known = {order.client_order_id for order in self.orders if order.person is person}
        if len(set(ids)) != len(ids) or known & set(ids):
            raise repeated()
        around = self.around(person, account)
        self.check(tickets, around)
        group = None
        if tickets[0].combo != NORMAL:
            group = Group(client_id=str(body.get("client_combo_order_id") or new_id()))
        new = [self._new(ticket, around, group) for ticket in tickets]
        if group is not None:
            group.orders += new
        self._add(new)
        return new, group

    def check(self, tickets: Sequence[Ticket], around: Around) -> None:
        """Of exits alone only one needs the holding.

        Raises:
            Refusal: A rule is broken.
        """
        mastered = tickets[0].combo != NORMAL and any(one.combo == MASTER for one in tickets)
        for place, ticket in enumerate(tickets):
            exits = ticket.combo != MASTER if mastered else place > 0
            check(ticket, around, exits=exits)

    def around(self, person: Person, account: Account) -> Around:
        """What the rules look at."""
        return Around(person=person, account=account, market=self.market, funds=self.funds)

    def preview(self, person: Person, account: Account, body: Mapping[str, Any]) -> Decimal:
        """What a request would cost: of a group the first of it (unverified).

        Raises:
            Refusal: It may not be placed, or it is of coins: the reference of preview leaves them
                out, and the sandbox answers so.
        """
        tickets = self.tickets(body)
        if tickets[0].instrument.kind == COIN:
            raise Refusal("OPENAPI_SYSTEM_ERROR", "System error")  # words unverified
        around = replace(self.around(person, account), previews=True)
        self.check(tickets, around)
        return cost(tickets[0], around)

    def arrive(self, order: Order) -> None:
        """The first match of an order that came in."""
        if order.status != "PENDING" or self.orders_wait:
            return
        order.status = "FAILED" if self.fails else "SUBMITTED"
        self._match([order])
        if order.time_in_force == "IOC" and not order.ended and order.parts_left <= 1:
            self.end(order)

    def finish_orders(self) -> None:
        """Whatever is PENDING arrives."""
        for order in list(self.orders):
            self.arrive(order)

    # Finding

    def find(self, account: Account, client_order_id: object) -> Order:
        """As everything but reads finds it.

        Raises:
            Refusal: There is none.
        """
        for order in self.orders:
            if order.account is account and order.client_order_id == client_order_id:
                return order
        raise order_not_found()

    def seen(self, account: Account) -> list[Order]:
        """What reads show, oldest first."""
        hidden = self.unseen or []
        mine = (order for order in self.orders if order.account is account)
        return [order for order in mine if order not in hidden]

    # Canceling

    def cancel(self, account: Account, client_order_id: object) -> Order:
        """Asks for the end of an order.

        Raises:
            Refusal: It has ended, or has not arrived yet. An exit whose master was canceled is not
                found (sandbox).
        """
        order = self.find(account, client_order_id)
        master = order.group.master if order.group else None
        if master is not None and master is not order and master.status == "CANCELLED":
            raise order_not_found()
        if order.ended or order in self.cancels:
            raise cannot_cancel()
        if order.status == "PENDING":
            raise cannot_cancel(pending=True)
        if self.cancels_wait:
            self.cancels.append(order)
        else:
            self.end(order)
        return order

    def finish_cancels(self) -> None:
        """Whatever waits for its cancel gets it."""
        for order in self.cancels:
            self.end(order)
        self.cancels.clear()

    def end(self, order: Order) -> None:
        """CANCELLED, if it has not ended."""
        if not order.ended:
            order.status = "CANCELLED"
        if order.group is not None:
            groups.follow(order.group)

    # Filling

    def match(self) -> None:
        """Fills what the market takes now; orders whose day is over end."""
        for order in self.orders:
            if order.ends_at is not None and order.ends_at <= self.now():
                self.end(order)
        self._match(list(self.orders))

    def fill(self, order: Order, quantity: Decimal | None, price: Decimal) -> None:
        """An execution, whatever the market shows; without `quantity` of what is due."""
        amount = matching.part(order) if quantity is None else quantity
        order.parts_left -= 1
        if not order.executions and not order.buys:
            for kind, fee in self.sale_fees:
                charge(order, kind, fee)
        execute(order, amount, price, self.now())
        if order.group is not None:
            groups.follow(order.group)

    def _match(self, orders: Sequence[Order]) -> None:
        for order in orders:
            price = matching.look(order, self.market)
            if price is not None and order.remaining > 0:
                self.fill(order, None, price)

    def _add(self, new: list[Order]) -> None:
        self.orders += new
        if self.unseen is not None:
            self.unseen += new

    def _new(self, ticket: Ticket, around: Around, group: Group | None) -> Order:
        day = ticket.time_in_force == "DAY" and ticket.instrument.kind != COIN
        return Order(
            person=around.person,
            account=around.account,
            instrument=ticket.instrument,
            client_order_id=ticket.client_order_id,
            side=ticket.side,
            type=ticket.type,
            time_in_force=ticket.time_in_force,
            session=ticket.session,
            entrust=ticket.entrust,
            quantity=units(ticket, around),
            created_at=self.now(),
            ends_at=hours.day_ends(self.now(), ticket.session) if day else None,
            combo=ticket.combo,
            amount=ticket.amount,
            limit_price=ticket.limit_price,
            stop_price=ticket.stop_price,
            trailing_type=ticket.trailing_type,
            step=ticket.step,
            intent=ticket.intent,
            parts_left=self.parts,
            group=group,
        )
