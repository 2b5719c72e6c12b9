"""The orders of everybody: previewed, placed, changed, cancelled, filled."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.simulators.etrade import matching
from tests.simulators.etrade.costs import Funds
from tests.simulators.etrade.fills import execute
from tests.simulators.etrade.market import Market, Quote
from tests.simulators.etrade.orders import (
    CANCEL_REQUESTED,
    CANCELLED,
    OPEN,
    PARTIAL,
    Order,
)
from tests.simulators.etrade.people import Account
from tests.simulators.etrade.previews import Preview, Previews
from tests.simulators.etrade.refusals import (
    cannot_be_cancelled,
    duplicate_order,
    no_such_order,
)
from tests.simulators.etrade.rules import check
from tests.simulators.etrade.ticket import AT_ONCE, Ticket, read_ticket


class Desk:
    """Where orders live.

    Attributes:
        orders: All of them, oldest first.
        parts: In how many matches new orders fill.
        partly: The status of an order that is filled in part.
        cancels_wait: Whether a cancel stays CANCEL_REQUESTED until `finish_cancels`.
        refuses_duplicates: Whether a client's id that is taken in the account is refused.
        unseen: Orders that reads do not show yet; None while reads do not lag.
    """

    def __init__(self, market: Market, previews: Previews, now: Callable[[], datetime]) -> None:
        """No orders yet."""
        self.orders: list[Order] = []
        self.parts = 1
        self.partly = PARTIAL
        self.cancels_wait = False
        self.refuses_duplicates = True
        self.unseen: list[Order] | None = None
        self.market = market
        self.previews = previews
        self.now = now

    # Placing

    def preview(self, account: Account, body: dict[str, Any]) -> tuple[Preview, Quote]:
        """A preview; it does not take the client's id (unverified).

        Raises:
            EtradeRefusal: The order may not be placed.
        """
        ticket = read_ticket(body)
        quote = check(ticket, self.funds(account), self.market)
        return self.previews.add(account, ticket), quote

    def place(self, account: Account, body: dict[str, Any]) -> Order:
        """From its preview, in the book but not matched yet; see `arrive`.

        The client's id is looked at before the preview: which comes first is unverified, as is
        whether ended orders count (here they do) and what a duplicate is answered.

        Raises:
            EtradeRefusal: It is not placed.
        """
        ticket = read_ticket(body)
        self._check_unique(account, ticket)
        preview = self.previews.find(body, account, ticket)
        check(ticket, self.funds(account), self.market)
        preview.used = True
        return self.add(account, ticket)

    def preview_change(
        self, account: Account, order_id: int, body: dict[str, Any]
    ) -> tuple[Preview, Quote]:
        """Likewise for an order that is to be replaced.

        Raises:
            EtradeRefusal: It may not be.
        """
        old, ticket = self._changeable(account, order_id), read_ticket(body)
        quote = check(ticket, self.funds(account).without(old), self.market)
        return self.previews.add(account, ticket, old.id), quote

    def place_change(self, account: Account, order_id: int, body: dict[str, Any]) -> Order:
        """A new order in the old one's place; the old one is CANCELLED and points to it.

        `replacedByOrderId` and `replacesOrderId` are documented, the old one's status is
        unverified.

        Raises:
            EtradeRefusal: It is not changed.
        """
        ticket = read_ticket(body)
        self._check_unique(account, ticket)
        old = self._changeable(account, order_id)
        preview = self.previews.find(body, account, ticket, old.id)
        check(ticket, self.funds(account).without(old), self.market)
        preview.used = True
        new = self.add(account, ticket)
        new.replaces, old.replaced_by = old.id, new.id
        self.end(old, CANCELLED, "ORDER_CANCELLED")
        return new

    def add(self, account: Account, ticket: Ticket, *, elsewhere: bool = False) -> Order:
        """One more order, unasked."""
        order = Order(
            id=next(account.order_ids),
            account=account,
            ticket=ticket,
            placed_at=self.now(),
            parts_left=self.parts,
            elsewhere=elsewhere,
        )
        order.note("ORDER_PLACED", self.now())
        self.orders.append(order)
        if self.unseen is not None:
            self.unseen.append(order)
        return order

    def arrive(self, order: Order) -> None:
        """The first match; what may not rest ends here."""
        whole = order.ticket.term != "FILL_OR_KILL" or order.parts_left <= 1
        if whole:
            self._match([order])
        if order.ticket.term in AT_ONCE:
            self.end(order, CANCELLED, "ORDER_CANCELLED")

    def _check_unique(self, account: Account, ticket: Ticket) -> None:
        mine = (one.client_order_id for one in self.orders if one.account is account)
        if self.refuses_duplicates and ticket.client_order_id in set(mine):
            raise duplicate_order(ticket.client_order_id)

    def _changeable(self, account: Account, order_id: int) -> Order:
        """Words and code for one that ended are taken from the cancel's (unverified)."""
        order = self.find(account, order_id)
        if order.ended or order.executions or order.status == CANCEL_REQUESTED:
            raise cannot_be_cancelled()
        return order

    # Finding

    def funds(self, account: Account) -> Funds:
        """What the account has now."""
        return Funds(account, self.orders, self.market)

    def find(self, account: Account, order_id: int) -> Order:
        """By E*TRADE's id, whatever reads show.

        Raises:
            EtradeRefusal: There is none in that account.
        """
        for order in self.orders:
            if order.account is account and order.id == order_id:
                return order
        raise no_such_order()

    def seen(self, account: Account) -> list[Order]:
        """What reads show: the newest first, as recorded."""
        hidden = self.unseen or []
        mine = [one for one in self.orders if one.account is account and one not in hidden]
        return mine[::-1]

    # Ending

    def cancel(self, account: Account, order_id: int) -> Order:
        """Asks for the end of an order.

        Raises:
            EtradeRefusal: There is none, or it has ended; 5001 is recorded for executed ones only.
        """
        order = self.find(account, order_id)
        if order.ended or order.status == CANCEL_REQUESTED:
            raise cannot_be_cancelled()
        order.note("CANCEL_REQUESTED", self.now())
        order.status = CANCEL_REQUESTED
        if not self.cancels_wait:
            self.end(order, CANCELLED, "ORDER_CANCELLED")
        return order

    def end(self, order: Order, status: str, event: str) -> None:
        """With what is filled by now."""
        if not order.ended:
            order.status = status
            order.note(event, self.now())

    # Filling

    def match(self) -> None:
        """Fills what the market takes now."""
        self._match(list(self.orders))

    def fill(self, order: Order, quantity: Decimal | None, price: Decimal) -> None:
        """An execution, whatever the market shows; without `quantity` of all that is left."""
        waits = order.status == CANCEL_REQUESTED
        amount = order.remaining if quantity is None else quantity
        execute(order, amount, price, self.now(), self.partly)
        order.parts_left = max(order.parts_left - 1, 1)
        if waits and not order.ended:
            order.status = CANCEL_REQUESTED

    def _match(self, orders: Sequence[Order]) -> None:
        for order in orders:
            price = matching.look(order, self.market)
            if price is not None:
                self.fill(order, matching.part(order), price)


def is_working(order: Order, partly: str) -> bool:
    """Whether a list of open orders shows it."""
    return order.status in {OPEN, partly}
